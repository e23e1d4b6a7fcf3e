// SFTP, whosoever's files are behind it: requests, their faults and their place in the history.
import type { Attributes, SFTPWrapper } from "ssh2";
import { utils } from "ssh2";
import type { FaultName, Faults, Occasion } from "../faults";
import type { History } from "../history";
import type { Waits } from "../time";
import { type Files, Handles } from "./sftp-files";

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** The server that is asked. */
export interface SftpOwner {
  readonly fqdn: string;
  readonly faults: Faults;
  readonly history: History;
  readonly waits: Waits;
  readonly timing: { latency: number };
  /** Resolves when it may work. */
  ready?(): Promise<unknown> | void;
}

/** What a client is served with. */
export interface SftpLink {
  readonly owner: SftpOwner;
  readonly files: Files;
  /** Ends the connection at once. */
  readonly drop: () => void;
}

/** What a request does; it answers itself, or throws. */
type Work = () => void;

/** What is there is not replaced. */
class Exists extends Error {}

class SftpSession {
  private readonly handles: Handles;
  private readonly files: Files;

  constructor(
    private readonly link: SftpLink,
    private readonly sftp: SFTPWrapper,
  ) {
    this.files = link.files;
    this.handles = new Handles(link.files);
  }

  serve(): void {
    const { sftp, files } = this;
    sftp.on("REALPATH", (id, path) => this.quietly(id, () => void sftp.name(id, [{ filename: files.shown(files.own(path)), longname: "", attrs: {} as Attributes }])));
    sftp.on("STAT", (id, path) => this.look(id, path));
    sftp.on("LSTAT", (id, path) => this.look(id, path));
    sftp.on("OPEN", (id, path, flags) => this.open(id, path, flags));
    sftp.on("READ", (id, handle, offset, length) => this.quietly(id, () => this.read(id, handle, offset, length)));
    sftp.on("WRITE", (id, handle, offset, data) => this.quietly(id, () => this.write(id, handle, offset, data)));
    sftp.on("FSTAT", (id, handle) => this.quietly(id, () => sftp.attrs(id, files.attributes(this.handles.get(handle).path))));
    sftp.on("FSETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
    sftp.on("SETSTAT", (id) => sftp.status(id, STATUS_CODE.OK));
    sftp.on("CLOSE", (id, handle) => this.close(id, handle));
    sftp.on("OPENDIR", (id, path) => this.perform(id, "list", path, (own) => sftp.handle(id, this.handles.openFolder(own))));
    sftp.on("READDIR", (id, handle) => this.quietly(id, () => this.list(id, handle)));
    sftp.on("REMOVE", (id, path) => this.perform(id, "remove", path, (own) => files.removeFile(own), true));
    sftp.on("RMDIR", (id, path) => this.perform(id, "remove folder", path, (own) => files.removeFolder(own), true));
    sftp.on("MKDIR", (id, path) => this.perform(id, "make folder", path, (own) => files.makeFolder(own), true));
    sftp.on("RENAME", (id, from, to) => this.perform(id, "rename", from, (own) => this.rename(own, files.own(to)), true));
    for (const request of ["READLINK", "SYMLINK", "EXTENDED"] as const) sftp.on(request as "READLINK", (id: number) => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED));
    sftp.on("error", () => {});
  }

  private rename(from: string, to: string): void {
    if (this.files.exists(to)) throw new Exists();
    this.files.rename(from, to);
  }

  private look(id: number, path: string): void {
    this.perform(id, "look at", path, (own) => this.sftp.attrs(id, this.files.attributes(own)));
  }

  private open(id: number, path: string, flags: number): void {
    const writing = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
    this.perform(id, writing ? "write" : "read", path, (own, occasion) => {
      if (!writing) return this.sftp.handle(id, this.handles.openToRead(own));
      const there = this.files.exists(own);
      if (flags & OPEN_MODE.EXCL && there) throw new Exists();
      if (flags & OPEN_MODE.TRUNC || !there) this.files.write(own, Buffer.alloc(0));
      const { faults } = this.link.owner;
      const cut = faults.strike("upload cut", occasion) !== undefined;
      const unanswered = faults.strike("dropped answer", occasion) !== undefined;
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
    const next = (names?.splice(0, 100) ?? []).filter((name) => this.files.exists(this.files.below(path, name)));
    if (next.length === 0) return void this.sftp.status(id, STATUS_CODE.EOF);
    this.sftp.name(id, next.map((filename) => ({ filename, longname: filename, attrs: this.files.attributes(this.files.below(path, filename)) })));
  }

  /** A request that the history and the faults know. With `answers` success is said here. */
  private perform(id: number, verb: string, path: string, work: (own: string, occasion: Occasion) => void, answers = false): void {
    const { owner } = this.link;
    const occasion: Occasion = { node: owner.fqdn, interface: "sftp", action: `${verb} ${path}` };
    const entry = owner.history.record(occasion) as { outcome: string };
    const strike = (name: FaultName) => owner.faults.strike(name, occasion) !== undefined;
    const begin = async () => {
      await owner.waits.sleep(owner.timing.latency + owner.faults.delay("slow answer", occasion));
      if (strike("no answer")) return void (entry.outcome = "no answer");
      if (strike("dropped connection")) return this.link.drop();
      await owner.ready?.();
      entry.outcome = this.quietly(id, () => {
        work(this.files.own(path), occasion);
        if (answers && strike("dropped answer")) this.link.drop();
        else if (answers) this.sftp.status(id, STATUS_CODE.OK);
      });
    };
    void begin();
  }

  /** What the files refuse becomes a status. */
  private quietly(id: number, work: Work): string {
    try {
      work();
      return "ok";
    } catch (error) {
      const { status, word } = error instanceof Exists ? { status: STATUS_CODE.FAILURE, word: "exists" } : this.files.refusal(error);
      this.sftp.status(id, status);
      return word;
    }
  }
}

export function serveSftp(link: SftpLink, sftp: SFTPWrapper): void {
  new SftpSession(link, sftp).serve();
}
