// What the operations of a bulk certificate exchange have in common.
import type { BulkType } from "../domain/bulk";
import type { VosNode } from "./topology";

export type { BulkType } from "../domain/bulk";

/** An exchange between clusters over one directory of one SFTP server, as each of its operations knows it. */
export interface BulkExchangeInputs {
  /** The CUCM publisher on which it runs (R90). */
  node: VosNode;
  /** The CUCM publisher of every cluster that takes part, with all its nodes (R91). */
  clusters: VosNode[];
  /** Types, such as `["tomcat", "tftp"]`. Default: all, as the platform's own `all` does; `ITLRecovery` where a cluster is 12.0 or later (R99). */
  types?: BulkType[];
  /** `"in tftp"` where the releases have no type ITLRecovery and export it with tftp. Default: a type of its own. */
  itlRecovery?: "in tftp";
  /** `changeId`s of what asks for it: another value runs it again. */
  triggers?: string[];
}

/** The same, with the directory. */
export interface BulkSftpInputs extends BulkExchangeInputs {
  /** Name of the SFTP connection in `uccerts:connections`, the same for all clusters (R89). Its password is told to the publishers and stands in no state. */
  sftp: string;
  /** `"person"`: nothing is run, what a person does in OS Administration is verified, and until then the step is pending with its clicks. Default: the command line of the publisher. */
  by?: "person";
}

/** A file of the directory, as it was seen. */
export interface SeenFile {
  name: string;
  bytes: number;
  /** ISO 8601, by the clock of the SFTP server. */
  modifiedAt: string;
}

/** A certificate of a node, as it was when an operation looked. */
export interface CarriedCertificate {
  cluster: string;
  node: string;
  purpose: string;
  /** Hexadecimal, upper case. */
  serialNumber: string;
  /** SHA-256. */
  fingerprint: string;
}
