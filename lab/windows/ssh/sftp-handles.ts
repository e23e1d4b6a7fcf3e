// What an SFTP client has open.
import type { Drive } from "../drive";

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

  constructor(private readonly drive: Drive) {}

  openToRead(path: string): Buffer {
    return this.add({ path, content: this.drive.read(path) });
  }

  openToWrite(path: string, { cut, unanswered }: Pick<Handle, "cut" | "unanswered">): Buffer {
    return this.add({ path, cut, unanswered });
  }

  openFolder(path: string): Buffer {
    return this.add({ path, names: this.drive.list(path) });
  }

  /** @throws for a handle that is not open */
  get(handle: Buffer): Handle {
    const found = this.open.get(handle.readUInt32BE(0));
    if (!found) throw new Error("no such handle");
    return found;
  }

  put({ path }: Handle, offset: number, bytes: Buffer): void {
    const before = this.drive.read(path);
    if (offset === before.length) return this.drive.append(path, bytes);
    const whole = Buffer.concat([before.subarray(0, offset), Buffer.alloc(Math.max(0, offset - before.length)), bytes, before.subarray(offset + bytes.length)]);
    this.drive.write(path, whole);
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
