import { randomBytes } from "node:crypto";
import type { History, Interface } from "../history";

/** Three wrong log-ins lock an OS account for 300 seconds, as the platform's default does. */
export const LOCK = { attempts: 3, seconds: 300 } as const;

export interface Credential {
  username: string;
  password: string;
}

/** A credential that a search for leaked secrets can find: no other text looks like it. */
export function inventCredential(username: string): Credential {
  return { username, password: `Lab!${randomBytes(9).toString("base64url")}` };
}

export type LogIn = "accepted" | "refused" | "locked";

/** One account with its lock. The OS administrator of a node shares it between REST and SSH; an application user never locks here. */
export class Account {
  private failures = 0;
  private lockedUntil = 0;

  constructor(
    readonly credential: Credential,
    private readonly history: History,
    /** Whose account it is, by the name of now. */
    private readonly owner: () => string,
    private readonly locks: boolean,
  ) {}

  get locked(): boolean {
    return Date.now() < this.lockedUntil;
  }

  /** Failures in a row, and until when it is locked. */
  get state(): readonly [failures: number, lockedUntil: number] {
    return [this.failures, this.lockedUntil];
  }

  restore(state: readonly [failures: number, lockedUntil: number]): void {
    [this.failures, this.lockedUntil] = state;
  }

  /** Checks a user name and a password; failures are recorded, and counted where the account locks. */
  logIn(username: string | undefined, password: string | undefined, at: Interface): LogIn {
    if (username !== this.credential.username) return this.failed(at, username, "refused");
    if (this.locked) return this.failed(at, username, "locked");
    if (password === this.credential.password) {
      this.failures = 0;
      return "accepted";
    }
    if (this.locks && ++this.failures >= LOCK.attempts) {
      this.lockedUntil = Date.now() + LOCK.seconds * 1000;
      this.failures = 0;
    }
    return this.failed(at, username, "refused");
  }

  private failed(at: Interface, username: string | undefined, outcome: LogIn): LogIn {
    this.history.record({ node: this.owner(), interface: at, action: "log-in failed", detail: { username: username ?? "" }, outcome });
    return outcome;
  }
}
