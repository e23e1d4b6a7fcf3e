import { randomUUID } from "node:crypto";
import { R58, R59 } from "../../domain/rules/phones";
import type { ShownTrustList } from "../../domain/trust-list/text";
import type { CtlFileUpdateInputs, CtlFileUpdateOutputs } from "../../sdk/ctl-file-update";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { IncompleteError, RefusedError, sentence, unlessPassing } from "../errors";
import { type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkNode, checkWindow, known } from "./shared/checks";
import { diffDue, waitsFor } from "./shared/due";
import { clockOf } from "./shared/sso";
import { ctlUpdateOf, notInCtl, notUpdatable, readCtl } from "./shared/ctl-file";
import { isMixedMode } from "./shared/enterprise-parameters";
import { pollWithProgress, usualMinutes } from "./shared/waiting";
import { type Found, written } from "./shared/writing";

type Inputs = CtlFileUpdateInputs;
type UpdateState = State<Inputs, CtlFileUpdateOutputs>;

const MINUTES = 1;

const TABLE: DifferenceTable<Inputs> = { node: NODE, triggers: "update", changedAt: "takeOver", expects: "takeOver", maintenanceWindow: "takeOver" };

function check({ node, maintenanceWindow }: Given<Inputs>) {
  const failures = [...checkNode(node), ...checkWindow(maintenanceWindow)];
  const at = known(node);
  if (failures.length > 0 || !at) return failures;
  const verdict = R59.decide(ctlUpdateOf(at, { mixedMode: { unread: "not asked" } }));
  return verdict.outcome === "violated" ? verdict.findings.map(({ where, found }) => ({ property: "node", reason: `R59 ${where}: ${found}. Give it the publisher, such as hq.publisher("CUCM")` })) : [];
}

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `${node.fqdn}: update the CTL file: ${why}`;
}

function done(inputs: Inputs, rest: Partial<CtlFileUpdateOutputs>, prior: UpdateState | undefined): UpdateState {
  const changeId = prior && prior.changeId !== "due" ? prior.changeId : "";
  return { ...inputs, updatedAt: prior?.updatedAt ?? "", changeId, status: "done", remark: "", ...rest };
}

function due(inputs: Inputs, why: string, prior: UpdateState | undefined, context: Context): UpdateState {
  context.due(dueLine(inputs, why));
  return done(inputs, { status: "due", changeId: "due", remark: why }, prior);
}

/** What the file does not say yet, one sentence each; none when everything is as it must be. */
async function missing({ node, expects = [], changedAt }: Inputs, shown: ShownTrustList | undefined, context: Context): Promise<string[]> {
  if (expects.length > 0) return notInCtl(shown, expects).map((serial) => `show ctl does not show serial number ${serial}`);
  if (!changedAt) return [];
  const served = await context.vos(node).trustFiles.served("CTL").catch(unlessPassing);
  return served && served.writtenAt > new Date(changedAt) ? [] : ["the CTL file that Cisco Tftp serves was written before the change"];
}

/** Refuses what no command can update. @throws RefusedError */
function requireUpdatable({ node }: Inputs, wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  throw new RefusedError(`The CTL file of cluster "${node.cluster.name}" was not updated, and no service is restarted before it is: the new certificate is installed, and phones in secure mode do not know it yet:`, [...wrong]);
}

/** Whether the file is another one than before. */
async function rewritten({ node, expects = [] }: Inputs, before: ShownTrustList | undefined, context: Context): Promise<ShownTrustList | undefined> {
  const shown = await context.vos(node).trustFiles.shown("CTL");
  const is = expects.length > 0 ? notInCtl(shown, expects).length === 0 : shown?.sha1 !== before?.sha1;
  return is && shown?.verified ? shown : undefined;
}

