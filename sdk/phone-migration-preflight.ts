import type { Accept } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { VosNode } from "./topology";

/** Two clusters, and the phones that are to move from one to the other. */
export interface PhoneMove {
  /** CUCM publisher of the cluster that the phones leave. */
  source: VosNode;
  /** CUCM publisher of the cluster to which they go. */
  destination: VosNode;
  /** Names, such as `SEP001122334455`. */
  phones: string[];
  accept?: Accept;
}

/** What must be true before a phone is sent to another cluster. */
export interface PhoneMigrationPreflightInputs extends PhoneMove {
  /** What option 150 will be: addresses of the destination's TFTP servers as phones reach them, first and second. */
  tftp: string[];
  /** What is about to change: another value runs it again. */
  triggers: string[];
  /** `status` of the exchange of certificates before it: while that is `due`, so is this. */
  after?: string;
}

export interface PhoneMigrationPreflightOutputs {
  /** ISO 8601, UTC; empty while it is due. */
  checkedAt: string;
  /** What was found and does not refuse: warnings, what was accepted, what could not be verified. */
  findings: string[];
  /** `ready for option 150`, or `due`. */
  gate: string;
  /** How many of the phones were registered with the source. */
  atSource: number;
  /** How many were registered with the destination. */
  atDestination: number;
  /** Those that were registered with neither. */
  nowhere: string[];
}

const seeds: Seeds<PhoneMigrationPreflightOutputs> = { checkedAt: undefined, findings: undefined, gate: undefined, atSource: undefined, atDestination: undefined, nowhere: undefined };

export interface PhoneMigrationPreflight extends Offers<PhoneMigrationPreflightInputs, PhoneMigrationPreflightOutputs> {}

/**
 * The gate before phones move to another cluster (Cisco 215539): it reads both clusters and refuses with the whole list before anything is written. The rollback parameter (R60), TVS of every
 * node of the phones' CallManager groups and its port (R61), the exchanged certificates in the trust stores of every node (R98), all nodes answering (R103), the ITL and CTL files of every TFTP
 * node of the destination (U21), and each TVS of the source asked for each of their signers (U20). What cannot be verified, such as the ITL that a phone holds, is said.
 */
export class PhoneMigrationPreflight extends Resource<PhoneMigrationPreflightInputs, PhoneMigrationPreflightOutputs> {
  constructor(name: string, args: Args<PhoneMigrationPreflightInputs>, options?: ResourceOptions) {
    super("PhoneMigrationPreflight", name, args, seeds, options);
  }
}
