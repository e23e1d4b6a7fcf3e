// Our resources through their provider, without the engine: the calls that the engine would make, against the lab.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionsOf, type Connections, type Lab } from "../../lab";
import type { Clock } from "../../provider/context";
import { Host } from "../../provider/host";
import { lifecycleOf } from "../../provider/registry";
import { Runtime } from "../../provider/runtime";
import { shim, type Kind } from "../../sdk/tokens";

type Bag = Record<string, unknown>;

/** Short waits; meanings in provider/timing.ts. */
const TIMING = { poll: "30ms", retryFirst: "10ms", connect: "3s", cliStart: "5s", replication: "3s", distribution: "3s", serviceRestart: "5s", webReady: "5s" };

export interface ProviderOptions {
  connections?: Connections;
  timing?: Record<string, string>;
  clock?: Clock;
}

/** A partial failure as the engine sees it. */
export interface Partial extends Error {
  id?: string;
  properties?: Bag;
  reasons?: string[];
}

/** One provider process, as it were: what it prints is in `lines`. */
export class TestProvider {
  readonly lines: string[] = [];
  readonly runtime: Runtime;
  private readonly state = mkdtempSync(join(tmpdir(), "uccerts-provider-"));

  constructor(lab: Lab, { connections = connectionsOf(lab), timing, clock }: ProviderOptions = {}) {
    process.env.UCCERTS_STATE = this.state;
    this.runtime = new Runtime((line) => this.lines.push(line), clock);
    const configuration: Record<string, string> = { "uccerts:connections": JSON.stringify(connections), "uccerts:timing": JSON.stringify({ ...TIMING, ...timing }) };
    this.runtime.configure((key) => configuration[key]);
  }

  get output(): string {
    return this.lines.join("\n");
  }

  /** Reasons by property, as `property: reason`. */
  async check(kind: Kind, inputs: object, olds: object = {}): Promise<string[]> {
    const { failures = [] } = await this.host(kind).check(olds as Bag, wire(kind, inputs));
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  async create(kind: Kind, inputs: object): Promise<Bag> {
    const { outs } = await this.host(kind).create(wire(kind, inputs));
    return outs as Bag;
  }

  async update(kind: Kind, olds: object, inputs: object): Promise<Bag> {
    const { outs } = await this.host(kind).update("id", olds as Bag, wire(kind, inputs));
    return outs as Bag;
  }

  diff(kind: Kind, olds: object, inputs: object) {
    return this.host(kind).diff("id", olds as Bag, wire(kind, inputs));
  }

  async read(kind: Kind, state: object): Promise<Bag | undefined> {
    const { id, props } = await this.host(kind).read("id", state as Bag);
    return id === "" ? undefined : (props as Bag);
  }

  delete(kind: Kind, state: object): Promise<void> {
    return this.host(kind).delete("id", state as Bag);
  }

  /** The sentence with which creation fails. @throws when it succeeds */
  async refusal(kind: Kind, inputs: object): Promise<string> {
    const failed = await this.create(kind, inputs).then(() => undefined, (error: Partial) => error);
    if (!failed) throw new Error(`creating ${kind} succeeded`);
    return failed.reasons?.join("\n") ?? failed.message;
  }

  async dispose(): Promise<void> {
    await this.runtime.close();
    rmSync(this.state, { recursive: true, force: true });
  }

  private host(kind: Kind): Host {
    return new Host(lifecycleOf(kind), this.runtime);
  }
}

/** Inputs as they come over the wire: plain, with our mark. */
function wire(kind: Kind, inputs: object): Bag {
  return { ...(JSON.parse(JSON.stringify(inputs)) as Bag), __provider: shim(kind) };
}
