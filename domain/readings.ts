// What is read of a live cluster, as plain values: drivers fill it in, rules decide on it.
import type { NodeName, Product, Role } from "./purposes";
import type { Certificate } from "./x509/certificate";

/** A fact that was read, or why it was not. */
export type Reading<T> = { readonly value: T } | { readonly unread: string };

/** One entry of a trust store. */
export interface TrustEntry {
  /** A TrustStore, or another that the platform has. */
  store: string;
  fileName: string;
  certificate: Certificate;
}

/** The certificates of one node. */
export interface Snapshot {
  /** By purpose. */
  identities: ReadonlyMap<string, Certificate>;
  /** Pending certificate signing requests by purpose, PEM. */
  requests: ReadonlyMap<string, string>;
  trusts: readonly TrustEntry[];
  /** The node's clock when it answered. */
  clock: Date;
}

export type ServiceState = "Started" | "Stopped" | "Starting" | "Stopping" | "Unknown";

/** One service of a node. */
export interface ServiceReading {
  name: string;
  state: ServiceState;
  /** The platform's own words when it is not started; empty otherwise. */
  reason: string;
  /** Seconds that it has been running; undefined when the platform does not say. */
  upSeconds?: number;
}

/** What the node says of SSO in its two places, which can differ (platform-interfaces.md 3.7). */
export interface SsoReading {
  cli: boolean;
  /** Undefined where the database could not be asked, or has no such node. */
  database?: boolean;
  /** `SAML SSO Test Status`; undefined where the node does not print it. */
  test?: string;
  /** When the SP metadata was exported last. */
  metadataExported?: Date;
}

export interface NodeReading {
  node: NodeName;
  /** The release as the node prints it. */
  version: Reading<string>;
  snapshot: Reading<Snapshot>;
  /** Milliseconds that the node's clock is ahead of ours. */
  clockAhead: Reading<number>;
  services: Reading<readonly ServiceReading[]>;
  sso: Reading<SsoReading>;
  /** Per cent used of the active partition and of logging. */
  diskUsed: Reading<Readonly<Record<string, number>>>;
  ntpSynchronised: Reading<boolean>;
  fips: Reading<boolean>;
  /** Of the names that were asked for, those that the node cannot resolve. */
  unresolved: Reading<readonly string[]>;
}

/** A node as the cluster itself lists it. */
export interface Member {
  name: string;
  product?: Product;
  role: Role;
}

export interface ClusterReading {
  nodes: readonly NodeReading[];
  members: Reading<readonly Member[]>;
  /** Nodes whose database replication is not healthy, with what the platform says. */
  replication: Reading<readonly { name: string; state: string }[]>;
  /** The last backup that succeeded; undefined when there is none. */
  lastBackup: Reading<Date | undefined>;
  backupRunning: Reading<boolean>;
}

/** The value of a reading; undefined when it was not read. */
export function valueOf<T>(reading: Reading<T>): T | undefined {
  return "value" in reading ? reading.value : undefined;
}

/** A node of which nothing was read, and why. */
export function unreadNode(node: NodeName, why: string): NodeReading {
  const unread = { unread: why };
  return { node, version: unread, snapshot: unread, clockAhead: unread, services: unread, sso: unread, diskUsed: unread, ntpSynchronised: unread, fips: unread, unresolved: unread };
}
