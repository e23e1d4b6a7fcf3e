// Connections and timing: from the stack configuration, a file, or a running lab. The only place of the provider that reads the environment.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Connection, connectionsFailures } from "./connections";
import { timing, type Timing } from "./timing";

/** A secret as it is written: in place, or the name of an environment variable. */
export type Secret = string | { env: string };

/** What a connection is needed for. */
export type ConnectionUse = "cluster" | "authority" | "hosts" | "files";

export interface Settings {
  readonly timing: Timing;
  /** Where locks and the like are kept. */
  readonly stateFolder: string;
  /** Names of all connections. */
  readonly names: readonly string[];
  /** @throws when there is none of that name, with the commands that set it; they differ by what it is for. */
  connection(name: string, to?: ConnectionUse): Connection;
  /** The value of a secret, resolved when it is used. @throws when its variable is not set. */
  reveal(secret: Secret): string;
  /** The same for a private key, which may also be the path of its file. @throws when the file cannot be read. */
  revealKey(secret: Secret): string;
  /** Keeps a value that was found elsewhere, such as on a host, out of everything that is said. */
  conceal(value: string): void;
  /** Every secret that has been revealed, and those that stand in the configuration. */
  readonly secrets: ReadonlySet<string>;
}

type Get = (key: string) => string | undefined;
type Environment = Record<string, string | undefined>;
type Connections = Record<string, Connection>;

/** Connections with where they were written. */
interface Layer {
  source: string;
  connections: unknown;
}

const IN_CONFIGURATION = "uccerts:connections of the stack configuration";

/** Our folder for what must outlive a run. `UCCERTS_STATE` moves it. */
export function stateFolder(env: Environment = process.env): string {
  return env.UCCERTS_STATE || join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "uccerts");
}

/**
 * Reads the settings. `get` gives the text of a configuration key, such as `uccerts:connections`.
 * @throws with everything that is wrong at once, and without any value that could be a secret.
 */
export function readSettings(get: Get, env: Environment = process.env): Settings {
  const connections = merged([configured(get), ...fromLab(get("uccerts:lab"), env), ...fromFile(env.UCCERTS_CONNECTIONS)]);
  const secrets = new Set<string>(Object.values(connections).flatMap(written));
  return {
    timing: timing(parse(get("uccerts:timing"), "uccerts:timing")),
    stateFolder: stateFolder(env),
    names: Object.keys(connections),
    connection: (name, to = "cluster") => (Object.hasOwn(connections, name) ? connections[name]! : missing(name, to, Object.keys(connections))),
    reveal: (secret) => reveal(secret, env, secrets),
    revealKey: (secret) => keyOf(reveal(secret, env, secrets)),
    conceal: (value) => void secrets.add(value),
    secrets,
  };
}

function parse(text: string | undefined, what: string): unknown {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`${what} is no structured value: set it with "pulumi config set --path ${what}.<name> <value>"`);
  }
}

function configured(get: Get): Layer {
  return { source: IN_CONFIGURATION, connections: parse(get("uccerts:connections"), "uccerts:connections") ?? {} };
}

function fromFile(path: string | undefined): Layer[] {
  if (!path) return [];
  const source = `the file named by UCCERTS_CONNECTIONS (${path})`;
  return [{ source, connections: connectionsIn(parseFile(textOf(path, source), source)) }];
}

/** A file holds the connections, alone or as its member `connections`. */
function connectionsIn(whole: unknown): unknown {
  if (whole !== null && typeof whole === "object" && "connections" in whole) return whole.connections;
  return whole ?? {};
}

