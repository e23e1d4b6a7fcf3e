// What directory, nodes and times say of a bulk exchange: R95–R98, R100, R103–R105. procedures.md 4.10.
import { BULK_FACTS, type BulkCluster, type BulkFile, type BulkType, directoryState } from "../bulk";
import type { NodeName, TrustStore } from "../purposes";
import { type NodeReading, type Reading, type ServiceReading, type TrustEntry, valueOf } from "../readings";
import type { Certificate } from "../x509/certificate";
import { perNode } from "./live";
import { type Finding, fromFindings, PASS, type Rule, undecided } from "./rule";

const GUIDE = "Cisco 215539";

/** When the steps of an exchange were done last. */
export interface BulkTimes {
  exports: readonly { cluster: string; at: Date }[];
  consolidatedAt?: Date;
  imports: readonly { cluster: string; at: Date }[];
}

export const R95: Rule<BulkTimes> = {
  id: "R95",
  title: "Consolidation and imports are not older than the exports",
  severity: "mandatory",
  levels: ["S"],
  source: "Cisco EMCC guide (consolidate again after another export)",
  comply: "Consolidate again, and import on every cluster",
  decide({ exports, consolidatedAt, imports }) {
    if (!consolidatedAt) return PASS;
    const later = exports.filter(({ at }) => at > consolidatedAt).map(({ cluster, at }) => ({ where: cluster, found: `it exported at ${at.toISOString()}, after the consolidation at ${consolidatedAt.toISOString()}` }));
    const stale = imports.filter(({ at }) => at < consolidatedAt).map(({ cluster, at }) => ({ where: cluster, found: `it imported at ${at.toISOString()}, before the consolidation at ${consolidatedAt.toISOString()}` }));
    return fromFindings([...later, ...stale]);
  },
};

/** The directory as SFTP lists it. */
export interface DirectoryFacts {
  clusters: readonly BulkCluster[];
  types: readonly BulkType[];
  files: Reading<readonly BulkFile[]>;
  /** When each cluster exported last, by the clock of the SFTP server. */
  exportedAt?: Readonly<Record<string, Date>>;
}

export const R96: Rule<DirectoryFacts> = {
  id: "R96",
  title: "The directory holds a file of every node and type",
  severity: "mandatory",
  levels: ["L", "P"],
  source: GUIDE,
  comply: "Export again on the publisher of that cluster, and look at its nodes",
  decide({ clusters, types, files }) {
    if ("unread" in files) return undecided(files.unread);
    return fromFindings(directoryState(clusters, types, files.value).missing.map(({ cluster, node, name }) => ({ where: node, found: `${name} is missing from what ${cluster} exported` })));
  },
};

export const R97: Rule<DirectoryFacts> = {
  id: "R97",
  title: "The directory holds nothing of other clusters or older runs",
  severity: "mandatory",
  levels: ["L"],
  source: "procedures.md R97 (a consolidation merges all that lies there)",
  comply: "Use a directory of its own, or remove these files",
  acceptable: true,
  decide({ clusters, types, files, exportedAt = {} }) {
    if ("unread" in files) return undecided(files.unread);
    const foreign = directoryState(clusters, types, files.value).foreign.map((name) => ({ found: `${name} is of no node of these clusters` }));
    // What a cluster's own node exported earlier is old, and not foreign.
    const older = clusters.flatMap((cluster) => olderFiles(cluster, types, files.value, exportedAt[cluster.name])).map((one): Finding => ({ ...one, severity: "advisory" }));
    return fromFindings([...foreign, ...older]);
  },
};

/** Files of a cluster's nodes that its last export has not written. */
function olderFiles(cluster: BulkCluster, types: readonly BulkType[], files: readonly BulkFile[], exported: Date | undefined): Finding[] {
  if (!exported) return [];
  const foreign = new Set(directoryState([cluster], types, files).foreign);
  const own = files.filter(({ name }) => !foreign.has(name) && name.includes("_"));
  return own.filter(({ modifiedAt }) => modifiedAt !== undefined && modifiedAt < exported).map(({ name, modifiedAt }) => ({ where: cluster.name, found: `${name} is of ${modifiedAt!.toISOString()}, before its export at ${exported.toISOString()}` }));
}

/** A certificate that other clusters must know. */
export interface RemoteCertificate {
  cluster: string;
  node: string;
  type: BulkType;
  certificate: Certificate;
}

export interface MappingFacts {
  remote: readonly RemoteCertificate[];
  /** Every node of every importing cluster. */
  local: readonly { cluster: string; reading: NodeReading }[];
}

export const R98: Rule<MappingFacts> = {
  id: "R98",
  title: "After an import every node knows every remote certificate, in its stores",
  severity: "mandatory",
  levels: ["P"],
  source: GUIDE,
  comply: "Import again, or upload the certificate to that trust store; replication takes up to 30 minutes",
  decide({ remote, local }) {
    const clusterOf = new Map(local.map(({ cluster, reading }) => [reading, cluster]));
    return perNode(local.map(({ reading }) => reading), ({ snapshot }) => snapshot, ({ trusts }, reading) => remote.filter(({ cluster }) => cluster !== clusterOf.get(reading)).flatMap((one) => lacking(one, trusts)));
  },
};

function lacking({ node, type, certificate }: RemoteCertificate, trusts: readonly TrustEntry[]): Finding[] {
  const there = (store: TrustStore) => trusts.some((entry) => entry.store === store && entry.certificate.fingerprint === certificate.fingerprint);
  const { purpose, stores } = BULK_FACTS[type];
  return stores.filter((store) => !there(store)).map((store) => ({ found: `its ${store} lacks the ${purpose} certificate of ${node} (serial number ${certificate.serialNumber})` }));
}

