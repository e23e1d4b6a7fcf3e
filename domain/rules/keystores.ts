// One Java keystore before it is written: R111, R113, R116, R117, R119, R122. procedures.md 4.11.
import { isPrivateKeyAlias, type WindowsProduct } from "../hosts";
import type { KeystoreType } from "../keystore";
import { normalAlias } from "../keystore";
import type { Reading } from "../readings";
import { storeOf, type StoreName } from "../stores";
import { fromFindings, PASS, type Rule, undecided, violatedIf } from "./rule";

/** An entry of a store, as keytool lists it. */
export interface KeystoreEntryReading {
  alias: string;
  kind: "trusted certificate" | "private key" | "secret key";
  /** SHA-256 of a trusted certificate. */
  fingerprint?: string;
}

/** What is declared of a store, and what was found. */
export interface KeystoreFacts {
  host: { fqdn: string; product: WindowsProduct; release: string };
  /** By name, or by path. */
  store: StoreName | { path: string; type?: KeystoreType };
  aliases: readonly string[];
  /** Where the password comes from. */
  password?: "default" | "connection" | "host";
  /** By its first bytes; undefined for a file that is no keystore. */
  type: Reading<KeystoreType | undefined>;
  /** Whether the file is there. */
  exists: Reading<boolean>;
  entries: Reading<readonly KeystoreEntryReading[]>;
  /** Whether the session is an administrator's, elevated. */
  elevated: Reading<boolean>;
  /** The newest backup of the store, and since when this run is at it. */
  backup: Reading<Date | undefined>;
  begun: Date;
}

export const R111: Rule<Pick<KeystoreFacts, "host" | "backup" | "begun">> = {
  id: "R111",
  title: "A backup of the store is made before the first import",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 215445",
  comply: "Make room beside the store, and let the account write there",
  decide({ host, backup, begun }) {
    if ("unread" in backup) return undecided(backup.unread);
    const made = backup.value;
    return violatedIf(!made || made < begun, () => (made ? `the newest backup is of ${made.toISOString()}, older than this run` : "there is no backup of the store"), host.fqdn);
  },
};

export const R113: Rule<Pick<KeystoreFacts, "host" | "aliases" | "entries">> = {
  id: "R113",
  title: "A trusted certificate never takes the alias of a private key",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco 215445 (aliases of the exports); CVP 15.0 configuration guide",
  comply: "Use another alias, such as {fqdn}_wsm: the private key under this one would be lost",
  decide({ host, aliases, entries }) {
    const denied = aliases.filter(isPrivateKeyAlias);
    const held = "unread" in entries ? [] : entries.value.filter(({ kind }) => kind !== "trusted certificate").map(({ alias }) => normalAlias(alias));
    const taken = aliases.filter((alias) => !isPrivateKeyAlias(alias) && held.includes(normalAlias(alias)));
    const findings = [...denied.map((alias) => ({ where: host.fqdn, found: `alias ${alias} is that of a private key of CVP` })), ...taken.map((alias) => ({ where: host.fqdn, found: `alias ${alias} holds a private key` }))];
    return findings.length === 0 && "unread" in entries ? undecided(entries.unread) : fromFindings(findings);
  },
};

export const R116: Rule<Pick<KeystoreFacts, "host" | "store" | "type">> = {
  id: "R116",
  title: "The store is of its type: JKS for CCE, JCEKS for CVP",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco 215445; Cisco's Contact Center Uploader Tool",
  comply: "Correct the store or its type; the file was not opened",
  decide({ host, store, type }) {
    const wanted = typeof store === "string" ? storeOf(store, host.product, host.release)?.type : store.type;
    if ("unread" in type) return undecided(type.unread);
    if (type.value === undefined) return fromFindings([{ where: host.fqdn, found: "the file is no keystore (neither JKS, JCEKS nor PKCS12 by its first bytes)" }]);
    return violatedIf(wanted !== undefined && wanted !== type.value, () => `the file is ${String(type.value)}, declared is ${String(wanted)}`, host.fqdn);
  },
};

export const R117: Rule<Pick<KeystoreFacts, "host" | "store" | "exists">> = {
  id: "R117",
  title: "The path of the store is that of the product and its release",
  severity: "mandatory",
  levels: ["V", "L"],
  source: "Cisco 215445; CCE 12.6 release note, Custom truststore",
  comply: "Correct `release` or the store: 12.5 Oracle JRE, 12.5(1a) or ES55 %CCE_JAVA_HOME%, 12.6 and later <ICM>\\ssl\\cacerts, CVP %CVP_HOME%\\conf\\security\\.keystore",
  decide({ host, store, exists }) {
    if (typeof store === "string" && !storeOf(store, host.product, host.release)) return fromFindings([{ where: host.fqdn, found: `${host.product} of ${host.release} has no ${store}` }]);
    if ("unread" in exists) return undecided(exists.unread);
    return violatedIf(!exists.value, () => `there is no ${typeof store === "string" ? store : store.path}`, host.fqdn);
  },
};

export const R119: Rule<Pick<KeystoreFacts, "host" | "password">> = {
  id: "R119",
  title: "A truststore has a password of its own",
  severity: "advisory",
  levels: ["V"],
  source: "Cisco 215445",
  comply: "Change it (keytool -storepasswd) and name it in keystores of the connection",
  decide: ({ host, password }) => violatedIf(password === "default", () => "its password is still Java's default", host.fqdn),
};

export const R122: Rule<Pick<KeystoreFacts, "host" | "elevated">> = {
  id: "R122",
  title: "The session is an administrator's, elevated",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 215445; UCCE installation guide",
  comply: "Log in with an account of the group Administrators, which OpenSSH gives an elevated session",
  decide({ host, elevated }) {
    if ("unread" in elevated) return undecided(elevated.unread);
    return elevated.value ? PASS : fromFindings([{ where: host.fqdn, found: "the session is not elevated" }]);
  },
};

/** Before a store is written; R111 once more when the backup is made. */
export const KEYSTORE_RULES: readonly Rule<Omit<KeystoreFacts, "backup" | "begun">>[] = [R122, R117, R116, R113, R119];
