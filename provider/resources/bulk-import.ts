import { randomUUID } from "node:crypto";
import { BULK_FACTS } from "../../domain/bulk";
import { R101 } from "../../domain/rules/bulk";
import { R95, R98, type RemoteCertificate } from "../../domain/rules/bulk-live";
import { decideAll } from "../../domain/rules/rule";
import type { BulkImportInputs, BulkImportOutputs } from "../../sdk/bulk-import";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE_AND_SIBLINGS } from "../difference";
import { IncompleteError, PlatformError, RefusedError, sentence } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkExchange, configure, consolidatedFiles, directory, EXCHANGE, filesOf, type Lacking, mappingOn, offeredBy, PAGE, signerTable, units } from "./shared/bulk";
import { type Asked, uploadAll } from "./shared/bulk-uploads";
import { checkWindow } from "./shared/checks";
import { diffDue, waitsFor } from "./shared/due";
import { isMixedMode } from "./shared/enterprise-parameters";
import { attempt } from "./shared/reading";
import { clockOf } from "./shared/sso";
import { pollWithProgress, usualMinutes } from "./shared/waiting";
import { written } from "./shared/writing";

type Inputs = BulkImportInputs;
type ImportState = State<Inputs, BulkImportOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  ...EXCHANGE,
  node: NODE_AND_SIBLINGS,
  sftp: "takeOver",
  by: "takeOver",
  method: "update",
  from: "update",
  fillMissing: "takeOver",
  maintenanceWindow: "takeOver",
};

const MINUTES = 5;

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `${node.cluster.name}: bulk import: ${why}`;
}

function others({ node, clusters, from }: Inputs): Inputs["clusters"] {
  return clusters.filter(({ cluster }) => cluster.name !== node.cluster.name && (!from || from.includes(cluster.name)));
}

function text(lacking: readonly Lacking[]): string[] {
  return lacking.map(({ node, found }) => `${R98.id} ${node}: ${found}`);
}

function outputs(inputs: Inputs, rest: Partial<BulkImportOutputs>, prior: ImportState | undefined): ImportState {
  const { importedAt = "", changedAt = "", changeId = "", known = [] } = prior ?? {};
  return { ...inputs, importedAt, changedAt, changeId: changeId === "due" ? "" : changeId, known, filled: [], leftToDo: [], status: "done", remark: "", ...rest };
}

function due(inputs: Inputs, prior: ImportState | undefined, why: string, context: Context): ImportState {
  context.due(dueLine(inputs, why));
  return outputs(inputs, { changeId: "due", status: "due", remark: why }, prior);
}

/** A consolidation that is older than an export would bring what no longer holds (R95). @throws RefusedError */
async function requireCurrent(inputs: Inputs & { sftp: string }, context: Context): Promise<void> {
  const files = await directory(inputs, context);
  const merged = consolidatedFiles(files).map(({ modifiedAt }) => modifiedAt.getTime());
  const nothing = `Nothing was changed: ${inputs.node.cluster.name} imports nothing:`;
  if (merged.length === 0) throw new RefusedError(nothing, [`nothing is consolidated in the directory of "${inputs.sftp}": have the import depend on the BulkConsolidation, or run "pulumi up --refresh"`]);
  const exports = inputs.clusters.flatMap((one) => filesOf(one, inputs, files).map(({ modifiedAt }) => ({ cluster: one.cluster.name, at: modifiedAt })));
  const last = [...new Map(exports.sort((one, other) => one.at.getTime() - other.at.getTime()).map((one) => [one.cluster, one])).values()];
  const { refusals } = decideAll([R95], { exports: last, consolidatedAt: new Date(Math.min(...merged)), imports: [] });
  if (refusals.length > 0) throw new RefusedError(nothing, [...refusals.map((line) => line.text), `"pulumi up --refresh" does both`]);
}

type Look = (how?: "now" | "remembered") => ReturnType<typeof mappingOn>;

/** Imports type after type; a type that is there already when the answer is lost is not ordered twice. */
async function order(inputs: Inputs & { sftp: string }, look: Look, context: Context): Promise<void> {
  const { node } = inputs;
  await configure(inputs, context);
  for (const unit of units(inputs)) {
    const what = `${node.fqdn}: bulk import of ${unit === "all" ? "all types" : unit}`;
    context.say(what);
    const arrived = async () => ((await look()).lacking.some((one) => one.node === node.fqdn) ? "nothing" : { done: [] });
    await written<string[]>({ what, send: () => context.vos(node).bulk.run("import", unit), look: arrived }, context);
  }
}

