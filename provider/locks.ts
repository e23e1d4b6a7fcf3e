// One writer per cluster at a time (R134): among the resources of this process, and among all runs on this machine.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./transport/retry";

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

export class ClusterLocks {
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(private readonly options: LockOptions) {}

  /** Runs `work` when everybody who came before is done with `cluster`. */
  exclusively<T>(cluster: string, what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(cluster) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => this.withFile(cluster, what, signal, work));
    this.queues.set(cluster, turn);
    return turn;
  }

  private async withFile<T>(cluster: string, what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const file = join(this.options.folder, `${cluster.replace(/[^a-zA-Z0-9.-]/g, "_")}.lock`);
    await this.take(file, cluster, what, signal);
    try {
      return await work();
    } finally {
      rmSync(file, { force: true });
    }
  }

  private async take(file: string, cluster: string, what: string, signal: AbortSignal): Promise<void> {
    mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
    const deadline = Date.now() + this.options.wait;
    let told = false;
    while (!create(file, { pid: process.pid, since: new Date().toISOString(), what })) {
      const holder = read(file);
      if (!holder || !alive(holder.pid)) {
        rmSync(file, { force: true });
        continue;
      }
      const who = `process ${holder.pid} on this machine, since ${holder.since}: ${holder.what}`;
      if (Date.now() > deadline) throw new Error(`The cluster ${cluster} is being worked on by another run (${who}). Wait for it, or end that process; then run "pulumi up" again.`);
      if (!told) this.options.say(`waiting for another run on ${cluster} (${who})`);
      told = true;
      await sleep(this.options.poll, signal);
    }
  }
}

function create(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
