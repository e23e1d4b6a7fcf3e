// What a connection is. docs/connections.md describes it for users.
import type { Secret } from "./settings";

export { connectionFailures, connectionsFailures } from "./connection-shape";

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
  /** Accept every certificate. Said in every run; only in the stack configuration, where a policy can refuse it (U8). */
  insecure?: boolean;
}

export interface SshTrust {
  /** `SHA256:…` as ssh-keygen prints it. */
  hostKeys?: string[];
  /** Beyond the usual ones, for old nodes only. */
  algorithms?: Partial<Record<"kex" | "serverHostKey" | "cipher" | "hmac", string[]>>;
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

/** The account of an administrator on Windows hosts, for OpenSSH. */
export interface WindowsLogin {
  username: string;
  password?: Secret;
  /** PEM or OpenSSH's format, or the path of such a file; taken instead of a password. */
  privateKey?: Secret;
}

/** The account of an SFTP server where clusters exchange their certificates. */
export interface SftpLogin {
  /** As the publishers reach it; how we do, `reach` may say. */
  host: string;
  username: string;
  password?: Secret;
  /** For what we do there ourselves; a publisher logs in with the password. */
  privateKey?: Secret;
  /** Of its own: everything that lies there is consolidated. */
  directory: string;
}

/** One connection, by the name that programs use. */
export interface Connection {
  /** OS administrator: certificate REST and platform CLI. */
  osAdministrator?: Login;
  /** Application user: AXL and Control Center. */
  applicationUser?: Login;
  /** AD CS web enrolment. */
  certsrv?: CertsrvLogin;
  /** Windows hosts of a contact centre. */
  windows?: WindowsLogin;
  /** SFTP server of a bulk certificate exchange. */
  sftp?: SftpLogin;
  /** Passwords of Java keystores: `default`, or by the host's name. */
  keystores?: Record<string, Secret>;
  tls?: TlsTrust;
  ssh?: SshTrust;
  /** Only where a node differs. */
  nodes?: Record<string, Pick<Connection, "osAdministrator" | "applicationUser">>;
  reach?: Record<string, Reach>;
}
