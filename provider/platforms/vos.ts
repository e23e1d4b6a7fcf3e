// The contract of a VOS node: what a lifecycle may ask of one appliance. Drivers are in vos/.
import type { Member, Reading, ServiceReading, Snapshot, TrustEntry } from "../../domain/readings";
import type { Purpose, TrustStore } from "../../domain/purposes";
import type { Question } from "../../domain/question";
import type { Certificate, KeyFacts } from "../../domain/x509/certificate";
import type { BulkPlatform } from "./bulk";
import type { PhonePlatform } from "./phones";
import type { Served } from "./tls";
import type { TrustFilePlatform } from "./trust-files";

/** Facts that only the platform CLI tells. */
export interface SystemFacts {
  version: string;
  diskUsed: Readonly<Record<string, number>>;
  ntpSynchronised: Reading<boolean>;
  fips: Reading<boolean>;
  sso: Reading<boolean>;
}

/** Seconds since a node was started: it counts whole minutes. */
export interface Uptime {
  least: number;
  most: number;
}

/** SSO as one node tells it by CLI. */
export interface SsoStatus {
  on: boolean;
  /** `SAML SSO Test Status`, such as `passed`; undefined where it is not printed. */
  test?: string;
  /** When the SP metadata was exported last. */
  metadataExported?: Date;
}

/** Told as a service changes its state while it is restarted. */
export type Watch = (state: string) => void;

/** One VOS node. Reads may run side by side; a caller holds the cluster's lock for anything that writes. */
export interface VosPlatform {
  readonly fqdn: string;
  /** Every certificate and pending request of the node. */
  snapshot(): Promise<Snapshot>;
  /** One trust store, without the rest of a snapshot. */
  trustEntries(store: TrustStore): Promise<TrustEntry[]>;
  /** The installed certificate of one purpose; undefined when there is none. */
  identity(purpose: Purpose): Promise<{ certificate: Certificate; clock: Date } | undefined>;
  /** The pending request, PEM; undefined when there is none. */
  pendingRequest(purpose: Purpose): Promise<string | undefined>;
  /** Makes a request with a new key pair; it replaces the pending one, which need not be read again where `before` tells it. @returns PEM */
  generateRequest(question: Question, before?: { pending: string | undefined }): Promise<string>;
  /** Uploads a signed certificate, its chain behind it. @returns the platform's messages */
  uploadIdentity(purpose: Purpose, pems: readonly string[]): Promise<string[]>;
  uploadTrust(store: TrustStore, pem: string, description: string): Promise<void>;
  /** Succeeds when it is already gone. */
  deleteTrust(entry: TrustEntry): Promise<void>;

  services(): Promise<ServiceReading[]>;
  /** The same without how long each has been running; also while Cisco Tomcat is down, and Control Center with it. */
  servicesByCli(): Promise<ServiceReading[]>;
  /** Restarts one service and returns when its prompt or its answer is back; whether it came up, `services` tells. */
  restartService(name: string, watch: Watch): Promise<void>;
  startService(name: string, watch: Watch): Promise<void>;
  /** Restarts the whole node and returns when the order is confirmed and the session over; what came of it, `uptime` tells. */
  restartNode(): Promise<void>;
  uptime(): Promise<Uptime>;

  /** What a port serves, by a real handshake that offers only signatures of this key type; undefined when it serves none. */
  served(keyType: KeyFacts["type"], port?: number): Promise<Served | undefined>;
  /** HTTP status of the product's page. */
  pageStatus(): Promise<number>;

  system(): Promise<SystemFacts>;
  /** Of these names, those that the node cannot resolve. */
  unresolved(names: readonly string[]): Promise<string[]>;

  /** Publisher only: the nodes as the cluster lists them. */
  members(): Promise<Member[]>;
  /** Publisher only: nodes whose database replication is not healthy. */
  unhealthyReplication(): Promise<{ name: string; state: string }[]>;
  /** CUCM publisher only: the last backup that succeeded, and whether one is running. */
  backups(): Promise<{ last: Date | undefined; running: boolean }>;
  sso(): Promise<SsoStatus>;
  /** On this node only; succeeds when it is off already. */
  disableSso(): Promise<void>;
  /** CUCM publisher only: whether SSO is on, by the database, for each node. */
  ssoInDatabase(): Promise<ReadonlyMap<string, boolean>>;
  /** CUCM publisher only. */
  readonly bulk: BulkPlatform;
  /** CUCM publisher only. */
  readonly phones: PhonePlatform;
  /** CUCM nodes only. */
  readonly trustFiles: TrustFilePlatform;
  /** CUCM publisher only: an enterprise parameter by its database name; undefined when there is none. */
  parameter(name: string): Promise<string | undefined>;
}
