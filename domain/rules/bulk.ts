// The plan of a bulk exchange: R89–R95, R99, R101, R102, R104. procedures.md 4.10. What the directory and the nodes say: bulk-live.ts.
import { type BulkCluster, type BulkType, sharedHosts } from "../bulk";
import type { NodeName } from "../purposes";
import { isAtLeast } from "../releases";
import type { MaintenanceWindow } from "../windows";
import { type Finding, fromFindings, PASS, type Rule, violatedIf } from "./rule";

/** Where a cluster writes and reads. */
export interface SftpPlace {
  host: string;
  /** Default: 22. */
  port?: number;
  directory: string;
}

export interface PlannedCluster extends BulkCluster {
  sftp: SftpPlace;
  maintenanceWindow?: MaintenanceWindow;
}

/** One step of an exchange. */
export interface BulkStep {
  id: string;
  kind: "export" | "consolidation" | "import" | "verification" | "option 150";
  cluster: string;
  /** On which it runs; none for option 150. */
  node?: NodeName;
  /** Ids of the steps that must be done before. */
  after: readonly string[];
}

/** A bulk exchange as it is declared. */
export interface BulkPlan {
  clusters: readonly PlannedCluster[];
  types: readonly BulkType[];
  steps: readonly BulkStep[];
  /** Extension Mobility Cross Cluster is what it is for. */
  emcc?: boolean;
  /** ITLRecovery comes with the type tftp, as some releases may do. */
  itlRecovery?: "in tftp";
}

const GUIDE = "Cisco 215539";
const of = (plan: BulkPlan, ...kinds: BulkStep["kind"][]) => plan.steps.filter(({ kind }) => kinds.includes(kind));

/** Whether a step waits for another, over any number of steps between. */
export function comesAfter(steps: readonly BulkStep[], later: BulkStep, earlier: BulkStep): boolean {
  const seen = new Set<string>();
  const waiting = [...later.after];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === earlier.id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(steps.find((one) => one.id === id)?.after ?? []));
  }
  return false;
}

/** Steps of some kinds that do not wait for all steps of others. */
function early(plan: BulkPlan, later: BulkStep["kind"], ...earlier: BulkStep["kind"][]): Finding[] {
  return of(plan, later).flatMap((step) =>
    of(plan, ...earlier).filter((one) => !comesAfter(plan.steps, step, one)).map((one) => ({ where: step.cluster, found: `its ${step.kind} does not wait for the ${one.kind} of ${one.cluster}` })),
  );
}

/** A place in one writing; `/` and `/certs/` are `/` and `/certs`. */
function placeText({ host, port = 22, directory }: SftpPlace): string {
  return `${host.toLowerCase()}:${port} ${directory.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "")}`;
}

export const R89: Rule<Pick<BulkPlan, "clusters">> = {
  id: "R89",
  title: "All clusters of an exchange use the same SFTP server and directory",
  severity: "mandatory",
  levels: ["V", "S"],
  source: GUIDE,
  comply: "Declare one SFTP server and one directory for all of them",
  decide({ clusters: [first, ...others] }) {
    return fromFindings(others.filter(({ sftp }) => placeText(sftp) !== placeText(first!.sftp)).map(({ name, sftp }) => ({ where: name, found: `it uses ${placeText(sftp)}, and ${first!.name} uses ${placeText(first!.sftp)}` })));
  },
};

export const R90: Rule<BulkPlan> = {
  id: "R90",
  title: "Bulk operations run on publishers only",
  severity: "mandatory",
  levels: ["V"],
  source: GUIDE,
  comply: "Declare it on the CUCM publisher",
  decide: (plan) =>
    fromFindings(of(plan, "export", "consolidation", "import").flatMap(({ kind, node, cluster }) => (node?.product === "CUCM" && node.role === "publisher" ? [] : [{ where: node?.fqdn ?? cluster, found: `the ${kind} would run on a node that is not its cluster's CUCM publisher` }]))),
};

export const R91: Rule<Pick<BulkPlan, "clusters">> = {
  id: "R91",
  title: "At least two clusters take part, of different hosts",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco EMCC guide (Consolidate needs two exports); names of files hold the host alone",
  comply: "Name the clusters that are to trust each other",
  decide({ clusters }) {
    const names = new Set(clusters.map(({ name }) => name));
    const few = names.size < 2 ? [{ found: `${names.size === 0 ? "no cluster takes part" : `${[...names][0]} takes part alone`}` }] : [];
    return fromFindings([...few, ...sharedHosts(clusters).map((host) => ({ where: host, found: "two clusters have a node of this host, and one file would overwrite the other" }))]);
  },
};

