import { randomUUID } from "node:crypto";
import { inRestartOrder } from "../../domain/rollout";
import { valueOf } from "../../domain/readings";
import { normalPem } from "../../domain/x509/pem";
import type { SsoSuspensionInputs, SsoSuspensionOutputs } from "../../sdk/sso-suspension";
import type { Context, Node } from "../context";
import { compare, type DifferenceTable, heavier } from "../difference";
import { IncompleteError, RefusedError, sentence } from "../errors";
import { type Difference, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkNode, checkWindow } from "./shared/checks";
import { areInstalled, requireFit } from "./shared/live-rules";
import { CLUSTER, type NodeSso, nodesOn, notOff, offLine, readSso, tellOfRemoval } from "./shared/sso";
import { closedWindow, pollWithProgress, usualMinutes } from "./shared/waiting";
import { written } from "./shared/writing";

type Inputs = SsoSuspensionInputs;
type SuspensionState = State<Inputs, SsoSuspensionOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  node: CLUSTER,
  changes: { change: "update", normal: (changes) => changes.map(({ node, purpose, certificatePem }) => [node.fqdn, purpose, normalPem(certificatePem)]) },
  wasOn: "takeOver",
  maintenanceWindow: "takeOver",
};

/** Usual minutes for a node: the command, and until the database says the same. */
const MINUTES_PER_NODE = 1;

function minutes({ node }: Pick<Inputs, "node">): number {
  return node.cluster.nodes.length * MINUTES_PER_NODE;
}

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `cluster "${node.cluster.name}": switch SSO off: ${why}`;
}

/** Nodes that have to be on again: those that an earlier suspension has not given back, those that the preflight saw on, those that are on now. */
function toBeOnAgain({ node, wasOn = [] }: Inputs, prior: SuspensionState | undefined, on: readonly string[]): string[] {
  const earlier = prior?.nodes ?? [];
  const over = prior?.status === "suspended" && earlier.every((fqdn) => on.includes(fqdn));
  const all = new Set([...(over ? [] : earlier), ...wasOn, ...on]);
  return node.cluster.nodes.map(({ fqdn }) => fqdn).filter((fqdn) => all.has(fqdn));
}

function suspended(inputs: Inputs, nodes: string[], prior: SuspensionState | undefined, context: Context): SuspensionState {
  const state: SuspensionState = { ...inputs, suspensionId: randomUUID(), nodes, suspendedAt: context.clock.now().toISOString(), status: "suspended" };
  if (prior) context.back(prior.suspensionId);
  tell(state, context);
  return state;
}

function offNote({ node, nodes, suspensionId, suspendedAt }: SuspensionState): { key: string; line: string } {
  return { key: suspensionId, line: `${offLine(node.cluster.name, nodes, suspendedAt)}, unless a person has switched it on meanwhile. "pulumi up" carries on with the certificate that it was switched off for, and says then how it is switched on again` };
}

function tell(state: SuspensionState, context: Context): void {
  const { key, line } = offNote(state);
  context.off(key, line);
}

/** What is installed needs no suspension; one that was recorded, or that a lost run made, has to be given back all the same. */
function unneeded(inputs: Inputs, prior: SuspensionState | undefined, read: readonly NodeSso[], context: Context): SuspensionState {
  if (prior?.suspendedAt) return { ...prior, ...inputs, status: "suspended" };
  const expected = [...(inputs.wasOn ?? []), ...(prior?.nodes ?? [])];
  const off = read.filter(({ node, sso }) => expected.includes(node.fqdn) && valueOf(sso)?.cli === false);
  return off.length > 0 ? suspended(inputs, toBeOnAgain(inputs, prior, nodesOn(read)), prior, context) : none(inputs);
}

function none(inputs: Inputs): SuspensionState {
  return { ...inputs, suspensionId: "", nodes: [], suspendedAt: "", status: "none" };
}

/** Every rule of the upload, before the first node is touched: afterwards nothing may refuse. @throws RefusedError */
async function requireAllFit({ node, changes }: Inputs, context: Context): Promise<void> {
  for (const change of changes) await requireFit("install", { ...change, node: context.sibling(node, change.node), sso: "suspend" }, context);
}

/** Node after node, then looks at both places until they say the same. From the first node on a failure keeps the record. */
async function switchOff(inputs: Inputs, nodes: string[], prior: SuspensionState | undefined, context: Context): Promise<SuspensionState> {
  const { node } = inputs;
  await requireAllFit(inputs, context);
  const read = await readSso(node, node.cluster.nodes, context);
  const unread = read.filter(({ sso }) => "unread" in sso || sso.value.database === undefined);
  if (unread.length > 0) throw new RefusedError(`Nothing was changed: SSO of cluster "${node.cluster.name}" is not switched off, because it could not be read from both places:`, notOff(unread));
  const state = { ...suspended(inputs, nodes, prior, context), status: "suspending" };
  for (const one of inRestartOrder(read.filter(({ sso }) => valueOf(sso)?.cli).map((on) => on.node))) await disable(context.sibling(node, one), state, context);
  await awaitOff(state, context);
  context.say(`${node.cluster.name}: SSO is off on every node, by CLI and database; it was on on ${nodes.join(", ")}`);
  return { ...state, status: "suspended" };
}

