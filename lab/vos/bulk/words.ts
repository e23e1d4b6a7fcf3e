// All that Bulk Certificate Management says, asks and calls things. Of the prompts, the refusals, the consolidated names and the passphrase nothing is
// recorded in public (platform-interfaces.md 6): those are ours, and all of them stand here so that one correction suffices.

/** In the order in which they are asked; the fields of the page. */
export const PROMPTS = {
  address: "Enter the SFTP server IP address: ",
  port: "Enter the SFTP server port [22]: ",
  username: "Enter the SFTP user ID: ",
  password: "Enter the SFTP password: ",
  directory: "Enter the SFTP directory: ",
} as const;

export const SAVED = "Successfully saved the SFTP server details.";

/** The first and the last are documented. */
export const DONE = {
  export: (type: string) => `Successfully exported ${type} certificate(s) to sftp server.`,
  consolidate: (type: string) => `Successfully consolidated ${type} certificate(s).`,
  import: (type: string) => `Successfully imported ${type} certificates.`,
} as const;

export const REFUSALS = {
  subscriber: "This command can be executed only on the publisher node",
  type: (type: string) => `Invalid service ${type}`,
  incomplete: "The SFTP server IP address, user ID and directory are required",
  port: (port: string) => `Invalid port ${port}`,
  notConfigured: "SFTP server details are not configured",
  logIn: (address: string) => `Login to the SFTP server ${address} failed`,
  connection: (address: string) => `Unable to connect to the SFTP server ${address}`,
  lost: (address: string) => `Connection to the SFTP server ${address} was lost`,
  directory: (directory: string) => `Directory ${directory} does not exist on the SFTP server`,
  notWritable: (file: string) => `Unable to write ${file} to the SFTP server: permission denied`,
  failed: (file: string) => `Unable to transfer ${file}`,
  unread: (file: string) => `Unable to read the certificates of ${file}`,
  nothingExported: (type: string) => `No exported ${type} certificates were found on the SFTP server`,
  oneCluster: "Certificates of two or more clusters must be exported before consolidation",
  notConsolidated: (type: string) => `No consolidated ${type} certificates were found on the SFTP server`,
} as const;

/** A node of the cluster that could not be asked; the export goes on without it. */
export const LEFT_OUT = (type: string, node: string) => `Unable to get the ${type} certificate of ${node}`;

/** Of every PKCS#12 file. */
export const PASSPHRASE = "uccerts-lab-bulk";

export function exportedName(fqdn: string, type: string): string {
  return `${fqdn.split(".")[0]}_${type}.pkcs12`;
}

export function consolidatedName(type: string): string {
  return `${type}.pkcs12`;
}

/** The host whose export of this type a file is; undefined for every other file. */
export function hostOf(file: string, type: string): string | undefined {
  const end = `_${type}.pkcs12`.toLowerCase();
  return file.toLowerCase().endsWith(end) && file.length > end.length ? file.slice(0, -end.length) : undefined;
}
