// Two clusters of one node each, as in scenario A16, and an exchange between them that breaks no rule.
import type { BulkStep, BulkPlan, PlannedCluster } from "../../domain/rules/bulk";
import type { NodeName, Role } from "../../domain/purposes";

export const node = (fqdn: string, role: Role = "publisher", product: NodeName["product"] = "CUCM"): NodeName => ({ fqdn, product, role });
export const SOURCE = node("CUCM1052PUB.example.com");
export const DESTINATION = node("CUCM1151PUB.example.com");
export const WINDOW = { from: "22:00", to: "04:00", timeZone: "Europe/Berlin" };
const SFTP = { host: "10.24.161.145", directory: "/" };

export const CLUSTERS: readonly PlannedCluster[] = [
  { name: "source", release: "10.5(2)", nodes: [SOURCE], sftp: SFTP, maintenanceWindow: WINDOW },
  { name: "destination", release: "11.5(1)", nodes: [DESTINATION], sftp: { ...SFTP, port: 22, directory: "//" }, maintenanceWindow: WINDOW },
];

const step = (kind: BulkStep["kind"], cluster: PlannedCluster, ...after: string[]): BulkStep => ({ id: `${kind} ${cluster.name}`, kind, cluster: cluster.name, node: cluster.nodes[0]!, after });
const [source, destination] = CLUSTERS as [PlannedCluster, PlannedCluster];

/** Both export, the source consolidates, both import and are verified, then option 150 moves. */
export const STEPS: readonly BulkStep[] = [
  step("export", destination),
  step("export", source),
  step("consolidation", source, "export source", "export destination"),
  step("import", destination, "consolidation source"),
  step("import", source, "consolidation source"),
  step("verification", destination, "import destination"),
  step("verification", source, "import source"),
  { id: "dhcp", kind: "option 150", cluster: "source", after: ["verification source", "verification destination"] },
];

export function bulkPlan(broken: Partial<BulkPlan> = {}): BulkPlan {
  return { clusters: CLUSTERS, types: ["tomcat", "tftp", "capf"], steps: STEPS, ...broken };
}

/** The steps with one of them changed. */
export function changedStep(id: string, broken: Partial<BulkStep>): BulkStep[] {
  return STEPS.map((one) => (one.id === id ? { ...one, ...broken } : one));
}

export function withoutStep(id: string): BulkStep[] {
  return STEPS.filter((one) => one.id !== id);
}
