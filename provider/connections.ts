// What a connection is. docs/connections.md describes it for users.
import type { Secret } from "./settings";

export interface Login {
  username: string;
  password: Secret;
}

/** How a server's certificate is verified; without `ca` and `fingerprints` nothing is accepted. */
export interface TlsTrust {
  /** PEM, or the path of a PEM file. */
  ca?: string[];
  /** SHA-256 of server certificates that are accepted as they are. */
  fingerprints?: string[];
  /** For old nodes only, e.g. `TLSv1.1`. */
  minVersion?: string;
}

export interface SshTrust {
  /** `SHA256:…` as ssh-keygen prints it. */
  hostKeys?: string[];
}

/** Where a host is reached, where not at its own name and ports. */
export interface Reach {
  address?: string;
  ports?: Record<string, number>;
}

export interface CertsrvLogin extends Login {
  /** The server of the web enrolment pages. */
  host: string;
  /** Windows domain, for NTLM. */
  domain?: string;
}

/** One connection, by the name that programs use. */
export interface Connection {
  /** OS administrator: certificate REST and platform CLI. */
  osAdministrator?: Login;
  /** Application user: AXL and Control Center. */
  applicationUser?: Login;
  /** AD CS web enrolment. */
  certsrv?: CertsrvLogin;
  tls?: TlsTrust;
  ssh?: SshTrust;
  /** Only where a node differs. */
  nodes?: Record<string, Pick<Connection, "osAdministrator" | "applicationUser">>;
  reach?: Record<string, Reach>;
}

const MEMBERS = ["osAdministrator", "applicationUser", "certsrv", "tls", "ssh", "nodes", "reach"];

/** What is wrong with the shape of a connection, one sentence each. */
export function connectionFailures(name: string, connection: unknown): string[] {
  if (connection === null || typeof connection !== "object") return [`${name} is no connection`];
  const members = Object.entries(connection);
  const unknown = members.filter(([key]) => !MEMBERS.includes(key)).map(([key]) => `${name}.${key} is unknown (known: ${MEMBERS.join(", ")})`);
  const logins = members.filter(([key]) => ["osAdministrator", "applicationUser", "certsrv"].includes(key)).flatMap(([key, login]) => loginFailures(`${name}.${key}`, login));
  return [...unknown, ...logins, ...fingerprintFailures(name, connection)];
}

function loginFailures(path: string, login: unknown): string[] {
  const { username, password, host } = (login ?? {}) as Partial<CertsrvLogin>;
  const failures: string[] = [];
  if (!username || typeof username !== "string") failures.push(`${path}.username is missing`);
  if (path.endsWith(".certsrv") && !host) failures.push(`${path}.host is missing`);
  const secret = typeof password === "string" || (typeof password === "object" && typeof password?.env === "string");
  if (!secret) failures.push(`${path}.password is missing: write a secret or { env: NAME }`);
  return failures;
}

function fingerprintFailures(name: string, { tls }: Connection): string[] {
  const bad = (tls?.fingerprints ?? []).filter((text) => text.replace(/^sha-?256[:=]/i, "").replace(/[:\s]/g, "").length !== 64);
  return bad.map((text) => `${name}.tls.fingerprints: "${text}" is no SHA-256 fingerprint (64 hexadecimal digits)`);
}
