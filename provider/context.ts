// What a lifecycle may ask for. Types only.
import type { Snapshot } from "../domain/readings";
import type { NodeName } from "../domain/purposes";
import type { VosNode } from "../sdk/topology";
import type { Journal } from "./journal";
import type { AuthorityPlatform } from "./platforms/authority";
import type { VosPlatform } from "./platforms/vos";
import type { Timing } from "./timing";

/** The clock of this machine. */
export interface Clock {
  now(): Date;
}

/** A node as every lifecycle holds it. */
export type Node = VosNode;

/** What a lifecycle may ask for while it works. */
export interface Context {
  readonly clock: Clock;
  readonly timing: Timing;
  /** Aborted when the run is cancelled: waits end, nothing new begins. */
  readonly cancellation: AbortSignal;
  /** One line of progress. */
  readonly say: (line: string) => void;

  vos(node: Node): VosPlatform;
  /** Another node of the same cluster, over the same connection. */
  sibling(node: Node, name: NodeName): Node;
  authority(name: string): AuthorityPlatform;

  /** The certificates of a node, read once until something is written to its cluster. */
  snapshot(node: Node): Promise<Snapshot>;
  /** The same, only when it has been read already: for who needs less than a snapshot. */
  remembered(node: Node): Promise<Snapshot> | undefined;
  /** Runs `work`, which writes, while nobody else works on the cluster (R134); what was read before is forgotten. */
  exclusively<T>(node: Node, what: string, work: () => Promise<T>): Promise<T>;
  /** The same for `work` that only reads: it does not meet a restart of another run, and what was read is kept. */
  undisturbed<T>(node: Node, what: string, work: () => Promise<T>): Promise<T>;
  /** When this run last noted this of the node's cluster (a preflight that passed, an upload that began); undefined when it did not. */
  readonly noted: (node: Node, what: string) => Date | undefined;
  readonly note: (node: Node, what: string) => void;

  /** What this machine has begun and may not have finished, also in a run that was killed. */
  readonly journal: Pick<Journal, "begun" | "note" | "forget">;

  /** Whether the node's connection would accept this certificate once the node serves it. */
  accepts(node: Node, certificatePem: string, chainPems: readonly string[]): boolean;
  /** A line for the end of the run: what waits for its window. */
  due(line: string): void;
  /** A line for the end of the run: what is switched off and has to be on again. */
  off(key: string, line: string): void;
  /** What was switched off under this key is on again. */
  back(key: string): void;
}
