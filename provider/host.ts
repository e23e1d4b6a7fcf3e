// The one adapter between Pulumi's calls and a Lifecycle.
import type { dynamic } from "@pulumi/pulumi";
import { IncompleteError, PlatformError } from "./errors";
import { type PartialFailure, told, words } from "./failure";
import { InHand } from "./in-hand";
import type { AnyLifecycle, Difference, Given } from "./lifecycle";
import type { Runtime } from "./runtime";
import { INCOMPLETE, incoming, outgoing, PROVIDER } from "./wire";

type Bag = Record<string, unknown>;
type Call = "check" | "diff" | "create" | "update" | "read" | "delete";

/** A refresh and a destroy give us the configuration that the state holds, which is that of the last `up`. */
const FROM_STATE: readonly Call[] = ["read", "delete"];
const STALE = "If the password in the stack configuration was changed since the last up, add --run-program to refresh or destroy";

/** A `pulumi.dynamic.ResourceProvider` for one lifecycle. */
export class Host implements dynamic.ResourceProvider {
  constructor(
    private readonly lifecycle: AnyLifecycle,
    private readonly runtime: Runtime,
    private readonly inHand = new InHand(),
  ) {}

  /** Pulumi does not wait for it before the next call: the configuration is stored before the first await. */
  async configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.runtime.configure((key) => request.config.get(key));
  }

  async check(olds: Bag, news: Bag): Promise<dynamic.CheckResult> {
    return this.guarded("check", news, async () => {
      const prior = olds && Object.keys(olds).length > 0 ? (incoming(olds) as Given<Bag>) : undefined;
      const inputs = incoming(news);
      const now = this.runtime.clock.now();
      const { failures, notes = [] } = this.lifecycle.check(inputs, { prior, now });
      notes.forEach((note) => this.runtime.report.note(note));
      if (failures.length === 0 && !prior) this.plan(inputs, undefined, now);
      return { inputs: news, failures };
    });
  }

  async diff(_id: string, olds: Bag, news: Bag): Promise<dynamic.DiffResult> {
    return this.guarded("diff", news, async () => {
      const [state, inputs] = [incoming(olds), incoming(news)];
      const { change, replaces, notes, due, off, back } = this.difference(olds, inputs);
      notes.forEach((note) => this.runtime.report.note(note));
      if (due) this.runtime.report.due(due);
      if (off) this.runtime.report.off(off.key, off.line);
      if (back) this.runtime.report.back(back);
      if (change === "update" || change === "replace") this.plan(inputs, state, this.runtime.clock.now());
      return { changes: change !== "none", replaces, deleteBeforeReplace: false };
    });
  }

  async create(inputs: Bag): Promise<dynamic.CreateResult> {
    return this.working("create", inputs, async () => {
      const state = await this.lifecycle.ensure(incoming(inputs), undefined, this.runtime.context());
      return { id: this.lifecycle.id(state), outs: this.outs(state, inputs) };
    });
  }

  async update(_id: string, olds: Bag, news: Bag): Promise<dynamic.UpdateResult> {
    return this.working("update", news, async () => {
      const [state, inputs] = [incoming(olds), incoming(news)];
      if (this.difference(olds, inputs).change === "takeOver") return { outs: this.outs({ ...state, ...inputs }, news) };
      return { outs: this.outs(await this.lifecycle.ensure(inputs, state, this.runtime.context()), news) };
    });
  }

  async read(id: string, props: Bag = {}): Promise<dynamic.ReadResult> {
    return this.guarded("read", props, async () => {
      const state = incoming(props);
      if (Object.keys(state).length === 0) throw new Error("importing is not needed and cannot work here: declare the resource, and it adopts what the platform has");
      const seen = await this.lifecycle.observe(state, this.runtime.context());
      if (!seen) return { id: "" };
      const outs = this.outs(seen, props);
      return { id, props: props[INCOMPLETE] ? { ...outs, [INCOMPLETE]: true } : outs };
    });
  }

  async delete(_id: string, props: Bag): Promise<void> {
    await this.working("delete", props, () => this.lifecycle.remove(incoming(props), this.runtime.context()));
  }

  /** What is unfinished is a change, also when a refresh has cleared Pulumi's own memory of it. */
  private difference(olds: Bag, inputs: Bag): Difference {
    const found = this.lifecycle.diff(incoming(olds), inputs, this.runtime.clock.now());
    return olds[INCOMPLETE] && found.change !== "replace" ? { ...found, change: "update" } : found;
  }

  private plan(inputs: Bag, state: Bag | undefined, now: Date): void {
    const step = this.lifecycle.step?.(inputs, state, now);
    if (step) this.runtime.report.plan(step);
  }

  private outs(state: Bag, from: Bag): Bag {
    return { ...outgoing(state), [PROVIDER]: from[PROVIDER] };
  }

  /** Calls that a preview never makes. */
  private working<T>(call: Call, from: Bag, work: () => Promise<T>): Promise<T> {
    this.runtime.report.workBegan();
    return this.inHand.during(`${call} of ${this.lifecycle.kind}${place(from)}`, () => this.guarded(call, from, work));
  }

  /** Turns whatever was thrown into one sentence without secrets, and keeps the state of work that has begun. */
  private async guarded<T>(call: Call, from: Bag, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof IncompleteError ? this.partial(error, from) : this.failure(error, call);
    }
  }

  private failure(error: unknown, call: Call): Error {
    const hint = FROM_STATE.includes(call) && error instanceof PlatformError && error.kind === "authentication" ? `. ${STALE}` : "";
    return told(this.runtime.redact(words(error) + hint), `(${call} of ${this.lifecycle.kind})`);
  }

  private partial({ message, state, reasons }: IncompleteError, from: Bag): PartialFailure {
    const properties = { ...this.outs({ ...state }, from), [INCOMPLETE]: true };
    const clean = reasons.map((reason) => this.runtime.redact(reason));
    return Object.assign(new Error(this.runtime.redact(message)), { id: this.lifecycle.id(properties), properties, reasons: clean });
  }
}

function place({ node }: Bag): string {
  const { fqdn } = (node ?? {}) as { fqdn?: unknown };
  return typeof fqdn === "string" ? ` on ${fqdn}` : "";
}
