import type { ServerRestartInputs, ServerRestartOutputs } from "../../sdk/server-restart";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { IncompleteError, isLost, sentence, unlessPassing } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkNodeOrHost, checkPort, checkWindow, known } from "./shared/checks";
import { diffDue, waitsFor } from "./shared/due";
import { HostMachine } from "./shared/host-machine";
import { startedAfter } from "./shared/host-service";
import type { Expected, Machine } from "./shared/machine";
import { NodeMachine } from "./shared/node-machine";
import { isNode } from "./shared/restarting";
import { pollWithProgress, usualMinutes } from "./shared/waiting";
import { type Found, written } from "./shared/writing";

type Inputs = ServerRestartInputs;
type RestartState = State<Inputs, ServerRestartOutputs>;

const MINUTES = 10;

const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  triggers: "update",
  changedAt: "takeOver",
  ports: "takeOver",
  after: "takeOver",
  maintenanceWindow: "takeOver",
  reason: "takeOver",
  notice: "takeOver",
  minutes: "takeOver",
};

function machineOf(node: Inputs["node"], context: Context): Machine {
  return isNode(node) ? new NodeMachine(node, context) : new HostMachine(node, context);
}

/** In the platform's own word. */
function whatOf(node: Inputs["node"]): string {
  return `restart the ${isNode(node) ? "node" : "server"}`;
}

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `${node.fqdn}: ${whatOf(node)}: ${why}`;
}

/** The name under which this machine notes that it restarts the server: a run that is killed cannot write its state. */
function note({ node }: Pick<Inputs, "node">): string {
  return `restart of ${node.fqdn}`;
}

/** What ran before a restart of ours that is known to have been cut, by the state or by this machine; undefined when none was. */
function cut(inputs: Inputs, prior: RestartState | undefined, context: Context): string[] | undefined {
  const begun = context.journal.begun(note(inputs))?.known.split("\n").filter(Boolean);
  if (prior?.status !== "restarting") return begun;
  return [...new Set([...prior.ranBefore, ...(begun ?? [])])];
}

function done(inputs: Inputs, rest: Partial<ServerRestartOutputs>, prior: RestartState | undefined): RestartState {
  return { ...inputs, restartedAt: prior?.restartedAt ?? "", status: "done", remark: "", ranBefore: [], ...rest };
}

function due(inputs: Inputs, prior: RestartState | undefined, why: string, context: Context): RestartState {
  context.due(dueLine(inputs, why));
  return done(inputs, { status: "due", remark: why }, prior);
}

/** What is not yet as it must be after a restart, one sentence each; what cannot be read is missing. */
async function missing(machine: Machine, expected: Expected): Promise<string[]> {
  try {
    return await machine.missing(expected);
  } catch (error) {
    unlessPassing(error);
    return [sentence(error)];
  }
}

/** Waits until the server is back. @throws IncompleteError naming what is missing; nothing behind it is restarted */
async function awaitServer(inputs: Inputs, since: Date, state: RestartState, context: Context): Promise<void> {
  const machine = machineOf(inputs.node, context);
  let seen: string[] = [];
  const back = await pollWithProgress(context, {
    what: () => `${inputs.node.fqdn}: waiting after the restart of the server: ${seen.join("; ")}`,
    limit: context.timing.serverRestart,
    look: async () => ((seen = await missing(machine, { since, ranBefore: state.ranBefore, ports: inputs.ports })).length === 0 ? true : undefined),
  });
  if (back) return context.say(`${inputs.node.fqdn}: the server is back`);
  throw new IncompleteError(state, [`${inputs.node.fqdn} was restarted and is not as it was: ${seen.join("; ")}. Nothing behind it was restarted. Look at the server; the next "pulumi up" carries on from here.`]);
}

/** When it was started last. After a restart that was cut the server is waited for: it may be down until now. */
async function lastStart(inputs: Inputs, ranBefore: readonly string[] | undefined, prior: RestartState | undefined, context: Context): Promise<Date> {
  const machine = machineOf(inputs.node, context);
  if (!ranBefore) return machine.startedAt();
  let trouble = "";
  const startedAt = await pollWithProgress(context, {
    what: () => `${inputs.node.fqdn}: an earlier run broke off while it restarted; waiting until it answers: ${trouble}`,
    limit: context.timing.serverRestart,
    look: () => machine.startedAt().catch((error: unknown) => ((trouble = sentence(error)), unlessPassing(error))),
  });
  if (startedAt) return startedAt;
  throw new IncompleteError(done(inputs, { status: "restarting", ranBefore: [...ranBefore] }, prior), [`${inputs.node.fqdn}: an earlier run broke off while it restarted, and it does not answer: ${trouble}. Nothing behind it was restarted. Look at the server; the next "pulumi up" carries on from here.`]);
}

