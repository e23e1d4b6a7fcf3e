// One batch of entries of one Java keystore: look, decide, change once. KeystoreEntries and KeystoreEntry stand on it.
import { randomUUID } from "node:crypto";
import { normalAlias } from "../../../domain/keystore";
import { KEYSTORE_RULES } from "../../../domain/rules/keystores";
import { R115 } from "../../../domain/rules/exchanged";
import { decideAll } from "../../../domain/rules/rule";
import { type Certificate, parseCertificate } from "../../../domain/x509/certificate";
import type { KeystoreEntriesInputs, KeystoreEntriesOutputs } from "../../../sdk/keystore-entries";
import type { Context } from "../../context";
import { RefusedError } from "../../errors";
import type { State } from "../../lifecycle";
import type { StoreContent, StoreEntry } from "../../platforms/windows";
import { type LocatedStore, locate, storeText } from "./keystore";
import { lookAtServer } from "./looking";
import { attempt } from "./reading";

type Inputs = KeystoreEntriesInputs;
export type EntriesState = State<Inputs, KeystoreEntriesOutputs>;

/** What is to be done to a store. */
interface Plan {
  put: Record<string, string>;
  remove: string[];
  /** Aliases that hold what is declared. */
  equal: string[];
}

function find(entries: readonly StoreEntry[], alias: string): StoreEntry | undefined {
  return entries.find((entry) => normalAlias(entry.alias) === normalAlias(alias));
}

function planFor(inputs: Inputs, prior: EntriesState | undefined, { entries }: StoreContent): Plan {
  const equal = Object.entries(inputs.entries).filter(([alias, pem]) => find(entries, alias)?.fingerprint === parseCertificate(pem).fingerprint).map(([alias]) => alias);
  const put = Object.fromEntries(Object.entries(inputs.entries).filter(([alias]) => !equal.includes(alias)));
  const declared = new Set(Object.keys(inputs.entries).map(normalAlias));
  const gone = Object.keys(prior?.fingerprints ?? {}).filter((alias) => !declared.has(normalAlias(alias)));
  return { put, equal, remove: prior && !inputs.retain ? removable(prior, gone, entries) : [] };
}

/** Of these aliases, those that we made and that still hold what we put there. */
function removable(state: EntriesState, aliases: readonly string[], entries: readonly StoreEntry[]): string[] {
  return aliases.filter((alias) => !state.adopted.includes(alias) && find(entries, alias)?.kind === "trusted certificate" && find(entries, alias)?.fingerprint === state.fingerprints[alias]);
}

/** R115: what each port serves now, against what would be imported from it. */
async function stale(inputs: Inputs, { put }: Plan, located: LocatedStore, context: Context): Promise<string[]> {
  const looks = Object.entries(put).map(async ([alias, pem]) => {
    const at = inputs.presentedAt?.[alias];
    if (!at) return [];
    const certificate = parseCertificate(pem);
    const presented = await attempt(lookAtServer(at, () => lookAt(inputs, at, at.keyType ?? certificate.key.type, located, context), context));
    const facts = { fqdn: at.fqdn, kind: `port ${at.port}`, certificate, presented: "unread" in presented ? presented : { value: presented.value?.fingerprint ?? "nothing of this key type" } };
    const report = decideAll([R115], facts);
    return [...report.refusals, ...report.undecided].map(({ text }) => `${alias}: ${text}`);
  });
  return (await Promise.all(looks)).flat();
}

async function lookAt({ host, probeFrom }: Inputs, at: NonNullable<Inputs["presentedAt"]>[string], keyType: "RSA" | "EC", located: LocatedStore, context: Context): Promise<Certificate | undefined> {
  if (probeFrom === "host") return context.windows(host).served(located.keytool, at.fqdn, at.port, keyType);
  return (await context.served({ fqdn: at.fqdn, address: at.address, connection: host.connection }, at.port, keyType))?.certificate;
}

/** The name under which this machine notes what it puts into a store: a run that is killed cannot write its state. */
function note({ host }: Inputs, path: string, alias: string): string {
  return `put ${normalAlias(alias)} into ${path} on ${host.fqdn}`;
}

/** @throws RefusedError with everything that stands against the change; nothing was changed */
async function requireFit(inputs: Inputs, plan: Plan, located: LocatedStore, seen: StoreContent, context: Context): Promise<void> {
  const { host, store, accept } = inputs;
  const { elevated } = await context.windows(host).facts();
  const facts = { host, store, aliases: Object.keys(plan.put), password: located.passwordFrom, type: { value: seen.type }, exists: { value: true }, entries: { value: seen.entries }, elevated: { value: elevated } };
  const report = decideAll(KEYSTORE_RULES, facts, accept);
  [...report.warnings, ...report.accepted].forEach(({ text }) => context.say(`Warning: ${text}`));
  const found = [...report.refusals.map(({ text }) => text), ...(await stale(inputs, plan, located, context))];
  if (found.length > 0) throw new RefusedError(`Nothing was changed: ${located.path} of ${host.fqdn} cannot take these entries:`, found);
}

