// The drive of a Windows host: a tree of its own in a temporary folder. Names count without regard to case, and no path leads out of it.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, type Stats, statSync, utimesSync, writeFileSync } from "node:fs";
import { join, win32 } from "node:path";
import { type Acl, folderAcl, inheritedFrom } from "./acl";

export type Trouble = "no file" | "no path" | "no drive" | "exists" | "denied" | "locked" | "full" | "not empty" | "invalid name";

/** What Windows refuses to do with a path. */
export class DriveError extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly path: string,
  ) {
    super(`${path}: ${trouble}`);
  }
}

/** `write` opens, replaces or removes; `fill` puts bytes into what is open. */
export type Deed = "read" | "write" | "fill";

/** What may be refused before it is tried. */
export type Guard = (path: string, what: Deed) => Trouble | undefined;

/** The content of a drive as a value: folders are undefined. */
export interface DriveState {
  readonly files: ReadonlyMap<string, Buffer | undefined>;
  /** When each file was written last. */
  readonly modified: ReadonlyMap<string, Date>;
  readonly acls: ReadonlyMap<string, Acl>;
}

const ROOT_ACL = folderAcl("BA", ["BA", "F"], ["SY", "F"], ["BU", "RX"]);

const copyOf = ({ owner, aces }: Acl): Acl => ({ owner, aces: aces.map((ace) => ({ ...ace })) });

export class Drive {
  /** @param folder the local folder that stands for `C:\` */
  constructor(
    private readonly folder: string,
    private readonly guard: Guard = () => undefined,
    private readonly acls = new Map<string, Acl>(),
  ) {
    mkdirSync(folder, { recursive: true });
  }

  /** The same drive for what the host does itself: nothing is refused. */
  unguarded(): Drive {
    return new Drive(this.folder, undefined, this.acls);
  }

