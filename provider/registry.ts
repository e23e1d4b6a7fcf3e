import { KINDS, type Kind } from "../sdk/tokens";
import type { AnyLifecycle } from "./lifecycle";
import { adcsCertificate } from "./resources/adcs-certificate";
import { bulkCleanup } from "./resources/bulk-cleanup";
import { bulkConsolidation } from "./resources/bulk-consolidation";
import { bulkExport } from "./resources/bulk-export";
import { bulkImport } from "./resources/bulk-import";
import { bulkPreflight } from "./resources/bulk-preflight";
import { ctlFileUpdate } from "./resources/ctl-file-update";
import { dhcpOption150 } from "./resources/dhcp-option150";
import { identityCertificate } from "./resources/identity-certificate";
import { keystoreCertificate } from "./resources/keystore-certificate";
import { keystoreEntries } from "./resources/keystore-entries";
import { keystoreEntry } from "./resources/keystore-entry";
import { multiSanCsr } from "./resources/multi-san-csr";
import { phoneCount } from "./resources/phone-count";
import { phonesRegistered } from "./resources/phones-registered";
import { phoneMigrationPreflight } from "./resources/phone-migration-preflight";
import { phoneReset } from "./resources/phone-reset";
import { preflight } from "./resources/preflight";
import { renewal } from "./resources/renewal";
import { servedCertificate } from "./resources/served-certificate";
import { serverRestart } from "./resources/server-restart";
import { serviceRestart } from "./resources/service-restart";
import { ssoResumption } from "./resources/sso-resumption";
import { ssoSuspension } from "./resources/sso-suspension";
import { trustCertificate } from "./resources/trust-certificate";

/** Kind → lifecycle. Adding a resource is one line here. */
const LIFECYCLES = {
  Renewal: renewal,
  Preflight: preflight,
  MultiSanCsr: multiSanCsr,
  AdcsCertificate: adcsCertificate,
  TrustCertificate: trustCertificate,
  IdentityCertificate: identityCertificate,
  ServiceRestart: serviceRestart,
  SsoSuspension: ssoSuspension,
  SsoResumption: ssoResumption,
  ServedCertificate: servedCertificate,
  KeystoreCertificate: keystoreCertificate,
  KeystoreEntries: keystoreEntries,
  KeystoreEntry: keystoreEntry,
  ServerRestart: serverRestart,
  BulkPreflight: bulkPreflight,
  BulkExport: bulkExport,
  BulkConsolidation: bulkConsolidation,
  BulkImport: bulkImport,
  BulkCleanup: bulkCleanup,
  CtlFileUpdate: ctlFileUpdate,
  PhoneCount: phoneCount,
  PhonesRegistered: phonesRegistered,
  PhoneMigrationPreflight: phoneMigrationPreflight,
  DhcpOption150: dhcpOption150,
  PhoneReset: phoneReset,
} satisfies Record<Kind, unknown>;

/**
 * The lifecycle of a kind.
 * @throws when the state was written by a version of this package that knows more kinds than this one.
 */
export function lifecycleOf(kind: string): AnyLifecycle {
  if (!(KINDS as readonly string[]).includes(kind))
    throw new Error(`this version of pulumi-uccerts does not know resources of kind "${kind}": install the version that made them, or a later one`);
  return LIFECYCLES[kind as Kind] as unknown as AnyLifecycle;
}
