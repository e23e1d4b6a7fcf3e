import type { BulkSftpInputs, CarriedCertificate, SeenFile } from "./bulk";
import { declareBulkStep } from "./bulk-steps";
import type { Args, Offers, ResourceOptions, Seeds } from "./resource";
import { Resource } from "./resource";

/** The certificates of one cluster, in files of a directory that all clusters of an exchange use. */
export interface BulkExportInputs extends BulkSftpInputs {
  /** What becomes of the files when the exchange is done (R106). `"remove"`: a change on any cluster asks for all of them again. Default `"keep"`, as the guide says. */
  files?: "keep" | "remove";
}

export interface BulkExportOutputs {
  /** ISO 8601, UTC; empty when it never had to. */
  exportedAt: string;
  /** New each time: the trigger of BulkConsolidation. Empty when every cluster knew all certificates already. */
  changeId: string;
  /** The files of this cluster: one for each CUCM node and type. */
  exported: SeenFile[];
  /** What the nodes had when it was looked at last; with `files: "remove"` of every cluster. */
  certificates: CarriedCertificate[];
  /** `done`, `stale` (a refresh found other certificates: the next up exports again), `incomplete`, or `pending` (a person exports). */
  status: string;
  /** Why nothing was exported. */
  remark: string;
}

const seeds: Seeds<BulkExportOutputs> = { exportedAt: undefined, changeId: undefined, exported: undefined, certificates: undefined, status: undefined, remark: undefined };

export interface BulkExport extends Offers<BulkExportInputs, BulkExportOutputs> {}

/**
 * Has a publisher export the certificates of its cluster to a directory on an SFTP server, and waits until a file of every CUCM node and type lies there (R96). First declared it exports
 * nothing where every cluster knows the others' certificates already, or where the files are proved to hold what the nodes have. Removing it forgets; the files stay.
 * @throws when a program declares it elsewhere than on a CUCM publisher (R90).
 */
export class BulkExport extends Resource<BulkExportInputs, BulkExportOutputs> {
  constructor(name: string, args: Args<BulkExportInputs>, options?: ResourceOptions) {
    declareBulkStep("export", name, args);
    super("BulkExport", name, args, seeds, options);
  }
}