export const R92: Rule<BulkPlan> = {
  id: "R92",
  title: "Every cluster exports, before the consolidation",
  severity: "mandatory",
  levels: ["S"],
  source: GUIDE,
  comply: "Have the consolidation depend on the exports of all clusters",
  decide: (plan) => fromFindings([...without(plan, "export"), ...early(plan, "consolidation", "export")]),
};

export const R93: Rule<BulkPlan> = {
  id: "R93",
  title: "Consolidation runs exactly once, on exactly one cluster",
  severity: "mandatory",
  levels: ["S"],
  source: GUIDE,
  comply: "Declare one consolidation, on one cluster",
  decide(plan) {
    const all = of(plan, "consolidation");
    return violatedIf(all.length !== 1, () => (all.length === 0 ? "nothing is consolidated" : `it is consolidated ${all.length} times: ${all.map(({ cluster }) => cluster).join(", ")}`));
  },
};

export const R94: Rule<BulkPlan> = {
  id: "R94",
  title: "Every cluster imports, after the consolidation",
  severity: "mandatory",
  levels: ["S"],
  source: GUIDE,
  comply: "Declare an import on each cluster, dependent on the consolidation",
  decide: (plan) => fromFindings([...without(plan, "import"), ...early(plan, "import", "consolidation")]),
};

function without(plan: BulkPlan, kind: BulkStep["kind"]): Finding[] {
  return plan.clusters.filter(({ name }) => !of(plan, kind).some(({ cluster }) => cluster === name)).map(({ name }) => ({ where: name, found: `it has no ${kind}` }));
}

export const R99: Rule<Pick<BulkPlan, "clusters" | "types" | "emcc" | "itlRecovery">> = {
  id: "R99",
  title: "ITLRecovery is exchanged from 12.0 on, and for EMCC",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco 215539; Cisco security guide 12.5(1)SU3 (EMCC)",
  comply: "Add ITLRecovery to the types",
  decide({ clusters, types, emcc, itlRecovery }) {
    if (types.includes(itlRecovery ? "tftp" : "ITLRecovery")) return PASS;
    const signing = clusters.filter(({ release }) => isAtLeast(release, "12.0")).map(({ name, release }) => ({ where: name, found: `it runs ${release}, whose ITL and CTL are signed by ITLRecovery, which is not among the types` }));
    return fromFindings(emcc && signing.length === 0 ? [{ found: "EMCC needs ITLRecovery, which is not among the types" }] : signing);
  },
};

export const R101: Rule<BulkPlan> = {
  id: "R101",
  title: "An import has a maintenance window, because it resets phones",
  severity: "mandatory",
  levels: ["V"],
  source: "Cisco EMCC guide (phones of the importing cluster restart)",
  comply: "Declare the maintenanceWindow of the cluster",
  decide: (plan) => fromFindings(of(plan, "import").filter((step) => !plan.clusters.find(({ name }) => name === step.cluster)?.maintenanceWindow).map(({ cluster }) => ({ where: cluster, found: "its import resets phones, and no maintenance window is declared" }))),
};

export const R102: Rule<BulkPlan> = {
  id: "R102",
  title: "DHCP option 150 moves only after the imports are verified",
  severity: "mandatory",
  levels: ["S"],
  source: GUIDE,
  comply: "Have option 150 depend on the verification of every import",
  decide(plan) {
    if (of(plan, "option 150").length === 0) return PASS;
    const ownImports = (step: BulkStep) => of(plan, "import").filter(({ cluster }) => cluster === step.cluster);
    const hasty = of(plan, "verification").filter((step) => !ownImports(step).every((one) => comesAfter(plan.steps, step, one)));
    return fromFindings([...without(plan, "verification"), ...hasty.map(({ cluster }) => ({ where: cluster, found: "its verification does not wait for its import" })), ...early(plan, "option 150", "verification")]);
  },
};

export const BULK_PLAN_RULES: readonly Rule<BulkPlan>[] = [R89, R90, R91, R92, R93, R94, R99, R101, R102];
