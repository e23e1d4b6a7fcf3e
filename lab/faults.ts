import type { History, Interface } from "./history";
import { Lots } from "./lots";

/**
 * Every fault that the lab can make, by name.
 * A fault that concerns a request names in `lab/README.md` at which interface it is looked for.
 */
export const FAULTS = {
  "dropped connection": "the connection is reset before anything is done",
  "dropped answer": "the work is done, then the connection is reset instead of an answer",
  "slow answer": "the answer comes after `milliseconds` (default 2000)",
  "unavailable": "503, nothing done",
  "exceeded rate": "Control Center or RIS answers that its allowed rate is exceeded, nothing done",
  "phone stays away": "a phone that has started anew does not register; `action` names which",
  "phones reset again and again": "a phone resets whenever it has registered, while the CallManager certificate is a multi-server one (CSCup28852)",
  "write throttle": "AXL answers 503 to an operation that changes something, nothing done",
  "lost prompt": "the CLI does its work and never prints the prompt",
  "second try": "SSH refuses the first connection of a client",
  "no answer": "nothing is ever answered",
  "node down": "every port of the node refuses, and distribution does not reach it; what is replicated arrives when it is back",
  "service stays down": "a start ends in STOPPED",
  "service at second try": "a start ends in STOPPED, the next one of that service works",
  "page lags": "the product's page answers 503 for `milliseconds` (default 2000) after STARTED",
  "old certificate": "the services come up with the certificate that they had before; with `name` only that one of them",
  "distribution lags": "a multi-server certificate reaches the node `milliseconds` (default 2000) later",
  "distribution skips node": "a multi-server certificate does not reach the node",
  "export skips node": "a bulk export writes no file of the node and says nothing of it",
  "replication lags": "what is replicated arrives `milliseconds` (default 2000) later",
  "replication broken": "what is replicated from or to the node arrives when it is repaired; `utils dbreplication runtimestate` says so",
  "SSO stays in the database": "`utils sso disable` leaves `tkssomode` of the node as it was",
  "session lost": "the SSH session of a Windows host ends before the command named in `action`, in the middle of a line",
  "upload cut": "the SFTP connection is reset when a part of the file is written",
  "store locked": "a program holds the file named in `action` (default: the Java stores): it cannot be replaced",
  "not writable": "an SFTP server refuses to make, replace, rename or remove the file named in `action` (default: any)",
  "disk full": "a part of what is written to the file named in `action` (default: any) is, then the disk is full",
  "keytool answers 0": "keytool ends with 0 although it failed",
  "drops a SAN": "the CA leaves out the SAN named in `name`, or the last one",
  "drops an extended key usage": "the CA leaves out the usage named in `name` (an OID), or the last one",
  "ignores the requested validity": "the CA issues for `days` (default 30)",
  "returns the chain unordered": "certnew.p7b holds the chain in another order",
  "issues for another key": "the CA signs another public key than the request's",
  "issues for another subject": "the CA writes the subject `name` (default CN=another.example.com) instead of the request's",
  "issues for other names": "the CA writes the SAN `name` (default another.example.com) instead of the request's",
  "issues what has expired": "the CA issues a certificate that ended a day ago",
  "issues by another authority": "a CA that nobody has declared signs, under a name of its own",
  "answers with more certificates": "certnew.cer is a PKCS#7 that holds the certificate behind its whole chain",
  "answers with an error page": "certfnsh.asp and certnew.cer answer 200 with a page that is none of web enrolment",
} as const;

export type FaultName = keyof typeof FAULTS;

/** These last until they are switched off. */
export const LASTING: readonly FaultName[] = ["node down", "replication broken"];

/** For faults that take a time and are given none. */
export const DEFAULT_MILLISECONDS = 2000;

/** For rates that name none. */
const DEFAULT_SEED = "lab";

/** A fault that is switched on. */
export interface Fault {
  fault: FaultName;
  /** Only on this node or authority (FQDN). */
  node?: string;
  interface?: Interface;
  /** Only for actions that hold this text. */
  action?: string;
  /** How often it strikes, 1 or more; for ever when absent. Not for faults that last. */
  times?: number;
  /** Strikes at this share of the requests, above 0 and up to 1, never at more than three in a row at one interface of a node. Not for faults that last. */
  rate?: number;
  /** From what name a rate is drawn; another one gives another order. Default `lab`. */
  seed?: string;
  milliseconds?: number;
  name?: string;
  days?: number;
}

/** Where a fault might strike: one object for all that is asked about one request, because rates are drawn per request. */
export interface Occasion {
  node: string;
  interface: Interface;
  action: string;
}

/** The faults that are switched on now. */
export class Faults {
  private active: Fault[] = [];
  private readonly lots = new Lots();

  constructor(private readonly history: History) {}

  /** Switches a fault on; the function that is returned switches it off. */
  add(fault: Fault): () => void {
    if (!Object.hasOwn(FAULTS, fault.fault)) throw new Error(`the lab knows no fault "${fault.fault}"; it knows: ${Object.keys(FAULTS).join(", ")}`);
    const unfit = LASTING.includes(fault.fault) ? (["times", "rate"] as const).find((field) => fault[field] !== undefined) : undefined;
    if (unfit) throw new Error(`the fault "${fault.fault}" lasts until it is switched off: leave out \`${unfit}\``);
    if (fault.times !== undefined && !(Number.isInteger(fault.times) && fault.times > 0)) throw new Error("`times` must be a whole number, 1 or more");
    if (fault.rate !== undefined && !(fault.rate > 0 && fault.rate <= 1)) throw new Error("`rate` must be above 0 and at most 1");
    const own = { ...fault };
    this.active.push(own);
    return () => (this.active = this.active.filter((other) => other !== own));
  }

  /** What is switched on, in the order in which it was added. */
  get list(): readonly Fault[] {
    return this.active;
  }

  /** Switches on what `list` was, and nothing else. */
  restore(list: readonly Fault[]): void {
    this.active = list.map((fault) => ({ ...fault }));
  }

  clear(): void {
    this.active = [];
  }

  /** The fault that strikes here, if any; it is recorded, and is switched off when it has struck for the last of its `times`. */
  strike(name: FaultName, occasion: Occasion): Fault | undefined {
    const fault = this.matching(name, occasion).find(({ rate, seed = DEFAULT_SEED }) => rate === undefined || this.lots.draw({ fault: name, rate, seed }, occasion));
    if (!fault) return undefined;
    if (fault.times !== undefined && --fault.times === 0) this.active = this.active.filter((other) => other !== fault);
    this.history.record({ ...occasion, action: `fault: ${name}`, detail: { on: occasion.action }, outcome: name });
    return fault;
  }

  /** How much longer a fault of this name makes what it strikes here. */
  delay(name: FaultName, occasion: Occasion): number {
    const fault = this.strike(name, occasion);
    return fault ? (fault.milliseconds ?? DEFAULT_MILLISECONDS) : 0;
  }

  /** Whether a lasting fault is on; nothing is recorded. */
  holds(name: FaultName, occasion: Occasion): boolean {
    return this.matching(name, occasion).length > 0;
  }

  private matching(name: FaultName, { node, interface: at, action }: Occasion): Fault[] {
    return this.active.filter(
      (fault) =>
        fault.fault === name &&
        (fault.node === undefined || fault.node === node) &&
        (fault.interface === undefined || fault.interface === at) &&
        (fault.action === undefined || action.includes(fault.action)),
    );
  }
}
