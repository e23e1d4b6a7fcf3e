// The connections as text: what a person pastes, and the single values that the Pulumi CLI sets.
import { stringify } from "yaml";
import type { Connection } from "../../provider/connections";
import type { Connections } from "./draft";

/** Whether a value is a password in the clear: those are neither shown nor written. */
function isClear(key: string, value: unknown): boolean {
  return key === "password" && typeof value === "string";
}

/** For the stack configuration; a password that stands there already is not repeated. */
export function block(connections: Connections): string {
  const text = stringify({ config: { "uccerts:connections": JSON.parse(JSON.stringify(connections, (key, value: unknown) => (isClear(key, value) ? undefined : value))) as Connections } }, { lineWidth: 0 });
  const kept = Object.values(connections).some(({ osAdministrator, applicationUser, certsrv }) => [osAdministrator, applicationUser, certsrv].some((login) => typeof login?.password === "string"));
  return kept ? `# Passwords that are configured already are not shown: leave them as they are.\n${text}` : text;
}

/** Paths and values that differ from what the stack has, for `pulumi config set --path`. */
export function changes(connections: Connections, configured: unknown): [path: string, value: string][] {
  return leaves(connections, configured, "uccerts:connections").sort();
}

function leaves(value: unknown, known: unknown, path: string): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, (known as unknown[] | undefined)?.[index], `${path}[${index}]`));
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value as Connection).filter(([key, member]) => member !== undefined && !isClear(key, member));
    return members.flatMap(([key, member]) => leaves(member, (known as Record<string, unknown> | undefined)?.[key], `${path}${/^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `["${key}"]`}`));
  }
  return value === known ? [] : [[path, String(value)]];
}

/** Environment variables that the connections name. */
export function variablesOf(connections: Connections): string[] {
  const names = Object.values(connections).flatMap(({ osAdministrator, applicationUser, certsrv }) => [osAdministrator, applicationUser, certsrv].flatMap((login) => (typeof login?.password === "object" ? [login.password.env] : [])));
  return [...new Set(names)];
}