/** Versions as the publishers print them, such as `10.5.2.13900-12`. */
export interface VersionFacts {
  publishers: readonly { cluster: string; version: Reading<string> }[];
}

const NEWER = [10, 5, 2, 13900];

/** Whether an export of that version cannot be imported by older ones; undefined when the text has no build number. */
function isNewer(version: string): boolean | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:-\d+)?$/.exec(version.trim())?.slice(1).map(Number);
  if (!parts) return undefined;
  const differs = parts.findIndex((part, index) => part !== NEWER[index]);
  return differs < 0 || parts[differs]! > NEWER[differs]!;
}

export const R100: Rule<VersionFacts> = {
  id: "R100",
  title: "What 10.5.2.13900 or later exports, older releases cannot import",
  severity: "advisory",
  levels: ["L"],
  source: "Cisco 213407; 200599 (CSCuy43181)",
  comply: 'Exchange certificates without SFTP (method: "direct"), or update the older cluster first',
  decide({ publishers }) {
    const known = publishers.map(({ cluster, version }) => ({ cluster, newer: "value" in version ? isNewer(version.value) : undefined, version: valueOf(version) ?? "" }));
    const [exporter, older] = [known.find(({ newer }) => newer === true), known.filter(({ newer }) => newer === false)];
    if (exporter && older.length > 0) return fromFindings(older.map(({ cluster, version }) => ({ where: cluster, found: `it runs ${version}, and ${exporter.cluster} exports with ${exporter.version}` })));
    const unknown = known.filter(({ newer }) => newer === undefined);
    return unknown.length > 0 ? undecided(unknown.map(({ cluster }) => `${cluster}: its version is not known`).join("; ")) : PASS;
  },
};

export const R103: Rule<{ nodes: readonly NodeReading[] }> = {
  id: "R103",
  title: "All clusters answer during the whole exchange",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 215539; Cisco security guide 12.5(1)SU3",
  comply: "Bring the node back first",
  decide: ({ nodes }) => fromFindings(nodes.flatMap(({ node, version }) => ("unread" in version ? [{ where: node.fqdn, found: `it does not answer: ${version.unread}` }] : []))),
};

/** A node of an exchange without SFTP. */
export interface DirectNode extends NodeName {
  tftp?: boolean;
}

/** An exchange without SFTP: certificates read from one cluster and uploaded to another. */
export interface DirectExchange {
  clusters: readonly { name: string; nodes: readonly DirectNode[] }[];
  /** Only the second learns to trust the first: phones move, and cannot come back. Default: both directions. */
  oneWay?: { trusted: string; by: string };
  uploads: readonly { owner: string; purpose: string; to: string; store: string }[];
  /** Nodes on which TVS is restarted after the uploads. */
  tvsRestarts: readonly string[];
}

export const R104: Rule<DirectExchange> = {
  id: "R104",
  title: "Without SFTP: CallManager of every TFTP node and ITLRecovery are uploaded, and TVS is restarted",
  severity: "mandatory",
  levels: ["S"],
  source: "Cisco 213407; stores as by an import (Cisco 215539)",
  comply: "Declare the missing uploads and restarts, or BulkCertificateExchange, which does",
  decide({ clusters, oneWay, uploads, tvsRestarts }) {
    const pairs = clusters.flatMap((owner) => clusters.filter((by) => by !== owner && (!oneWay || (oneWay.trusted === owner.name && oneWay.by === by.name))).map((by) => ({ owner, by })));
    const missing = pairs.flatMap(({ owner, by }) => signersOf(owner.nodes).flatMap((signer) => notUploaded(signer, by.name, uploads)));
    const stale = [...new Set(pairs.map(({ by }) => by))].flatMap(({ nodes }) => nodes.filter(({ product, fqdn }) => product === "CUCM" && !tvsRestarts.includes(fqdn)).map(({ fqdn }) => ({ where: fqdn, found: "TVS is not restarted there, and does not know what was uploaded" })));
    return fromFindings([...missing, ...stale]);
  },
};

type Signer = { node: string; type: "tftp" | "ITLRecovery" };

function signersOf(nodes: readonly DirectNode[]): Signer[] {
  const cucm = nodes.filter(({ product }) => product === "CUCM");
  const recovery = cucm.filter(({ role }) => role === "publisher").map(({ fqdn }): Signer => ({ node: fqdn, type: "ITLRecovery" }));
  return [...cucm.filter(({ tftp }) => tftp).map(({ fqdn }): Signer => ({ node: fqdn, type: "tftp" })), ...recovery];
}

function notUploaded({ node, type }: Signer, to: string, uploads: DirectExchange["uploads"]): Finding[] {
  const { purpose, stores } = BULK_FACTS[type];
  const there = (store: string) => uploads.some((one) => one.owner === node && one.purpose === purpose && one.to === to && one.store === store);
  return stores.filter((store) => !there(store)).map((store) => ({ where: to, found: `the ${purpose} certificate of ${node} is not uploaded to its ${store}` }));
}

export const PROVISIONING_SERVICE = "Cisco Bulk Provisioning Service";

export const R105: Rule<{ emcc: boolean; publishers: readonly NodeReading[] }> = {
  id: "R105",
  title: "Cisco Bulk Provisioning Service runs before an exchange for EMCC",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco EMCC guide",
  comply: "Activate and start it on the publisher (Cisco Unified Serviceability)",
  decide: ({ emcc, publishers }) => (emcc ? perNode(publishers, ({ services }) => services, notRunning) : PASS),
};

function notRunning(services: readonly ServiceReading[]): Finding[] {
  const state = services.find(({ name }) => name === PROVISIONING_SERVICE)?.state ?? "missing";
  return state === "Started" ? [] : [{ found: `${PROVISIONING_SERVICE} is ${state}` }];
}
