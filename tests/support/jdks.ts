// The JDKs of this machine: on the PATH, in JAVA_HOME, and where packages put them.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

const PACKAGED = "/usr/lib/jvm";

/** Homes of the JDKs found, each once. @throws when there is none. */
export function jdks(): string[] {
  const onPath = (process.env.PATH ?? "").split(delimiter).filter((folder) => existsSync(join(folder, "keytool"))).map((folder) => join(realpathSync(join(folder, "keytool")), "..", ".."));
  const packaged = existsSync(PACKAGED) ? readdirSync(PACKAGED).map((name) => join(PACKAGED, name)) : [];
  const homes = [process.env.JAVA_HOME ?? "", ...onPath, ...packaged].filter((home) => home !== "" && existsSync(join(home, "bin", "keytool"))).map((home) => realpathSync(home));
  const found = [...new Set(homes)].sort();
  if (found.length === 0) throw new Error("no JDK was found: install one (keytool must be on the PATH, or JAVA_HOME set)");
  return found;
}

/** Runs a program of a JDK, in English; what it printed. @throws when it fails. */
export function runJdk(home: string, program: string, ...args: string[]): string {
  return execFileSync(join(home, "bin", program), args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
}
