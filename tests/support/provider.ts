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
import { passwordsIn, type Place, refuseLeaks, textsBelow } from "./leaks";

type Bag = Record<string, unknown>;

/** Short waits; meanings in provider/timing.ts. */
const TIMING = { poll: "30ms", retryFirst: "10ms", lostAnswer: "150ms", connect: "3s", cliStart: "5s", replication: "3s", distribution: "3s", serviceRestart: "5s", webReady: "5s", phonesBack: "3s", phonesWatch: "300ms", phonePoll: "100ms", risMinute: "1s" };

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
  private readonly secrets: string[];
  private readonly answers: Place[] = [];
  private readonly state = mkdtempSync(join(tmpdir(), "uccerts-provider-"));

  constructor(
    /** A provider in a process of its own has only connections. */
    private readonly lab: Lab | undefined,
    { connections = lab ? connectionsOf(lab) : {}, timing, clock }: ProviderOptions = {},
  ) {
    process.env.UCCERTS_STATE = this.state;
    this.secrets = [...passwordsIn(lab ? connectionsOf(lab) : {}), ...passwordsIn(connections, process.env)];
    this.runtime = new Runtime((line) => this.lines.push(line), clock);
    const configuration: Record<string, string> = { "uccerts:connections": JSON.stringify(connections), "uccerts:timing": JSON.stringify({ ...TIMING, ...timing }) };
    this.runtime.configure((key) => configuration[key]);
  }

  get output(): string {
    return this.lines.join("\n");
  }

  /** Reasons by property, as `property: reason`. */
  async check(kind: Kind, inputs: object, olds: object = {}): Promise<string[]> {
    const { failures = [] } = await this.kept("check", this.host(kind).check(olds as Bag, wire(kind, inputs)));
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  async create(kind: Kind, inputs: object): Promise<Bag> {
    const made = await this.kept("create", this.host(kind).create(wire(kind, inputs)));
    return made.outs as Bag;
  }

  async update(kind: Kind, olds: object, inputs: object): Promise<Bag> {
    const made = await this.kept("update", this.host(kind).update("id", olds as Bag, wire(kind, inputs)));
    return made.outs as Bag;
  }

  diff(kind: Kind, olds: object, inputs: object) {
    return this.kept("diff", this.host(kind).diff("id", olds as Bag, wire(kind, inputs)));
  }

  async read(kind: Kind, state: object): Promise<Bag | undefined> {
    const seen = await this.kept("read", this.host(kind).read("id", state as Bag));
    return seen.id === "" ? undefined : (seen.props as Bag);
  }

  delete(kind: Kind, state: object): Promise<void> {
    return this.kept("delete", this.host(kind).delete("id", state as Bag));
  }

  /** The sentence with which creation fails. @throws when it succeeds */
  async refusal(kind: Kind, inputs: object): Promise<string> {
    const failed = await this.create(kind, inputs).then(() => undefined, (error: Partial) => error);
    if (!failed) throw new Error(`creating ${kind} succeeded`);
    return failed.reasons?.join("\n") ?? failed.message;
  }

  /**
   * Closes and removes everything. So that the whole suite is one search for secrets, all that was said, answered and left is looked through.
   * @throws naming the places where a password or a private key stands
   */
  async dispose(): Promise<void> {
    await this.runtime.close();
    try {
      refuseLeaks([["what the provider printed", this.output], ...this.answers, ...textsBelow(this.state)], this.secrets);
    } catch (error) {
      // Who called does not come to it any more, and the lab would keep the process alive.
      await this.lab?.stop();
      throw error;
    } finally {
      rmSync(this.state, { recursive: true, force: true });
    }
  }

  /** Remembers what a call gave, as the engine would write it into its state or show it. */
  private async kept<T>(call: string, work: Promise<T>): Promise<T> {
    try {
      const answer = await work;
      this.answers.push([`the answer to ${call}`, JSON.stringify(answer) ?? ""]);
      return answer;
    } catch (error) {
      const { message, reasons, properties } = error as Partial;
      this.answers.push([`the failure of ${call}`, JSON.stringify({ message, reasons, properties })]);
      throw error;
    }
  }

  private host(kind: Kind): Host {
    return new Host(lifecycleOf(kind), this.runtime);
  }
}

/** Inputs as they come over the wire: plain, with our mark. */
function wire(kind: Kind, inputs: object): Bag {
  return { ...(JSON.parse(JSON.stringify(inputs)) as Bag), __provider: shim(kind) };
}
