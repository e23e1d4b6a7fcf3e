// Whether a secret stands where none may stand: what was printed, the state, and every file that a run has left.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A text and where it was found. */
export type Place = readonly [where: string, text: string];

/** Shorter ones are made up by a test, such as "wrong", and stand in sentences. */
const SHORTEST = 8;

/** Every value named `password` anywhere in connections; those that name a variable are taken from `env`. */
export function passwordsIn(connections: unknown, env: NodeJS.ProcessEnv = {}): string[] {
  if (typeof connections !== "object" || connections === null) return [];
  return Object.entries(connections).flatMap(([key, inner]: [string, unknown]) => (key === "password" ? passwordOf(inner, env) : passwordsIn(inner, env)));
}

function passwordOf(secret: unknown, env: NodeJS.ProcessEnv): string[] {
  if (typeof secret === "string") return [secret];
  const value = env[(secret as { env?: string } | null)?.env ?? ""];
  return value ? [value] : [];
}

/** Every file below a folder with its text, links not followed. */
export function textsBelow(folder: string): Place[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): Place[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return textsBelow(path);
    return entry.isFile() ? [[path, readFileSync(path, "latin1")]] : [];
  });
}

/** The places where a secret or a private key stands, and in which form. */
export function leaks(places: readonly Place[], secrets: Iterable<string>): string[] {
  const forms = [...new Set([...secrets].filter((secret) => secret.length >= SHORTEST).flatMap(formsOf))];
  return places.flatMap(([where, text]) => [...forms, "PRIVATE KEY"].filter((form) => text.includes(form)).map((found) => `${where}: ${found}`));
}

function formsOf(secret: string): string[] {
  const inText = JSON.stringify(secret).slice(1, -1);
  return [secret, inText, Buffer.from(secret).toString("base64").replace(/=+$/, ""), encodeURIComponent(secret)];
}

/** @throws with every leak, and what stands around it is not shown */
export function refuseLeaks(places: readonly Place[], secrets: Iterable<string>): void {
  const found = leaks(places, secrets);
  if (found.length > 0) throw new Error(["secrets were found where none may stand:", ...found.map((line) => `  - ${line}`)].join("\n"));
}

/** The files that hold the secrets of a test by its own doing. */
export function isOwn([where]: Place, names: readonly string[]): boolean {
  return names.includes(basename(where));
}
