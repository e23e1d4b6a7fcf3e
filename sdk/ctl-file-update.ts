import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";

/** The CTL file of a cluster in mixed mode, written anew by its publisher. */
export interface CtlFileUpdateInputs {
  /** The CUCM publisher: no other node writes it (R59). */
  node: VosNode;
  /** `changeId`s of the certificates that changed: another value writes the file again; while one is `due`, so is this. */
  triggers: string[];
  /** When the certificates changed, by the node's clock, ISO 8601: without `expects`, a file that is served and was written later needs no update. Empty: nothing changed. */
  changedAt?: string;
  /** Serial numbers that `show ctl` must show afterwards; where it does already, nothing is written. Default: none, and the file has to be written after `changedAt`. */
  expects?: string[];
  /** When it may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
}

export interface CtlFileUpdateOutputs {
  /** By the publisher's clock, ISO 8601; empty when it never had to. */
  updatedAt: string;
  /** New whenever the file was written: a trigger of the restarts behind it. `due` while it is due, empty when it was never written by us. */
  changeId: string;
  /** `done`, `due`, `updating` while it is not proved, or `not needed` where the cluster is not in mixed mode. */
  status: string;
  /** Why it is due or was not needed. */
  remark: string;
}

const seeds: Seeds<CtlFileUpdateOutputs> = { updatedAt: undefined, changeId: undefined, status: undefined, remark: undefined };

export interface CtlFileUpdate extends Offers<CtlFileUpdateInputs, CtlFileUpdateOutputs> {}

/**
 * `utils ctl update CTLFile` on the publisher, after the upload of a certificate that stands in the CTL file and before the first restart (R57). Refused where the
 * file is signed by an eToken (R59). In a cluster that is not in mixed mode there is nothing to do (R58). Nothing on the platform goes back to the file before.
 */
export class CtlFileUpdate extends Resource<CtlFileUpdateInputs, CtlFileUpdateOutputs> {
  constructor(name: string, args: Args<CtlFileUpdateInputs>, options?: ResourceOptions) {
    super("CtlFileUpdate", name, args, seeds, options);
  }
}
