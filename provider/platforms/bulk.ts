// The contract of Bulk Certificate Management on the publisher of a CUCM cluster.

/** The SFTP server as the publisher reaches it. */
export interface BulkServer {
  address: string;
  port: number;
  username: string;
  password: string;
  directory: string;
}

export type BulkOperation = "export" | "consolidate" | "import";

/** Nothing can be read back: what came of an operation, the directory and the trust stores tell. */
export interface BulkPlatform {
  /** Replaces what was configured. The platform does not try it. */
  configure(server: BulkServer): Promise<void>;
  /** @param type one type, or `all` @returns the types that the platform says it has done */
  run(operation: BulkOperation, type: string): Promise<string[]>;
}
