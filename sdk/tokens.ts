// The type tokens of our resources, as they stand in every state and in every policy. Imports nothing, so that a policy pack can use it.

/** Every kind of resource that this package declares. */
export const KINDS = ["Renewal", "TrustCertificate", "MultiSanCsr", "AdcsCertificate", "IdentityCertificate", "Preflight", "ServiceRestart", "SsoSuspension", "SsoResumption", "ServedCertificate", "KeystoreCertificate", "KeystoreEntries", "KeystoreEntry", "ServerRestart", "BulkPreflight", "BulkExport", "BulkConsolidation", "BulkImport", "BulkCleanup", "CtlFileUpdate", "PhoneCount", "PhonesRegistered", "PhoneMigrationPreflight", "DhcpOption150", "PhoneReset"] as const;

/** The kind of a resource, e.g. `"TrustCertificate"`. */
export type Kind = (typeof KINDS)[number];

/** What Pulumi shows as the type of a resource of `kind`. */
export function typeToken(kind: Kind): string {
  return `pulumi-nodejs:dynamic/uccerts:${kind}`;
}

/** What Pulumi shows as the type of one of our components. */
export function componentToken(name: string): string {
  return `uccerts:index:${name}`;
}

/**
 * The text that Pulumi keeps in the state of every resource and runs in its provider process.
 * It never changes: delete and refresh run the text that an older version wrote.
 */
export function shim(kind: Kind): string {
  return `exports.handler = () => require("pulumi-uccerts/provider").handler("${kind}");`;
}
