// Bulk Certificate Management: types, names of files, and where an import puts what. platform-interfaces.md 6; procedures.md 1.1, 1.2 (Cisco 215539).
import type { NodeName, Purpose, TrustStore } from "./purposes";
import { isAtLeast } from "./releases";

export const BULK_TYPES = ["tomcat", "tftp", "capf", "ITLRecovery"] as const;
/** A type of Bulk Certificate Management, as it stands in the names of files. */
export type BulkType = (typeof BULK_TYPES)[number];

/** What is true of a type. */
export interface BulkFacts {
  /** The purpose whose certificates it carries. */
  purpose: Purpose;
  /** Where an import puts them, on every node of the importing cluster. */
  stores: readonly TrustStore[];
  /** From this release on the publisher alone has such a certificate; below, and where absent, every CUCM node. */
  publisherFrom?: string;
}

export const BULK_FACTS: Readonly<Record<BulkType, BulkFacts>> = {
  tomcat: { purpose: "tomcat", stores: ["tomcat-trust"] },
  tftp: { purpose: "CallManager", stores: ["Phone-SAST-trust", "CallManager-trust"] },
  capf: { purpose: "CAPF", stores: ["CallManager-trust"], publisherFrom: "14" },
  ITLRecovery: { purpose: "ITLRecovery", stores: ["Phone-SAST-trust", "CallManager-trust"], publisherFrom: "12.5" },
};

/** A cluster that takes part, with all its nodes. */
export interface BulkCluster {
  name: string;
  release: string;
  nodes: readonly NodeName[];
}

/**
 * The types that clusters of these releases have. ITLRecovery is a type of its own when one of them is 12.0 or later (its name there is not
 * recorded); where `itlRecovery` is `"in tftp"` it comes with tftp.
 */
export function bulkTypes(releases: readonly string[], itlRecovery: "own type" | "in tftp" = "own type"): BulkType[] {
  const own = itlRecovery === "own type" && releases.some((release) => isAtLeast(release, "12.0"));
  return BULK_TYPES.filter((type) => type !== "ITLRecovery" || own);
}

/** The first label of a name: a file's *Server Source*. */
function host(fqdn: string): string {
  return fqdn.split(".")[0]!;
}

/** `CUCM1052PUB_tomcat.pkcs12`, which an export of that node's certificate writes. */
export function bulkFileName(fqdn: string, type: BulkType): string {
  return `${host(fqdn)}_${type}.pkcs12`;
}

/** `tomcat.pkcs12`, which a consolidation writes: assumed. */
export function consolidatedFileName(type: BulkType): string {
  return `${type}.pkcs12`;
}

/** What a name in the directory stands for; undefined for what bulk management has not written. */
export function readBulkFileName(name: string): { type: BulkType; host?: string } | undefined {
  const [, server, written] = /^(?:(.+)_)?([^_]+)\.pkcs12$/i.exec(name) ?? [];
  const type = BULK_TYPES.find((one) => one.toLowerCase() === written?.toLowerCase());
  return type && (server === undefined ? { type } : { type, host: server });
}

/** Whether a PKCS#12 file was written to its end, which needs no passphrase: it is one DER sequence, as long as it says. */
export function isWholeFile(content: Uint8Array): boolean {
  const [tag, first = 0] = content;
  if (tag !== 0x30) return false;
  // Indefinite length, as BER allows: it ends with two zeros.
  if (first === 0x80) return content.length > 4 && content[content.length - 1] === 0 && content[content.length - 2] === 0;
  if (first < 0x80) return content.length === 2 + first;
  const size = first & 0x7f;
  const length = content.slice(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
  return content.length === 2 + size + length;
}

/** The nodes of a cluster that have a certificate of this type. IM and Presence nodes take no part. */
export function exportingNodes<N extends NodeName>(type: BulkType, nodes: readonly N[], release: string): N[] {
  const { publisherFrom } = BULK_FACTS[type];
  const alone = publisherFrom !== undefined && isAtLeast(release, publisherFrom);
  return nodes.filter(({ product, role }) => product === "CUCM" && (!alone || role === "publisher"));
}

/** A file that an export of a node must have written. */
export interface ExpectedFile {
  cluster: string;
  node: string;
  type: BulkType;
  name: string;
}

/** Every file that the directory must hold before consolidation (R96). ITLRecovery only of clusters that have it as a type. */
export function expectedFiles(clusters: readonly BulkCluster[], types: readonly BulkType[]): ExpectedFile[] {
  return clusters.flatMap(({ name, release, nodes }) =>
    types.filter((type) => type !== "ITLRecovery" || isAtLeast(release, "12.0")).flatMap((type) => exportingNodes(type, nodes, release).map(({ fqdn }) => ({ cluster: name, node: fqdn, type, name: bulkFileName(fqdn, type) }))),
  );
}

/** A file of the directory. */
export interface BulkFile {
  name: string;
  modifiedAt?: Date;
}

/** What a listing of the directory tells. */
export interface DirectoryState {
  missing: readonly ExpectedFile[];
  /** PKCS#12 files of no declared node: a consolidation would merge them. */
  foreign: readonly string[];
}

/** Compares a directory with what must lie there. Names are compared without regard to case; what a consolidation wrote is neither missing nor foreign. */
export function directoryState(clusters: readonly BulkCluster[], types: readonly BulkType[], files: readonly BulkFile[]): DirectoryState {
  const there = new Set(files.map(({ name }) => name.toLowerCase()));
  const hosts = new Set(clusters.flatMap(({ nodes }) => nodes.filter(({ product }) => product === "CUCM").map(({ fqdn }) => host(fqdn).toLowerCase())));
  const ours = (name: string) => {
    const read = readBulkFileName(name);
    return read !== undefined && (read.host === undefined || hosts.has(read.host.toLowerCase()));
  };
  return {
    missing: expectedFiles(clusters, types).filter(({ name }) => !there.has(name.toLowerCase())),
    foreign: files.map(({ name }) => name).filter((name) => /\.pkcs12$/i.test(name) && !ours(name)),
  };
}

/** Hosts that two clusters share: their files would overwrite each other. */
export function sharedHosts(clusters: readonly BulkCluster[]): string[] {
  const owners = new Map<string, Set<string>>();
  for (const { name, nodes } of clusters)
    for (const { fqdn, product } of nodes) if (product === "CUCM") owners.set(host(fqdn).toLowerCase(), (owners.get(host(fqdn).toLowerCase()) ?? new Set()).add(name));
  return [...owners].filter(([, names]) => names.size > 1).map(([one]) => one);
}
