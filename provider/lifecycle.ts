import type { MaintenanceWindow } from "../domain/windows";
import type { Kind } from "../sdk/tokens";
import type { Context } from "./context";

/** Stands for a value that is not known yet (an output of a resource that a preview has not made). */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

/** Inputs as `check` and `diff` see them: a property that is unknown, or holds something unknown, is UNKNOWN as a whole. */
export type Given<I> = { [K in keyof I]: I[K] | Unknown };

/** What the state holds of a resource: its inputs as last applied and its outputs. */
export type State<I, O> = I & O;

/** One thing that is wrong with one input. */
export interface Failure {
  property: string;
  reason: string;
}

export interface Checked {
  failures: Failure[];
  /** Printed for the user, for instance that a signature is still pending. */
  notes?: string[];
}

/**
 * What an update would mean.
 * - `none`: nothing.
 * - `takeOver`: only the state changes (a new address, another window); the platform is not asked.
 * - `update`: `ensure` runs.
 * - `replace`: a new one is made first, the old one removed at the end.
 */
export type Change = "none" | "takeOver" | "update" | "replace";

export interface Difference {
  change: Change;
  /** The inputs that ask for a replacement. */
  replaces: string[];
  notes: string[];
  /** What waits for its window, for the list at the end of the run. */
  due?: string;
  /** What was switched off and, as far as the state knows, is off still: a line for the end of the run, unless `back` names the same key. */
  off?: { key: string; line: string };
  /** Key of what is on again. */
  back?: string;
}

/** One line of the table at the end of a preview. */
export interface Step {
  /** What is done, e.g. `restart Cisco Tomcat`. */
  what: string;
  where: string;
  reason: string;
  /** What users notice; empty for nothing. */
  notice?: string;
  /** Usual duration. */
  minutes?: number;
  /** The window that it waits for. */
  window?: MaintenanceWindow;
}

/**
 * How one kind of resource is kept as declared.
 * `check` and `diff` are pure: the engine calls them one after another, in every preview, and they never touch the network.
 */
export interface Lifecycle<I extends object, O extends object> {
  readonly kind: Kind;
  /** The id of a resource, shown by Pulumi. */
  id(state: State<I, O>): string;
  /** All failures at once, each with its property. */
  check(inputs: Given<I>, at: { prior?: Given<I>; now: Date }): Checked;
  diff(state: State<I, O>, inputs: Given<I>, now: Date): Difference;
  /** Create and update: observe, do what is missing, verify. */
  ensure(inputs: I, prior: State<I, O> | undefined, context: Context): Promise<State<I, O>>;
  /** The resource as it is now; undefined when it is gone. */
  observe(state: State<I, O>, context: Context): Promise<State<I, O> | undefined>;
  /** Succeeds when it is already gone. */
  remove(state: State<I, O>, context: Context): Promise<void>;
  /** What a change would do on the platform, for the table; undefined when nothing. */
  step?(inputs: Given<I>, state: State<I, O> | undefined, now: Date): Step | undefined;
}

/** A lifecycle as the registry holds it: its inputs and outputs are only known to itself. */
export type AnyLifecycle = Lifecycle<Record<string, unknown>, Record<string, unknown>>;
