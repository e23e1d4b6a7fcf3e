import type { BulkExchangeInputs, BulkSftpInputs } from "./bulk";
import type { Accept } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** All clusters of an exchange, read before anything is written. */
export interface BulkPreflightInputs extends BulkExchangeInputs, Partial<Pick<BulkSftpInputs, "sftp">> {
  /** The exchange is for Extension Mobility Cross Cluster (R105). Default false. */
  emcc?: boolean;
  accept?: Accept;
}

export interface BulkPreflightOutputs {
  /** ISO 8601, UTC. */
  checkedAt: string;
  /** What was found and does not refuse: warnings, what was accepted, what could not be verified. */
  findings: string[];
}

const seeds: Seeds<BulkPreflightOutputs> = { checkedAt: undefined, findings: undefined };

export interface BulkPreflight extends Offers<BulkPreflightInputs, BulkPreflightOutputs> {}

/**
 * Reads every node of every cluster side by side, and the directory, and refuses with the whole list: a node that does not answer (R103), database replication that is not healthy (R37), a
 * cluster prepared for rollback (R60), a service that EMCC needs (R105), files of others (R97). Warned of: versions that cannot import each other's files (R100). It writes nothing.
 */
export class BulkPreflight extends Resource<BulkPreflightInputs, BulkPreflightOutputs> {
  constructor(name: string, args: Args<BulkPreflightInputs>, options?: ResourceOptions) {
    super("BulkPreflight", name, args, seeds, options);
  }
}
