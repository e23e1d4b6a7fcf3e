// Where a Java keystore is on its host, and how it is opened: by product and release, from what the host says of itself.
import { parseProperties } from "../../../domain/java-properties";
import { R117, R122 } from "../../../domain/rules/keystores";
import { decideAll } from "../../../domain/rules/rule";
import { type HomeFolder, type StoreLocation as KnownStore, storeOf, STORES } from "../../../domain/stores";
import type { KeystoreName } from "../../../sdk/keystore-entries";
import type { Context, Host } from "../../context";
import { PlatformError } from "../../errors";
import { type Failure, UNKNOWN, type Unknown } from "../../lifecycle";
import type { HostFacts, StoreLocation } from "../../platforms/windows";

/** What a resource says of a store. */
export interface StoreInputs {
  host: Host;
  store: KeystoreName;
  storePassword?: string;
}

export interface LocatedStore extends StoreLocation {
  /** What product and release tell of it; undefined for a store that was named by its path. */
  known?: KnownStore;
  passwordFrom: "default" | "connection" | "host";
}

/** Where ICM is installed when nobody says otherwise. */
const ICM_FOLDERS = ["C:\\icm", "D:\\icm", "E:\\icm"];

const WINDOWS_PATH = /^[A-Za-z]:\\[^"%!<>|?*\r\n]*[^\\"%!<>|?*\r\n]$/;

/** A store as a person names it. */
export function storeText(store: KeystoreName): string {
  return typeof store === "string" ? store : store.path;
}

export function checkStore(host: Host | Unknown, store: KeystoreName | Unknown): Failure[] {
  if (host === UNKNOWN || store === UNKNOWN) return [];
  const fail = (reason: string): Failure[] => [{ property: "store", reason }];
  if (typeof store !== "string") return WINDOWS_PATH.test(String(store?.path)) ? [] : fail(`"${String(store?.path)}" is no path of a file on Windows: write it whole, such as "C:\\icm\\ssl\\cacerts"`);
  if (!STORES.includes(store)) return fail(`"${String(store)}" is no store (known: ${STORES.join(", ")}; or { path: … })`);
  return decideAll([R117], { host, store, exists: { value: true } }).refusals.flatMap(({ text }) => fail(text));
}

/** Finds a store and its password. @throws where the host does not tell, with what to declare instead */
export async function locate({ host, store, storePassword }: StoreInputs, context: Context): Promise<LocatedStore> {
  const facts = await context.windows(host).facts();
  // A store is looked at from a folder that only an administrator can make.
  const [refusal] = decideAll([R122], { host, elevated: { value: facts.elevated } }).refusals;
  if (refusal) throw new PlatformError("permission", { node: host.fqdn, action: "look at a keystore", answer: refusal.text });
  const known = typeof store === "string" ? storeOf(store, host.product, host.release)! : undefined;
  const path = known ? `${await homeOf(host, known.home, facts, context)}\\${known.path}` : (store as { path: string }).path;
  const declared = storePassword ?? context.keystorePassword(host, "host");
  const { password, passwordFrom } = declared === undefined ? await ownPassword(host, known, path, facts, context) : { password: declared, passwordFrom: "connection" as const };
  if (passwordFrom !== "default") context.conceal(password);
  return { path, known, password, passwordFrom, keytool: await keytoolOf(host, known, facts, context) };
}

/** The `keytool` that belongs to a store; for a path, the first that the host has. */
export async function keytoolOf(host: Host, known: KnownStore | undefined, facts: HostFacts, context: Context): Promise<string> {
  const homes = known ? [[await homeOf(host, known.java.home, facts, context), known.java.path].filter(Boolean).join("\\")] : [facts.environment.CCE_JAVA_HOME, facts.environment.CVP_HOME && `${facts.environment.CVP_HOME}\\jre`, facts.environment.JAVA_HOME].filter((home) => home !== undefined && home !== "");
  const candidates = homes.map((home) => `${home}\\bin\\keytool.exe`);
  const [found] = candidates.length === 0 ? [] : await context.windows(host).existing(candidates);
  if (found) return found;
  throw new PlatformError("notFound", { node: host.fqdn, action: "look for keytool", answer: candidates.length === 0 ? "no Java is known to this host" : `there is no ${candidates.join(", and no ")}`, remedy: "Set the machine's variable of its Java (JAVA_HOME, CCE_JAVA_HOME or CVP_HOME) to where it is" });
}

/** A folder that only the host knows. Two that both exist are not chosen between. */
async function homeOf(host: Host, home: HomeFolder, { environment, icmDrive }: HostFacts, context: Context): Promise<string> {
  const action = `look for the folder ${home}`;
  if (home !== "ICM") {
    const value = environment[home]?.replace(/\\+$/, "");
    if (value) return value;
    throw new PlatformError("notFound", { node: host.fqdn, action, answer: `the machine has no variable ${home}`, remedy: `Is ${host.release} the release of this ${host.product}? Else name the store by its path` });
  }
  if (icmDrive) return `${icmDrive}:\\icm`;
  const found = await context.windows(host).existing(ICM_FOLDERS.map((folder) => `${folder}\\ssl\\cacerts`));
  const folders = found.map((file) => file.slice(0, -"\\ssl\\cacerts".length));
  if (folders.length === 1) return folders[0]!;
  const [answer, remedy] = folders.length === 0 ? [`there is no ${ICM_FOLDERS.join(", ")} with ssl\\cacerts in it`, `Is ${host.release} the release of this ${host.product}? Else name the store by its path`] : [`${folders.join(" and ")} both exist`, "Which one is used cannot be told from here: name the store by its path"];
  throw new PlatformError(folders.length === 0 ? "notFound" : "conflict", { node: host.fqdn, action, answer, remedy });
}

/** What the host's own properties file holds; where a store has none, what the connection says for such, or the default that Java is installed with (R119). */
async function ownPassword(host: Host, known: KnownStore | undefined, path: string, facts: HostFacts, context: Context): Promise<Pick<LocatedStore, "password" | "passwordFrom">> {
  const usual = context.keystorePassword(host, "default");
  if (!known || "default" in known.password) return { password: usual ?? "changeit", passwordFrom: usual === undefined || usual === "changeit" ? "default" : "connection" };
  const { home, file, key, shownBy } = known.password;
  const place = `${await homeOf(host, home, facts, context)}\\${file}`;
  const text = await context.windows(host).text(place);
  const password = text === undefined ? undefined : parseProperties(text).get(key);
  if (password) return { password, passwordFrom: "host" };
  if (usual !== undefined) return { password: usual, passwordFrom: "connection" };
  const remedy = shownBy ? `Run ${shownBy} on the host and set the password it shows` : "Set the password";
  throw new PlatformError("notFound", { node: host.fqdn, action: `read the password of ${path}`, answer: text === undefined ? `there is no ${place}` : `${place} has no ${key}`, remedy: `${remedy}: pulumi config set --path 'uccerts:connections.${host.connection}.keystores["${host.fqdn}"].env' <name of a variable> (docs/connections.md)` });
}
