// A bulk exchange as several resources see it: what each cluster offers, which node knows it, what lies in the directory.
import { BULK_FACTS, BULK_TYPES, type BulkCluster, bulkTypes, type BulkType, consolidatedFileName, directoryState, expectedFiles, exportingNodes, readBulkFileName } from "../../../domain/bulk";
import { columns } from "../../../domain/columns";
import type { TrustStore } from "../../../domain/purposes";
import { type Snapshot, type TrustEntry, unreadNode } from "../../../domain/readings";
import { hasCertificateRest, isAtLeast } from "../../../domain/releases";
import { R98, type RemoteCertificate } from "../../../domain/rules/bulk-live";
import type { BulkExchangeInputs, BulkSftpInputs, CarriedCertificate, SeenFile } from "../../../sdk/bulk";
import type { KnownSigner } from "../../../sdk/bulk-import";
import type { Context, Node } from "../../context";
import type { InputRule } from "../../difference";
import { type Failure, type Given, UNKNOWN } from "../../lifecycle";
import type { SftpFile } from "../../platforms/sftp";
import { checkNode } from "./checks";
import { attempt } from "./reading";

/** An exchange as every part of it is asked for; without an SFTP connection certificates are uploaded directly. */
export type Exchange = Pick<BulkExchangeInputs, "clusters" | "types" | "itlRecovery"> & { sftp?: string };

/** The stores of the mapping table. */
const STORES: readonly TrustStore[] = [...new Set(Object.values(BULK_FACTS).flatMap(({ stores }) => stores))];

/** Other clusters, or other nodes of one: what was exchanged is looked at again. */
const CLUSTERS: InputRule<Node[]> = {
  change: (old = [], declared = []) => (names(old) === names(declared) ? "takeOver" : "update"),
};

/** What every part of an exchange is declared by. */
export const EXCHANGE = { clusters: CLUSTERS, types: "update", itlRecovery: "update", triggers: "update" } as const;

function names(clusters: readonly Node[]): string {
  return JSON.stringify(clusters.map(({ cluster }) => [cluster.name, cluster.nodes.map(({ fqdn }) => fqdn).sort()]).sort());
}

export function typesOf({ clusters, types, itlRecovery, sftp }: Exchange): BulkType[] {
  return types ?? (sftp === undefined ? [...BULK_TYPES] : bulkTypes(clusters.map(({ release }) => release), itlRecovery));
}

export function bulkClusters(clusters: readonly Node[]): BulkCluster[] {
  return clusters.map(({ release, cluster: { name, nodes } }) => ({ name, release, nodes }));
}

/** Nodes of a cluster that take part, as nodes of its connection. */
export function cucmNodes(publisher: Node, context: Context): Node[] {
  return publisher.cluster.nodes.filter(({ product }) => product === "CUCM").map((name) => context.sibling(publisher, name));
}

/** The types of a cluster whose certificates others must know; ITLRecovery also where it comes with tftp. */
function offeredTypes(exchange: Exchange, release: string): BulkType[] {
  const types = typesOf(exchange);
  const within: readonly BulkType[] = exchange.itlRecovery === "in tftp" && types.includes("tftp") ? ["ITLRecovery"] : [];
  return [...new Set([...types, ...within])].filter((type) => type !== "ITLRecovery" || exchange.sftp === undefined || isAtLeast(release, "12.0"));
}

/** What a cluster offers to the others, as its nodes have it now. */
export async function offered(publisher: Node, exchange: Exchange, context: Context): Promise<RemoteCertificate[]> {
  const { release, cluster } = publisher;
  const wanted = offeredTypes(exchange, release).flatMap((type) => exportingNodes(type, cluster.nodes, release).map((name) => ({ type, name })));
  const read = wanted.map(async ({ type, name }): Promise<RemoteCertificate[]> => {
    const { identities } = await context.snapshot(context.sibling(publisher, name));
    const certificate = identities.get(BULK_FACTS[type].purpose);
    return certificate ? [{ cluster: cluster.name, node: name.fqdn, type, certificate }] : [];
  });
  return (await Promise.all(read)).flat();
}

