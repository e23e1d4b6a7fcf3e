import type { ServiceReading } from "../../domain/readings";
import { R48, R49 } from "../../domain/rules/restarts";
import { spelling } from "../../domain/services";
import type { ServiceRestartInputs, ServiceRestartOutputs } from "../../sdk/service-restart";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { unlessPassing } from "../errors";
import { type Difference, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkNode, checkWindow } from "./shared/checks";
import { uploadedAt } from "./shared/live-rules";
import { servicesOf } from "./shared/reading";
import { restartAndVerify, verify } from "./shared/restarting";
import { closedWindow, pollWithProgress, usualMinutes } from "./shared/waiting";

type Inputs = ServiceRestartInputs;
type RestartState = State<Inputs, ServiceRestartOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  service: "replace",
  triggers: "update",
  changedAt: "takeOver",
  expects: "takeOver",
  after: "takeOver",
  hold: "takeOver",
  maintenanceWindow: "takeOver",
  onlyWhereActive: "takeOver",
  reason: "takeOver",
  notice: "takeOver",
  minutes: "takeOver",
};

/** Why it must wait; undefined when it may run now. `minutes` is how much of the window it usually takes. */
function waitsFor({ hold, after, triggers, maintenanceWindow }: Pick<Inputs, "hold" | "after" | "triggers" | "maintenanceWindow">, now: Date, minutes: number): string | undefined {
  if (triggers.includes("due")) return "what it is for is due";
  if (hold) return "the rollout stops after the upload (stopAfter)";
  if (after === "due") return "the restart before it is due";
  return closedWindow(maintenanceWindow, now, minutes);
}

function dueLine({ node, service }: Pick<Inputs, "node" | "service">, why: string): string {
  return `${node.fqdn}: restart ${service}: ${why}`;
}

/** A restart that is due runs when nothing makes it wait any more; until then it is no change, and the run says that it is due. */
function diffDue(state: RestartState, inputs: Given<Inputs>, now: Date, difference: Difference): Difference {
  const unknown = [inputs.hold, inputs.after, inputs.triggers, inputs.maintenanceWindow].includes(UNKNOWN);
  const why = unknown ? undefined : waitsFor(inputs as Inputs, now, 0);
  if (why === undefined) return { ...difference, change: difference.change === "replace" ? "replace" : "update" };
  return { ...difference, due: dueLine(state, why) };
}

/** Why no restart is needed; undefined when one is. */
async function satisfied(inputs: Inputs, service: ServiceReading, context: Context): Promise<string | undefined> {
  if (!inputs.changedAt) return "nothing changed that it has not loaded";
  const vos = context.vos(inputs.node);
  const expects = inputs.expects?.filter(({ status }) => status !== "stored") ?? [];
  if (expects.length > 0) {
    if (runsSinceBefore(inputs, service, context)) return undefined;
    // A port that does not answer serves nothing.
    const served = await Promise.all(expects.map(async ({ keyType, fingerprint }) => (await vos.served(keyType).catch(unlessPassing))?.certificate.fingerprint === fingerprint));
    return served.every(Boolean) ? "the node serves the certificate already" : undefined;
  }
  // Every node has a tomcat certificate, and no other answer with the node's clock is as short.
  const { clock } = (await vos.identity("tomcat")) ?? { clock: context.clock.now() };
  const verdict = R49.decide({ service, since: new Date(inputs.changedAt), nodeNow: clock });
  return verdict.outcome === "pass" ? "it was started after the change" : undefined;
}

/** Whether the service has been running since before this run uploaded what it must serve: then nobody has to look. */
function runsSinceBefore({ node, expects = [] }: Inputs, service: ServiceReading, context: Context): boolean {
  return expects.some(({ fingerprint }) => {
    const since = uploadedAt(node, fingerprint, context);
    return since !== undefined && R49.decide({ service, since, nodeNow: context.clock.now() }).outcome === "violated";
  });
}

function done(inputs: Inputs, rest: Partial<ServiceRestartOutputs>, prior: RestartState | undefined): RestartState {
  return { ...inputs, restartedAt: prior?.restartedAt ?? "", servedFingerprint: prior?.servedFingerprint ?? "", status: "done", remark: "", ranBefore: [], ...rest };
}