/** What the publisher itself lacks after the import: the import has left it out. */
async function leftOut(inputs: Inputs, remote: readonly RemoteCertificate[], look: Look, context: Context): Promise<Asked[]> {
  const { node } = inputs;
  const own = await pollWithProgress(context, {
    what: () => `${node.fqdn}: waiting until the import is seen in its trust stores`,
    limit: context.timing.lostAnswer,
    look: async () => ((await look()).lacking.some((one) => one.node === node.fqdn) ? undefined : true),
  });
  return own ? [] : asked(inputs, remote, await look());
}

/** Uploads that would put right what the publisher lacks. */
function asked({ node }: Pick<Inputs, "node">, remote: readonly RemoteCertificate[], { known }: Awaited<ReturnType<Look>>): Asked[] {
  return known.flatMap(({ fingerprint, stores, missing }) => {
    const one = remote.find(({ certificate }) => certificate.fingerprint === fingerprint)!;
    return BULK_FACTS[one.type].stores.filter((store) => stores.includes(store) && missing.includes(`${store} of ${node.fqdn}`)).map((store) => ({ store, certificate: one.certificate, description: `${BULK_FACTS[one.type].purpose} of ${one.node}` }));
  });
}

/** Waits for replication and proves R98. @throws IncompleteError with what is missing */
async function verify(state: ImportState, look: Look, context: Context): Promise<ImportState> {
  const { node } = state;
  let seen = await look();
  const there = await pollWithProgress(context, {
    what: () => `${node.cluster.name}: waiting for replication: ${text(seen.lacking).join("; ")}`,
    limit: context.timing.replication,
    look: async () => ((seen = await look()).lacking.length === 0 ? true : undefined),
  });
  context.say(`${node.cluster.name}: certificates of the other clusters:\n${signerTable(seen.known)}`);
  if (there) return { ...state, known: seen.known };
  throw new IncompleteError({ ...state, known: seen.known, status: "incomplete" }, [
    [`Cluster "${node.cluster.name}" does not know all certificates of the others:`, ...text(seen.lacking).map((line) => `  - ${line}`)].join("\n"),
    `${R98.comply}. The next "pulumi up" looks again and ${state.method === "direct" ? "uploads" : "imports"} only what is missing then${state.fillMissing || state.method === "direct" ? "" : '; with "fillMissing" it is uploaded'}.`,
  ]);
}

async function work(inputs: Inputs, prior: ImportState | undefined, remote: readonly RemoteCertificate[], look: Look, context: Context): Promise<ImportState> {
  const { node, sftp, method, fillMissing } = inputs;
  const changedAt = (await clockOf(node, context)).toISOString();
  context.journal.note(note(inputs), changedAt, context.clock.now());
  const state = outputs(inputs, { importedAt: context.clock.now().toISOString(), changedAt, changeId: randomUUID() }, prior);
  if (method === "direct") return verify({ ...state, filled: await uploadAll(node, asked(inputs, remote, await look()), context), leftToDo: await leftToDo(node, context) }, look, context);
  const exchange = { ...inputs, sftp: sftp! };
  await requireCurrent(exchange, context);
  await cutIs(state, () => order(exchange, look, context));
  const left = await leftOut(inputs, remote, look, context);
  if (left.length === 0 || !fillMissing) return verify(state, look, context);
  context.say(`${node.cluster.name}: the import has left out ${left.length} of its entries; they are uploaded`);
  return verify({ ...state, filled: await uploadAll(node, left, context) }, look, context);
}

/** In mixed mode phones hold a CTL file, and TVS is not all that they ask (Cisco 213407). */
async function leftToDo(node: Inputs["node"], context: Context): Promise<string[]> {
  const mode = await attempt(isMixedMode(node, context));
  if ("value" in mode && !mode.value) return [];
  const when = "value" in mode ? `${node.cluster.name} is in mixed mode` : `whether ${node.cluster.name} is in mixed mode could not be read (${mode.unread}); if it is`;
  const line = `${when}: when its CTL file names the signers of the other clusters (CtlFileUpdate), Cisco Tftp restarts on every TFTP node, and phones are reset to take it`;
  context.say(`left to do: ${line}`);
  return [line];
}

/** From the order on the state is kept: phones may reset already. */
async function cutIs(state: ImportState, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw new IncompleteError({ ...state, status: "incomplete" }, [`${sentence(error)}. What was imported before stays; the next "pulumi up" looks what is missing and imports again.`], error);
  }
}

