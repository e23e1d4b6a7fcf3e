import type { ServerRestartInputs, ServerRestartOutputs } from "../../sdk/server-restart";
import type { Context } from "../context";
import { compare, type DifferenceTable, HOST, heavier } from "../difference";
import { IncompleteError, isLost, sentence, unlessPassing } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkHost, checkPort, checkWindow, known } from "./shared/checks";
import { diffDue, waitsFor } from "./shared/due";
import { startedAfter } from "./shared/host-service";
import { pollWithProgress, usualMinutes } from "./shared/waiting";
import { type Found, written } from "./shared/writing";

type Inputs = ServerRestartInputs;
type RestartState = State<Inputs, ServerRestartOutputs>;

const MINUTES = 10;

/** The services that a restart of the server must bring back; Windows has many that come and go by themselves. */
const OURS = /^(Cisco|Apache Tomcat)\b/;

const TABLE: DifferenceTable<Inputs> = {
  node: HOST,
  triggers: "update",
  changedAt: "takeOver",
  ports: "takeOver",
  after: "takeOver",
  maintenanceWindow: "takeOver",
  reason: "takeOver",
  notice: "takeOver",
  minutes: "takeOver",
};

function dueLine({ node }: Pick<Inputs, "node">, why: string): string {
  return `${node.fqdn}: restart the server: ${why}`;
}

function done(inputs: Inputs, rest: Partial<ServerRestartOutputs>, prior: RestartState | undefined): RestartState {
  return { ...inputs, restartedAt: prior?.restartedAt ?? "", status: "done", remark: "", ranBefore: [], ...rest };
}

function due(inputs: Inputs, prior: RestartState | undefined, why: string, context: Context): RestartState {
  context.due(dueLine(inputs, why));
  return done(inputs, { status: "due", remark: why }, prior);
}

/** What is not yet as it must be after a restart, one sentence each. */
async function missing({ node, ports = [] }: Inputs, since: Date, ranBefore: readonly string[], context: Context): Promise<string[]> {
  const windows = context.windows(node);
  try {
    const { bootedAt } = await windows.clock();
    if (bootedAt <= since) return ["the server has not gone down yet"];
    const services = await windows.services();
    const down = ranBefore.filter((name) => services.find((one) => one.name === name)?.state !== "Started").map((name) => `${name} does not run, it ran before`);
    const closed = await Promise.all(ports.map((port) => context.served({ ...node, connection: node.connection }, port, "RSA").then(() => [], (error: unknown) => (unlessPassing(error), [`port ${port} does not answer`]))));
    return [...down, ...closed.flat()];
  } catch (error) {
    unlessPassing(error);
    return [sentence(error)];
  }
}

/** Waits until the server is back. @throws IncompleteError naming what is missing; nothing behind it is restarted */
async function awaitServer(inputs: Inputs, since: Date, state: RestartState, context: Context): Promise<void> {
  let seen: string[] = [];
  const back = await pollWithProgress(context, {
    what: () => `${inputs.node.fqdn}: waiting after the restart of the server: ${seen.join("; ")}`,
    limit: context.timing.serverRestart,
    look: async () => ((seen = await missing(inputs, since, state.ranBefore, context)).length === 0 ? true : undefined),
  });
  if (back) return context.say(`${inputs.node.fqdn}: the server is back`);
  throw new IncompleteError(state, [`${inputs.node.fqdn} was restarted and is not as it was: ${seen.join("; ")}. Nothing behind it was restarted. Look at the host; the next "pulumi up" carries on from here.`]);
}

/** Windows was started after the change: a restart that was cut is still proved. */
async function adopt(inputs: Inputs, prior: RestartState | undefined, bootedAt: Date, context: Context): Promise<RestartState> {
  const { node, changedAt } = inputs;
  const remark = changedAt ? "the server was started after the change" : "nothing changed that it has not loaded";
  const begun = prior?.status === "restarting" ? prior : undefined;
  if (begun) await awaitServer(inputs, new Date(changedAt ?? 0), done(inputs, { status: "restarting", ranBefore: begun.ranBefore }, prior), context);
  if (changedAt) context.say(`${node.fqdn}: the server is not restarted: ${remark}`);
  return done(inputs, { remark, restartedAt: begun ? bootedAt.toISOString() : (prior?.restartedAt ?? "") }, prior);
}

async function run(inputs: Inputs, prior: RestartState | undefined, context: Context): Promise<RestartState> {
  const { changedAt } = inputs;
  const { bootedAt } = await context.windows(inputs.node).clock();
  if (!changedAt || startedAfter(bootedAt, changedAt)) return adopt(inputs, prior, bootedAt, context);
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(inputs.minutes ?? MINUTES, context));
  return why ? due(inputs, prior, why, context) : work(inputs, prior, bootedAt, context);
}

async function work(inputs: Inputs, prior: RestartState | undefined, bootedAt: Date, context: Context): Promise<RestartState> {
  const { node } = inputs;
  const windows = context.windows(node);
  const running = (await windows.services()).filter(({ state, displayName }) => state === "Started" && OURS.test(displayName)).map(({ name }) => name);
  const state = done(inputs, { status: "restarting", ranBefore: [...new Set([...(prior?.ranBefore ?? []), ...running])] }, prior);
  context.say(`${node.fqdn}: restart the server`);
  await order(inputs, bootedAt, state, context);
  await awaitServer(inputs, bootedAt, state, context);
  return done(inputs, { restartedAt: (await windows.clock()).bootedAt.toISOString() }, prior);
}

/** The session may end before the answer is there: the time of the last boot tells whether the server has gone down. */
async function order({ node }: Inputs, bootedAt: Date, state: RestartState, context: Context): Promise<void> {
  const windows = context.windows(node);
  const look = async (): Promise<Found<void>> => ((await windows.clock()).bootedAt > bootedAt ? { done: undefined } : "nothing");
  try {
    await written<void>({ what: `${node.fqdn}: restart the server`, send: () => windows.restart(), look, limit: context.timing.serverRestart }, context);
  } catch (error) {
    if (!isLost(error)) throw error;
    throw new IncompleteError(state, [`${sentence(error)}. Nothing behind it was restarted. Look at the host; the next "pulumi up" carries on from here.`], error);
  }
}

/** One restart of one server, when its triggers ask for it and its window is open. */
export const serverRestart: Lifecycle<Inputs, ServerRestartOutputs> = {
  kind: "ServerRestart",

  id: ({ node }) => node.fqdn,

  check({ node, ports, maintenanceWindow }) {
    const failures = [...checkHost(node, "node"), ...checkWindow(maintenanceWindow)];
    return { failures: [...failures, ...(known(ports) ?? []).flatMap((port, index) => checkPort(`ports[${index}]`, port))] };
  },

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue<Inputs>(inputs, now, difference, (why) => dueLine(state, why));
    return state.status === "restarting" ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    const waits = inputs.triggers.includes("due") || (inputs.after === "due" && inputs.changedAt);
    if (waits && prior?.status !== "restarting") return due(inputs, prior, waitsFor(inputs, context.clock.now(), 0)!, context);
    return context.onHost(inputs.node, "restart the server", () => context.restarting.during(inputs.node.fqdn, () => run(inputs, prior, context)));
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ node, reason, notice, minutes, maintenanceWindow }) {
    if (node === UNKNOWN) return undefined;
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    return {
      what: "restart the server",
      where: node.fqdn,
      reason: text(reason) || "if it has not yet loaded what changed",
      notice: text(notice),
      minutes: typeof minutes === "number" ? minutes : MINUTES,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};
