import type { Accept, QuestionInputs } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { VosNode } from "./topology";

/** What is about to change, and how far it is. */
export interface PreflightInputs extends QuestionInputs {
  /** The node on which the request is made. */
  node: VosNode;
  /** `"prepare"`: before the request; `"install"`: the signature is there, nothing is installed yet. */
  phase: "prepare" | "install";
  /** The authorities, PEM, root first. */
  chain: string[];
  /** The signed certificate, for `"install"`. */
  certificatePem?: string;
  /** `dueAt` of the Renewal. */
  outlives?: string;
  /** `issuedAfter` of the Renewal. */
  issuedAfter?: string;
  /** Public key fingerprint of a pending request that may be discarded (R23). */
  discardPending?: string;
  /** `"suspend"`: SSO that is on is no reason to refuse, an SsoSuspension switches it off before the certificate is installed. */
  sso?: "suspend";
  /** What is about to change: another value runs it again. */
  triggers: string[];
  accept?: Accept;
}

export interface PreflightOutputs {
  /** ISO 8601, UTC. */
  checkedAt: string;
  /** What was found and does not refuse: warnings, what was accepted, what could not be verified. */
  findings: string[];
  /** Nodes on which SSO is on, by CLI or database. */
  ssoOn: string[];
}

const seeds: Seeds<PreflightOutputs> = { checkedAt: undefined, findings: undefined, ssoOn: undefined };

export interface Preflight extends Offers<PreflightInputs, PreflightOutputs> {}

/** Reads, before anything is written, all that the rules of level L need, and refuses with the whole list. */
export class Preflight extends Resource<PreflightInputs, PreflightOutputs> {
  constructor(name: string, args: Args<PreflightInputs>, options?: ResourceOptions) {
    super("Preflight", name, args, seeds, options);
  }
}
