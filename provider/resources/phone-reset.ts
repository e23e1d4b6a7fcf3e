import { tooMany } from "../../domain/rules/phones-live";
import { someOf } from "../../domain/some-of";
import type { PhoneResetInputs, PhoneResetOutputs } from "../../sdk/phone-reset";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { IncompleteError, sentence } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { sleep } from "../waiting";
import { checkAccept, checkPercent, checkWindow } from "./shared/checks";
import { diffDue, waitsFor } from "./shared/due";
import { requireMigration } from "./shared/migration-rules";
import { checkClusters, checkOptionalPublisher, checkPhones, checkPublisher } from "./shared/migration-checks";
import { awaitPhones, registered, type Registrations } from "./shared/phones";
import { whyBehind } from "./shared/phones-behind";
import { clockOf } from "./shared/sso";
import { usualMinutes } from "./shared/waiting";
import { submitted } from "./shared/writing";

type Inputs = PhoneResetInputs;
type ResetState = State<Inputs, PhoneResetOutputs>;

const MINUTES = 5;
/** Time stamps of RIS have whole seconds. */
const SECOND = 1_000;

const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  destination: { change: (old, declared) => (old?.fqdn === declared?.fqdn ? "takeOver" : "replace") },
  phones: { change: "update", normal: (phones) => [...phones].sort() },
  triggers: "update",
  after: "takeOver",
  tolerancePercent: "takeOver",
  maintenanceWindow: "takeOver",
  reason: "takeOver",
  minutes: "takeOver",
  accept: "takeOver",
};

function dueLine({ node, phones }: Pick<Inputs, "node" | "phones">, why: string): string {
  return `cluster "${node.cluster.name}": reset ${phones.length} phones: ${why}`;
}

function state(inputs: Inputs, prior: ResetState | undefined, rest: Partial<PhoneResetOutputs>): ResetState {
  return { ...inputs, resetAt: prior?.resetAt ?? "", registered: 0, missing: [], status: "done", remark: "", ...rest };
}

function due(inputs: Inputs, prior: ResetState | undefined, why: string, context: Context): ResetState {
  context.due(dueLine(inputs, why));
  return state(inputs, prior, { status: "due", remark: why });
}

type Arrivals = Pick<Registrations, "registered" | "missing">;

/** Looks who has come: registered with the destination, or, where there is none, anew with the same cluster. */
type Look = () => Promise<Arrivals>;

function looking({ node, destination, phones }: Inputs, begun: Date, context: Context): Look {
  if (destination) return () => registered(destination, phones, context);
  return async () => {
    const { registered: there, words } = await registered(node, phones, context);
    const anew = new Set(words.filter(({ at }) => at.getTime() >= Math.floor(begun.getTime() / SECOND) * SECOND).map(({ name }) => name.toUpperCase()));
    const has = (name: string) => there.includes(name) && anew.has(name.toUpperCase());
    return { registered: phones.filter(has), missing: phones.filter((name) => !has(name)) };
  };
}

/** The name under which this machine notes when resets of the same cluster began: a run that is killed cannot write its state. */
function noteOf({ node, phones, triggers }: Inputs): string {
  return `reset of phones of ${node.fqdn}: ${[...phones].sort().join()} for ${triggers.join()}`;
}

/** From when on a registration is a new one: later than all that are there. A run that was killed has told the machine. */
async function beginning({ node, phones }: Inputs, earlier: string | undefined, context: Context): Promise<Date> {
  if (earlier) return new Date(earlier);
  const { words } = await registered(node, phones, context);
  const next = Math.max(...words.map(({ at }) => at.getTime()), 0) + SECOND;
  const now = (await clockOf(node, context)).getTime();
  if (next > now) await sleep(Math.min(next - now, SECOND), context.cancellation);
  return new Date(Math.max(next, now));
}

async function run(inputs: Inputs, prior: ResetState | undefined, context: Context): Promise<ResetState> {
  const { node, destination, phones, triggers } = inputs;
  if (!destination && triggers.every((one) => one === "")) return state(inputs, prior, { registered: phones.length, remark: "nothing changed that they have to take" });
  const note = noteOf(inputs);
  const begun = destination ? new Date(0) : await beginning(inputs, context.journal.begun(note)?.known, context);
  const look = looking(inputs, begun, context);
  const { registered: there, missing } = await look();
  if (missing.length === 0) return arrived(inputs, prior, there, context);
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(inputs.minutes ?? MINUTES, context));
  if (why) return due(inputs, prior, why, context);
  if (destination) await requireMigration({ source: node, destination, phones, accept: inputs.accept }, context);
  else context.journal.note(note, begun.toISOString(), context.clock.now());
  return context.exclusively(node, `reset ${missing.length} phones`, () => work(inputs, missing, look, context)).then((done) => (context.journal.forget(note), done));
}

function arrived(inputs: Inputs, prior: ResetState | undefined, there: readonly string[], context: Context): ResetState {
  const where = `registered with ${(inputs.destination ?? inputs.node).cluster.name}`;
  context.say(`${inputs.node.cluster.name}: no phone is reset: all ${there.length} are ${where} already`);
  return state(inputs, prior, { registered: there.length, remark: `they were ${where} already` });
}

