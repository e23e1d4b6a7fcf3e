// The directory of an SFTP server in which clusters exchange their certificates. Whatever is done here may be done again, so it is.
import { posix } from "node:path";
import { PlatformError } from "../../errors";
import type { Remote } from "../../transport/remote";
import { retry } from "../../transport/retry";
import type { SftpDirectory, SftpFile } from "../sftp";

export interface SftpParts {
  place: SftpDirectory["place"];
  /** Resolved when it is used. */
  password: () => string;
  remote: Remote;
  /** Milliseconds. */
  retryFirst: number;
}

export class SftpDriver implements SftpDirectory {
  constructor(private readonly parts: SftpParts) {}

  get place(): SftpDirectory["place"] {
    return this.parts.place;
  }

  get password(): string {
    return this.parts.password();
  }

  async list(): Promise<SftpFile[]> {
    const { directory } = this.place;
    const files = await this.again(() => this.parts.remote.list(directory, `list ${directory}`));
    return files.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  read(name: string): Promise<Buffer | undefined> {
    const path = this.path(name);
    return this.again(() => this.parts.remote.read(path, `read ${path}`));
  }

  async write(name: string, content: Buffer): Promise<void> {
    const path = this.path(name);
    try {
      await this.again(() => this.parts.remote.write(path, content, `write ${path}`));
    } catch (error) {
      // Half a file would be consolidated with the others.
      if (error instanceof PlatformError && error.kind === "rejected" && error.failed.action === `write ${path}`) await this.remove(name).catch(() => {});
      throw error;
    }
  }

  remove(name: string): Promise<void> {
    const path = this.path(name);
    return this.again(() => this.parts.remote.remove(path, `remove ${path}`));
  }

  private path(name: string): string {
    return posix.join(this.place.directory, name);
  }

  private async again<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await retry(work, { first: this.parts.retryFirst });
    } catch (error) {
      throw error instanceof PlatformError ? this.explained(error) : error;
    }
  }

  /** SFTP says little more than a number; what it stands for, and what to do, is told here. */
  private explained({ kind, failed }: PlatformError): PlatformError {
    const { directory, username } = this.place;
    // A log-in tells itself what is wrong with it.
    if (failed.remedy !== undefined) return new PlatformError(kind, failed);
    if (kind === "notFound") return new PlatformError(kind, { ...failed, answer: `there is no directory ${directory} for ${username} (${failed.answer})`, remedy: "Make it, or correct sftp.directory of the connection" });
    if (kind === "permission") return new PlatformError(kind, { ...failed, remedy: `Give ${username} the right to read and write in ${directory}` });
    if (kind === "rejected" && failed.action.startsWith("write ")) return new PlatformError(kind, { ...failed, remedy: "Look whether the disk is full, or a quota is reached" });
    return new PlatformError(kind, failed);
  }
}
