import { noteIdentity } from "./declared-identities";
import type { Accept, Distribution, Purpose, Reuse, Use } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";

/** A node's own certificate for one purpose. */
export interface IdentityCertificateInputs {
  /** The node to which it is uploaded; a multi-server certificate reaches the others from there. */
  node: VosNode;
  purpose: Purpose;
  distribution: Distribution;
  /** The signed certificate, PEM, from wherever it came. */
  certificatePem: string;
  /** Its authorities, PEM, root first. */
  chain: string[];
  uses?: Use[];
  /** As of the question: phones notice a tomcat certificate that is also that of CallManager (certificate reuse, U7). */
  reusedFor?: Reuse;
  /** Nodes that the certificate does not name, as in its request: it is not awaited there. */
  leaveOut?: string[];
  accept?: Accept;
  /** `suspensionId` of the SsoSuspension before it: while that is due, so is the upload; otherwise SSO must be off on every node, which is looked at once more. */
  suspension?: string;
  /** `status` of the step before it, such as PhoneCount: while that is `due`, so is the upload. */
  after?: string;
  /** When a certificate that phones notice (CallManager, CallManager-ECDSA, CAPF, TVS, ITLRecovery) may be uploaded: from release 14 on phones reset at the upload. Required for these (R63), no other waits for it. */
  maintenanceWindow?: MaintenanceWindow;
}

export interface IdentityCertificateOutputs {
  /** SHA-256 of what is installed. */
  fingerprint: string;
  serialNumber: string;
  /** ISO 8601, UTC. */
  notAfter: string;
  /** Nodes on which it was seen. */
  nodes: string[];
  /** When it changed, by the node's clock, ISO 8601; empty when every node served it already as it was adopted. Of one that phones notice, which is adopted: when it was issued at the earliest. */
  changedAt: string;
  /** New whenever the nodes were found or made different from the state: the trigger of restarts. `due` while the upload is due. */
  changeId: string;
  /** `installed`, or `stored` where the platform keeps it without serving it (EC with RSA-only HTTPS ciphers), or `due`. */
  status: string;
}

const seeds: Seeds<IdentityCertificateOutputs> = { fingerprint: undefined, serialNumber: undefined, notAfter: undefined, nodes: undefined, changedAt: undefined, changeId: undefined, status: undefined };

export interface IdentityCertificate extends Offers<IdentityCertificateInputs, IdentityCertificateOutputs> {}

/**
 * Installs a signed certificate and reads it back on every node that it is for. The pending request's key must be the certificate's (R10),
 * its chain must be in the trust store (R32), and our own connection must accept it. One that phones notice waits for the maintenance window; CallManager, TVS and ITLRecovery
 * are never installed in one run without a look at the phones in between (R54, R55). It cannot be removed: a removed resource is only forgotten.
 */
export class IdentityCertificate extends Resource<IdentityCertificateInputs, IdentityCertificateOutputs> {
  constructor(name: string, args: Args<IdentityCertificateInputs>, options?: ResourceOptions) {
    super("IdentityCertificate", name, args, seeds, options);
    noteIdentity(this, args);
  }
}
