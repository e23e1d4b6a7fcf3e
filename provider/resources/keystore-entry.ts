import type { KeystoreEntriesInputs } from "../../sdk/keystore-entries";
import type { KeystoreEntryInputs, KeystoreEntryOutputs } from "../../sdk/keystore-entry";
import { type Given, type Lifecycle, type State, UNKNOWN, type Unknown } from "../lifecycle";
import type { Context } from "../context";
import { checkEntries, keystoreEntries } from "./keystore-entries";
import { storeText } from "./shared/keystore";
import { ensureEntries, type EntriesState, observeEntries, removeEntries } from "./shared/keystore-batch";

type Inputs = KeystoreEntryInputs;
type EntryState = State<Inputs, KeystoreEntryOutputs>;
type Batch = Given<KeystoreEntriesInputs>;

function one<T>(alias: string | Unknown, value: T | Unknown): Record<string, T> | Unknown {
  return alias === UNKNOWN || value === UNKNOWN ? UNKNOWN : { [alias]: value };
}

/** The same as a batch with one alias. */
function batchOf({ alias, certificatePem, presentedAt, ...rest }: Given<Inputs>): Batch {
  return { ...rest, entries: one(alias, certificatePem), presentedAt: presentedAt === undefined ? undefined : one(alias, presentedAt) };
}

function stateOf(state: EntryState): EntriesState {
  const { alias, fingerprint, adopted } = state;
  return { ...(batchOf(state) as EntriesState), path: state.path, storeType: state.storeType, fingerprints: fingerprint === "" ? {} : { [alias]: fingerprint }, adopted: adopted ? [alias] : [], backup: state.backup, changedAt: state.changedAt, changeId: state.changeId };
}

function entryOf(inputs: Inputs, { path, storeType, fingerprints, adopted, backup, changedAt, changeId }: EntriesState): EntryState {
  return { ...inputs, path, storeType, fingerprint: fingerprints[inputs.alias] ?? "", adopted: adopted.includes(inputs.alias), backup, changedAt, changeId };
}

async function ensure(inputs: Inputs, prior: EntryState | undefined, context: Context): Promise<EntryState> {
  return entryOf(inputs, await ensureEntries(batchOf(inputs) as KeystoreEntriesInputs, prior && stateOf(prior), context));
}

/** KeystoreEntries with one alias. */
export const keystoreEntry: Lifecycle<Inputs, KeystoreEntryOutputs> = {
  kind: "KeystoreEntry",

  id: ({ host, store, alias }) => `${host.fqdn}/${storeText(store)}/${alias}`,

  check(inputs, { now }) {
    const rename = (property: string) => (property.startsWith("entries[") || property === "entries" ? (/alias/.test(property) ? "alias" : "certificatePem") : property.replace(/^presentedAt\[.*/, "presentedAt"));
    return { failures: checkEntries(batchOf(inputs), now).map(({ property, reason }) => ({ property: rename(property), reason })) };
  },

  diff(state, inputs, now) {
    const moved = inputs.alias === UNKNOWN || inputs.alias !== state.alias;
    const difference = keystoreEntries.diff(stateOf(state), batchOf(inputs), now);
    return moved ? { ...difference, change: "replace", replaces: [...difference.replaces, "alias"] } : { ...difference, replaces: difference.replaces.map((name) => (name === "entries" ? "certificatePem" : name)) };
  },

  ensure,

  observe: async (state, context) => entryOf(state, await observeEntries(stateOf(state), context)),

  remove: (state, context) => removeEntries(stateOf(state), context),

  step: (inputs, state, now) => keystoreEntries.step!(batchOf(inputs), state && stateOf(state), now),
};
