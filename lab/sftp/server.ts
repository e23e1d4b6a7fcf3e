// An SFTP server: users with a password, each in a folder of its own.
import { join, posix } from "node:path";
import type { SftpServerDescription } from "../estate";
import type { Occasion } from "../faults";
import type { Lab } from "../lab";
import { Account, inventCredential } from "../vos/accounts";
import { FolderFiles, type Hindrance, type Kept } from "./folder-files";

export const DEFAULT_SFTP_USER = "bulk";

export interface SftpUser {
  readonly account: Account;
  readonly files: FolderFiles;
}

/** What lies in each user's folder. */
export type SftpState = ReadonlyMap<string, ReadonlyMap<string, Kept>>;

export class SftpServer {
  readonly users: readonly SftpUser[];
  readonly ports = { ssh: 0 };
  sshFingerprints: string[] = [];

  constructor(
    readonly lab: Lab,
    readonly description: SftpServerDescription,
    private readonly index: number,
  ) {
    this.users = (description.users ?? [DEFAULT_SFTP_USER]).map((username) => this.user(username));
  }

  get name(): string {
    return this.description.name;
  }

  get fqdn(): string {
    return this.description.fqdn;
  }

  /** By which the nodes of the estate reach it, as they do by its name. */
  get address(): string {
    return this.description.address ?? `10.2.0.${11 + this.index}`;
  }

  get faults() {
    return this.lab.faults;
  }

  get history() {
    return this.lab.history;
  }

  get waits() {
    return this.lab.waits;
  }

  get timing() {
    return this.lab.timing;
  }

  /** Whether nobody can connect. */
  get down(): boolean {
    return this.faults.holds("node down", { node: this.fqdn, interface: "sftp", action: "connect" });
  }

  /** @throws for a name that is no user's; without a name the first one */
  userNamed(username?: string): SftpUser {
    const found = username === undefined ? this.users[0] : this.users.find(({ account }) => account.credential.username === username);
    if (!found) throw new Error(`the SFTP server "${this.name}" has no user "${username ?? ""}"`);
    return found;
  }

  get state(): SftpState {
    return new Map(this.users.map(({ account, files }) => [account.credential.username, files.state]));
  }

  restore(state: SftpState): void {
    for (const [username, files] of state) this.userNamed(username).files.restore(files);
  }

  private user(username: string): SftpUser {
    const files = new FolderFiles(join(this.lab.folder(), `sftp-${this.name}`, username), (path, deed) => this.hindrance(path, deed));
    for (const directory of this.description.directories ?? []) this.make(files, posix.resolve("/", directory));
    return { account: new Account(inventCredential(username), this.lab.history, () => this.fqdn, false), files };
  }

  private make(files: FolderFiles, directory: string): void {
    if (files.exists(directory)) return;
    this.make(files, posix.dirname(directory));
    files.makeFolder(directory);
  }

  private hindrance(path: string, deed: "open" | "fill"): Hindrance | undefined {
    const occasion: Occasion = { node: this.fqdn, interface: "sftp", action: `write ${path}` };
    if (deed === "fill") return this.faults.strike("disk full", occasion) ? "full" : undefined;
    return this.faults.strike("not writable", occasion) ? "denied" : undefined;
  }
}
