// SFTP of a Windows host: paths such as `/C:/temp/a.cer`, confined to its drive.
import type { Attributes, SFTPWrapper } from "ssh2";
import { utils } from "ssh2";
import type { FaultName, Occasion } from "../../faults";
import { DriveError, type Trouble } from "../drive";
import type { Link } from "./connection";
import { Handles } from "./sftp-handles";

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

const CODES: Partial<Record<Trouble, number>> = { "no file": STATUS_CODE.NO_SUCH_FILE, "no path": STATUS_CODE.NO_SUCH_FILE, "no drive": STATUS_CODE.NO_SUCH_FILE, denied: STATUS_CODE.PERMISSION_DENIED };

/** The Windows path of an SFTP one; what is not absolute begins at the user's folder. */
function windowsPath({ host }: Link, path: string): string {
  const drive = /^\/?([a-z]:)(.*)$/i.exec(path);
  return host.drive.absolute(drive ? `${drive[1]}${drive[2] || "\\"}` : path.replace(/^\//, ""), drive || path.startsWith("/") ? "C:\\" : host.home);
}

function sftpPath(path: string): string {
  return `/${path.replace(/\\/g, "/").replace(/(?<!:)\/$/, "")}`;
}

function attributesOf({ host }: Link, path: string): Attributes {
  const found = host.drive.stat(path);
  if (!found) throw new DriveError("no file", path);
  const mode = found.isDirectory() ? 0o40777 : 0o100666;
  return { mode, uid: 0, gid: 0, size: found.isDirectory() ? 0 : found.size, atime: Math.floor(found.atimeMs / 1000), mtime: Math.floor(found.mtimeMs / 1000) };
}

/** What a request does; it answers itself, or throws. */
type Work = () => void;

class SftpSession {
  private readonly handles: Handles;

  constructor(
    private readonly link: Link,
    private readonly sftp: SFTPWrapper,
  ) {
    this.handles = new Handles(link.host.drive);
  }

  serve(): void {
    const { sftp } = this;
    sftp.on("REALPATH", (id, path) => this.quietly(id, () => void sftp.name(id, [{ filename: sftpPath(windowsPath(this.link, path)), longname: "", attrs: {} as Attributes }])));
    sftp.on("STAT", (id, path) => this.look(id, path));
    sftp.on("LSTAT", (id, path) => this.look(id, path));
    sftp.on("OPEN", (id, path, flags) => this.open(id, path, flags));
    sftp.on("READ", (id, handle, offset, length) => this.quietly(id, () => this.read(id, handle, offset, length)));
    sftp.on("WRITE", (id, handle, offset, data) => this.quietly(id, () => this.write(id, handle, offset, data)));
    sftp.on("FSTAT", (id, handle) => this.quietly(id, () => sftp.attrs(id, attributesOf(this.link, this.handles.get(handle).path))));
    sftp.on("FSETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
    sftp.on("SETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
    sftp.on("CLOSE", (id, handle) => this.close(id, handle));
    sftp.on("OPENDIR", (id, path) => this.perform(id, "list", path, (own) => sftp.handle(id, this.handles.openFolder(own))));
    sftp.on("READDIR", (id, handle) => this.quietly(id, () => this.list(id, handle)));
    sftp.on("REMOVE", (id, path) => this.perform(id, "remove", path, (own) => this.drive.removeFile(own), true));
    sftp.on("RMDIR", (id, path) => this.perform(id, "remove folder", path, (own) => this.drive.removeFolder(own, false), true));
    sftp.on("MKDIR", (id, path) => this.perform(id, "make folder", path, (own) => this.drive.makeFolder(own), true));
    sftp.on("RENAME", (id, from, to) => this.perform(id, "rename", from, (own) => this.rename(own, windowsPath(this.link, to)), true));
    for (const request of ["READLINK", "SYMLINK", "EXTENDED"] as const) sftp.on(request as "READLINK", (id: number) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
    sftp.on("error", () => {});
  }

  private get drive() {
    return this.link.host.drive;
  }

  /** Not over a file that is there. */
  private rename(from: string, to: string): void {
    if (this.drive.stat(to)) throw new DriveError("exists", to);
    this.drive.move(from, to);
  }

  private look(id: number, path: string): void {
    this.perform(id, "look at", path, (own) => this.sftp.attrs(id, attributesOf(this.link, own)));
  }

  private open(id: number, path: string, flags: number): void {
    const writing = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
    this.perform(id, writing ? "write" : "read", path, (own, occasion) => {
      if (!writing) return this.sftp.handle(id, this.handles.openToRead(own));
      if (flags & OPEN_MODE.EXCL && this.drive.stat(own)) throw new DriveError("exists", own);
      if (flags & OPEN_MODE.TRUNC || !this.drive.stat(own)) this.drive.write(own, "");
      const cut = this.link.host.faults.strike("upload cut", occasion) !== undefined;
      const unanswered = this.link.host.faults.strike("dropped answer", occasion) !== undefined;
      this.sftp.handle(id, this.handles.openToWrite(own, { cut, unanswered }));
    });
  }

  private read(id: number, handle: Buffer, offset: number, length: number): void {
    const bytes = this.handles.get(handle).content!.subarray(offset, offset + length);
    if (bytes.length === 0) this.sftp.status(id, STATUS_CODE.EOF);
    else this.sftp.data(id, bytes);
  }

  private write(id: number, handle: Buffer, offset: number, data: Buffer): void {
    const file = this.handles.get(handle);
    const bytes = file.cut ? data.subarray(0, data.length / 2) : data;
    this.handles.put(file, offset, bytes);
    if (file.cut) this.link.drop();
    else this.sftp.status(id, STATUS_CODE.OK);
  }

  private close(id: number, handle: Buffer): void {
    this.quietly(id, () => {
      const { unanswered } = this.handles.close(handle);
      if (unanswered) this.link.drop();
      else this.sftp.status(id, STATUS_CODE.OK);
    });
  }

  private list(id: number, handle: Buffer): void {
    const { path, names } = this.handles.get(handle);
    const next = names?.splice(0, 100) ?? [];
    if (next.length === 0) return void this.sftp.status(id, STATUS_CODE.EOF);
    this.sftp.name(id, next.map((filename) => ({ filename, longname: filename, attrs: attributesOf(this.link, `${path}\\${filename}`) })));
  }

  /** A request that the history and the faults know. With `answers` success is said here. */
  private perform(id: number, verb: string, path: string, work: (own: string, occasion: Occasion) => void, answers = false): void {
    const { host } = this.link;
    const occasion: Occasion = { node: host.fqdn, interface: "sftp", action: `${verb} ${path}` };
    const entry = host.history.record(occasion) as { outcome: string };
    const strike = (name: FaultName) => host.faults.strike(name, occasion) !== undefined;
    const begin = async () => {
      await host.waits.sleep(host.timing.latency + host.faults.delay("slow answer", occasion));
      if (strike("no answer")) return void (entry.outcome = "no answer");
      if (strike("dropped connection")) return this.link.drop();
      await host.ready();
      const outcome = this.quietly(id, () => {
        work(windowsPath(this.link, path), occasion);
        if (answers && strike("dropped answer")) this.link.drop();
        else if (answers) this.sftp.status(id, STATUS_CODE.OK);
      });
      entry.outcome = outcome;
    };
    void begin();
  }

  /** What the drive refuses becomes a status. */
  private quietly(id: number, work: Work): string {
    try {
      work();
      return "ok";
    } catch (error) {
      const trouble = error instanceof DriveError ? error.trouble : undefined;
      this.sftp.status(id, (trouble && CODES[trouble]) ?? STATUS_CODE.FAILURE);
      return trouble ?? String(error);
    }
  }
}

export function serveSftp(link: Link, sftp: SFTPWrapper): void {
  new SftpSession(link, sftp).serve();
}
