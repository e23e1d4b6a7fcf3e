// Connections and timing: from the stack configuration, a file, or a running lab. The only place of the provider that reads the environment.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { connectionFailures, type Connection } from "./connections";
import { timing, type Timing } from "./timing";

/** A secret as it is written: in place, or the name of an environment variable. */
export type Secret = string | { env: string };

export interface Settings {
  readonly timing: Timing;
  /** Where locks and the like are kept. */
  readonly stateFolder: string;
  /** Names of all connections. */
  readonly names: readonly string[];
  /** @throws when there is none of that name, with the commands that set it. */
  connection(name: string): Connection;
  /** The value of a secret, resolved when it is used. @throws when its variable is not set. */
  reveal(secret: Secret): string;
  /** Every secret that has been revealed, and those that stand in the configuration. */
  readonly secrets: ReadonlySet<string>;
}

type Get = (key: string) => string | undefined;
type Environment = Record<string, string | undefined>;
type Connections = Record<string, Connection>;

/** Our folder for what must outlive a run. `UCCERTS_STATE` moves it. */
export function stateFolder(env: Environment = process.env): string {
  return env.UCCERTS_STATE || join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "uccerts");
}

/** Reads the settings. `get` gives the text of a configuration key, such as `uccerts:connections`. */
export function readSettings(get: Get, env: Environment = process.env): Settings {
  const connections = merge(configured(get), fromLab(get("uccerts:lab"), env), fromFile(env.UCCERTS_CONNECTIONS));
  const failures = Object.entries(connections).flatMap(([name, connection]) => connectionFailures(name, connection));
  if (failures.length > 0) throw new Error(["The connections are not right:", ...failures.map((failure) => `  - ${failure}`)].join("\n"));
  const secrets = new Set<string>();
  return {
    timing: timing(parse(get("uccerts:timing"), "uccerts:timing") as Record<string, string> | undefined),
    stateFolder: stateFolder(env),
    names: Object.keys(connections),
    connection: (name) => connections[name] ?? missing(name, Object.keys(connections)),
    reveal: (secret) => reveal(secret, env, secrets),
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

function configured(get: Get): Connections {
  return (parse(get("uccerts:connections"), "uccerts:connections") ?? {}) as Connections;
}

function fromFile(path: string | undefined): Connections {
  return path ? readYaml(path, "the file named by UCCERTS_CONNECTIONS") : {};
}

/** YAML or JSON. The library is loaded only when there is a file. */
function readYaml(path: string, what: string): Connections {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${what} (${path}) cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  const whole = parsed(text, `${what} (${path})`) ?? {};
  return "connections" in whole ? (whole.connections as Connections) : (whole as Connections);
}

/** The library's own messages quote the text, in which passwords may stand: only the place is told. */
function parsed(text: string, what: string): object | null {
  // Loaded only when there is a file: most runs have none, and every provider process starts anew.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseDocument } = require("yaml") as typeof import("yaml");
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) throw new Error(`${what} is no YAML: line ${mistake.linePos?.[0].line ?? "unknown"} (${mistake.code})`);
  let whole: unknown;
  try {
    whole = document.toJS();
  } catch {
    throw new Error(`${what} is no YAML: an alias in it (a value that begins with *) stands for nothing; quote a password that begins so`);
  }
  if (typeof whole !== "object" || Array.isArray(whole)) throw new Error(`${what} does not hold connections by their names`);
  return whole;
}

/** `uccerts:lab: <name>` takes the connections of a lab that runs on this machine. */
function fromLab(name: string | undefined, env: Environment): Connections {
  if (!name) return {};
  const path = join(stateFolder(env), "lab", `${name}.yaml`);
  const start = `start it with "npx uccerts lab", or remove uccerts:lab from the stack configuration`;
  let pid: number | undefined;
  try {
    pid = Number(/^pid: (\d+)/m.exec(readFileSync(path, "utf8"))?.[1]);
  } catch {
    throw new Error(`The lab "${name}" is not running (${path} does not exist): ${start}`);
  }
  if (!isAlive(pid)) throw new Error(`The lab "${name}" is not running any more (its process ${pid} is gone): ${start}`);
  return readYaml(path, `the file of the lab "${name}"`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Later ones win, member by member of a connection. */
function merge(...layers: Connections[]): Connections {
  const merged: Connections = {};
  for (const layer of layers) for (const [name, connection] of Object.entries(layer)) merged[name] = { ...merged[name], ...connection };
  return merged;
}

function missing(name: string, known: readonly string[]): never {
  const path = `uccerts:connections.${name}`;
  const variable = `${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_OS_PASSWORD`;
  throw new Error(
    [
      `There is no connection "${name}"${known.length > 0 ? ` (there is: ${known.join(", ")})` : ""}. Set it, for a cluster:`,
      `  pulumi config set --path '${path}.osAdministrator.username' <name>`,
      `  pulumi config set --path '${path}.osAdministrator.password.env' ${variable}`,
      `  pulumi config set --path '${path}.applicationUser.username' <name>`,
      `  pulumi config set --path '${path}.applicationUser.password.env' ${variable.replace("_OS_", "_APP_")}`,
      `or write it into the file named by UCCERTS_CONNECTIONS (docs/connections.md).`,
    ].join("\n"),
  );
}

function reveal(secret: Secret, env: Environment, secrets: Set<string>): string {
  const value = typeof secret === "string" ? secret : env[secret.env];
  if (!value) throw new Error(typeof secret === "string" ? "a password of the connection is empty" : `The environment variable ${secret.env}, which a connection names, is not set`);
  secrets.add(value);
  return value;
}
