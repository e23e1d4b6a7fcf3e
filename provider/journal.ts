// What this machine has begun on a platform: it outlives a run that is killed, which the state of the stack does not tell.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Whoever was killed longer ago is not coming back. */
const KEPT_MS = 90 * 86_400_000;

/** What was noted when something began, or while it went on. */
export interface Begun {
  /** ISO 8601, of the beginning. */
  since: string;
  /** What is known of it by now, such as the id of a request; empty for nothing. */
  known: string;
}

/** A note that cannot be written or read is none: the platform itself is asked anyway, and knows better. */
export class Journal {
  constructor(private readonly folder: string) {}

  /** What was begun under this name and not forgotten since. */
  begun(name: string): Begun | undefined {
    try {
      const { since, known } = JSON.parse(readFileSync(this.file(name), "utf8")) as Partial<Begun>;
      return typeof since === "string" && typeof known === "string" ? { since, known } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Notes what begins, or what is known of what has begun. */
  note(name: string, known = "", now = new Date()): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      this.prune(now);
      const since = (known && this.begun(name)?.since) || now.toISOString();
      writeFileSync(this.file(name), JSON.stringify({ name, since, known }), { mode: 0o600 });
    } catch {
      // See above.
    }
  }

  forget(name: string): void {
    try {
      rmSync(this.file(name), { force: true });
    } catch {
      // See above.
    }
  }

  private file(name: string): string {
    return join(this.folder, `${createHash("sha256").update(name).digest("hex").slice(0, 32)}.json`);
  }

  private prune(now: Date): void {
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      if (now.getTime() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime()) > KEPT_MS) rmSync(file, { force: true });
    }
  }
}
