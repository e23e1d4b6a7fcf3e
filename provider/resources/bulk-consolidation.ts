import { createHash, randomUUID } from "node:crypto";
import { R96, R97 } from "../../domain/rules/bulk-live";
import { decideAll } from "../../domain/rules/rule";
import type { BulkConsolidationInputs, BulkConsolidationOutputs } from "../../sdk/bulk-consolidation";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { IncompleteError, RefusedError } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import type { SftpFile } from "../platforms/sftp";
import { asksAnew, bulkClusters, checkExchange, configure, consolidatedByName, consolidatedFiles, directory, EXCHANGE, exchangeHolds, filesOf, PAGE, seen, typesOf, units } from "./shared/bulk";
import { checkAccept } from "./shared/checks";
import { written } from "./shared/writing";

type Inputs = BulkConsolidationInputs;
type ConsolidationState = State<Inputs, BulkConsolidationOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  ...EXCHANGE,
  node: NODE,
  sftp: "update",
  by: "takeOver",
  accept: "takeOver",
};

const MINUTES = 1;

/** All that the clusters have exported, of whichever node. */
function exportedFiles(inputs: Inputs, files: readonly SftpFile[]): SftpFile[] {
  return inputs.clusters.flatMap((one) => filesOf(one, inputs, files));
}

/** Consolidated files of our types; under another name than the one that is assumed, all of them. */
function ours(inputs: Inputs, files: readonly SftpFile[]): SftpFile[] {
  const named = consolidatedByName(inputs, files);
  return named.length > 0 ? named : consolidatedFiles(files);
}

/** Whether everything that was exported has been consolidated since. Times are whole seconds: what lies within one is not proved. */
function isCurrent(inputs: Inputs, files: readonly SftpFile[]): boolean {
  const merged = ours(inputs, files);
  const last = Math.max(...exportedFiles(inputs, files).map(({ modifiedAt }) => modifiedAt.getTime()));
  return merged.length >= typesOf(inputs).length && merged.every(({ modifiedAt }) => modifiedAt.getTime() > last);
}

function outputs(inputs: Inputs, rest: Partial<BulkConsolidationOutputs>, prior: ConsolidationState | undefined): ConsolidationState {
  return { ...inputs, consolidatedAt: prior?.consolidatedAt ?? "", changeId: prior?.changeId ?? "", consolidated: prior?.consolidated ?? [], findings: [], status: "done", remark: "", ...rest };
}

/** R96 and R97. @returns what was accepted or warned of @throws RefusedError */
function proveComplete(inputs: Inputs, files: readonly SftpFile[], context: Context): string[] {
  const facts = { clusters: bulkClusters(inputs.clusters), types: typesOf(inputs), files: { value: files.filter(({ bytes }) => bytes > 0) } };
  const { refusals, warnings, accepted } = decideAll([R96, R97], facts, inputs.accept);
  if (refusals.length > 0) throw new RefusedError(`Nothing was changed: the directory of "${inputs.sftp}" is not as it must be, and nothing is consolidated:`, refusals.map(({ text }) => text));
  const told = [...warnings, ...accepted].map(({ text }) => text);
  told.forEach((text) => context.say(`Warning: ${text}: the consolidation merges it`));
  return told;
}

/** A mark of each consolidated file: another one when it was written again, also within one second. */
async function marks(inputs: Inputs, context: Context): Promise<string[]> {
  const files = consolidatedFiles(await directory(inputs, context));
  const digest = async ({ name }: SftpFile) => createHash("sha256").update((await context.sftp(inputs.sftp).read(name)) ?? "").digest("hex");
  return Promise.all(files.map(async (file) => `${file.name} ${await digest(file)}`));
}

