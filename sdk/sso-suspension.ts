import type { IdentityCertificateInputs } from "./identity-certificate";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";

/** A certificate that is going to be installed while SSO is off. */
export type SsoChange = Omit<IdentityCertificateInputs, "suspension">;

/** SSO of a cluster, switched off for certificates that are issued and not yet installed. */
export interface SsoSuspensionInputs {
  /** A node of the cluster: its publisher. */
  node: VosNode;
  /** The issued certificates, as IdentityCertificate takes them: other ones suspend anew. */
  changes: SsoChange[];
  /** `ssoOn` of the preflights: nodes on which SSO was on before anything was switched off. */
  wasOn?: string[];
  /** When it may be switched off. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
}

export interface SsoSuspensionOutputs {
  /** New each time SSO is suspended: the trigger of SsoResumption. `due` while it waits for its window; empty when SSO was not on, or nothing changes. */
  suspensionId: string;
  /** Nodes on which SSO was on, and is to be on again. */
  nodes: string[];
  /** ISO 8601, UTC; empty when it never had to. */
  suspendedAt: string;
  /** `none`, `due`, `suspending` (not yet off everywhere), `suspended`, or `lapsed` (a refresh found it on, and the certificate not yet installed). */
  status: string;
}

const seeds: Seeds<SsoSuspensionOutputs> = { suspensionId: undefined, nodes: undefined, suspendedAt: undefined, status: undefined };

export interface SsoSuspension extends Offers<SsoSuspensionInputs, SsoSuspensionOutputs> {}

/**
 * Switches SSO off on every node (`utils sso disable`) and looks in both places, CLI and database, that it is (R38). Only where it is on, only for
 * a certificate that is not installed yet, and only inside the maintenance window. Removing it switches nothing on: it prints the steps for a person.
 */
export class SsoSuspension extends Resource<SsoSuspensionInputs, SsoSuspensionOutputs> {
  constructor(name: string, args: Args<SsoSuspensionInputs>, options?: ResourceOptions) {
    super("SsoSuspension", name, args, seeds, options);
  }
}
