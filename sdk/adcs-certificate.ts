import type { Purpose, Use } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** A certificate issued by AD CS web enrolment. */
export interface AdcsCertificateInputs {
  /** Name of the connection to the authority. */
  authority: string;
  /** Machine name of the template, such as `"WebServer"` (not its display name). */
  template: string;
  /** The request, PEM; may be empty when `satisfiedBy` is given. */
  csrPem: string;
  /** `satisfiedBy` of the MultiSanCsr: when it holds a certificate, nothing is requested and that one is passed on. */
  satisfiedBy?: string;
  /** The authorities that the certificate must lead to, PEM, root first. */
  chain: string[];
  /** Nodes that the certificate must name (R19). */
  covers?: string[];
  purpose: Purpose;
  /** Release of the platform, for the rules on key usages. */
  release: string;
  uses?: Use[];
  /** The certificate must be valid beyond this moment, ISO 8601: `dueAt` of the Renewal. */
  outlives?: string;
}

export interface AdcsCertificateOutputs {
  /** The certificate, PEM; empty while the signature is pending. */
  certificatePem: string;
  /** What the authority says of its chain, PEM. Information only. */
  chainPems: string[];
  /** The authority's number of the request; empty when none was needed. */
  requestId: string;
  fingerprint: string;
  /** ISO 8601, UTC. */
  notAfter: string;
  /** `issued` or `pending`. */
  signature: string;
}

const seeds: Seeds<AdcsCertificateOutputs> = { certificatePem: undefined, chainPems: undefined, requestId: undefined, fingerprint: undefined, notAfter: undefined, signature: undefined };

export interface AdcsCertificate extends Offers<AdcsCertificateInputs, AdcsCertificateOutputs> {}

/**
 * Has a request signed by AD CS. While the signature is pending the run ends with a message and the request id stays in the state; the next
 * run fetches it. What the authority returns is compared with the request before anybody uploads it (R10–R13, R19).
 */
export class AdcsCertificate extends Resource<AdcsCertificateInputs, AdcsCertificateOutputs> {
  constructor(name: string, args: Args<AdcsCertificateInputs>, options?: ResourceOptions) {
    super("AdcsCertificate", name, args, seeds, options);
  }
}
