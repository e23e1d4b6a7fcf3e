import type { TrustStore } from "../domain/purposes";
import type { Accept } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { VosNode } from "./topology";

export type { TrustStore } from "../domain/purposes";

/** A certificate in a trust store. */
export interface TrustCertificateInputs {
  /** Where it is uploaded. A store that the platform replicates needs one resource per cluster, on its publisher; any other one per node (R35). */
  node: VosNode;
  /** Trust store, such as `"tomcat-trust"`. */
  store: TrustStore;
  /** Exactly one certificate, PEM. For a chain use TrustChain. */
  certificatePem: string;
  /** Description that the platform shows. Not compared: the platform does not give it back. */
  description?: string;
  /** Keep it on the node when the resource is removed. Default false. */
  retain?: boolean;
  /** Whether an upload waits until the platform has copied it to every node, or only until this one lists it. Default `"cluster"`. */
  verify?: "cluster" | "node";
  /** Note when it was uploaded, for a restart that hangs on it: `changedAt`. Default false. */
  timed?: boolean;
  accept?: Accept;
}

/** What was found or made. */
export interface TrustCertificateOutputs {
  subject: string;
  issuer: string;
  /** Hexadecimal, upper case. */
  serialNumber: string;
  /** SHA-256. */
  fingerprint: string;
  /** ISO 8601, UTC. */
  notBefore: string;
  /** ISO 8601, UTC. */
  notAfter: string;
  /** The platform's name for it. */
  fileName: string;
  /** It was there before we came: removing the resource leaves it. */
  adopted: boolean;
  /** New whenever the node was found or made different from the state. */
  changeId: string;
  /** ISO 8601, by the node's clock: when it was uploaded, where `timed`; empty when it was there already. A service that started later has read it. */
  changedAt: string;
}

const seeds: Seeds<TrustCertificateOutputs> = {
  subject: undefined,
  issuer: undefined,
  serialNumber: undefined,
  fingerprint: undefined,
  notBefore: undefined,
  notAfter: undefined,
  fileName: undefined,
  adopted: undefined,
  changeId: undefined,
  changedAt: undefined,
};

export interface TrustCertificate extends Offers<TrustCertificateInputs, TrustCertificateOutputs> {}

/**
 * Ensures a certificate in a trust store. One that is there already is adopted. Another certificate replaces it: the new one first, the old
 * one at the end of the run. Refused: what is expired (R1), what the platform would silently not store (R34), what displaces a needed anchor (R137).
 * Restarts nothing.
 */
export class TrustCertificate extends Resource<TrustCertificateInputs, TrustCertificateOutputs> {
  constructor(name: string, args: Args<TrustCertificateInputs>, options?: ResourceOptions) {
    super("TrustCertificate", name, args, seeds, options);
  }
}
