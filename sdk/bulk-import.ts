import type { BulkExchangeInputs, BulkSftpInputs } from "./bulk";
import { declareBulkStep } from "./bulk-steps";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";
import type { MaintenanceWindow } from "./topology";

/** The certificates of the other clusters, in the trust stores of one. */
export interface BulkImportInputs extends BulkExchangeInputs, Partial<Pick<BulkSftpInputs, "sftp" | "by">> {
  /** `"direct"`: nothing is imported from a directory; the public certificates are read from the other clusters and uploaded. Default `"sftp"`. */
  method?: "sftp" | "direct";
  /** Names of the clusters whose certificates it takes. Default: all others. */
  from?: string[];
  /** Upload what the import has left out. Default false: it is named, and the step fails. */
  fillMissing?: boolean;
  /** When it may happen. Demanded: phones of the cluster reset (R101). */
  maintenanceWindow?: MaintenanceWindow;
}

/** A certificate of another cluster, and which local nodes know it. */
export interface KnownSigner {
  cluster: string;
  node: string;
  purpose: string;
  /** Hexadecimal, upper case. */
  serialNumber: string;
  /** SHA-256. */
  fingerprint: string;
  /** Trust stores in which it must be. */
  stores: string[];
  /** Nodes that have it in all of them. */
  knownTo: string[];
  /** What is not there, such as `Phone-SAST-trust of cs-ccm-sub.example.com`. */
  missing: string[];
}

export interface BulkImportOutputs {
  /** ISO 8601, UTC; empty when it never had to. */
  importedAt: string;
  /** When it began, by the clock of the publisher, ISO 8601: a service that started later has read what was imported. Empty when nothing changed. */
  changedAt: string;
  /** New each time the trust stores changed; `due` while it waits for its window; empty when everything was there already. */
  changeId: string;
  /** For each certificate of another cluster, which local node knows it, in which store, by serial number. */
  known: KnownSigner[];
  /** What was uploaded because the import had left it out. */
  filled: string[];
  /** What is left to people. */
  leftToDo: string[];
  /** `done`, `due`, `lacking` (a refresh found that something is gone: the next up imports again), `incomplete`, or `pending` (a person imports). */
  status: string;
  /** Why it is due or was not needed. */
  remark: string;
}

const seeds: Seeds<BulkImportOutputs> = {
  importedAt: undefined,
  changedAt: undefined,
  changeId: undefined,
  known: undefined,
  filled: undefined,
  leftToDo: undefined,
  status: undefined,
  remark: undefined,
};

export interface BulkImport extends Offers<BulkImportInputs, BulkImportOutputs> {}

/**
 * Imports what was consolidated, and looks on every CUCM node of the cluster that each certificate of the other clusters is in the stores of the mapping table (R98). What is there already
 * is not imported again: an import resets phones. It waits for its window. Removing it forgets: the entries stay.
 * @throws when a program declares it before the consolidation of its directory (R94).
 */
export class BulkImport extends Resource<BulkImportInputs, BulkImportOutputs> {
  constructor(name: string, args: Args<BulkImportInputs>, options?: ResourceOptions) {
    declareBulkStep("import", name, args);
    super("BulkImport", name, args, seeds, options);
  }
}