/** The services of the node, when ours is neither on its way up nor down: a run that was killed may have left it so. */
async function settledServices({ node, service }: Inputs, context: Context): Promise<readonly ServiceReading[]> {
  let services: readonly ServiceReading[] = [];
  const moving = () => services.find((one) => one.name === spelling(service, services.map(({ name }) => name)) && (one.state === "Starting" || one.state === "Stopping"));
  await pollWithProgress(context, {
    what: () => `${node.fqdn}: ${service} is ${moving()?.state.toLowerCase()} already`,
    limit: context.timing.serviceRestart,
    look: async () => ((services = await servicesOf(node, context)), moving() ? undefined : true),
  });
  return services;
}

type Begun = Awaited<ReturnType<typeof begin>>;

/** Whether it is active is asked when its turn comes: passed over now, it would hide from what comes behind it that something is due. */
function behindDue({ after, changedAt }: Inputs): boolean {
  return after === "due" && changedAt !== undefined && changedAt !== "";
}

function due(inputs: Inputs, prior: RestartState | undefined, why: string, context: Context): RestartState {
  context.due(dueLine(inputs, why));
  return done(inputs, { status: "due", remark: why }, prior);
}

/** The service as its node lists it, and the state that stands for "restarted, not yet proved". */
async function begin(inputs: Inputs, prior: RestartState | undefined, context: Context) {
  const services = await settledServices(inputs, context);
  const at = Date.now();
  const name = spelling(inputs.service, services.map((one) => one.name));
  const running = services.filter(({ state }) => state === "Started").map((one) => one.name);
  const ranBefore = [...new Set([name ?? inputs.service, ...(prior?.ranBefore ?? []), ...running])];
  return { at, name: name ?? inputs.service, broken: isBroken(inputs, prior, context), service: services.find((one) => one.name === name), restarting: done(inputs, { status: "restarting", ranBefore }, prior) };
}

/** The name under which this machine notes that it restarts the service: a run that is killed cannot write its state. */
function note({ node, service }: Pick<Inputs, "node" | "service">): string {
  return `restart ${service} on ${node.fqdn}`;
}

/** Down without anybody's wish. */
function fellDown(service: ServiceReading | undefined): boolean {
  return service?.state === "Stopped" && /not running/i.test(service.reason);
}

/** Why it is passed over where it is not active. What a restart of ours has left down is not passed over. */
function skipped({ service: name, onlyWhereActive }: Inputs, service: ServiceReading | undefined, broken: boolean): string | undefined {
  if (!onlyWhereActive || broken || fellDown(service)) return undefined;
  const verdict = R48.decide({ service, name });
  return verdict.outcome === "violated" ? verdict.findings[0]!.found : undefined;
}

/** Restarts it as declared, or starts what an earlier run has left down. */
async function work(inputs: Inputs, prior: RestartState | undefined, { name, service, at, restarting }: Begun, context: Context): Promise<RestartState> {
  context.journal.note(note(inputs), "", context.clock.now());
  const servedFingerprint = await restartAndVerify(inputs, name, { state: restarting, before: { service, at } }, context);
  context.journal.forget(note(inputs));
  return done(inputs, { restartedAt: context.clock.now().toISOString(), servedFingerprint }, prior);
}

/** Whether a restart of ours is known to have been cut, by the state or by this machine. */
function isBroken(inputs: Pick<Inputs, "node" | "service">, prior: RestartState | undefined, context: Context): boolean {
  return prior?.status === "restarting" || context.journal.begun(note(inputs)) !== undefined;
}

/** Down, and not because somebody wanted it so. */
function leftDown(service: ServiceReading | undefined, broken: boolean): boolean {
  return service?.state === "Stopped" && (broken || fellDown(service));
}

/** Nothing has to be restarted: what a restart that was cut came to is still proved. */
async function adopt(inputs: Inputs, prior: RestartState | undefined, remark: string, { name, restarting, broken }: Begun, context: Context): Promise<RestartState> {
  const servedFingerprint = broken ? await verify(inputs, name, restarting, context) : (prior?.servedFingerprint ?? "");
  context.journal.forget(note(inputs));
  if (inputs.changedAt) context.say(`${inputs.node.fqdn}: ${name} is not restarted: ${remark}`);
  return done(inputs, { remark, servedFingerprint }, prior);
}

