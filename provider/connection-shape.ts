// Whether what a person wrote is a connection: everything that is wrong at once, and never a value that could be a secret.

/** What is wrong with a value at a path, one sentence each. */
type Check = (path: string, value: unknown) => string[];

const TLS_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a value is, without showing it. */
function nature(value: unknown): string {
  if (value === null || value === undefined || value === "") return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of settings";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

const text: Check = (path, value) => {
  if (typeof value === "string" && value !== "") return [];
  if (typeof value === "number" || typeof value === "boolean") return [`${path} is ${nature(value)}: write it in quotes, as a text`];
  return [`${path} is ${nature(value)}${nature(value) === "empty" ? "" : " where a text is expected"}`];
};

/** A group with these members; `required` ones must be there. */
function group(members: Record<string, Check>, required: readonly string[] = []): Check {
  const known = Object.keys(members).join(", ");
  return (path, value) => {
    if (!isRecord(value)) return [`${path} is ${nature(value)}: settings are expected (${known})`];
    const missing = required.filter((name) => value[name] === undefined).map((name) => `${path}.${name} is missing`);
    const wrong = Object.entries(value).flatMap(([name, member]) => (Object.hasOwn(members, name) ? members[name]!(`${path}.${name}`, member) : [`${path}.${name} is unknown (known: ${known})`]));
    return [...missing, ...wrong];
  };
}

/** A group whose members have names of a person's choice. */
function named(check: Check, what: string): Check {
  return (path, value) => (isRecord(value) ? Object.entries(value).flatMap(([name, member]) => check(`${path}["${name}"]`, member)) : [`${path} is ${nature(value)}: ${what} are expected`]);
}

function list(check: Check): Check {
  return (path, value) => (Array.isArray(value) ? value.flatMap((item, index) => check(`${path}[${index}]`, item)) : [`${path} is ${nature(value)}: a list is expected`]);
}

/** A text of a certain form; it is shown, so never use this for a secret. */
function form(pattern: RegExp, expected: string): Check {
  return (path, value) => (typeof value === "string" && value !== "" ? (pattern.test(value) ? [] : [`${path} "${value}" is no ${expected}`]) : text(path, value));
}

const secret: Check = (path, value) => {
  if (isRecord(value)) return group({ env: text }, ["env"])(path, value);
  return text(path, value).map((failure) => (Array.isArray(value) ? `${failure}: write it, or { env: NAME }` : failure));
};

const port: Check = (path, value) => (Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536 ? [] : [`${path} is no port (a whole number from 1 to 65535)`]);

const flag: Check = (path, value) => (typeof value === "boolean" ? [] : [`${path} is ${nature(value)}: true or false is expected`]);

const FINGERPRINT = /^(sha-?256[:=])?\s*([0-9a-f]{2}[:\s]?){31}[0-9a-f]{2}\s*$/i;
const HOST_KEY = /^SHA256:[A-Za-z0-9+/]{43}=?$/;

const login = { username: text, password: secret };
const logins = { osAdministrator: group(login, ["username", "password"]), applicationUser: group(login, ["username", "password"]) };

const CONNECTION = group({
  ...logins,
  certsrv: group({ ...login, host: text, domain: text }, ["host", "username", "password"]),
  windows: group({ username: text, password: secret, privateKey: secret }, ["username"]),
  sftp: group({ host: text, username: text, password: secret, privateKey: secret, directory: text }, ["host", "username", "directory"]),
  keystores: named(secret, "passwords by host, or default"),
  tls: group({
    ca: list(text),
    fingerprints: list(form(FINGERPRINT, "SHA-256 fingerprint (64 hexadecimal digits)")),
    minVersion: form(new RegExp(`^(${TLS_VERSIONS.map((version) => version.replace(".", "\\.")).join("|")})$`), `TLS version (${TLS_VERSIONS.join(", ")})`),
    insecure: flag,
  }),
  ssh: group({ hostKeys: list(form(HOST_KEY, 'SHA-256 fingerprint of a host key ("SHA256:…", as ssh-keygen -l prints it)')), algorithms: group({ kex: list(text), serverHostKey: list(text), cipher: list(text), hmac: list(text) }) }),
  nodes: named(group(logins), "nodes by name"),
  reach: named(group({ address: text, ports: named(port, "ports by number") }), "hosts by name"),
});

/** What is wrong with the shape of a connection, one sentence each. */
export function connectionFailures(name: string, connection: unknown): string[] {
  return CONNECTION(name, connection);
}

/** What is wrong with connections by name, as a whole. */
export function connectionsFailures(connections: unknown): string[] {
  if (!isRecord(connections)) return [`connections are ${nature(connections)}: connections by name are expected`];
  return Object.entries(connections).flatMap(([name, connection]) => connectionFailures(name, connection));
}
