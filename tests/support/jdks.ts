// The JDKs of this machine, for tests: keytool of Windows hosts is a real one.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findJdks } from "../../lab";

/** Homes of the JDKs found, each once. */
export function jdks(): string[] {
  return findJdks().map(({ home }) => home);
}

/** For `skip` of what needs one: why it is skipped; false where the machine has one. */
export const NO_JDK: string | false = findJdks().length === 0 && "this machine has no JDK, whose keytool the lab's Windows hosts run: install one (17 or later), or set JAVA_HOME";

/** Runs a program of a JDK, in English; what it printed. @throws when it fails. */
export function runJdk(home: string, program: string, ...args: string[]): string {
  return execFileSync(join(home, "bin", program), args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
}