async function work(inputs: Inputs, missing: readonly string[], look: Look, context: Context): Promise<ResetState> {
  const { node, destination, phones, tolerancePercent = 0 } = inputs;
  const where = (destination ?? node).cluster.name;
  const begun = state(inputs, undefined, { resetAt: context.clock.now().toISOString(), registered: phones.length - missing.length, missing: [...missing], status: "resetting" });
  context.say(`${node.cluster.name}: reset ${missing.length} of ${phones.length} phones: ${someOf(missing)}`);
  const hear = destination ? await hearing(inputs, missing, { look, begun }, context) : look;
  await order(inputs, missing, begun, context);
  const seen = await awaitPhones({ cluster: where, count: phones.length, tolerancePercent, look: hear }, context);
  const done = { ...begun, registered: seen.registered.length, missing: seen.missing };
  if (tooMany(seen.missing.length, phones.length, tolerancePercent)) throw await behind(inputs, done, context);
  context.say(`${where}: ${seen.registered.length} of ${phones.length} phones are registered${seen.missing.length > 0 ? `; tolerated to be missing: ${someOf(seen.missing)}` : ""}`);
  return { ...done, status: "done" };
}

/** A phone that was registered nowhere when it was told has not heard it: it is told once more when it has come up with the cluster that it is to leave. */
async function hearing(inputs: Inputs, missing: readonly string[], { look, begun }: { look: Look; begun: ResetState }, context: Context): Promise<Look> {
  let deaf = (await registered(inputs.node, missing, context)).missing;
  return async () => {
    const seen = await look();
    deaf = deaf.filter((name) => seen.missing.includes(name));
    const awake = deaf.length > 0 ? (await registered(inputs.node, deaf, context)).registered : [];
    deaf = deaf.filter((name) => !awake.includes(name));
    if (awake.length > 0) {
      context.say(`${inputs.node.cluster.name}: reset once more, because they were away when they were told: ${someOf(awake)}`);
      await order(inputs, awake, begun, context);
    }
    return seen;
  };
}

/** One after the other: AXL takes few writes a minute, and says itself when it has enough. */
async function order({ node }: Inputs, missing: readonly string[], begun: ResetState, context: Context): Promise<void> {
  const { phones } = context.vos(node);
  const failures: string[] = [];
  for (const name of missing) {
    context.cancellation.throwIfAborted();
    try {
      await submitted<void>({ what: `${node.cluster.name}: reset ${name}`, send: () => phones.reset(name) }, context);
    } catch (error) {
      failures.push(sentence(error));
    }
  }
  if (failures.length === missing.length) throw new IncompleteError({ ...begun, status: "behind" }, [`No phone could be reset: ${failures[0]}.`, 'Nothing behind it was begun. The next "pulumi up" tries again.']);
  failures.forEach((failure) => context.say(`Warning: ${failure}`));
}

async function behind({ node, destination, tolerancePercent = 0 }: Inputs, done: ResetState, context: Context): Promise<IncompleteError> {
  const { missing, phones } = done;
  const where = (destination ?? node).cluster.name;
  const why = destination ? await whyBehind({ source: node, destination }, missing, context) : [];
  return new IncompleteError({ ...done, status: "behind" }, [
    `R56 ${missing.length} of ${phones.length} phones are not registered with cluster "${where}" (${tolerancePercent} % may be missing): ${missing.join(", ")}.`,
    ...why,
    'Nothing behind it was begun: no further phone was reset. The next "pulumi up" resets only those that are missing; a phone that is not to move is taken out of the list.',
  ]);
}

/** Phones, reset so that they come up with what they are to trust. */
export const phoneReset: Lifecycle<Inputs, PhoneResetOutputs> = {
  kind: "PhoneReset",

  id: ({ node, destination, phones }) => `${node.cluster.name}/${destination?.cluster.name ?? "reset"}/${phones[0] ?? ""}`,

  check({ node, destination, phones, tolerancePercent, maintenanceWindow, accept }) {
    const clusters = [...checkPublisher("node", node), ...checkOptionalPublisher("destination", destination), ...checkClusters(node, destination)];
    return { failures: [...clusters, ...checkPhones(phones), ...checkPercent("tolerancePercent", tolerancePercent), ...checkWindow(maintenanceWindow), ...checkAccept(accept)] };
  },

  diff(prior, inputs, now) {
    const difference = compare(TABLE, prior, inputs);
    if (prior.status === "due") return diffDue<Inputs>(inputs, now, difference, (why) => dueLine(prior, why));
    return prior.status === "done" ? difference : { ...difference, change: heavier(difference.change, "update") };
  },

  async ensure(inputs, prior, context) {
    const { triggers, after } = inputs;
    const why = triggers.includes("due") || after === "due" ? waitsFor({ triggers, after }, context.clock.now(), 0) : undefined;
    return why ? due(inputs, prior, why, context) : run(inputs, prior, context);
  },

  observe: async (prior) => prior,

  remove: async () => {},

  step({ node, destination, phones, reason, minutes, maintenanceWindow }) {
    if (node === UNKNOWN || phones === UNKNOWN) return undefined;
    const to = destination && destination !== UNKNOWN ? `, until they are registered with ${destination.cluster.name}` : "";
    return {
      what: `reset ${phones.length === 1 ? phones[0] : `${phones.length} phones`}${to}`,
      where: node.cluster.name,
      reason: typeof reason === "string" ? reason : "if they are not there already",
      notice: "these phones, for some minutes",
      minutes: typeof minutes === "number" ? minutes : MINUTES,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};