function words({ put, remove }: Plan, { entries }: StoreContent): string {
  const replaced = Object.keys(put).filter((alias) => find(entries, alias)).length;
  const added = Object.keys(put).length - replaced;
  return [added > 0 ? `${added} new` : "", replaced > 0 ? `${replaced} replaced (R114)` : "", remove.length > 0 ? `${remove.length} removed` : ""].filter(Boolean).join(", ");
}

async function settle(inputs: Inputs, prior: EntriesState | undefined, located: LocatedStore, context: Context): Promise<EntriesState> {
  const { host } = inputs;
  const windows = context.windows(host);
  const restored = await windows.repairKeystore(located);
  if (restored) context.say(`${host.fqdn}: a run that was cut had left ${located.path} half written; ${restored} is put back`);
  const seen = await windows.keystore(located);
  const plan = planFor(inputs, prior, seen);
  const changing = Object.keys(plan.put).length + plan.remove.length > 0;
  let backup = prior?.backup ?? "";
  if (changing) {
    await requireFit(inputs, plan, located, seen, context);
    for (const alias of Object.keys(plan.put)) context.journal.note(note(inputs, located.path, alias), "", context.clock.now());
    context.say(`${host.fqdn}: change ${located.path}: ${words(plan, seen)}`);
    backup = await windows.changeKeystore(located, seen, { put: plan.put, remove: plan.remove });
    context.say(`${host.fqdn}: ${located.path}: done; the store as it was is ${backup}`);
  }
  return outputs(inputs, prior, located, seen, { plan, backup, changing }, context);
}

async function outputs(inputs: Inputs, prior: EntriesState | undefined, { path }: LocatedStore, { type }: StoreContent, { plan, backup, changing }: { plan: Plan; backup: string; changing: boolean }, context: Context): Promise<EntriesState> {
  const fingerprints = Object.fromEntries(Object.entries(inputs.entries).map(([alias, pem]) => [alias, parseCertificate(pem).fingerprint]));
  const same = !changing && prior !== undefined && prior.changeId !== "due" && JSON.stringify(prior.fingerprints) === JSON.stringify(fingerprints);
  const adopted = plan.equal.filter((alias) => (prior?.fingerprints[alias] === undefined ? !context.journal.begun(note(inputs, path, alias)) : prior.adopted.includes(alias)));
  // A service may hold the store as it was: what counts is when the file was changed last, whoever did it.
  const changedAt = same ? prior.changedAt : ((await context.windows(inputs.host).modifiedAt(path))?.toISOString() ?? "");
  return { ...inputs, path, storeType: type, fingerprints, adopted, backup, changedAt, changeId: same ? prior.changeId : randomUUID() };
}

export function dueLine({ host, store }: Pick<Inputs, "host" | "store">): string {
  return `${host.fqdn}: import into the ${storeText(store)}: what must be proved before it is due`;
}

/** Nobody is asked: what is there was looked at by those who put it there. */
function wait(inputs: Inputs, prior: EntriesState | undefined, context: Context): EntriesState {
  context.due(dueLine(inputs));
  const { path = "", storeType = "", fingerprints = {}, adopted = [], backup = "" } = prior ?? {};
  return { ...inputs, path, storeType, fingerprints, adopted, backup, changedAt: "", changeId: "due" };
}

/** Create and update. */
export async function ensureEntries(inputs: Inputs, prior: EntriesState | undefined, context: Context): Promise<EntriesState> {
  if (inputs.after === "due") return wait(inputs, prior, context);
  const located = await locate(inputs, context);
  return context.onHost(inputs.host, `change ${located.path}`, () => settle(inputs, prior, located, context));
}

/** The entries as they are now; what is gone or another one is left out of `fingerprints`. */
export async function observeEntries(state: EntriesState, context: Context): Promise<EntriesState> {
  const located = await locate(state, context);
  const { entries } = await context.onHost(state.host, `look at ${located.path}`, () => context.windows(state.host).keystore(located));
  const kept = Object.entries(state.fingerprints).filter(([alias, fingerprint]) => find(entries, alias)?.fingerprint === fingerprint);
  return { ...state, path: located.path, fingerprints: Object.fromEntries(kept) };
}

/** Removes what we made and nobody has replaced since. Succeeds when it is already gone. */
export async function removeEntries(state: EntriesState, context: Context): Promise<void> {
  const { host } = state;
  if (state.retain) return context.say(`${host.fqdn}: ${Object.keys(state.fingerprints).length} entries stay in ${state.path} (retain); they are only forgotten`);
  const located = await locate(state, context);
  await context.onHost(host, `change ${located.path}`, async () => {
    const windows = context.windows(host);
    await windows.repairKeystore(located);
    const seen = await windows.keystore(located);
    const remove = removable(state, Object.keys(state.fingerprints), seen.entries);
    for (const alias of Object.keys(state.fingerprints)) context.journal.forget(note(state, located.path, alias));
    if (remove.length === 0) return;
    context.say(`${host.fqdn}: change ${located.path}: ${remove.length} removed`);
    await windows.changeKeystore(located, seen, { put: {}, remove });
  });
}