/** What these clusters offer. */
export async function offeredBy(clusters: readonly Node[], exchange: Exchange, context: Context): Promise<RemoteCertificate[]> {
  return (await Promise.all(clusters.map((one) => offered(one, exchange, context)))).flat();
}

export function carried(remote: readonly RemoteCertificate[]): CarriedCertificate[] {
  return remote.map(({ cluster, node, type, certificate: { serialNumber, fingerprint } }) => ({ cluster, node, purpose: BULK_FACTS[type].purpose, serialNumber, fingerprint }));
}

export function sameCertificates(one: readonly CarriedCertificate[], other: readonly CarriedCertificate[]): boolean {
  const text = (all: readonly CarriedCertificate[]) => JSON.stringify(all.map(({ node, purpose, fingerprint }) => [node, purpose, fingerprint]).sort());
  return text(one) === text(other);
}

/** Trust entries of a node in the stores of the mapping table; `now` reads them anew. */
async function trustsOf(node: Node, how: "now" | "remembered", context: Context): Promise<readonly TrustEntry[]> {
  if (how === "remembered") return (await context.snapshot(node)).trusts;
  // By REST all stores are one request, by CLI every certificate is one.
  if (hasCertificateRest(node.release)) return (await context.vos(node).snapshot()).trusts;
  return (await Promise.all(STORES.map((store) => context.vos(node).trustEntries(store)))).flat();
}

/** What one node lacks of the mapping table (R98), one sentence each; a node that cannot be read lacks as far as anybody knows. */
export interface Lacking {
  node: string;
  found: string;
}

/** Which of these nodes lack what, and the table of who knows whom. */
export interface Mapping {
  lacking: Lacking[];
  known: KnownSigner[];
}

/** Looks on every node that takes part of this cluster for the certificates of others. */
export async function mappingOn(publisher: Node, remote: readonly RemoteCertificate[], how: "now" | "remembered", context: Context): Promise<Mapping> {
  const read = await Promise.all(cucmNodes(publisher, context).map(async (node) => ({ node, trusts: await attempt(trustsOf(node, how, context)) })));
  const lacking = read.flatMap(({ node, trusts }): Lacking[] => {
    if ("unread" in trusts) return [{ node: node.fqdn, found: `it does not answer: ${trusts.unread}` }];
    const snapshot: Snapshot = { identities: new Map(), requests: new Map(), trusts: trusts.value, clock: context.clock.now() };
    const verdict = R98.decide({ remote, local: [{ cluster: publisher.cluster.name, reading: { ...unreadNode(node, "not asked"), snapshot: { value: snapshot } } }] });
    return verdict.outcome === "violated" ? verdict.findings.map(({ found }) => ({ node: node.fqdn, found })) : [];
  });
  const all = read.map(({ node, trusts }) => ({ fqdn: node.fqdn, trusts: "value" in trusts ? trusts.value : [] }));
  return { lacking, known: remote.map((one) => knownSigner(one, all)) };
}

function knownSigner({ cluster, node, type, certificate: { serialNumber, fingerprint } }: RemoteCertificate, local: readonly { fqdn: string; trusts: readonly TrustEntry[] }[]): KnownSigner {
  const { purpose, stores } = BULK_FACTS[type];
  const holds = (trusts: readonly TrustEntry[], store: string) => trusts.some((entry) => entry.store === store && entry.certificate.fingerprint === fingerprint);
  const missing = local.flatMap(({ fqdn, trusts }) => stores.filter((store) => !holds(trusts, store)).map((store) => `${store} of ${fqdn}`));
  const knownTo = local.filter(({ trusts }) => stores.every((store) => holds(trusts, store))).map(({ fqdn }) => fqdn);
  return { cluster, node, purpose, serialNumber, fingerprint, stores: [...stores], knownTo, missing };
}

/** For each certificate of another cluster: which local node knows it, in which store, by serial number. */
export function signerTable(known: readonly KnownSigner[]): string {
  const rows = known.map(({ node, purpose, serialNumber, stores, knownTo, missing }) => [node, purpose, serialNumber, stores.join(", "), knownTo.join(", ") || "nobody", missing.length > 0 ? `missing: ${missing.join(", ")}` : ""]);
  return columns([["remote node", "certificate", "serial number", "store", "known to", ""], ...rows]);
}

