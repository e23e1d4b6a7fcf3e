import type { BulkSftpInputs } from "./bulk";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** The files of an exchange, removed when every cluster has imported. */
export interface BulkCleanupInputs extends Omit<BulkSftpInputs, "by"> {}

export interface BulkCleanupOutputs {
  /** ISO 8601, UTC; empty when there was nothing to remove. */
  removedAt: string;
  /** Names of the files that were removed last. */
  removed: string[];
  /** `done`, or `due` while an import is. */
  status: string;
}

const seeds: Seeds<BulkCleanupOutputs> = { removedAt: undefined, removed: undefined, status: undefined };

export interface BulkCleanup extends Offers<BulkCleanupInputs, BulkCleanupOutputs> {}

/** Removes what the clusters have exported and consolidated from the directory: PKCS#12 files, with private keys in them (R106). Files of others stay. */
export class BulkCleanup extends Resource<BulkCleanupInputs, BulkCleanupOutputs> {
  constructor(name: string, args: Args<BulkCleanupInputs>, options?: ResourceOptions) {
    super("BulkCleanup", name, args, seeds, options);
  }
}
