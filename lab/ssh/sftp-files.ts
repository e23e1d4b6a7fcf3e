// The files of an SFTP server of the lab, and what a client has open of them.

/** Of a file, as SFTP tells them. Not the type of ssh2: who uses the lab has none. */
export interface FileAttributes {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Seconds since 1970. */
  atime: number;
  mtime: number;
}

/** A tree of files. Paths are its own spelling, which `own` makes of what a client says. Whatever it refuses is thrown. */
export interface Files {
  own(path: string): string;
  /** As a client is told it. */
  shown(own: string): string;
  below(folder: string, name: string): string;
  exists(own: string): boolean;
  attributes(own: string): FileAttributes;
  list(own: string): string[];
  read(own: string): Buffer;
  /** Replaces what was there. */
  write(own: string, content: Buffer): void;
  append(own: string, content: Buffer): void;
  rename(from: string, to: string): void;
  makeFolder(own: string): void;
  removeFile(own: string): void;
  /** Only an empty one. */
  removeFolder(own: string): void;
  /** What was thrown, as a status of SFTP and a word for the history. */
  refusal(error: unknown): { status: number; word: string };
}

export interface Handle {
  path: string;
  /** Of a file that is read: as it was when it was opened. */
  content?: Buffer;
  /** Of a folder: the names that are not told yet. */
  names?: string[];
  /** The connection is to be lost in the middle of what is written. */
  cut?: boolean;
  /** The connection is to be lost when it is closed. */
  unanswered?: boolean;
}

export class Handles {
  private readonly open = new Map<number, Handle>();
  private next = 0;

  constructor(private readonly files: Files) {}

  openToRead(path: string): Buffer {
    return this.add({ path, content: this.files.read(path) });
  }

  openToWrite(path: string, { cut, unanswered }: Pick<Handle, "cut" | "unanswered">): Buffer {
    return this.add({ path, cut, unanswered });
  }

  openFolder(path: string): Buffer {
    return this.add({ path, names: this.files.list(path) });
  }

  /** @throws for a handle that is not open */
  get(handle: Buffer): Handle {
    const found = this.open.get(handle.readUInt32BE(0));
    if (!found) throw new Error("no such handle");
    return found;
  }

  put({ path }: Handle, offset: number, bytes: Buffer): void {
    const before = this.files.read(path);
    if (offset === before.length) return this.files.append(path, bytes);
    const whole = Buffer.concat([before.subarray(0, offset), Buffer.alloc(Math.max(0, offset - before.length)), bytes, before.subarray(offset + bytes.length)]);
    this.files.write(path, whole);
  }

  close(handle: Buffer): Handle {
    const found = this.get(handle);
    this.open.delete(handle.readUInt32BE(0));
    return found;
  }

  private add(one: Handle): Buffer {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.next);
    this.open.set(this.next++, one);
    return handle;
  }
}