async function work(inputs: Inputs, prior: ConsolidationState | undefined, findings: string[], context: Context): Promise<ConsolidationState> {
  const { node } = inputs;
  const before = await marks(inputs, context);
  await configure(inputs, context);
  const changed = async () => (await marks(inputs, context)).filter((mark) => !before.includes(mark));
  const wanted = typesOf(inputs).length;
  for (const unit of units(inputs)) {
    const what = `${node.fqdn}: bulk consolidation of ${unit === "all" ? "all types" : unit}`;
    context.say(what);
    const look = async () => ((await changed()).length >= (unit === "all" ? wanted : 1) ? { done: [] } : "nothing");
    await written<string[]>({ what, send: () => context.vos(node).bulk.run("consolidate", unit), look }, context);
  }
  const files = ours(inputs, await directory(inputs, context));
  const state = outputs(inputs, { consolidatedAt: context.clock.now().toISOString(), changeId: randomUUID(), consolidated: files.map(seen), findings }, prior);
  if ((await changed()).length >= wanted) return state;
  throw new IncompleteError({ ...state, status: "incomplete" }, [
    `${node.fqdn} says that it has consolidated, and only ${(await changed()).length} of ${wanted} consolidated files were written. Nothing was imported. Look at the directory; the next "pulumi up" consolidates again.`,
  ]);
}

/** @throws IncompleteError with the clicks */
function pending(inputs: Inputs, prior: ConsolidationState | undefined, findings: string[], context: Context): never {
  const { place } = context.sftp(inputs.sftp);
  throw new IncompleteError(outputs(inputs, { status: "pending", changeId: "", findings }, prior), [
    `All clusters have exported. A person consolidates, once, on ${inputs.node.fqdn} alone:\n  ${PAGE}\n  1. The same directory (${place.directory} of ${place.host}) is configured.\n  2. Consolidate, Certificate Type ${units(inputs).join(", then ")}; Consolidate.`,
    `Then run "pulumi up" again: it looks at the directory and carries on.`,
  ]);
}

/** What all clusters have exported, merged on one of them. */
export const bulkConsolidation: Lifecycle<Inputs, BulkConsolidationOutputs> = {
  kind: "BulkConsolidation",

  id: ({ node, sftp }) => `${node.cluster.name}/${sftp}/consolidation`,

  check: (inputs) => ({ failures: [...checkExchange(inputs), ...checkAccept(inputs.accept)] }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    return state.status === "done" ? difference : { ...difference, change: heavier(difference.change, "update") };
  },

  async ensure(inputs, prior, context) {
    const asked = asksAnew(inputs.triggers, prior);
    if (!asked && (await exchangeHolds(inputs, context))) return outputs(inputs, { remark: "every cluster knows the certificates of the others already" }, prior);
    const files = await directory(inputs, context);
    const findings = proveComplete(inputs, files, context);
    if ((!asked || inputs.by === "person") && isCurrent(inputs, files)) return outputs(inputs, { changeId: prior?.changeId || randomUUID(), consolidated: ours(inputs, files).map(seen), findings, remark: "it was consolidated after the last export" }, prior);
    if (inputs.by === "person") return pending(inputs, prior, findings, context);
    return context.exclusively(inputs.node, "bulk consolidation", () => work(inputs, prior, findings, context));
  },

  /** Somebody has exported again, and the consolidated files are older (R95). */
  async observe(state, context) {
    if (state.status !== "done" || state.consolidated.length === 0) return state;
    const files = await directory(state, context);
    const merged = ours(state, files).map(({ modifiedAt }) => modifiedAt.getTime());
    const stale = merged.length > 0 && exportedFiles(state, files).some(({ modifiedAt }) => modifiedAt.getTime() > Math.min(...merged));
    return stale ? { ...state, status: "stale" } : state;
  },

  remove: async () => {},

  step(inputs, state) {
    const { node, by } = inputs;
    if (node === UNKNOWN) return undefined;
    return { what: by === "person" ? "a person consolidates" : "bulk consolidation", where: node.fqdn, reason: state ? "a cluster exports" : "if a cluster exports", minutes: MINUTES };
  },
};
