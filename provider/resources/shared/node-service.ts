// One service of a VOS node: restarted as declared, proved, and started again where a run that was cut has left it down.
import type { ServiceReading } from "../../../domain/readings";
import { R48, R49 } from "../../../domain/rules/restarts";
import { comesUpWith, spelling } from "../../../domain/services";
import type { Context } from "../../context";
import { unlessPassing } from "../../errors";
import { waitsFor } from "./due";
import { uploadedAt } from "./live-rules";
import { servicesOf } from "./reading";
import { type NodeRestart, restartAndVerify, verify } from "./restarting";
import { behindDue, done, due, isBroken, note, type RestartState } from "./service-state";
import { requireCtl } from "./ctl-file";
import { pollWithProgress, usualMinutes } from "./waiting";

type Inputs = NodeRestart;

const STARTED_AFTER = "it was started after the change";

/** What a restart notes: a service that comes up with another was started after this change, which whole seconds may not prove (R49). */
function startedAfter(service: string, { node }: Pick<Inputs, "node">, trigger: string): string {
  return `${service} of ${node.fqdn} was started after ${trigger}`;
}

/** Whether this run has restarted what this service comes up with, after every change that it is restarted for. */
function cameUpSince(inputs: Inputs, service: ServiceReading, context: Context): boolean {
  return inputs.triggers.length > 0 && inputs.triggers.every((trigger) => context.noted(inputs.node, startedAfter(service.name, inputs, trigger)));
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
  if (cameUpSince(inputs, service, context)) return STARTED_AFTER;
  // Every node has a tomcat certificate, and no other answer with the node's clock is as short.
  const { clock } = (await vos.identity("tomcat")) ?? { clock: context.clock.now() };
  const verdict = R49.decide({ service, since: new Date(inputs.changedAt), nodeNow: clock });
  return verdict.outcome === "pass" ? STARTED_AFTER : undefined;
}

/** Whether the service has been running since before this run uploaded what it must serve: then nobody has to look. */
function runsSinceBefore({ node, expects = [] }: Inputs, service: ServiceReading, context: Context): boolean {
  return expects.some(({ fingerprint }) => {
    const since = uploadedAt(node, fingerprint, context);
    return since !== undefined && R49.decide({ service, since, nodeNow: context.clock.now() }).outcome === "violated";
  });
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

/** The service as its node lists it, and the state that stands for "restarted, not yet proved". */
async function begin(inputs: Inputs, prior: RestartState | undefined, context: Context) {
  const services = await settledServices(inputs, context);
  const at = Date.now();
  const name = spelling(inputs.service, services.map((one) => one.name));
  const running = services.filter(({ state }) => state === "Started").map((one) => one.name);
  const ranBefore = [...new Set([name ?? inputs.service, ...(prior?.ranBefore ?? []), ...running])];
  return { at, name: name ?? inputs.service, broken: isBroken(inputs, prior, context), service: services.find((one) => one.name === name), restarting: done(inputs, { status: "restarting", ranBefore }, prior) };
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
  for (const trigger of inputs.triggers) comesUpWith(name).forEach((one) => context.note(inputs.node, startedAfter(one, inputs, trigger)));
  return done(inputs, { restartedAt: context.clock.now().toISOString(), servedFingerprint }, prior);
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

/** Decides and works while nobody else works on the cluster: what another run restarted meanwhile is seen. */
export async function restartOnNode(inputs: Inputs, prior: RestartState | undefined, context: Context): Promise<RestartState> {
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
  if (why) return due(inputs, prior, why, context);
  await requireCtl(inputs, name, context);
  return work(inputs, prior, begun, context);
}

/** A restart that is due and was cut may have left its service down, which the state does not tell. */
export async function observeDueOnNode(state: RestartState & Inputs, context: Context): Promise<RestartState> {
  const services = await servicesOf(state.node, context);
  const service = services.find((one) => one.name === spelling(state.service, services.map(({ name }) => name)));
  if (!leftDown(service, isBroken(state, undefined, context))) return state;
  context.say(`${state.node.fqdn}: ${state.service} is down; the next "pulumi up" starts it`);
  return { ...state, status: "restarting" };
}
