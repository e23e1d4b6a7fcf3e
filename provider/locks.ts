// One writer per cluster at a time (R134): among the resources of this process, and among all runs on this machine.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./waiting";

/** What stands in a lock file. */
interface Holder {
  pid: number;
  /** ISO 8601. */
  since: string;
  what: string;
}

export interface LockOptions {
  folder: string;
  /** Milliseconds to wait for another run. */
  wait: number;
  /** Milliseconds between two looks. */
  poll: number;
  say(line: string): void;
}

/** A waiter is never silent for longer. */
const HEARTBEAT_MS = 15_000;
/** Nobody needs longer to remove a stale file; a guard that is older was left by a process that died. */
const GUARD_MS = 10_000;

export class ClusterLocks {
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(private readonly options: LockOptions) {}

  /** Runs `work` when everybody who came before is done with `cluster`; when the run is cancelled meanwhile, it is never begun. */
  exclusively<T>(cluster: string, what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(cluster) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => this.withFile(cluster, what, signal, work));
    this.queues.set(cluster, turn);
    return turn;
  }

  private async withFile<T>(cluster: string, what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const file = join(this.options.folder, `${cluster.replace(/[^a-zA-Z0-9.-]/g, "_")}.lock`);
    const mine = { pid: process.pid, since: new Date().toISOString(), what };
    await this.take(file, cluster, mine, signal);
    try {
      return await work();
    } finally {
      if (sameHolder(read(file), mine)) rmSync(file, { force: true });
    }
  }

  private async take(file: string, cluster: string, mine: Holder, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + this.options.wait;
    let nextWord = Date.now();
    for (;;) {
      if (signal.aborted) throw new Error(`cancelled before "${mine.what}" began on ${cluster}`);
      if (this.create(file, mine)) return;
      const holder = read(file);
      const living = holder !== undefined && alive(holder.pid);
      if (!living && removeStale(file)) continue;
      const who = living ? `process ${holder.pid} on this machine, since ${holder.since}: ${holder.what}` : `the lock ${file} of a run that is gone`;
      if (Date.now() > deadline) throw new Error(`The cluster ${cluster} is being worked on by another run (${who}). Wait for it, or end that process; then run "pulumi up" again.`);
      if (living && Date.now() >= nextWord) {
        this.options.say(`waiting for another run on ${cluster} (${who})`);
        nextWord = Date.now() + HEARTBEAT_MS;
      }
      await sleep(this.options.poll, signal);
    }
  }

  private create(file: string, holder: Holder): boolean {
    try {
      mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
      return createWhole(file, JSON.stringify(holder));
    } catch (error) {
      throw new Error(`The lock ${file} cannot be written (${(error as NodeJS.ErrnoException).code}). UCCERTS_STATE names another folder for it.`);
    }
  }
}

/** A file with all of its content, or none: nobody ever sees a lock without its holder. @returns false when there is one */
function createWhole(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(draft, content, { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes the file of a run that died. Behind a guard, because of two who see it stale the second would remove the lock that the first has just taken.
 * @returns false when somebody else is at it, or the lock is held after all
 */
function removeStale(file: string): boolean {
  const guard = `${file}.stale`;
  if (!createWhole(guard, "")) {
    if (age(guard) > GUARD_MS) rmSync(guard, { force: true });
    return false;
  }
  try {
    const content = textOf(file);
    // A lock that was given back in the meantime may be taken by somebody else between this look and a removal.
    if (content === undefined) return true;
    const holder = holderIn(content);
    if (holder && alive(holder.pid)) return false;
    rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function age(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function holderIn(content: string): Holder | undefined {
  try {
    const holder = JSON.parse(content) as Holder | null;
    return holder && Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): Holder | undefined {
  return holderIn(textOf(file) ?? "");
}

function sameHolder(one: Holder | undefined, other: Holder): boolean {
  return one?.pid === other.pid && one.since === other.since && one.what === other.what;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