/** Without asking the node: what it is for has not happened yet. A restart that has begun is finished first. */
function dueWithout(inputs: Inputs, prior: RestartState | undefined, context: Context): RestartState | undefined {
  if (!inputs.triggers.includes("due") || isBroken(inputs, prior, context)) return undefined;
  return due(inputs, prior, waitsFor(inputs, context.clock.now(), 0)!, context);
}

/** Decides and works while nobody else works on the cluster: what another run restarted meanwhile is seen. */
async function run(inputs: Inputs, prior: RestartState | undefined, context: Context): Promise<RestartState> {
  if (behindDue(inputs) && !isBroken(inputs, prior, context)) return due(inputs, prior, waitsFor(inputs, context.clock.now(), 0)!, context);
  const begun = await begin(inputs, prior, context);
  const { name, service, broken } = begun;
  const inactive = skipped(inputs, service, broken);
  if (inactive) {
    context.say(`${inputs.node.fqdn}: ${inactive}: skipped`);
    return done(inputs, { status: "skipped", remark: inactive }, prior);
  }
  // Giving back never waits for a window.
  if (leftDown(service, broken)) {
    context.say(`${inputs.node.fqdn}: ${name} is down${broken ? ": an earlier run broke off while it restarted" : ` (${service?.reason})`}; it is started now`);
    return work(inputs, prior, begun, context);
  }
  const remark = service?.state === "Started" ? await satisfied(inputs, service, context) : undefined;
  if (remark) return adopt(inputs, prior, remark, begun, context);
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(inputs.minutes ?? 1, context));
  return why ? due(inputs, prior, why, context) : work(inputs, prior, begun, context);
}

/** A restart that is due and was cut may have left its service down, which the state does not tell. */
async function observeDue(state: RestartState, context: Context): Promise<RestartState> {
  const services = await servicesOf(state.node, context);
  const service = services.find((one) => one.name === spelling(state.service, services.map(({ name }) => name)));
  if (!leftDown(service, isBroken(state, undefined, context))) return state;
  context.say(`${state.node.fqdn}: ${state.service} is down; the next "pulumi up" starts it`);
  return { ...state, status: "restarting" };
}

/** One restart of one service on one node, when its triggers ask for it and its window is open. */
export const serviceRestart: Lifecycle<Inputs, ServiceRestartOutputs> = {
  kind: "ServiceRestart",

  id: ({ node, service }) => `${node.fqdn}/${service}`,

  check({ node, service, maintenanceWindow }) {
    const failures = [...checkNode(node), ...checkWindow(maintenanceWindow)];
    if (service !== UNKNOWN && !/^[A-Za-z][\w .()-]+$/.test(service)) failures.push({ property: "service", reason: `"${service}" is no service name: write it as on the platform's page, such as "Cisco Tomcat"` });
    return { failures };
  },

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue(state, inputs, now, difference);
    return state.status === "restarting" ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  ensure: async (inputs, prior, context) => dueWithout(inputs, prior, context) ?? context.exclusively(inputs.node, `restart ${inputs.service}`, () => run(inputs, prior, context)),

  observe: async (state, context) => (state.status === "due" ? observeDue(state, context) : state),

  remove: async () => {},

  step(inputs, state) {
    const { node, service, triggers, notice, minutes, maintenanceWindow } = inputs;
    if (node === UNKNOWN || service === UNKNOWN) return undefined;
    const why = text(inputs.reason) || "its certificate changed";
    // Only of a certificate a service may have loaded already.
    const sure = (state !== undefined && triggers !== UNKNOWN) || !why.endsWith("changed");
    return {
      what: `restart ${service}`,
      where: node.fqdn,
      reason: sure ? why : "if the service has not yet loaded it",
      notice: text(notice),
      minutes: typeof minutes === "number" ? minutes : 1,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};

function text(value: string | typeof UNKNOWN | undefined): string {
  return typeof value === "string" ? value : "";
}
