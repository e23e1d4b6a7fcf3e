import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { VosNode } from "./topology";

/** The phones of a cluster, back after a change that they notice. */
export interface PhonesRegisteredInputs {
  /** A node of the cluster: its CUCM publisher. */
  node: VosNode;
  /** `changeId`s of what changed: another value looks again; while one is `due`, so is this. */
  triggers: string[];
  /** `registered` of the PhoneCount before the change. */
  before: string[];
  /** `status` of the last restart: while that is due, so is this. */
  after?: string;
  /** Whether anything was restarted since the count. Without, one look is enough. Default true. */
  disturbed?: boolean;
  /** Per cent of the phones that may stay away, and that may register again and again. Default 2. */
  tolerancePercent?: number;
  /** Reset these phones first (AXL), one after the other: for clusters whose enterprise parameter Phone Interaction on Certificate Update is manual. Default: a person resets them, and is told so. */
  reset?: boolean;
}

export interface PhonesRegisteredOutputs {
  /** How many of them are registered. */
  registered: number;
  /** Names of those that are not, the first ten. */
  missing: string[];
  /** ISO 8601, UTC; empty while it is due. */
  checkedAt: string;
  /** When they were reset, ISO 8601, UTC; empty when not by us. */
  resetAt: string;
  /** `done`, `due`, or `waiting` while they are not back. */
  status: string;
  /** What was not verified, or is left to a person. */
  remark: string;
}

const seeds: Seeds<PhonesRegisteredOutputs> = { registered: undefined, missing: undefined, checkedAt: undefined, resetAt: undefined, status: undefined, remark: undefined };

export interface PhonesRegistered extends Offers<PhonesRegisteredInputs, PhonesRegisteredOutputs> {}

/**
 * Waits until the phones that were registered before a change are registered again, and stay so for a while (R56, U11); otherwise the run ends here and names who is missing. Whatever must not
 * come before the phones are back depends on it.
 */
export class PhonesRegistered extends Resource<PhonesRegisteredInputs, PhonesRegisteredOutputs> {
  constructor(name: string, args: Args<PhonesRegisteredInputs>, options?: ResourceOptions) {
    super("PhonesRegistered", name, args, seeds, options);
  }
}