/** The server was started after the change: a restart that was cut is still proved. */
async function adopt(inputs: Inputs, prior: RestartState | undefined, { startedAt, ranBefore }: { startedAt: Date; ranBefore?: string[] }, context: Context): Promise<RestartState> {
  const { node, changedAt } = inputs;
  const remark = changedAt ? "the server was started after the change" : "nothing changed that it has not loaded";
  if (ranBefore) await awaitServer(inputs, new Date(changedAt || 0), done(inputs, { status: "restarting", ranBefore }, prior), context);
  context.journal.forget(note(inputs));
  if (changedAt) context.say(`${node.fqdn}: the server is not restarted: ${remark}`);
  return done(inputs, { remark, restartedAt: ranBefore ? startedAt.toISOString() : (prior?.restartedAt ?? "") }, prior);
}

async function run(inputs: Inputs, prior: RestartState | undefined, context: Context): Promise<RestartState> {
  const { changedAt } = inputs;
  const ranBefore = cut(inputs, prior, context);
  const startedAt = await lastStart(inputs, ranBefore, prior, context);
  if (!changedAt || startedAfter(startedAt, changedAt)) return adopt(inputs, prior, { startedAt, ranBefore }, context);
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(inputs.minutes ?? MINUTES, context));
  return why ? due(inputs, prior, why, context) : work(inputs, prior, ranBefore ?? [], context);
}

async function work(inputs: Inputs, prior: RestartState | undefined, ranBefore: readonly string[], context: Context): Promise<RestartState> {
  const { node } = inputs;
  const machine = machineOf(node, context);
  const [running, since] = [await machine.running(), await machine.startedBy()];
  const state = done(inputs, { status: "restarting", ranBefore: [...new Set([...ranBefore, ...running])] }, prior);
  context.journal.note(note(inputs), state.ranBefore.join("\n"), context.clock.now());
  context.say(`${node.fqdn}: ${whatOf(node)}`);
  await order(inputs, since, state, context);
  await awaitServer(inputs, since, state, context);
  context.journal.forget(note(inputs));
  return done(inputs, { restartedAt: (await machine.startedAt()).toISOString() }, prior);
}

/** The session may end before the answer is there: the time of the last start tells whether the server has gone down. */
async function order(inputs: Inputs, since: Date, state: RestartState, context: Context): Promise<void> {
  const { node } = inputs;
  const machine = machineOf(node, context);
  const look = async (): Promise<Found<void>> => ((await machine.startedAt()) > since ? { done: undefined } : "nothing");
  try {
    await written<void>({ what: `${node.fqdn}: ${whatOf(node)}`, send: () => machine.restart(), look, limit: context.timing.serverRestart }, context);
  } catch (error) {
    if (isLost(error)) throw new IncompleteError(state, [`${sentence(error)}. Nothing behind it was restarted. Look at the server; the next "pulumi up" carries on from here.`], error);
    context.journal.forget(note(inputs));
    throw error;
  }
}

/** One restart of one server, when its triggers ask for it and its window is open. */
export const serverRestart: Lifecycle<Inputs, ServerRestartOutputs> = {
  kind: "ServerRestart",

  id: ({ node }) => node.fqdn,

  check({ node, ports, maintenanceWindow }) {
    const failures = [...checkNodeOrHost(node), ...checkWindow(maintenanceWindow)];
    return { failures: [...failures, ...(known(ports) ?? []).flatMap((port, index) => checkPort(`ports[${index}]`, port))] };
  },

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue<Inputs>(inputs, now, difference, (why) => dueLine(state, why));
    return state.status === "restarting" ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    const { node } = inputs;
    const waits = inputs.triggers.includes("due") || (inputs.after === "due" && inputs.changedAt);
    if (waits && !cut(inputs, prior, context)) return due(inputs, prior, waitsFor(inputs, context.clock.now(), 0)!, context);
    const alone = (work: () => Promise<RestartState>) => (isNode(node) ? context.exclusively(node, whatOf(node), work) : context.onHost(node, whatOf(node), work));
    return alone(() => context.restarting.during(node.fqdn, () => run(inputs, prior, context)));
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ node, reason, notice, minutes, maintenanceWindow }) {
    if (node === UNKNOWN) return undefined;
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    return {
      what: whatOf(node),
      where: node.fqdn,
      reason: text(reason) || "if it has not yet loaded what changed",
      notice: text(notice),
      minutes: typeof minutes === "number" ? minutes : MINUTES,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};