  /** An absolute path, without `.` and `..`. @throws for another drive than C */
  absolute(path: string, from = "C:\\"): string {
    if (/[<>"|?*\0]/.test(path)) throw new DriveError("invalid name", path);
    const whole = win32.resolve(from, path.replace(/\//g, "\\").replace(/^([a-z]):$/i, "$1:\\"));
    if (!/^c:\\/i.test(whole)) throw new DriveError(/^[a-z]:/i.test(whole) ? "no drive" : "no path", path);
    return `C:${whole.slice(2)}`;
  }

  /** The local path; each name as it is on the disk where it is there in another case. */
  local(path: string): string {
    const names = this.absolute(path).slice(3).split("\\").filter(Boolean);
    return names.reduce((folder, name) => join(folder, this.spelt(folder, name)), this.folder);
  }

  /** The path as the disk spells it. */
  spelling(path: string): string {
    return this.windows(this.local(path));
  }

  /** The Windows path of a local one. */
  windows(local: string): string {
    return `C:\\${local.slice(this.folder.length + 1).replace(/\//g, "\\")}`;
  }

  /** Local paths in a text, as Windows paths. */
  translated(text: string): string {
    return text.split(this.folder).map((part, index) => (index === 0 ? part : part.replace(/^[^\s:,'")\]]*/, (rest) => `C:${rest.replace(/\//g, "\\")}`))).join("");
  }

  stat(path: string): Stats | undefined {
    const local = this.local(path);
    return existsSync(local) ? statSync(local) : undefined;
  }

  isFolder(path: string): boolean {
    return this.stat(path)?.isDirectory() ?? false;
  }

  isFile(path: string): boolean {
    return this.stat(path)?.isFile() ?? false;
  }

  list(path: string): string[] {
    if (!this.isFolder(path)) throw new DriveError("no path", path);
    this.refuse(path, "read");
    return readdirSync(this.local(path)).sort((a, b) => a.localeCompare(b));
  }

  read(path: string): Buffer {
    this.requireFile(path);
    this.refuse(path, "read");
    return readFileSync(this.local(path));
  }

  /** A file that was there keeps its owner and access rights. */
  write(path: string, content: Buffer | string): void {
    this.prepare(path);
    this.fill(path, content, writeFileSync);
  }

  append(path: string, content: Buffer): void {
    this.prepare(path);
    this.fill(path, content, appendFileSync);
  }

  /** As CopyFile: a target that was there keeps its owner and access rights. */
  copy(from: string, to: string): void {
    this.requireFile(from);
    this.refuse(from, "read");
    this.prepare(to);
    this.fill(to, readFileSync(this.local(from)), writeFileSync);
  }

  /** As MoveFile on one drive: owner and access rights move with the file. */
  move(from: string, to: string): void {
    if (!this.stat(from)) throw new DriveError("no file", from);
    this.requireParent(to);
    for (const path of [from, to]) this.refuse(path, "write");
    const acl = this.acl(from);
    renameSync(this.local(from), this.local(to));
    this.acls.delete(key(from));
    this.setAcl(to, acl);
  }

  makeFolder(path: string): void {
    if (this.stat(path)) throw new DriveError("exists", path);
    this.refuse(path, "write");
    mkdirSync(this.local(path), { recursive: true });
  }

  removeFile(path: string): void {
    this.requireFile(path);
    this.refuse(path, "write");
    rmSync(this.local(path));
    this.acls.delete(key(path));
  }

  removeFolder(path: string, whole: boolean): void {
    if (!this.isFolder(path)) throw new DriveError("no file", path);
    this.refuse(path, "write");
    if (!whole && this.list(path).length > 0) throw new DriveError("not empty", path);
    if (whole) rmSync(this.local(path), { recursive: true });
    else rmdirSync(this.local(path));
    for (const name of [...this.acls.keys()]) if (`${name}\\`.startsWith(`${key(path)}\\`)) this.acls.delete(name);
  }

  /** Its own, or what it inherits. */
  acl(path: string): Acl {
    const own = this.acls.get(key(path));
    if (own) return copyOf(own);
    const parent = win32.dirname(this.absolute(path));
    return parent === this.absolute(path) ? copyOf(ROOT_ACL) : inheritedFrom(this.acl(parent), this.isFolder(path));
  }

  setAcl(path: string, acl: Acl): void {
    this.acls.set(key(path), copyOf(acl));
  }

  /** Forgets its own: it inherits again. */
  resetAcl(path: string): void {
    this.acls.delete(key(path));
  }

  /** Why nothing may be written there; undefined when it may. */
  hindrance(path: string, what: Deed = "write"): Trouble | undefined {
    return this.guard(this.absolute(path), what);
  }

  state(shared: (content: Buffer) => Buffer): DriveState {
    const files = new Map<string, Buffer | undefined>();
    const modified = new Map<string, Date>();
    const walk = (folder: string) => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        const name = path.slice(this.folder.length + 1);
        files.set(name, entry.isDirectory() ? undefined : shared(readFileSync(path)));
        if (entry.isDirectory()) walk(path);
        else modified.set(name, statSync(path).mtime);
      }
    };
    walk(this.folder);
    return { files, modified, acls: new Map([...this.acls].map(([name, acl]) => [name, copyOf(acl)])) };
  }

  restore({ files, modified, acls }: DriveState): void {
    this.clear();
    for (const [name, content] of files) {
      if (content) writeFileSync(join(this.folder, name), content);
      else mkdirSync(join(this.folder, name));
    }
    for (const [name, at] of modified) utimesSync(join(this.folder, name), at, at);
    for (const [name, acl] of acls) this.acls.set(name, copyOf(acl));
  }

  clear(): void {
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { recursive: true });
    this.acls.clear();
  }

  /** On a full disk a part of it is written. */
  private fill(path: string, content: Buffer | string, into: (file: string, content: Buffer | string) => void): void {
    const trouble = this.hindrance(path, "fill");
    into(this.local(path), trouble ? content.slice(0, content.length / 2) : content);
    if (trouble) throw new DriveError(trouble, path);
  }

  private spelt(folder: string, name: string): string {
    if (existsSync(join(folder, name)) || !existsSync(folder)) return name;
    return readdirSync(folder).find((other) => other.toLowerCase() === name.toLowerCase()) ?? name;
  }

  private requireFile(path: string): void {
    if (this.isFile(path)) return;
    if (this.isFolder(path)) throw new DriveError("denied", path);
    throw new DriveError(this.isFolder(win32.dirname(this.absolute(path))) ? "no file" : "no path", path);
  }

  private requireParent(path: string): void {
    if (!this.isFolder(win32.dirname(this.absolute(path)))) throw new DriveError("no path", path);
  }

  /** Before something is written to a file. */
  private prepare(path: string): void {
    if (this.isFolder(path)) throw new DriveError("denied", path);
    this.requireParent(path);
    this.refuse(path, "write");
  }

  private refuse(path: string, what: Deed): void {
    const trouble = this.hindrance(path, what);
    if (trouble) throw new DriveError(trouble, path);
  }
}

function key(path: string): string {
  return path.replace(/\//g, "\\").replace(/\\+$/, "").toLowerCase();
}