function textOf(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${what} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** YAML or JSON. The parser's own message would show the lines around a mistake, and with them passwords. */
function parseFile(text: string, what: string): unknown {
  // Loaded only when there is a file: most runs have none, and every provider process starts anew.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse: parseYaml } = require("yaml") as typeof import("yaml");
  try {
    return parseYaml(text, { logLevel: "error" });
  } catch (error) {
    const line = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line;
    throw new Error(`${what} is no YAML${line === undefined ? "" : `: line ${line} is not right`}. A value with special characters, such as a password that begins with * or &, needs quotes`);
  }
}

/** `uccerts:lab: <name>` takes the connections of a lab that runs on this machine. */
function fromLab(name: string | undefined, env: Environment): Layer[] {
  if (!name) return [];
  const path = join(stateFolder(env), "lab", `${name}.yaml`);
  const start = `start it with "npx uccerts lab", or remove uccerts:lab from the stack configuration`;
  if (!existsSync(path)) throw new Error(`The lab "${name}" is not running (${path} does not exist): ${start}`);
  const source = `the file of the lab "${name}" (${path})`;
  const whole = parseFile(textOf(path, source), source);
  const pid = whole !== null && typeof whole === "object" && "pid" in whole ? whole.pid : undefined;
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0) throw new Error(`${source} names no process: ${start}`);
  if (!isAlive(pid)) throw new Error(`The lab "${name}" is not running any more (its process ${pid} is gone): ${start}`);
  return [{ source, connections: connectionsIn(whole) }];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Later layers win, member by member of a connection. */
function merged(layers: readonly Layer[]): Connections {
  const failures = layers.flatMap(({ source, connections }) => [...connectionsFailures(connections), ...hidden(source, connections)].map((failure) => `in ${source}: ${failure}`));
  if (failures.length > 0) throw new Error(["The connections are not right:", ...failures.map((failure) => `  - ${failure}`)].join("\n"));
  const all = new Map<string, Connection>();
  for (const { connections } of layers) for (const [name, connection] of Object.entries(connections as Connections)) all.set(name, { ...all.get(name), ...connection });
  return Object.fromEntries(all);
}

/** What weakens a connection stands where a policy can see and refuse it, or nowhere. */
function hidden(source: string, connections: unknown): string[] {
  if (source === IN_CONFIGURATION || connections === null || typeof connections !== "object") return [];
  const weak = Object.entries(connections as Connections).filter(([, connection]) => connection?.tls?.insecure === true);
  return weak.map(([name]) => `${name}.tls.insecure may stand in the stack configuration only, where a policy can refuse it`);
}

/** The passwords that stand in a connection itself. */
function written({ osAdministrator, applicationUser, certsrv, windows, sftp, keystores = {}, nodes = {} }: Connection): string[] {
  const others = [windows?.password, sftp?.password, ...Object.values(keystores)].filter((secret) => typeof secret === "string");
  const logins = [osAdministrator, applicationUser, certsrv, ...Object.values(nodes).flatMap((node) => [node.osAdministrator, node.applicationUser])];
  return [...others, ...logins.flatMap((login) => (typeof login?.password === "string" ? [login.password] : []))];
}

function keyOf(text: string): string {
  return text.includes("-----BEGIN") ? text : textOf(text, `the private key ${text}`);
}

function missing(name: string, to: ConnectionUse, known: readonly string[]): never {
  const path = `uccerts:connections${/^[\w-]+$/.test(name) ? `.${name}` : `["${name}"]`}`;
  const variable = name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  const set = (member: string, value: string) => `  pulumi config set --path '${path}.${member}' ${value}`;
  const login = (member: string, suffix: string) => [set(`${member}.username`, "<name>"), set(`${member}.password.env`, `${variable}_${suffix}`)];
  const commands = {
    cluster: [...login("osAdministrator", "OS_PASSWORD"), ...login("applicationUser", "APP_PASSWORD")],
    authority: [set("certsrv.host", "<server>"), ...login("certsrv", "PASSWORD")],
    hosts: login("windows", "WINDOWS_PASSWORD"),
    files: [set("sftp.host", "<server>"), ...login("sftp", "SFTP_PASSWORD"), set("sftp.directory", "/<directory>")],
  };
  const what = { cluster: "a cluster", authority: "an AD CS", hosts: "Windows hosts", files: "an SFTP server" };
  throw new Error(
    [
      `There is no connection "${name}"${known.length > 0 ? ` (there is: ${known.join(", ")})` : ""}. Set it, for ${what[to]}:`,
      ...commands[to],
      `or write it into the file named by UCCERTS_CONNECTIONS (docs/connections.md).`,
    ].join("\n"),
  );
}

function reveal(secret: Secret, env: Environment, secrets: Set<string>): string {
  const value = typeof secret === "string" ? secret : env[secret.env];
  if (!value) throw new Error(typeof secret === "string" ? "A password of the connection is empty" : `The environment variable ${secret.env}, which a connection names, is not set or empty`);
  secrets.add(value);
  return value;
}
