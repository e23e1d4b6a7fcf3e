import type { IdentityCertificateInputs } from "./identity-certificate";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow, VosNode } from "./topology";

/** A certificate that phones are going to notice. */
export type PhoneChange = Pick<IdentityCertificateInputs, "node" | "purpose" | "distribution" | "certificatePem" | "leaveOut">;

/** The phones of a cluster that are registered before something changes that they notice. */
export interface PhoneCountInputs {
  /** A node of the cluster: its CUCM publisher. */
  node: VosNode;
  /** The issued certificates: other ones count anew. */
  changes: PhoneChange[];
  /** Per cent of the phones that an earlier change of this machine may have lost; more, and nothing else is changed (R56). Default 2. */
  tolerancePercent?: number;
  /** When the certificates may be uploaded: it is counted then, not days before. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
}

export interface PhoneCountOutputs {
  /** Names of the phones that were registered, in their order. */
  registered: string[];
  /** Phones that are configured, registered or not. */
  configured: number;
  /** ISO 8601, UTC; empty while it is due. */
  countedAt: string;
  /** `counted` or `due`. */
  status: string;
}

const seeds: Seeds<PhoneCountOutputs> = { registered: undefined, configured: undefined, countedAt: undefined, status: undefined };

export interface PhoneCount extends Offers<PhoneCountInputs, PhoneCountOutputs> {}

/**
 * Counts the registered phones of a cluster just before the upload, by RIS, and keeps their names for PhonesRegistered (R56). A run that broke off in between keeps the first count. Refuses
 * while phones that an earlier change lost are not back.
 */
export class PhoneCount extends Resource<PhoneCountInputs, PhoneCountOutputs> {
  constructor(name: string, args: Args<PhoneCountInputs>, options?: ResourceOptions) {
    super("PhoneCount", name, args, seeds, options);
  }
}
