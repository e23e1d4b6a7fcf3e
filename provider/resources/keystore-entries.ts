import { aliasFailures, normalAlias } from "../../domain/keystore";
import { isFqdn } from "../../domain/names";
import { TRUST_RULES } from "../../domain/rules/content";
import { R113 } from "../../domain/rules/keystores";
import { decideAll } from "../../domain/rules/rule";
import { sha256 } from "../../domain/x509/certificate";
import { normalPem, pemBlocks } from "../../domain/x509/pem";
import type { KeystoreEntriesInputs, KeystoreEntriesOutputs } from "../../sdk/keystore-entries";
import { compare, type DifferenceTable, HOST, heavier } from "../difference";
import { type Failure, type Given, type Lifecycle, UNKNOWN } from "../lifecycle";
import { checkAccept, checkCertificate, checkHost } from "./shared/checks";
import { checkStore, storeText } from "./shared/keystore";
import { dueLine, ensureEntries, type EntriesState, observeEntries, removeEntries } from "./shared/keystore-batch";

type Inputs = KeystoreEntriesInputs;

const TABLE: DifferenceTable<Inputs> = {
  host: HOST,
  store: "replace",
  entries: { change: "update", normal: (entries) => Object.fromEntries(Object.entries(entries).map(([alias, pem]) => [normalAlias(alias), normalPem(pem)])) },
  storePassword: "takeOver",
  presentedAt: "takeOver",
  probeFrom: "takeOver",
  after: "takeOver",
  retain: "takeOver",
  accept: "takeOver",
};

export function checkEntries({ host, store, entries, presentedAt, accept }: Given<Inputs>, now: Date): Failure[] {
  const failures = [...checkHost(host), ...checkStore(host, store), ...checkAccept(accept)];
  if (presentedAt !== UNKNOWN) failures.push(...Object.entries(presentedAt ?? {}).flatMap(([alias, { fqdn }]) => (isFqdn(fqdn) ? [] : [{ property: `presentedAt["${alias}"]`, reason: `${fqdn} is no fully qualified domain name: servers are exchanged by their names (R123)` }])));
  if (entries === UNKNOWN) return failures;
  const aliases = Object.keys(entries ?? {});
  if (aliases.length === 0) return [...failures, { property: "entries", reason: "is empty: declare alias: certificate" }];
  const at = (alias: string) => `entries["${alias}"]`;
  for (const alias of aliases) failures.push(...aliasFailures(alias).map((reason) => ({ property: at(alias), reason })), ...checkCertificate(at(alias), entries[alias]!, TRUST_RULES, (certificate) => ({ certificate, now })));
  if (host !== UNKNOWN) for (const alias of aliases) failures.push(...decideAll([R113], { host, aliases: [alias], entries: { value: [] } }).refusals.map(({ text }) => ({ property: at(alias), reason: text })));
  const twice = aliases.filter((alias, index) => aliases.findIndex((other) => normalAlias(other) === normalAlias(alias)) < index);
  return [...failures, ...twice.map((alias) => ({ property: at(alias), reason: "stands there twice: Java compares aliases without regard to case" }))];
}

/** Whether the store, as far as the state knows, holds anything else than what is declared. */
export function hasDrifted(state: EntriesState, entries: Inputs["entries"]): boolean {
  return Object.entries(entries).some(([alias, pem]) => state.fingerprints[alias] !== sha256(pemBlocks(pem)[0]?.der ?? Buffer.alloc(0)));
}

/** All our entries of one Java keystore, in one batch. */
export const keystoreEntries: Lifecycle<Inputs, KeystoreEntriesOutputs> = {
  kind: "KeystoreEntries",

  id: ({ host, store }) => `${host.fqdn}/${storeText(store)}`,

  check: (inputs, { now }) => ({ failures: checkEntries(inputs, now) }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    if (state.changeId === "due") return inputs.after === "due" ? { ...difference, due: dueLine(state) } : { ...difference, change: heavier(difference.change, "update") };
    return inputs.entries !== UNKNOWN && hasDrifted(state, inputs.entries) ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  ensure: ensureEntries,

  observe: observeEntries,

  remove: removeEntries,

  step({ host, store, entries }) {
    if (host === UNKNOWN || store === UNKNOWN) return undefined;
    const count = entries === UNKNOWN ? "entries" : `${Object.keys(entries).length} entries`;
    return { what: `import ${count} into the ${storeText(store)}`, where: host.fqdn, reason: "what is not there yet", minutes: 1 };
  },
};
