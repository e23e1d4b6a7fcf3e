// The drive of a Windows host as SFTP shows it: paths such as `/C:/temp/a.cer`.
import { type Attributes, utils } from "ssh2";
import type { Files } from "../../ssh/sftp-files";
import { DriveError, type Trouble } from "../drive";
import type { WindowsHost } from "../host";

const { STATUS_CODE } = utils.sftp;

const CODES: Partial<Record<Trouble, number>> = { "no file": STATUS_CODE.NO_SUCH_FILE, "no path": STATUS_CODE.NO_SUCH_FILE, "no drive": STATUS_CODE.NO_SUCH_FILE, denied: STATUS_CODE.PERMISSION_DENIED };

export class DriveFiles implements Files {
  constructor(private readonly host: WindowsHost) {}

  /** What is not absolute begins at the user's folder. */
  own(path: string): string {
    const drive = /^\/?([a-z]:)(.*)$/i.exec(path);
    return this.drive.absolute(drive ? `${drive[1]}${drive[2] || "\\"}` : path.replace(/^\//, ""), drive || path.startsWith("/") ? "C:\\" : this.host.home);
  }

  shown(own: string): string {
    return `/${own.replace(/\\/g, "/").replace(/(?<!:)\/$/, "")}`;
  }

  below(folder: string, name: string): string {
    return `${folder}\\${name}`;
  }

  exists(own: string): boolean {
    return this.drive.stat(own) !== undefined;
  }

  attributes(own: string): Attributes {
    const found = this.drive.stat(own);
    if (!found) throw new DriveError("no file", own);
    const mode = found.isDirectory() ? 0o40777 : 0o100666;
    return { mode, uid: 0, gid: 0, size: found.isDirectory() ? 0 : found.size, atime: Math.floor(found.atimeMs / 1000), mtime: Math.floor(found.mtimeMs / 1000) };
  }

  list(own: string): string[] {
    return this.drive.list(own);
  }

  read(own: string): Buffer {
    return this.drive.read(own);
  }

  write(own: string, content: Buffer): void {
    this.drive.write(own, content);
  }

  append(own: string, content: Buffer): void {
    this.drive.append(own, content);
  }

  rename(from: string, to: string): void {
    this.drive.move(from, to);
  }

  makeFolder(own: string): void {
    this.drive.makeFolder(own);
  }

  removeFile(own: string): void {
    this.drive.removeFile(own);
  }

  removeFolder(own: string): void {
    this.drive.removeFolder(own, false);
  }

  refusal(error: unknown): { status: number; word: string } {
    const trouble = error instanceof DriveError ? error.trouble : undefined;
    return { status: (trouble && CODES[trouble]) ?? STATUS_CODE.FAILURE, word: trouble ?? String(error) };
  }

  private get drive() {
    return this.host.drive;
  }
}
