import type { Accept } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";

/** Some phones that are reset. */
export interface PhoneResetInputs {
  /** CUCM publisher of the cluster with which the phones are registered now. */
  node: VosNode;
  /** Names, such as `SEP001122334455`. */
  phones: string[];
  /** CUCM publisher of the cluster with which they are to come up. Default: the same cluster, where each has to register anew. */
  destination?: VosNode;
  /** `changeId`s of what it is for: while one is `due`, so is this. Without a destination, nothing is reset as long as all are empty. */
  triggers: string[];
  /** `status` of the batch before this one: while that is `due`, so is this. */
  after?: string;
  /** Phones of a hundred that may stay behind. Default 0. */
  tolerancePercent?: number;
  /** When it may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
  /** Why, for the table at the end of a preview. */
  reason?: string;
  /** Usual minutes: must fit into what is left of the window. Default 5. */
  minutes?: number;
  accept?: Accept;
}

export interface PhoneResetOutputs {
  /** ISO 8601, UTC; empty when no phone had to be reset. */
  resetAt: string;
  /** How many of the phones have come. */
  registered: number;
  /** Those that have not. */
  missing: string[];
  /** `done`, `due`, or `behind` when too many have not come. */
  status: string;
  /** Why it is due or was not needed. */
  remark: string;
}

const seeds: Seeds<PhoneResetOutputs> = { resetAt: undefined, registered: undefined, missing: undefined, status: undefined, remark: undefined };

export interface PhoneReset extends Offers<PhoneResetInputs, PhoneResetOutputs> {}

/**
 * Resets phones (AXL) and waits until they are registered with the destination (RIS, one request a thousand phones). Phones that are there already are not reset. Too many that stay behind end the
 * run, with their names and what they trust, and nothing that depends on it follows; the next `up` resets only those. Before the first reset the rules of PhoneMigrationPreflight are decided
 * again, unless this run has done so.
 */
export class PhoneReset extends Resource<PhoneResetInputs, PhoneResetOutputs> {
  constructor(name: string, args: Args<PhoneResetInputs>, options?: ResourceOptions) {
    super("PhoneReset", name, args, seeds, options);
  }
}