async function update(inputs: Inputs, before: ShownTrustList | undefined, prior: UpdateState | undefined, context: Context): Promise<UpdateState> {
  const { node, expects = [] } = inputs;
  const vos = context.vos(node);
  const look = async (): Promise<Found<string>> => ((await rewritten(inputs, before, context)) ? { done: "CTL file Updated" } : "nothing");
  context.say(`${node.fqdn}: utils ctl update CTLFile`);
  const words = await written<string>({ what: `${node.fqdn}: update the CTL file`, send: () => vos.trustFiles.updateCtl(), look }, context);
  context.say(`${node.fqdn}: ${words.trim().split("\n").join("; ")}`);
  const state = done(inputs, { updatedAt: (await clockOf(node, context)).toISOString(), changeId: randomUUID(), status: "updating" }, prior);
  let trouble = "";
  const shown = await pollWithProgress(context, {
    what: () => `${node.fqdn}: show ctl does not show the new CTL file yet${trouble}`,
    limit: context.timing.distribution,
    look: () => rewritten(inputs, before, context).catch((error: unknown) => ((trouble = `: ${sentence(error)}`), unlessPassing(error))),
  });
  if (!shown) throw new IncompleteError(state, [`${node.fqdn}: the CTL file was updated, and show ctl does not show ${expects.length > 0 ? `serial number ${expects.join(", ")}` : "another file than before"}${trouble}. No service was restarted. The next "pulumi up" looks again.`]);
  context.say(`${node.fqdn}: show ctl: ${shown.records.length} records, verified, SHA1 ${shown.sha1}; phones get it from each node whose Cisco Tftp has been restarted`);
  return { ...state, status: "done" };
}

async function run(inputs: Inputs, prior: UpdateState | undefined, context: Context): Promise<UpdateState> {
  const { node } = inputs;
  const reading = await readCtl(node, context);
  const { shown } = reading;
  if (!shown || "unread" in shown) throw new Error(`${node.fqdn}: whether the CTL file has to be updated is not known: ${shown ? shown.unread : "the cluster is not in mixed mode any more"}. Nothing was restarted; "pulumi up" looks again`);
  const lacking = await missing(inputs, shown.value, context);
  if (lacking.length === 0) {
    if (prior?.status !== "updating") context.say(`${node.fqdn}: the CTL file is not updated: it holds what it must`);
    return done(inputs, { remark: "it holds what it must" }, prior);
  }
  requireUpdatable(inputs, notUpdatable(node, reading));
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(MINUTES, context));
  if (why) return due(inputs, why, prior, context);
  context.say(`${node.fqdn}: ${lacking.join("; ")}`);
  return update(inputs, shown.value, prior, context);
}

/** Not in mixed mode: there is no file. */
function notNeeded(inputs: Inputs, prior: UpdateState | undefined, context: Context): UpdateState {
  const verdict = R58.decide(ctlUpdateOf(inputs.node, { mixedMode: { value: false } }));
  const remark = verdict.outcome === "violated" ? verdict.findings[0]!.found : "";
  context.say(`cluster "${inputs.node.cluster.name}": nothing to do for the CTL file: ${remark} (R58)`);
  return done(inputs, { status: "not needed", remark }, prior);
}

/** The CTL file, updated on the publisher when a certificate in it changed. */
export const ctlFileUpdate: Lifecycle<Inputs, CtlFileUpdateOutputs> = {
  kind: "CtlFileUpdate",

  id: ({ node }) => `${node.cluster.name}/CTL`,

  check: (inputs) => ({ failures: check(inputs) }),

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue<Inputs>(inputs, now, difference, (why) => dueLine(state, why));
    return state.status === "updating" ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    if (inputs.triggers.includes("due")) return due(inputs, waitsFor(inputs, context.clock.now(), 0)!, prior, context);
    const { node } = inputs;
    if (!(await isMixedMode(node, context))) return notNeeded(inputs, prior, context);
    return context.exclusively(node, "update the CTL file", () => run(inputs, prior, context));
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ node, maintenanceWindow }) {
    if (node === UNKNOWN) return undefined;
    return { what: "update the CTL file (utils ctl update CTLFile)", where: node.fqdn, reason: "if the cluster is in mixed mode, and the file lacks the certificate", minutes: MINUTES, window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow };
  },
};
