import type { Accept, QuestionInputs } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { VosNode } from "./topology";

/** A certificate signing request on a node. */
export interface MultiSanCsrInputs extends QuestionInputs {
  /** The node on which it is made: the publisher for multi-server (R22). */
  node: VosNode;
  /** The authorities that the certificate is to lead to, PEM, root first. */
  chain: string[];
  /** `generation` of a Renewal; another one makes a new request. */
  generation?: string;
  /** `issuedAfter` of a Renewal. */
  issuedAfter?: string;
  /** `dueAt` of a Renewal: an installed certificate that does not live longer does not satisfy. */
  outlives?: string;
  /** Public key fingerprint of a pending request that may be discarded (R23). */
  discardPending?: string;
  /** `"suspend"`: as of Preflight. */
  sso?: "suspend";
  /** File to which the request is written, for an authority that is not automated. */
  file?: string;
  accept?: Accept;
}

export interface MultiSanCsrOutputs {
  /** The request, PEM; empty when an installed certificate satisfies the declaration already. */
  csrPem: string;
  /** The installed certificate that satisfies the declaration, PEM; empty when a request was made. */
  satisfiedBy: string;
  /** SHA-256 of the public key. */
  publicKeyFingerprint: string;
  subject: string;
  subjectAlternateNames: string[];
  /** The nodes that hold the request, or the certificate that satisfies. */
  nodes: string[];
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Why what is installed no longer satisfies, as a refresh found it; empty otherwise. */
  drift: string;
}

const seeds: Seeds<MultiSanCsrOutputs> = {
  csrPem: undefined,
  satisfiedBy: undefined,
  publicKeyFingerprint: undefined,
  subject: undefined,
  subjectAlternateNames: undefined,
  nodes: undefined,
  createdAt: undefined,
  drift: undefined,
};

export interface MultiSanCsr extends Offers<MultiSanCsrInputs, MultiSanCsrOutputs> {}

/**
 * A certificate signing request for one purpose. Where the certificate installed on every node already satisfies the declaration, none is made
 * and `satisfiedBy` says so. A pending request that asks the same is adopted. While another one is pending it refuses (R23): a new request
 * would destroy the key of the old one.
 */
export class MultiSanCsr extends Resource<MultiSanCsrInputs, MultiSanCsrOutputs> {
  constructor(name: string, args: Args<MultiSanCsrInputs>, options?: ResourceOptions) {
    super("MultiSanCsr", name, args, seeds, options);
  }
}
