import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { VosNode } from "./topology";

/** That SSO of a cluster is on again. */
export interface SsoResumptionInputs {
  /** A node of the cluster: its publisher. */
  node: VosNode;
  /** `suspensionId` of the SsoSuspension: another one is waited for anew. */
  suspensionId: string;
  /** `nodes` of the SsoSuspension: where it has to be on again. */
  nodes: string[];
  /** `suspendedAt` of the SsoSuspension. */
  suspendedAt: string;
  /** `due` while a restart before it is due: SSO is switched on after all restarts (R39). */
  after?: string;
}

export interface SsoResumptionOutputs {
  /** New each time SSO was found on again: the trigger of the second round of restarts. `due` while the suspension or a restart before it is; empty when nothing was suspended. */
  resumptionId: string;
  /** When it was found on everywhere, by the node's clock, ISO 8601; empty until then. */
  resumedAt: string;
  /** `none`, `due`, `pending` or `resumed`. */
  status: string;
  /** What R40 says: what is missing while it is pending, what was only warned of afterwards. */
  findings: string[];
}

const seeds: Seeds<SsoResumptionOutputs> = { resumptionId: undefined, resumedAt: undefined, status: undefined, findings: undefined };

export interface SsoResumption extends Offers<SsoResumptionInputs, SsoResumptionOutputs> {}

/**
 * Stays pending, with the steps, until a person has switched SSO on again: then verifies on every node, by CLI and database, that it is on and that its
 * test passed (R40). It writes nothing.
 */
export class SsoResumption extends Resource<SsoResumptionInputs, SsoResumptionOutputs> {
  constructor(name: string, args: Args<SsoResumptionInputs>, options?: ResourceOptions) {
    super("SsoResumption", name, args, seeds, options);
  }
}
