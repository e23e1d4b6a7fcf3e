import type { History, Interface } from "./history";

/**
 * Every fault that the lab can make, by name.
 * A fault that concerns a request names in `lab/README.md` at which interface it is looked for.
 */
export const FAULTS = {
  "dropped connection": "the connection is reset before anything is done",
  "dropped answer": "the work is done, then the connection is reset instead of an answer",
  "slow answer": "the answer comes after `milliseconds` (default 2000)",
  "unavailable": "503, nothing done",
  "exceeded rate": "Control Center answers that its allowed rate is exceeded, nothing done",
  "write throttle": "AXL answers 503 to an operation that changes something, nothing done",
  "lost prompt": "the CLI does its work and never prints the prompt",
  "second try": "SSH refuses the first connection of a client",
  "no answer": "nothing is ever answered",
  "node down": "every port of the node refuses; replication and distribution do not reach it",
  "service stays down": "a restart ends in STOPPED",
  "service at second try": "a restart ends half up, the next one works",
  "page lags": "the product's page answers 503 for `milliseconds` after STARTED",
  "old certificate": "the service named in `action` keeps its old certificate at the next restart",
  "distribution skips node": "a multi-server certificate does not reach the node",
  "replication lags": "what is replicated arrives `milliseconds` later",
  "replication broken": "nothing is replicated, and `utils dbreplication runtimestate` says so",
  "drops a SAN": "the CA leaves out the SAN named in `name`, or the last one",
  "drops an extended key usage": "the CA leaves out the usage named in `name` (an OID), or the last one",
  "ignores the requested validity": "the CA issues for `days` (default 30)",
  "returns the chain unordered": "certnew.p7b holds the chain in another order",
  "issues for another key": "the CA signs another public key than the request's",
} as const;

export type FaultName = keyof typeof FAULTS;

/** A fault that is switched on. */
export interface Fault {
  fault: FaultName;
  /** Only on this node or authority (FQDN). */
  node?: string;
  interface?: Interface;
  /** Only for actions that hold this text. */
  action?: string;
  /** How often it strikes; for ever when absent. */
  times?: number;
  milliseconds?: number;
  name?: string;
  days?: number;
}

/** Where a fault might strike. */
export interface Occasion {
  node: string;
  interface: Interface;
  action: string;
}

/** The faults that are switched on now. */
export class Faults {
  private active: Fault[] = [];

  constructor(private readonly history: History) {}

  /** Switches a fault on; the function that is returned switches it off. */
  add(fault: Fault): () => void {
    if (!(fault.fault in FAULTS)) throw new Error(`the lab knows no fault "${fault.fault}"; it knows: ${Object.keys(FAULTS).join(", ")}`);
    const own = { ...fault };
    this.active.push(own);
    return () => (this.active = this.active.filter((other) => other !== own));
  }

  /** What is switched on, in the order in which it was added. */
  get list(): readonly Fault[] {
    return this.active;
  }

  clear(): void {
    this.active = [];
  }

  /** The fault that strikes here, if any; it is recorded and counts as one of its `times`. */
  strike(name: FaultName, occasion: Occasion): Fault | undefined {
    const fault = this.find(name, occasion);
    if (!fault) return undefined;
    if (fault.times !== undefined && --fault.times <= 0) this.active = this.active.filter((other) => other !== fault);
    this.history.record({ ...occasion, action: `fault: ${name}`, detail: { on: occasion.action }, outcome: name });
    return fault;
  }

  /** Whether a lasting fault is on; nothing is recorded or counted. */
  holds(name: FaultName, occasion: Occasion): boolean {
    return this.find(name, occasion) !== undefined;
  }

  private find(name: FaultName, { node, interface: at, action }: Occasion): Fault | undefined {
    return this.active.find(
      (fault) =>
        fault.fault === name &&
        (fault.node === undefined || fault.node === node) &&
        (fault.interface === undefined || fault.interface === at) &&
        (fault.action === undefined || action.includes(fault.action)),
    );
  }
}
