import { randomUUID } from "node:crypto";
import { isWholeFile } from "../../domain/bulk";
import { R96, type RemoteCertificate } from "../../domain/rules/bulk-live";
import type { BulkExportInputs, BulkExportOutputs } from "../../sdk/bulk-export";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE_AND_SIBLINGS } from "../difference";
import { IncompleteError, PlatformError, sentence } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import type { SftpFile } from "../platforms/sftp";
import { asksAnew, bulkClusters, carried, checkExchange, configure, directory, EXCHANGE, exchangeHolds, filesOf, offeredBy, PAGE, sameCertificates, seen, typesOf, units } from "./shared/bulk";
import { pollWithProgress } from "./shared/waiting";
import { written } from "./shared/writing";

type Inputs = BulkExportInputs;
type ExportState = State<Inputs, BulkExportOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  ...EXCHANGE,
  node: NODE_AND_SIBLINGS,
  sftp: "update",
  by: "takeOver",
  files: "takeOver",
};

/** How often an export that was cut in the middle is begun again. */
const TRIES = 3;
const MINUTES = 2;

/** Certificates whose change asks for another export: files that do not stay are wanted whatever changes. */
function watched(inputs: Inputs, context: Context): Promise<RemoteCertificate[]> {
  return offeredBy(inputs.files === "remove" ? inputs.clusters : [inputs.node], inputs, context);
}

/** R96 of this cluster alone, one sentence each. */
function missing(inputs: Inputs, files: readonly SftpFile[]): string[] {
  const whole = files.filter(({ bytes }) => bytes > 0);
  const verdict = R96.decide({ clusters: bulkClusters([inputs.node]), types: typesOf(inputs), files: { value: whole } });
  return verdict.outcome === "violated" ? verdict.findings.map(({ where, found }) => `${R96.id} ${where}: ${found}`) : [];
}

/** Files of the state that lie there as they were when the nodes had the same certificates. */
function asRecorded(prior: ExportState | undefined, now: readonly RemoteCertificate[], files: readonly SftpFile[]): boolean {
  if (!prior || prior.exported.length === 0 || !sameCertificates(prior.certificates, carried(now))) return false;
  return prior.exported.every((one) => files.some((file) => file.name === one.name && file.bytes === one.bytes && file.modifiedAt.toISOString() === one.modifiedAt));
}

/**
 * Whether the files were written after the certificates were made. Files cannot be opened, their passphrase is not public. A self-signed certificate is installed as it is made,
 * any other may be installed long after: only a person is believed then, because R98 tells after the import.
 */
function madeBefore(inputs: Inputs, own: readonly RemoteCertificate[], files: readonly SftpFile[], context: Context): boolean {
  const margin = inputs.by === "person" ? 0 : context.timing.clockSkew;
  const proof = inputs.by === "person" || own.every(({ certificate: { subject, issuer } }) => subject === issuer);
  const youngest = Math.max(...own.map(({ certificate: { notBefore } }) => notBefore.getTime()));
  return proof && filesOf(inputs.node, inputs, files).every(({ modifiedAt }) => modifiedAt.getTime() >= youngest + margin);
}

/** Whether a run that was cut has left no half file. */
async function whole(inputs: Inputs, files: readonly SftpFile[], context: Context): Promise<boolean> {
  const directory = context.sftp(inputs.sftp);
  const read = await Promise.all(filesOf(inputs.node, inputs, files).map(({ name }) => directory.read(name)));
  return read.every((content) => content !== undefined && isWholeFile(content));
}

function outputs(inputs: Inputs, rest: Partial<BulkExportOutputs>, prior: ExportState | undefined): ExportState {
  return { ...inputs, exportedAt: prior?.exportedAt ?? "", changeId: prior?.changeId ?? "", exported: prior?.exported ?? [], certificates: prior?.certificates ?? [], status: "done", remark: "", ...rest };
}

/** Nothing has to be exported: why, and what lies there. Undefined when it has to. */
async function unneeded(inputs: Inputs, prior: ExportState | undefined, files: readonly SftpFile[], context: Context): Promise<ExportState | undefined> {
  const now = await watched(inputs, context);
  const asked = asksAnew(inputs.triggers, prior);
  if (asked && inputs.by !== "person") return undefined;
  const certificates = carried(now);
  if (!asked && (await exchangeHolds(inputs, context))) return outputs(inputs, { certificates, remark: "every cluster knows the certificates of the others already" }, prior);
  const own = now.filter(({ cluster }) => cluster === inputs.node.cluster.name);
  const same = asRecorded(prior, now, files);
  if (missing(inputs, files).length > 0 || !(same || (madeBefore(inputs, own, files, context) && (await whole(inputs, files, context))))) return undefined;
  const exported = filesOf(inputs.node, inputs, files).map(seen);
  return outputs(inputs, { certificates, exported, changeId: same ? prior!.changeId : randomUUID(), remark: "the files are there, written after the certificates" }, prior);
}

/** A directory that cannot be written to is told before anything is configured. */
async function requireWritable({ node, sftp }: Inputs, context: Context): Promise<void> {
  const probe = `.uccerts-${node.fqdn.split(".")[0]}`;
  const directory = context.sftp(sftp);
  await directory.write(probe, Buffer.from("pulumi-uccerts looks whether this directory can be written to\n"));
  await directory.remove(probe);
}

