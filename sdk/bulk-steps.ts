// The steps of bulk exchanges that a program has declared so far: what is wrong with their order is said before anything runs.
import { BULK_TYPES, type BulkType } from "../domain/bulk";
import { type BulkPlan, type BulkStep, R89, R90, R91, R92, R93, R94 } from "../domain/rules/bulk";
import { decideAll, type Rule } from "../domain/rules/rule";
import { currentRun } from "./once";
import { ProgramError } from "./program-error";
import type { VosNode } from "./topology";

type Kind = "export" | "consolidation" | "import";

/** What is known of a step while the program runs. */
interface Declared extends BulkStep {
  name: string;
  sftp: string;
}

const CLASS: Readonly<Record<Kind, string>> = { export: "BulkExport", consolidation: "BulkConsolidation", import: "BulkImport" };
const RULES: Readonly<Record<Kind, readonly Rule<BulkPlan>[]>> = { export: [R90, R91], consolidation: [R89, R90, R91, R92, R93], import: [R90, R91, R94] };

const declared = new WeakMap<object, Declared[]>();

function isNode(value: unknown): value is VosNode {
  const { fqdn, cluster } = (value ?? {}) as Partial<VosNode>;
  return typeof fqdn === "string" && typeof cluster?.name === "string" && Array.isArray(cluster.nodes);
}

/** What of the arguments is plain; undefined when something decisive is an output, and only the run itself can tell. */
function plain(args: object): { node: VosNode; clusters: VosNode[]; sftp: string; types: BulkType[] } | undefined {
  const { node, clusters, sftp, types } = args as Record<string, unknown>;
  if (!isNode(node) || !Array.isArray(clusters) || !clusters.every(isNode) || typeof sftp !== "string") return undefined;
  return { node, clusters, sftp, types: Array.isArray(types) ? (types as BulkType[]) : [...BULK_TYPES] };
}

/** Steps of other directories do not count, but for where another cluster exports to. */
function planOf(step: Declared, clusters: readonly VosNode[], types: readonly BulkType[], before: readonly Declared[]): BulkPlan {
  const exportOf = (cluster: string) => {
    const own = before.filter((one) => one.kind === "export" && one.cluster === cluster);
    return own.find(({ sftp }) => sftp === step.sftp) ?? (cluster === step.cluster ? undefined : own.at(-1));
  };
  const others = before.filter(({ kind, sftp }) => kind !== "export" && sftp === step.sftp);
  const steps = step.kind === "export" ? [step] : [...clusters.flatMap(({ cluster: { name } }) => exportOf(name) ?? []), ...others, step];
  const place = (name: string) => ({ host: exportOf(name)?.sftp ?? step.sftp, directory: "" });
  return { clusters: clusters.map(({ release, cluster: { name, nodes } }) => ({ name, release, nodes, sftp: place(name) })), types, steps };
}

/** R94 of one import: that its consolidation was declared, not that of all clusters. */
function importFailures(plan: BulkPlan): string[] {
  return plan.steps.some(({ kind }) => kind === "consolidation") ? [] : [`${R94.id} nothing is consolidated before it. ${R94.comply}`];
}

/** Notes a step. @throws ProgramError naming everything that is wrong with it */
export function declareBulkStep(kind: Kind, name: string, args: object): void {
  const given = plain(args);
  if (!given) return;
  const { node, clusters, sftp, types } = given;
  const run = currentRun();
  const before = declared.get(run) ?? [];
  declared.set(run, before);
  const step: Declared = { id: `${kind} ${name}`, kind, name, cluster: node.cluster.name, node, sftp, after: before.map(({ id }) => id) };
  const plan = planOf(step, clusters, types, before);
  const failures = [...decideAll(RULES[kind].filter(({ id }) => id !== "R94"), plan).refusals.map(({ text }) => text), ...(kind === "import" ? importFailures(plan) : [])];
  before.push(step);
  if (failures.length > 0) throw new ProgramError([`${CLASS[kind]} "${name}" is not right:`, ...failures.map((failure) => `  - ${failure}`)].join("\n"));
}
