// The connections as text: what a person pastes, and the single values that the Pulumi CLI sets.
import { stringify } from "yaml";
import type { Connection, Login } from "../../provider/connections";
import type { Connections } from "./draft";

type Secret = Login["password"];

/** Without secrets in the clear: those are neither shown nor written. */
function withoutSecrets(connections: Connections): Connections {
  const hidden = (key: string, value: unknown) => (["password", "privateKey"].includes(key) && typeof value === "string" ? undefined : value);
  const copy = JSON.parse(JSON.stringify(connections, hidden)) as Connections;
  for (const { keystores } of Object.values(copy)) for (const [host, secret] of Object.entries(keystores ?? {})) if (typeof secret === "string") delete keystores![host];
  return copy;
}

/** Every secret of connections, in the clear or by the variable that holds it. */
function secretsOf(connections: Connections): Secret[] {
  return Object.values(connections).flatMap(({ osAdministrator, applicationUser, certsrv, windows, keystores = {} }) => [
    ...[osAdministrator, applicationUser, certsrv].flatMap((login) => login?.password ?? []),
    ...[windows?.password, windows?.privateKey, ...Object.values(keystores)].filter((secret) => secret !== undefined),
  ]);
}

/** For the stack configuration; a password that stands there already is not repeated. */
export function block(connections: Connections): string {
  const text = stringify({ config: { "uccerts:connections": withoutSecrets(connections) } }, { lineWidth: 0 });
  const kept = secretsOf(connections).some((secret) => typeof secret === "string");
  return kept ? `# Passwords that are configured already are not shown: leave them as they are.\n${text}` : text;
}

/** Paths and values that differ from what the stack has, for `pulumi config set --path`. */
export function changes(connections: Connections, configured: unknown): [path: string, value: string][] {
  return leaves(withoutSecrets(connections), configured, "uccerts:connections").sort();
}

function leaves(value: unknown, known: unknown, path: string): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, (known as unknown[] | undefined)?.[index], `${path}[${index}]`));
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value as Connection).filter(([, member]) => member !== undefined);
    return members.flatMap(([key, member]) => leaves(member, (known as Record<string, unknown> | undefined)?.[key], `${path}${/^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `["${key}"]`}`));
  }
  return value === known ? [] : [[path, String(value)]];
}

/** Environment variables that the connections name. */
export function variablesOf(connections: Connections): string[] {
  return [...new Set(secretsOf(connections).flatMap((secret) => (typeof secret === "string" ? [] : [secret.env])))];
}
