// Rules that no single decision keeps: the way in which components, lifecycles and drivers are built keeps them. docs/rules.md lists them with the others.
import type { Level, Severity } from "./rule";

export interface KeptByConstruction {
  id: string;
  title: string;
  severity: Severity;
  levels: readonly Level[];
  /** Where it is kept, and how. */
  kept: string;
}

const rule = (id: string, severity: Severity, levels: readonly Level[], title: string, kept: string): KeptByConstruction => ({ id, title, severity, levels, kept });

export const KEPT_BY_CONSTRUCTION: readonly KeptByConstruction[] = [
  rule("R26", "mandatory", ["S"], "A certificate has one owner", "Rollout refuses two changes of one certificate"),
  rule("R29", "mandatory", ["V"], "A multi-server certificate is not installed by CLI from 14SU2", "the VOS driver installs certificates by REST from release 14, by CLI only below"),
  rule("R30", "mandatory", ["S"], "A pending signature keeps CSR and request id; a re-run makes no other", "AdcsCertificate records the request before it waits"),
  rule("R33", "mandatory", ["V"], "The trust store fits the purpose", "MultiServerCertificate takes the store from domain/purposes.ts"),
  rule("R36", "advisory", ["P"], "Read-back after an upload on every node, as long as replication may take", "TrustCertificate and IdentityCertificate poll every node"),
  rule("R39", "mandatory", ["S", "P"], "SSO is enabled again only after every node's restarts, and only where it was on before", "SsoResumption comes after all restarts of its Rollout and knows the nodes of the SsoSuspension"),
  rule("R42", "mandatory", ["S"], "Every identity change has the restarts of its matrix row", "Rollout declares them from domain/restarts.ts"),
  rule("R43", "mandatory", ["S", "L"], "Publisher first; the next node only when the previous one is up", "Rollout's dependsOn edges; ServiceRestart ends only when the service is up"),
  rule("R44", "mandatory", ["S"], "Services of one certificate in their order", "domain/rollout.ts, rhythm service by service"),
  rule("R45", "mandatory", ["S"], "Restarts only after all nodes have the certificate", "IdentityCertificate ends only when every node has it; restarts depend on it"),
  rule("R47", "mandatory", ["V"], "Control Center is asked on the node itself", "each node's driver calls its own address and names itself"),
  rule("R50", "advisory", ["P"], "A restart that leaves Tomcat half up is repeated once", "ServiceRestart"),
  rule("R51", "mandatory", ["L"], "Optional services only where configured", "ServiceRestart skips what is not active"),
  rule("R52", "advisory", ["S"], "Tftp is restarted after a tomcat upload", "domain/restarts.ts"),
  rule("R106", "advisory", ["V"], "SFTP credentials are secrets, and the files of an exchange are private", "programs name an SFTP connection; no file is opened or copied; BulkCleanup removes them only when every cluster has imported"),
  rule("R114", "mandatory", ["L"], "An alias that holds another certificate is replaced after the backup; an equal one is left alone", "KeystoreEntries: one look, one backup, one import on a copy"),
  rule("R118", "mandatory", ["S", "L"], "After a Java update, an ES or an upgrade the imports are verified again", "KeystoreEntries: a refresh finds entries that are gone, the next up puts them back"),
  rule("R120", "mandatory", ["S"], "Apache Tomcat is restarted on each importer once, after the last import", "domain/exchange-plan.ts: one restart per importer, after all its batches"),
  rule("R121", "mandatory", ["S"], "CVP and OAMP servers are restarted after the imports, one call server at a time", "domain/exchange-plan.ts and ContactCenterExchange's dependsOn edges"),
  rule("R126", "mandatory", ["S"], "A certificate that was made anew makes every importer of it stale", "the same value goes into every importer's KeystoreEntries, whose changeId triggers the restart"),
  rule("R132", "mandatory", ["V", "L"], "Certificate REST is used from release 14, the CLI below", "provider/drivers.ts takes the way from the declared release; U3 compares it with the node"),
  rule("R133", "mandatory", ["V"], "Credentials are never inputs", "programs name a connection; provider/settings.ts holds it"),
  rule("R134", "mandatory", ["S"], "One certificate job per cluster at a time", "provider/locks.ts, around every writing call; two rollouts of a cluster are refused"),
  rule("R136", "advisory", ["P"], "Every skipped verification is reported", "undecided verdicts become lines of Preflight's findings"),
];
