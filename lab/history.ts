import { performance } from "node:perf_hooks";

/** Where a thing happened. `tls` is a handshake after which nothing was asked; `platform` is what the node does by itself or because it was asked: an upload that lands, a service that restarts. */
export type Interface = "tls" | "https" | "rest" | "soap" | "axl" | "ris" | "cli" | "ssh" | "certsrv" | "tftp" | "tvs" | "phone" | "windows ssh" | "sftp" | "platform" | "management";

/** One thing that was asked of the estate, or that it did. */
export interface HistoryEntry {
  /** Order in which entries began; never equal for two. */
  readonly sequence: number;
  /** Milliseconds since the lab started. */
  readonly at: number;
  /** For what lasts: when it ended, milliseconds since the lab started. */
  readonly until?: number;
  /** The node or authority, by its FQDN. */
  readonly node: string;
  readonly interface: Interface;
  /** What was asked or done, e.g. `GET /snapshot/server`, `restart Cisco Tomcat`, `store trust certificate`. */
  readonly action: string;
  /** Whatever a test may want to look at; never a password or a private key. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** `ok`, or what went wrong (an HTTP status, the platform's words, the name of a fault). */
  readonly outcome: string;
}

/** What is given to record; the rest is filled in. */
export type Happening = Pick<HistoryEntry, "node" | "interface" | "action"> & Partial<Pick<HistoryEntry, "detail" | "outcome">>;

/** Told of every entry as it begins, and of what lasts once more when it has ended; it must not throw. */
export type Watcher = (entry: HistoryEntry, moment: "begun" | "ended") => void;

/** Everything that was asked and done, in order, so that a test can assert order, counts and overlap. */
export class History {
  private readonly list: HistoryEntry[] = [];
  private readonly began = performance.now();
  private readonly watchers = new Set<Watcher>();

  /** All entries, oldest first. */
  get entries(): readonly HistoryEntry[] {
    return this.list;
  }

  record(happening: Happening): HistoryEntry {
    const entry = { detail: {}, outcome: "ok", ...happening, sequence: this.list.length, at: this.elapsed() };
    this.list.push(entry);
    this.tell(entry, "begun");
    return entry;
  }

  /** Calls `watcher` until the function that is returned is called. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** Records `happening` with its begin and, when `work` has ended, its end. `work` may set the outcome; a failure becomes the outcome and is thrown on. */
  async span<T>(happening: Happening, work: (entry: { outcome: string }) => Promise<T>): Promise<T> {
    const entry = this.record(happening) as HistoryEntry & { until?: number; outcome: string };
    try {
      return await work(entry);
    } catch (error) {
      entry.outcome = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      entry.until = this.elapsed();
      this.tell(entry, "ended");
    }
  }

  /** Entries of one interface; `action` narrows by text that it holds or by a pattern. */
  of(interfaceName: Interface, action?: string | RegExp): HistoryEntry[] {
    const matches = (text: string) => (typeof action === "string" ? text.includes(action) : !action || action.test(text));
    return this.list.filter((entry) => entry.interface === interfaceName && matches(entry.action));
  }

  /** A mark to read `since`; what happened before it is left out. */
  mark(): number {
    return this.list.length;
  }

  since(mark: number): HistoryEntry[] {
    return this.list.slice(mark);
  }

  private tell(entry: HistoryEntry, moment: "begun" | "ended"): void {
    for (const watcher of this.watchers) watcher(entry, moment);
  }

  private elapsed(): number {
    return Math.round((performance.now() - this.began) * 1000) / 1000;
  }
}