/** Whether the export has replaced all of its files. */
function replaced(inputs: Inputs, before: readonly SftpFile[], after: readonly SftpFile[]): "all" | "some" | "none" {
  const own = filesOf(inputs.node, inputs, after);
  const fresh = own.filter((file) => !before.some((one) => one.name === file.name && one.bytes === file.bytes && one.modifiedAt.getTime() === file.modifiedAt.getTime()));
  if (fresh.length === 0) return "none";
  return fresh.length === own.length && missing(inputs, after).length === 0 ? "all" : "some";
}

/** One type, or all; begun again when it was cut in the middle. */
async function run(inputs: Inputs, unit: string, before: readonly SftpFile[], context: Context): Promise<void> {
  const { node } = inputs;
  const what = `${node.fqdn}: bulk export of ${unit === "all" ? "all types" : unit}`;
  for (let attempt = 1; ; attempt++) {
    try {
      const look = async () => (replaced(inputs, before, await directory(inputs, context)) === "all" ? { done: undefined } : "nothing");
      await written<unknown>({ what, send: () => context.vos(node).bulk.run("export", unit), look }, context);
      return;
    } catch (error) {
      const begun = error instanceof PlatformError && error.kind === "rejected" && replaced(inputs, before, await directory(inputs, context)) !== "none";
      if (!begun || attempt === TRIES) throw error;
      context.say(`${sentence(error)}. Some files were written; it is exported again`);
    }
  }
}

async function work(inputs: Inputs, prior: ExportState | undefined, context: Context): Promise<ExportState> {
  const { node } = inputs;
  const before = await directory(inputs, context);
  await requireWritable(inputs, context);
  context.say(`${node.fqdn}: bulk export to ${context.sftp(inputs.sftp).place.directory} of ${context.sftp(inputs.sftp).place.host}`);
  await configure(inputs, context);
  for (const unit of units(inputs, node)) await run(inputs, unit, before, context);
  const certificates = carried(await watched(inputs, context));
  return complete(outputs(inputs, { exportedAt: context.clock.now().toISOString(), changeId: randomUUID(), certificates }, prior), context);
}

/** Waits until a file of every node and type lies there. @throws IncompleteError naming those that do not */
async function complete(state: ExportState, context: Context): Promise<ExportState> {
  let wanting: string[] = [];
  const files = await pollWithProgress(context, {
    what: () => `${state.node.fqdn}: waiting for the exported files: ${wanting.join("; ")}`,
    limit: context.timing.lostAnswer,
    look: async () => {
      const lying = await directory(state, context);
      return (wanting = missing(state, lying)).length === 0 ? lying : undefined;
    },
  });
  if (files) return { ...state, exported: filesOf(state.node, state, files).map(seen) };
  throw new IncompleteError({ ...state, status: "incomplete" }, [`${wanting.join("; ")}. ${R96.comply}. Nothing was consolidated or imported; the next "pulumi up" exports again.`]);
}

/** A person exports; what is there is verified. @throws IncompleteError with the clicks */
async function byPerson(inputs: Inputs, prior: ExportState | undefined, context: Context): Promise<ExportState> {
  const { place } = context.sftp(inputs.sftp);
  const files = await directory(inputs, context);
  const found = await unneeded(inputs, prior, files, context);
  if (found) return found;
  const lacking = missing(inputs, files);
  const why = lacking.length > 0 ? lacking : [`the files of ${inputs.node.cluster.name} are older than its certificates`];
  throw new IncompleteError(outputs(inputs, { status: "pending", changeId: "" }, prior), [
    [`A person exports the certificates of cluster "${inputs.node.cluster.name}":`, ...why.map((line) => `  - ${line}`)].join("\n"),
    [`On ${inputs.node.fqdn}: ${PAGE}`, `  1. IP Address ${place.host}, Port ${place.port}, User ID ${place.username}, its password, Directory ${place.directory}; Save.`, `  2. Export, Certificate Type ${units(inputs, inputs.node).join(", then ")}; Export.`].join("\n"),
    `Then run "pulumi up" again: it looks at the directory and carries on.`,
  ]);
}

/** The certificates of one cluster, exported to the directory that all clusters use. */
export const bulkExport: Lifecycle<Inputs, BulkExportOutputs> = {
  kind: "BulkExport",

  id: ({ node, sftp }) => `${node.cluster.name}/${sftp}/export`,

  check: (inputs) => ({ failures: checkExchange(inputs) }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    return state.status === "done" ? difference : { ...difference, change: heavier(difference.change, "update") };
  },

  async ensure(inputs, prior, context) {
    if (inputs.by === "person") return byPerson(inputs, prior, context);
    const found = await unneeded(inputs, prior, await directory(inputs, context), context);
    if (!found) return context.exclusively(inputs.node, "bulk export", () => work(inputs, prior, context));
    context.say(`${inputs.node.cluster.name}: nothing is exported: ${found.remark}`);
    return found;
  },

  async observe(state, context) {
    if (state.status !== "done" || state.certificates.length === 0) return state;
    const now = carried(await watched(state, context));
    return sameCertificates(state.certificates, now) ? state : { ...state, status: "stale" };
  },

  remove: async () => {},

  step(inputs, state) {
    const { node, triggers, by } = inputs;
    if (node === UNKNOWN) return undefined;
    const asked = state === undefined || triggers === UNKNOWN || state.status !== "done" || asksAnew(triggers, state);
    if (!asked) return undefined;
    return { what: by === "person" ? "a person exports the certificates" : "bulk export", where: node.fqdn, reason: state ? "a certificate changed" : "if another cluster does not know them", minutes: MINUTES };
  },
};
