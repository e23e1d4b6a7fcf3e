import type { BulkSftpInputs, SeenFile } from "./bulk";
import { declareBulkStep } from "./bulk-steps";
import type { Accept } from "./question";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** What all clusters have exported, merged: once, on one publisher. */
export interface BulkConsolidationInputs extends BulkSftpInputs {
  /** `{ R97: "<reason>" }` merges what else lies in the directory. */
  accept?: Accept;
}

export interface BulkConsolidationOutputs {
  /** ISO 8601, UTC; empty when it never had to. */
  consolidatedAt: string;
  /** New each time: the trigger of every BulkImport. Empty when every cluster knew all certificates already. */
  changeId: string;
  /** The consolidated files. */
  consolidated: SeenFile[];
  /** What was found and does not refuse, such as files of other clusters that were accepted (R97). */
  findings: string[];
  /** `done`, `stale` (a refresh found a file that was exported later: the next up consolidates again), or `pending` (a person consolidates). */
  status: string;
  /** Why nothing was consolidated. */
  remark: string;
}

const seeds: Seeds<BulkConsolidationOutputs> = { consolidatedAt: undefined, changeId: undefined, consolidated: undefined, findings: undefined, status: undefined, remark: undefined };

export interface BulkConsolidation extends Offers<BulkConsolidationInputs, BulkConsolidationOutputs> {}

/**
 * Proves that the directory holds a file of every CUCM node of every cluster and of every type (R96), refuses what else lies there (R97), and has one publisher merge them. Removing it forgets.
 * @throws when a program declares a second one for a directory (R93), or before the export of every cluster to that directory (R89, R92).
 */
export class BulkConsolidation extends Resource<BulkConsolidationInputs, BulkConsolidationOutputs> {
  constructor(name: string, args: Args<BulkConsolidationInputs>, options?: ResourceOptions) {
    declareBulkStep("consolidation", name, args);
    super("BulkConsolidation", name, args, seeds, options);
  }
}