/** A person imports; the trust stores tell. @throws IncompleteError with the clicks */
function pending(inputs: Inputs, prior: ImportState | undefined, lacking: readonly Lacking[]): never {
  throw new IncompleteError(outputs(inputs, { status: "pending", changeId: "" }, prior), [
    [`A person imports on cluster "${inputs.node.cluster.name}", whose phones reset:`, ...text(lacking).map((line) => `  - ${line}`)].join("\n"),
    `On ${inputs.node.fqdn}: ${PAGE}\n  1. Import, Certificate Type ${units(inputs).join(", then ")}; Import.`,
    `Then run "pulumi up" again: it looks at every node and carries on.`,
  ]);
}

/** The name under which this machine notes when it began to import: a run that is killed cannot write its state. */
function note({ node, method = "sftp" }: Pick<Inputs, "node" | "method">): string {
  return `${node.cluster.name}: bulk import, ${method}`;
}

/** What a run that was killed behind its import has not recorded: TVS has not been restarted for it. */
function unrecorded(inputs: Inputs, prior: ImportState | undefined, context: Context): Partial<BulkImportOutputs> {
  const changedAt = context.journal.begun(note(inputs))?.known;
  const recorded = changedAt === undefined || (prior?.changedAt === changedAt && prior.status === "done");
  return recorded ? {} : { changedAt, changeId: randomUUID() };
}

async function ensure(inputs: Inputs, prior: ImportState | undefined, context: Context): Promise<ImportState> {
  const { node, by } = inputs;
  const remote = await offeredBy(others(inputs), inputs, context);
  const look: Look = (how = "now") => mappingOn(node, remote, how, context);
  const found = await look("remembered");
  if (found.lacking.length === 0) {
    context.say(`${node.cluster.name}: nothing is imported: every node knows all certificates of the other clusters\n${signerTable(found.known)}`);
    return outputs(inputs, { known: found.known, remark: "every node knows all certificates of the other clusters", ...unrecorded(inputs, prior, context) }, prior);
  }
  if (by === "person") return pending(inputs, prior, found.lacking);
  const why = waitsFor({ triggers: inputs.triggers ?? [], maintenanceWindow: inputs.maintenanceWindow }, context.clock.now(), usualMinutes(MINUTES, context));
  if (why) return due(inputs, prior, why, context);
  return context.exclusively(node, "bulk import", () => work(inputs, prior, remote, look, context));
}

/** The certificates of the other clusters, on every node of this one. */
export const bulkImport: Lifecycle<Inputs, BulkImportOutputs> = {
  kind: "BulkImport",

  id: ({ node, method = "sftp" }) => `${node.cluster.name}/${method}/import`,

  check(inputs) {
    const { maintenanceWindow, method, sftp } = inputs;
    const failures = [...checkExchange(inputs), ...checkWindow(maintenanceWindow)];
    if (maintenanceWindow === undefined) failures.push({ property: "maintenanceWindow", reason: `${R101.id} an import resets phones, and no maintenance window is declared. ${R101.comply}` });
    if (method !== UNKNOWN && method !== "direct" && sftp === undefined) failures.push({ property: "sftp", reason: 'names no SFTP connection: name one, or exchange certificates without it (method: "direct")' });
    return { failures };
  },

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    const { triggers, maintenanceWindow } = inputs;
    if (state.status === "due") return diffDue({ triggers: triggers ?? [], maintenanceWindow }, now, difference, (why) => dueLine(state, why));
    return state.status === "done" ? difference : { ...difference, change: heavier(difference.change, "update") };
  },

  ensure,

  async observe(state, context) {
    if (state.status !== "done") return state;
    const remote = await offeredBy(others(state), state, context);
    const { lacking, known } = await mappingOn(state.node, remote, "remembered", context);
    return lacking.length === 0 ? state : { ...state, known, status: "lacking" };
  },

  remove: async (state, context) => context.journal.forget(note(state)),

  step({ node, by, method, maintenanceWindow }, state) {
    if (node === UNKNOWN) return undefined;
    const what = method === "direct" ? "upload the certificates of the other clusters" : by === "person" ? "a person imports" : "bulk import";
    return {
      what,
      where: node.fqdn,
      reason: state ? "if a node does not know one of them" : "if its nodes do not know them",
      notice: method === "direct" ? "" : "phones reset",
      minutes: MINUTES,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};
