// The files of one user of an SFTP server: a folder of this machine, and no path leads out of it.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, type Stats, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { utils } from "ssh2";
import type { FileAttributes, Files } from "../ssh/sftp-files";

const { STATUS_CODE } = utils.sftp;

/** What keeps a user from writing. */
export type Hindrance = "denied" | "full";

class Hindered extends Error {
  constructor(readonly hindrance: Hindrance) {
    super(hindrance);
  }
}

const STATUSES: Readonly<Record<string, number>> = { ENOENT: STATUS_CODE.NO_SUCH_FILE, ENOTDIR: STATUS_CODE.NO_SUCH_FILE, EACCES: STATUS_CODE.PERMISSION_DENIED, EPERM: STATUS_CODE.PERMISSION_DENIED, denied: STATUS_CODE.PERMISSION_DENIED };

/** A file with its date, or a folder. */
export type Kept = { content: Buffer; modified: Date } | "folder";

export class FolderFiles implements Files {
  /** @param hindrance asked before every change (`open`), and before bytes are put into a file (`fill`) */
  constructor(
    private readonly folder: string,
    private readonly hindrance: (path: string, deed: "open" | "fill") => Hindrance | undefined,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  own(path: string): string {
    return posix.resolve("/", path);
  }

  shown(own: string): string {
    return own;
  }

  below(folder: string, name: string): string {
    return posix.join(folder, name);
  }

  exists(own: string): boolean {
    return existsSync(this.local(own));
  }

  attributes(own: string): FileAttributes {
    const found: Stats = statSync(this.local(own));
    const folder = found.isDirectory();
    return { mode: folder ? 0o40755 : 0o100644, uid: 0, gid: 0, size: found.size, atime: Math.floor(found.atimeMs / 1000), mtime: Math.floor(found.mtimeMs / 1000) };
  }

  list(own: string): string[] {
    return readdirSync(this.local(own)).sort();
  }

  read(own: string): Buffer {
    return readFileSync(this.local(own));
  }

  write(own: string, content: Buffer): void {
    this.refuse(own);
    this.fill(own, content, writeFileSync);
  }

  append(own: string, content: Buffer): void {
    this.fill(own, content, appendFileSync);
  }

  rename(from: string, to: string): void {
    for (const path of [from, to]) this.refuse(path);
    renameSync(this.local(from), this.local(to));
  }

  makeFolder(own: string): void {
    this.refuse(own);
    mkdirSync(this.local(own));
  }

  removeFile(own: string): void {
    this.refuse(own);
    unlinkSync(this.local(own));
  }

  removeFolder(own: string): void {
    this.refuse(own);
    rmdirSync(this.local(own));
  }

  refusal(error: unknown): { status: number; word: string } {
    const word = error instanceof Hindered ? error.hindrance : ((error as NodeJS.ErrnoException).code ?? String(error));
    return { status: STATUSES[word] ?? STATUS_CODE.FAILURE, word };
  }

  /** Everything in it, by path; a folder comes before what it holds. */
  get state(): ReadonlyMap<string, Kept> {
    const kept = new Map<string, Kept>();
    const walk = (own: string) => {
      for (const name of this.list(own)) {
        const path = this.below(own, name);
        const found = statSync(this.local(path));
        kept.set(path, found.isDirectory() ? "folder" : { content: this.read(path), modified: found.mtime });
        if (found.isDirectory()) walk(path);
      }
    };
    walk("/");
    return kept;
  }

  restore(state: ReadonlyMap<string, Kept>): void {
    this.clear("/");
    for (const [path, kept] of state) {
      if (kept === "folder") mkdirSync(this.local(path));
      else writeFileSync(this.local(path), kept.content);
      if (kept !== "folder") utimesSync(this.local(path), kept.modified, kept.modified);
    }
  }

  private clear(own: string): void {
    for (const path of this.list(own).map((name) => this.below(own, name))) {
      if (!statSync(this.local(path)).isDirectory()) unlinkSync(this.local(path));
      else {
        this.clear(path);
        rmdirSync(this.local(path));
      }
    }
  }

  private local(own: string): string {
    return join(this.folder, posix.resolve("/", own));
  }

  private refuse(own: string): void {
    const hindrance = this.hindrance(own, "open");
    if (hindrance) throw new Hindered(hindrance);
  }

  /** On a full disk a part of it is written. */
  private fill(own: string, content: Buffer, into: (file: string, content: Buffer) => void): void {
    const hindrance = content.length > 0 ? this.hindrance(own, "fill") : undefined;
    into(this.local(own), hindrance ? content.subarray(0, content.length / 2) : content);
    if (hindrance) throw new Hindered(hindrance);
  }
}
