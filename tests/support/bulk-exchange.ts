// Bulk exchanges as tests of the engine start from them: the estate, the program, what happened.
import type { ClusterDescription, EstateDescription, HistoryEntry, Lab } from "../../lab";
import { DIRECTORY, lying, SERVER, SFTP_SERVERS } from "../lab/support/bulk";

export { DIRECTORY, lying, SERVER };

/** Names and releases of clusters of one publisher, and as many subscribers as are named behind it. */
export interface SmallCluster {
  name: string;
  release: string;
  nodes: readonly string[];
}

export const SOURCE_PUB = "CUCM1052PUB.example.com";
export const DESTINATION_PUB = "CUCM1151PUB.example.com";
/** Scenario A16, as the guide has it. */
export const A16: readonly SmallCluster[] = [
  { name: "source", release: "10.5(2)", nodes: [SOURCE_PUB] },
  { name: "destination", release: "11.5(1)", nodes: [DESTINATION_PUB] },
];

export const FAST = { replication: 1, cliStart: 0, serviceStop: 2, serviceStart: 2 };

function nodesOf({ nodes }: SmallCluster) {
  return nodes.map((fqdn, index) => ({ fqdn, product: "CUCM" as const, role: index === 0 ? ("publisher" as const) : ("subscriber" as const) }));
}

export function estateOf(clusters: readonly SmallCluster[], more: Partial<EstateDescription> = {}, each: Partial<ClusterDescription> = {}): EstateDescription {
  return { name: "bulk", clusters: clusters.map((one) => ({ name: one.name, release: one.release, nodes: nodesOf(one), ...each })), sftpServers: SFTP_SERVERS, timing: FAST, ...more };
}

/** Always open. */
export const OPEN = { from: "00:00", to: "00:00", timeZone: "UTC" };

/** The clusters as JavaScript text: each a constant of its name. */
export function clustersText(clusters: readonly SmallCluster[], window: object | null = OPEN): string {
  return clusters.map((one) => `const ${one.name} = new uccerts.Cluster("${one.name}", ${JSON.stringify({ release: one.release, nodes: nodesOf(one), ...(window ? { maintenanceWindow: window } : {}) })});`).join("\n");
}

/** A program with one exchange of these clusters; `more` are further members of its arguments. */
export function exchangeText(clusters: readonly SmallCluster[], more = "", window?: object | null): string {
  return `${clustersText(clusters, window)}
const exchange = new uccerts.BulkCertificateExchange("exchange", { clusters: [${clusters.map(({ name }) => name).join(", ")}], sftp: "bulk", ${more} });
return { known: exchange.known, leftToDo: exchange.leftToDo };`;
}

const ORDER = /^(bulk (export|consolidate|import)|save bulk SFTP server|restart |store trust certificate|delete trust|install |regenerate )/;

/** `CUCM1052PUB: bulk export tomcat`, in the order in which they began. */
export function bulkDeeds(lab: Lab, since = 0): string[] {
  return bulkEntries(lab, since).map(({ node, action }) => `${node.split(".")[0]}: ${action}`);
}

export function bulkEntries(lab: Lab, since = 0): HistoryEntry[] {
  return lab.history.since(since).filter(({ interface: at, action }) => at === "platform" && /^bulk /.test(action));
}

/** Everything that was written to a device or to the directory. */
export function changes(lab: Lab, since = 0): string[] {
  return lab.history.since(since).filter(({ interface: at, action }) => (at === "platform" && ORDER.test(action)) || (at === "sftp" && /^(write|remove|rename) /.test(action))).map(({ node, action }) => `${node}: ${action}`);
}

/** How often each publisher was ordered to do what: `source: export`. */
export function orders(lab: Lab, since = 0): string[] {
  return lab.history.since(since).filter(({ interface: at, action }) => at === "cli" && /^set cert bulk (export|consolidate|import)/.test(action)).map(({ node, action }) => `${node.split(".")[0]}: ${action.replace("set cert bulk ", "")}`);
}