async function disable(node: Node, state: SuspensionState, context: Context): Promise<void> {
  context.say(`${node.fqdn}: switch SSO off (utils sso disable)`);
  try {
    const vos = context.vos(node);
    const look = async () => ((await vos.sso()).on ? "nothing" : { done: undefined });
    await written<void>({ what: `${node.fqdn}: switch SSO off`, send: () => vos.disableSso(), look }, context);
  } catch (error) {
    throw new IncompleteError(state, [`${sentence(error)}.`, ...afterwards(state)], error);
  }
}

function afterwards({ nodes }: SuspensionState): string[] {
  return [
    `No certificate was uploaded and nothing restarted. SSO was on on ${nodes.join(", ")}, and is off on some or all of them: users log in with their passwords there.`,
    `The next "pulumi up" looks again and carries on. To go back instead, a person switches SSO on in Cisco Unified CM Administration > System > SAML Single Sign-On.`,
  ];
}

async function awaitOff(state: SuspensionState, context: Context): Promise<void> {
  const { node } = state;
  let wrong: string[] = [];
  const off = await pollWithProgress(context, {
    what: () => `SSO is not off everywhere yet: ${wrong.join("; ")}`,
    limit: context.timing.distribution,
    look: async () => ((wrong = notOff(await readSso(node, node.cluster.nodes, context))).length === 0 ? true : undefined),
  });
  if (!off) throw new IncompleteError(state, [...wrong.map((text) => `R38 ${text}.`), ...afterwards(state)]);
}

async function run(inputs: Inputs, prior: SuspensionState | undefined, context: Context): Promise<SuspensionState> {
  const { node, maintenanceWindow } = inputs;
  const { read, fits } = await context.undisturbed(node, "look at SSO", async () => ({ read: await readSso(node, node.cluster.nodes, context), fits: await areInstalled(inputs.changes, context) }));
  if (fits) return unneeded(inputs, prior, read, context);
  const on = nodesOn(read);
  const nodes = toBeOnAgain(inputs, prior, on);
  const known = read.every(({ sso }) => "value" in sso && sso.value.database !== undefined);
  if (known && on.length === 0) {
    if (nodes.length === 0) return none(inputs);
    context.say(`${node.cluster.name}: SSO is off already; an earlier run, or a person, has switched it off on ${nodes.join(", ")}`);
    return suspended(inputs, nodes, prior, context);
  }
  const why = closedWindow(maintenanceWindow, context.clock.now(), usualMinutes(minutes(inputs), context));
  if (why) {
    context.due(dueLine(inputs, why));
    // Those that an earlier suspension has left off stay on record.
    return { ...inputs, suspensionId: "due", nodes: nodes.filter((fqdn) => !on.includes(fqdn)), suspendedAt: "", status: "due" };
  }
  return context.exclusively(node, "switch SSO off", () => switchOff(inputs, nodes, prior, context));
}

/** What is due runs when its window is open; until then it is no change. */
function diffDue(state: SuspensionState, inputs: Given<Inputs>, now: Date, difference: Difference): Difference {
  const window = inputs.maintenanceWindow;
  const why = window === UNKNOWN ? undefined : closedWindow(window, now, 0);
  return why === undefined ? { ...difference, change: heavier(difference.change, "update") } : { ...difference, due: dueLine(state, why) };
}

/** SSO, switched off on every node before a tomcat certificate is uploaded. */
export const ssoSuspension: Lifecycle<Inputs, SsoSuspensionOutputs> = {
  kind: "SsoSuspension",

  id: ({ node }) => `${node.cluster.name}/sso`,

  check: ({ node, maintenanceWindow }) => ({ failures: [...checkNode(node), ...checkWindow(maintenanceWindow)] }),

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue(state, inputs, now, difference);
    if (!state.suspendedAt) return difference;
    const off = state.status === "lapsed" ? {} : { off: offNote(state) };
    return { ...difference, ...off, change: state.status === "suspended" ? difference.change : heavier(difference.change, "update") };
  },

  ensure: run,

  /** Only while the certificate is not installed: afterwards SSO is on again, or SsoResumption waits for it. */
  async observe(state, context) {
    if (state.status !== "suspended") return state;
    tell(state, context);
    const read = await readSso(state.node, state.node.cluster.nodes, context);
    if (nodesOn(read).length === 0 || (await areInstalled(state.changes, context))) return state;
    return { ...state, status: "lapsed" };
  },

  remove: (state, context) => tellOfRemoval(state, context),

  step({ node, maintenanceWindow }, state) {
    if (node === UNKNOWN) return undefined;
    return {
      what: "switch SSO off (utils sso disable)",
      where: node.cluster.name,
      reason: state ? "another certificate is to be installed" : "if it is on, and the certificate not installed",
      notice: "single sign-on, until a person switches it on again",
      minutes: minutes({ node }),
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};

