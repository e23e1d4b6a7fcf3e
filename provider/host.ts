// The one adapter between Pulumi's calls and a Lifecycle.
import type { dynamic } from "@pulumi/pulumi";
import { IncompleteError, sentence } from "./errors";
import type { AnyLifecycle, Difference, Given } from "./lifecycle";
import type { Runtime } from "./runtime";
import { INCOMPLETE, incoming, outgoing, PROVIDER } from "./wire";

type Bag = Record<string, unknown>;
type AnyState = Bag;

/** What Pulumi's SDK has no type for: an error that keeps the resource in the state. */
interface PartialFailure extends Error {
  id: string;
  properties: Bag;
  reasons: string[];
}

/** A `pulumi.dynamic.ResourceProvider` for one lifecycle. */
export class Host implements dynamic.ResourceProvider {
  constructor(
    private readonly lifecycle: AnyLifecycle,
    private readonly runtime: Runtime,
  ) {}

  /** Pulumi does not wait for it before the next call: the configuration is stored before the first await. */
  async configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.runtime.configure((key) => request.config.get(key));
  }

  async check(olds: Bag, news: Bag): Promise<dynamic.CheckResult> {
    const prior = olds && Object.keys(olds).length > 0 ? (incoming(olds) as Given<Bag>) : undefined;
    const inputs = incoming(news);
    const now = this.runtime.clock.now();
    const { failures, notes = [] } = this.lifecycle.check(inputs, { prior, now });
    notes.forEach((note) => this.runtime.report.note(note));
    if (failures.length === 0 && !prior) this.plan(inputs, undefined, now);
    return { inputs: news, failures };
  }

  async diff(_id: string, olds: Bag, news: Bag): Promise<dynamic.DiffResult> {
    const state = incoming(olds);
    const inputs = incoming(news);
    const now = this.runtime.clock.now();
    const { change, replaces, notes, due } = this.difference(olds, inputs);
    notes.forEach((note) => this.runtime.report.note(note));
    if (due) this.runtime.report.due(due);
    if (change === "update" || change === "replace") this.plan(inputs, state, now);
    return { changes: change !== "none", replaces, deleteBeforeReplace: false };
  }

  async create(inputs: Bag): Promise<dynamic.CreateResult> {
    return this.guarded(inputs, async () => {
      const state = await this.lifecycle.ensure(incoming(inputs), undefined, this.runtime.context());
      return { id: this.lifecycle.id(state), outs: this.outs(state, inputs) };
    });
  }

  async update(_id: string, olds: Bag, news: Bag): Promise<dynamic.UpdateResult> {
    return this.guarded(news, async () => {
      const [state, inputs] = [incoming(olds), incoming(news)];
      if (this.difference(olds, inputs).change === "takeOver") return { outs: this.outs({ ...state, ...inputs }, news) };
      return { outs: this.outs(await this.lifecycle.ensure(inputs, state, this.runtime.context()), news) };
    });
  }

  async read(id: string, props?: Bag): Promise<dynamic.ReadResult> {
    return this.guarded(props ?? {}, async () => {
      if (!props || Object.keys(props).length === 0)
        throw new Error("importing is not needed and cannot work here: declare the resource, and it adopts what the platform has");
      const seen = await this.lifecycle.observe(incoming(props), this.runtime.context());
      if (!seen) return { id: "" };
      const outs = this.outs(seen, props);
      return { id, props: props[INCOMPLETE] ? { ...outs, [INCOMPLETE]: true } : outs };
    });
  }

  async delete(_id: string, props: Bag): Promise<void> {
    await this.guarded(props, () => this.lifecycle.remove(incoming(props), this.runtime.context()));
  }

  /** What is unfinished is a change, also when a refresh has cleared Pulumi's own memory of it. */
  private difference(olds: Bag, inputs: Bag): Difference {
    const found = this.lifecycle.diff(incoming(olds), inputs, this.runtime.clock.now());
    return olds[INCOMPLETE] && found.change !== "replace" ? { ...found, change: "update" } : found;
  }

  private plan(inputs: Bag, state: AnyState | undefined, now: Date): void {
    const step = this.lifecycle.step?.(inputs, state, now);
    if (step) this.runtime.report.plan(step);
  }

  private outs(state: AnyState, from: Bag): Bag {
    return { ...outgoing(state), [PROVIDER]: from[PROVIDER] };
  }

  /** Turns whatever was thrown into one sentence without secrets, and keeps the state of work that has begun. */
  private async guarded<T>(from: Bag, work: () => Promise<T>): Promise<T> {
    this.runtime.report.workBegan();
    try {
      return await work();
    } catch (error) {
      const message = this.runtime.redact(sentence(error));
      if (!(error instanceof IncompleteError)) throw new Error(message);
      const state = { ...this.outs({ ...error.state }, from), [INCOMPLETE]: true };
      const failure = new Error(message) as PartialFailure;
      failure.id = this.lifecycle.id(state);
      failure.properties = state;
      failure.reasons = error.reasons.map((reason) => this.runtime.redact(reason));
      throw failure;
    }
  }
}
