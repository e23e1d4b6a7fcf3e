// One service of a Windows host: stopped and started as declared, and started again where a run that was cut has left it down.
import type { ServiceRestartInputs } from "../../../sdk/service-restart";
import type { Context, Host } from "../../context";
import { IncompleteError, PlatformError, sentence, unlessPassing } from "../../errors";
import type { WindowsService } from "../../platforms/windows";
import { waitsFor } from "./due";
import { behindDue, done, due, isBroken, note, type RestartState } from "./service-state";
import { pollWithProgress, usualMinutes } from "./waiting";

type Inputs = ServiceRestartInputs & { node: Host };

/** Whether what was started then has certainly loaded what changed. Times of files are whole seconds: what lies within one second is not proved. */
export function startedAfter(startedAt: Date, changedAt: string): boolean {
  return startedAt.getTime() - Date.parse(changedAt) > 1_000;
}

/**
 * The one service of that name: by its display name or short name, without regard to case and spaces, else by the beginning of one.
 * @throws PlatformError where none or several have it
 */
export function serviceNamed(services: readonly WindowsService[], name: string, fqdn: string): WindowsService | undefined {
  // Cisco writes the names of CVP's services with and without spaces: "Cisco CVP Call Server", "Cisco CVP CallServer".
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, "");
  const wanted = plain(name);
  const exact = services.filter((one) => [one.name, one.displayName].some((text) => plain(text) === wanted));
  const found = exact.length > 0 ? exact : services.filter((one) => [one.name, one.displayName].some((text) => plain(text).startsWith(wanted)));
  if (found.length < 2) return found[0];
  const names = found.map((one) => `"${one.displayName}" (${one.name})`).join(" and ");
  throw new PlatformError("conflict", { node: fqdn, action: `look for the service ${name}`, answer: `${names} both have that name`, remedy: "Declare the one that is meant by its short name" });
}

async function lookFor({ node, service }: Pick<Inputs, "node" | "service">, context: Context): Promise<WindowsService | undefined> {
  return serviceNamed(await context.windows(node).services(), service, node.fqdn);
}

/** The service when it is neither on its way up nor down: a run that was killed may have left it so. */
async function settled(inputs: Inputs, context: Context): Promise<WindowsService | undefined> {
  let service: WindowsService | undefined;
  const moving = () => service?.state === "Starting" || service?.state === "Stopping";
  await pollWithProgress(context, {
    what: () => `${inputs.node.fqdn}: ${inputs.service} is ${service?.state.toLowerCase()} already`,
    limit: context.timing.serviceRestart,
    look: async () => ((service = await lookFor(inputs, context)), moving() ? undefined : true),
  });
  return service;
}

/** Why no restart is needed; undefined when one is. */
async function satisfied({ node, changedAt }: Inputs, service: WindowsService, context: Context): Promise<string | undefined> {
  if (!changedAt) return "nothing changed that it has not loaded";
  const startedAt = await context.windows(node).startedAt(service.name);
  return startedAt && startedAfter(startedAt, changedAt) ? "it was started after the change" : undefined;
}

/** Waits until it is so. @throws IncompleteError naming what it is instead */
async function awaitState(inputs: Inputs, service: WindowsService, wanted: WindowsService["state"], state: RestartState, context: Context): Promise<void> {
  const { node } = inputs;
  let last: WindowsService["state"] | undefined;
  let trouble = "";
  const there = await pollWithProgress(context, {
    what: () => `${node.fqdn}: waiting until ${service.displayName} is ${wanted.toLowerCase()}${trouble}`,
    limit: context.timing.serviceRestart,
    look: async () => {
      const now = await lookFor({ node, service: service.name }, context).catch((error: unknown) => ((trouble = ` (${sentence(error)})`), unlessPassing(error)));
      if (now && now.state !== last) context.say(`${node.fqdn}: ${service.displayName} ${now.state.toUpperCase()}`);
      last = now?.state ?? last;
      return last === wanted ? true : undefined;
    },
  });
  if (there) return;
  throw new IncompleteError(state, [`${service.displayName} of ${node.fqdn} is ${last?.toLowerCase() ?? "not to be seen"}${trouble} and was to be ${wanted.toLowerCase()}. Nothing behind it was restarted. Look at its own logs and at the event log of the host; the next "pulumi up" carries on from here.`]);
}

async function work(inputs: Inputs, prior: RestartState | undefined, service: WindowsService, context: Context): Promise<RestartState> {
  const { node } = inputs;
  const windows = context.windows(node);
  const state = done(inputs, { status: "restarting" }, prior);
  context.journal.note(note(inputs), "", context.clock.now());
  context.say(`${node.fqdn}: restart ${service.displayName}`);
  if (service.state !== "Stopped") {
    await windows.stopService(service.name);
    await awaitState(inputs, service, "Stopped", state, context);
  }
  await windows.startService(service.name);
  await awaitState(inputs, service, "Started", state, context);
  context.journal.forget(note(inputs));
  return done(inputs, { restartedAt: (await windows.clock()).now.toISOString() }, prior);
}

/** Decides and works while nobody else works on the host. */
export async function restartOnHost(inputs: Inputs, prior: RestartState | undefined, context: Context): Promise<RestartState> {
  const broken = isBroken(inputs, prior, context);
  if (behindDue(inputs) && !broken) return due(inputs, prior, waitsFor(inputs, context.clock.now(), 0)!, context);
  const service = await settled(inputs, context);
  if (!service) return skip(inputs, prior, `${inputs.service} is not on this host`, context);
  if (service.state !== "Stopped") return restartRunning(inputs, prior, service, context);
  if (!broken) return skip(inputs, prior, `${service.displayName} is not running`, context);
  // Giving back never waits for a window.
  context.say(`${inputs.node.fqdn}: ${service.displayName} is down: an earlier run broke off while it restarted; it is started now`);
  return work(inputs, prior, service, context);
}

/** @throws PlatformError unless it is declared for where it is active alone */
function skip(inputs: Inputs, prior: RestartState | undefined, why: string, context: Context): RestartState {
  const { fqdn } = inputs.node;
  if (!inputs.onlyWhereActive) throw new PlatformError("notFound", { node: fqdn, action: `restart ${inputs.service}`, answer: why, remedy: "Start it, or declare the service that this host has" });
  context.say(`${fqdn}: ${why}: skipped`);
  return done(inputs, { status: "skipped", remark: why }, prior);
}

async function restartRunning(inputs: Inputs, prior: RestartState | undefined, service: WindowsService, context: Context): Promise<RestartState> {
  const remark = await satisfied(inputs, service, context);
  if (remark) {
    context.journal.forget(note(inputs));
    if (inputs.changedAt) context.say(`${inputs.node.fqdn}: ${service.displayName} is not restarted: ${remark}`);
    return done(inputs, { remark }, prior);
  }
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(inputs.minutes ?? 1, context));
  return why ? due(inputs, prior, why, context) : work(inputs, prior, service, context);
}

/** A restart that is due and was cut may have left its service down, which the state does not tell. */
export async function observeDueOnHost(state: RestartState & Inputs, context: Context): Promise<RestartState> {
  const service = await lookFor(state, context);
  if (service?.state !== "Stopped" || !isBroken(state, undefined, context)) return state;
  context.say(`${state.node.fqdn}: ${service.displayName} is down; the next "pulumi up" starts it`);
  return { ...state, status: "restarting" };
}