/** Whether every cluster knows all certificates of the others already. A node that does not answer leaves it open: then not. */
export async function exchangeHolds({ clusters, ...rest }: Exchange, context: Context): Promise<boolean> {
  const exchange = { clusters, ...rest };
  const remote = await attempt(offeredBy(clusters, exchange, context));
  if ("unread" in remote) return false;
  const all = clusters.map((one) => mappingOn(one, remote.value.filter(({ cluster }) => cluster !== one.cluster.name), "remembered", context));
  return (await Promise.all(all)).every(({ lacking }) => lacking.length === 0);
}

/** Whether something asks for it that did not before: then an operation runs whatever is there already. */
export function asksAnew(triggers: readonly string[] | undefined, prior: { triggers?: readonly string[] } | undefined): boolean {
  return prior !== undefined && (triggers ?? []).some((trigger) => trigger !== "" && !prior.triggers?.includes(trigger));
}

export function seen({ name, bytes, modifiedAt }: SftpFile): SeenFile {
  return { name, bytes, modifiedAt: modifiedAt.toISOString() };
}

/** Files that an export of this cluster has written. */
export function filesOf(publisher: Node, exchange: Exchange, files: readonly SftpFile[]): SftpFile[] {
  const [own] = bulkClusters([publisher]);
  const foreign = new Set(directoryState([own!], typesOf(exchange), files).foreign);
  return files.filter(({ name }) => !foreign.has(name) && readBulkFileName(name)?.host !== undefined);
}

/** Files of the directory that are no node's: what a consolidation writes, whatever it calls it. */
export function consolidatedFiles(files: readonly SftpFile[]): SftpFile[] {
  return files.filter(({ name }) => readBulkFileName(name)?.host === undefined && /\.(pkcs12|p12|pfx)$/i.test(name));
}

/** Of these, the files that are called as a consolidation of our types is assumed to call them. */
export function consolidatedByName(exchange: Exchange, files: readonly SftpFile[]): SftpFile[] {
  const ours = typesOf(exchange).map((type) => consolidatedFileName(type).toLowerCase());
  return consolidatedFiles(files).filter(({ name }) => ours.includes(name.toLowerCase()));
}

/** What lies in the directory now. */
export async function directory({ sftp }: Pick<BulkSftpInputs, "sftp">, context: Context): Promise<SftpFile[]> {
  return context.sftp(sftp).list();
}

/** Tells a publisher where the directory is. Done before every operation: what was configured is not readable, and a password changes. */
export async function configure({ node, sftp }: Pick<BulkSftpInputs, "node" | "sftp">, context: Context): Promise<void> {
  const { place, password } = context.sftp(sftp);
  context.conceal(password);
  await context.vos(node).bulk.configure({ address: place.host, port: place.port, username: place.username, password, directory: place.directory });
}

/** The words of the command line for these types; of an export only those that the cluster has. */
export function units({ types }: Exchange, of?: Node): string[] {
  if (!types) return ["all"];
  return of ? types.filter((type) => expectedFiles(bulkClusters([of]), [type]).length > 0) : types;
}

/** What is wrong with the inputs of any operation of an exchange. */
export function checkExchange({ node, clusters, types }: Pick<Given<BulkExchangeInputs>, "node" | "clusters" | "types">): Failure[] {
  const failures = checkNode(node);
  if (node !== UNKNOWN && failures.length === 0 && (node.product !== "CUCM" || node.role !== "publisher")) failures.push({ property: "node", reason: `R90 ${node.fqdn} is not the CUCM publisher of its cluster, and bulk operations run on publishers only` });
  if (clusters !== UNKNOWN && (!Array.isArray(clusters) || clusters.length < 2)) failures.push({ property: "clusters", reason: "R91 names fewer than two clusters: name the CUCM publisher of every cluster that is to trust the others" });
  const unknown = types === UNKNOWN || types === undefined ? [] : types.filter((type) => !(type in BULK_FACTS));
  return [...failures, ...unknown.map((type) => ({ property: "types", reason: `"${String(type)}" is no type of bulk certificates (known: ${Object.keys(BULK_FACTS).join(", ")})` }))];
}

/** Where a person does it. */
export const PAGE = "Cisco Unified OS Administration > Security > Bulk Certificate Management";
