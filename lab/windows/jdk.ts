// The JDKs of this machine: the hosts run their real `keytool`.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export interface Jdk {
  home: string;
  /** As its `release` file says, e.g. `17.0.15`. */
  version: string;
  keytool: string;
}

export interface Ran {
  code: number;
  output: Buffer;
  errors: Buffer;
}

/** Folders of which every subfolder may be a JDK. */
const SHELVES = ["/usr/lib/jvm", "/usr/java", "/opt", "/opt/java", "/opt/jdk", "/Library/Java/JavaVirtualMachines"];

/** They make a `keytool` start in a third of the time and change nothing that it does. */
const QUICK = ["-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-J-Xshare:auto"];

function below(folder: string): string[] {
  try {
    return readdirSync(folder).sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function fromPath(): string[] {
  const found = (process.env.PATH ?? "").split(delimiter).filter(Boolean).map((folder) => join(folder, "keytool")).filter((file) => existsSync(file));
  return found.map((file) => dirname(dirname(realpathSync(file))));
}

/** Homes named in `UCCERTS_JDKS` are all that there are; empty: none. */
function candidates(): string[] {
  const only = process.env.UCCERTS_JDKS;
  if (only !== undefined) return only.split(delimiter).filter(Boolean);
  const shelves = [...SHELVES, join(homedir(), ".sdkman/candidates/java"), join(homedir(), ".jdks")].flatMap(below);
  const named = process.env.JAVA_HOME ? [process.env.JAVA_HOME] : [];
  return [...fromPath(), ...named, ...shelves.flatMap((folder) => [folder, join(folder, "Contents/Home")])];
}

function described(home: string): Jdk {
  const release = join(home, "release");
  const text = existsSync(release) ? readFileSync(release, "utf8") : "";
  return { home, version: /^JAVA_VERSION="([^"]*)"/m.exec(text)?.[1] ?? "unknown", keytool: join(home, "bin/keytool") };
}

let found: readonly Jdk[] | undefined;

/** Every JDK (or JRE with a `keytool`) of this machine, the one of PATH first. */
export function findJdks(): readonly Jdk[] {
  const homes = () => candidates().filter((home) => existsSync(join(home, "bin/keytool"))).map((home) => realpathSync(home));
  return (found ??= [...new Set(homes())].map(described));
}

/** The JDK at this home, or the first one of the machine. @throws when there is none */
export function jdkAt(home?: string): Jdk {
  if (home !== undefined && existsSync(join(home, "bin/keytool"))) return described(realpathSync(home));
  if (home !== undefined) throw new Error(`there is no keytool in ${join(home, "bin")}: \`jdk\` must be the home of a JDK`);
  const [first] = findJdks();
  if (!first) throw new Error("the lab's Windows hosts run a real keytool, and this machine has none: install a JDK (17 or later), or set JAVA_HOME");
  return first;
}

export interface How {
  /** Where it runs. */
  folder?: string;
  /** When it is aborted, `keytool` is killed. */
  signal?: AbortSignal;
}

export function runKeytool(jdk: Jdk, args: readonly string[], { folder, signal }: How = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const environment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C.UTF-8" };
    for (const name of ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"]) delete environment[name];
    const child = spawn(jdk.keytool, [...QUICK, ...args], { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGKILL" });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", (error) => (signal?.aborted ? undefined : reject(error)));
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(output), errors: Buffer.concat(errors) }));
  });
}

/** The same, where it must succeed. */
export async function keytool(jdk: Jdk, args: readonly string[]): Promise<Buffer> {
  const { code, output, errors } = await runKeytool(jdk, args);
  if (code !== 0) throw new Error(`${jdk.keytool} ended with ${code}: ${output.toString("utf8")}${errors.toString("utf8")}`);
  return output;
}
