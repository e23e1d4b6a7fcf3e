// Reads a live cluster from all its nodes side by side. What cannot be read is recorded with its reason, so that every failure is reported at once.
import { type ClusterReading, type NodeReading, type Reading, type ServiceReading, type Snapshot, unreadNode } from "../../../domain/readings";
import type { NodeName, Purpose } from "../../../domain/purposes";
import { R27 } from "../../../domain/rules/multi-server";
import type { Context, Node } from "../../context";
import { isLost, PlatformError, RefusedError, sentence, together } from "../../errors";

/** What was read, or why it could not be. */
export async function attempt<T>(work: Promise<T>): Promise<Reading<T>> {
  try {
    return { value: await work };
  } catch (error) {
    return { unread: error instanceof PlatformError ? `${error.failed.answer}${error.failed.remedy ? ` (${error.failed.remedy})` : ""}` : sentence(error) };
  }
}

function map<T, R>(reading: Reading<T>, pick: (value: T) => Reading<R>): Reading<R> {
  return "value" in reading ? pick(reading.value) : reading;
}

/** The services of a node; by CLI where Control Center does not answer, because it runs on the node's Tomcat. @throws what Control Center said when neither answers */
export async function servicesOf(node: Node, context: Context): Promise<ServiceReading[]> {
  const vos = context.vos(node);
  try {
    return await vos.services();
  } catch (error) {
    if (!isLost(error)) throw error;
    return vos.servicesByCli().catch(() => Promise.reject(error as Error));
  }
}

/** Every node of the cluster as nodes of the same connection. */
export function clusterNodes(node: Node, context: Context): Node[] {
  return node.cluster.nodes.map((name) => context.sibling(node, name));
}

/** The CUCM publisher, which answers for the cluster. */
export function publisherOf(node: Node, context: Context): Node {
  const name = node.cluster.nodes.find(({ product, role }) => product === "CUCM" && role === "publisher") ?? node.cluster.nodes.find(({ role }) => role === "publisher");
  return name ? context.sibling(node, name) : node;
}

async function readNode(node: Node, names: readonly string[], ssoInDatabase: Promise<Reading<ReadonlyMap<string, boolean>>>, context: Context): Promise<NodeReading> {
  const vos = context.vos(node);
  const asked = context.clock.now();
  const [snapshot, services, system] = await Promise.all([attempt(context.snapshot(node)), attempt(vos.services()), attempt(vos.system())]);
  const unresolved = "value" in system ? await attempt(vos.unresolved(names)) : system;
  const database = await ssoInDatabase;
  return {
    node,
    version: map(system, ({ version }) => ({ value: version })),
    snapshot,
    clockAhead: map(snapshot, ({ clock }) => ({ value: clock.getTime() - asked.getTime() })),
    services,
    sso: map(system, ({ sso }) => map(sso, (cli) => ({ value: { cli, database: "value" in database ? inDatabase(database.value, node.fqdn) : undefined } }))),
    diskUsed: map(system, ({ diskUsed }) => ({ value: diskUsed })),
    ntpSynchronised: map(system, ({ ntpSynchronised }) => ntpSynchronised),
    fips: map(system, ({ fips }) => fips),
    unresolved,
  };
}

/** What the database says of one node, which it may list by its host name. */
export function inDatabase(modes: ReadonlyMap<string, boolean>, fqdn: string): boolean | undefined {
  return modes.get(fqdn) ?? modes.get(fqdn.split(".")[0]!);
}

/** A reading of certificates alone, for rules that ask for nothing else. */
export function snapshotsAlone(snapshots: readonly { node: Node; snapshot: Snapshot }[]): ClusterReading {
  const unread = { unread: "not asked" };
  const nodes = snapshots.map(({ node, snapshot }) => ({ ...unreadNode(node, unread.unread), snapshot: { value: snapshot } }));
  return { nodes, members: unread, replication: unread, lastBackup: unread, backupRunning: unread };
}

/** The certificates of every node that a certificate covers. @throws R27 instead, where a node does not answer because the cluster lists it by another name */
export async function snapshotsOf(node: Node, covered: readonly NodeName[], purpose: Purpose, context: Context): Promise<{ node: Node; snapshot: Snapshot }[]> {
  try {
    return await together(covered.map(async (name) => ({ node: context.sibling(node, name), snapshot: await context.snapshot(context.sibling(node, name)) })));
  } catch (error) {
    if (isLost(error)) await requireMembers(node, purpose, sentence(error), context);
    throw error;
  }
}

/** @throws with the line of the program to change, where the cluster lists other nodes than the program */
async function requireMembers(node: Node, purpose: Purpose, why: string, context: Context): Promise<void> {
  const verdict = R27.decide({ purpose, nodes: node.cluster.nodes, reading: { members: await attempt(context.vos(publisherOf(node, context)).members()) } });
  if (verdict.outcome !== "violated") return;
  const where = `Nothing was changed. Not every node of cluster "${node.cluster.name}" could be read (${why}), because its list of nodes has changed:`;
  const looked = `Where the program looks its nodes up (getClusterNodes), "pulumi up" without a refresh takes them over.`;
  throw new RefusedError(where, [...verdict.findings.map((finding) => `R27 ${finding.where}: ${finding.found}`), `${R27.comply}, and the connection's reach, if it names nodes; then run "pulumi up": a new request for all nodes is made. ${looked}`]);
}

/** All that the rules of level L need. `names` are resolved on every node. */
export async function readCluster(node: Node, names: readonly string[], context: Context): Promise<ClusterReading> {
  const vos = context.vos(publisherOf(node, context));
  const database = attempt(vos.ssoInDatabase());
  const [nodes, members, replication, backups] = await Promise.all([
    Promise.all(clusterNodes(node, context).map((one) => readNode(one, names, database, context))),
    attempt(vos.members()),
    attempt(vos.unhealthyReplication()),
    attempt(vos.backups()),
  ]);
  return {
    nodes,
    members,
    replication,
    lastBackup: map(backups, ({ last }) => ({ value: last })),
    backupRunning: map(backups, ({ running }) => ({ value: running })),
  };
}
