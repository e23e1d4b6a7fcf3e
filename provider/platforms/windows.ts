// The contract of a Windows host of a contact centre: what a lifecycle may ask of one server. The driver is in windows/.
import type { KeystoreType } from "../../domain/keystore";
import type { Certificate, KeyFacts } from "../../domain/x509/certificate";

/** One entry of a Java keystore. */
export interface StoreEntry {
  /** As the store holds it; aliases count without regard to case. */
  alias: string;
  kind: "trusted certificate" | "private key" | "secret key";
  /** SHA-256 of its certificate, of a private key the first of its chain; undefined for a secret key. */
  fingerprint?: string;
  /** The same certificate. */
  pem?: string;
}

/** Where a store is and how it is opened. */
export interface StoreLocation {
  path: string;
  /** The host's own `keytool`. */
  keytool: string;
  password: string;
}

export interface StoreContent {
  /** By the first bytes of the file (R116). */
  type: KeystoreType;
  entries: readonly StoreEntry[];
  /** SHA-256 of the file. */
  digest: string;
}

export interface StoreChange {
  /** Alias → PEM. What the alias holds is replaced. */
  put: Readonly<Record<string, string>>;
  remove: readonly string[];
}

export interface WindowsService {
  /** Short name, such as `Tomcat9`. */
  name: string;
  /** Such as `Apache Tomcat 9.0 Tomcat9`. */
  displayName: string;
  state: "Started" | "Starting" | "Stopped" | "Stopping" | "Paused";
}

/** What the host tells of itself. */
export interface HostFacts {
  /** Whether the session may do what an administrator may (R122). */
  elevated: boolean;
  /** The machine's variables as the registry has them now, by their names in capitals; a session's own may be older. */
  environment: Readonly<Record<string, string>>;
  /** The drive on which ICM is installed, such as `C`; undefined where it is not. */
  icmDrive?: string;
}

export interface HostClock {
  now: Date;
  /** When Windows was started. */
  bootedAt: Date;
}

/** One Windows host. Reads may run side by side; a caller holds the host's lock for anything that writes. */
export interface WindowsPlatform {
  readonly fqdn: string;
  facts(): Promise<HostFacts>;
  clock(): Promise<HostClock>;
  /** Of these files and folders, those that exist. */
  existing(paths: readonly string[]): Promise<string[]>;
  /** The content of a text file; undefined where there is none. */
  text(path: string): Promise<string | undefined>;

  /** When a file was changed last, by the host's clock; undefined where there is none. */
  modifiedAt(path: string): Promise<Date | undefined>;

  /** Everything in a store. @throws notFound, rejected (a wrong password, a file that is no keystore) */
  keystore(location: StoreLocation): Promise<StoreContent>;
  /**
   * One backup, one import on a copy, one check of the copy, one replacement that keeps owner and access rights; the original is put back if anything fails.
   * `seen` is what the change was decided on: refused as a conflict when the store is not that any more.
   * @returns the path of the backup
   */
  changeKeystore(location: StoreLocation, seen: StoreContent, change: StoreChange): Promise<string>;
  /** Puts the newest backup back where a run that was cut has left a store half written, and removes what that run has left beside it. @returns what was put back */
  repairKeystore(location: StoreLocation): Promise<string | undefined>;

  /** What a port of another server serves, seen from this host by its `keytool`; undefined when it serves none of this key type. */
  served(keytool: string, host: string, port: number, keyType: KeyFacts["type"]): Promise<Certificate | undefined>;

  services(): Promise<WindowsService[]>;
  /** When a running service was started, by the host's clock; undefined when it does not run. */
  startedAt(service: string): Promise<Date | undefined>;
  /** By its short name. Returns when Windows has taken the order; what came of it, `services` tells. An order whose answer is lost is given again, and done once. */
  stopService(name: string): Promise<void>;
  startService(name: string): Promise<void>;
  /** Begins a restart of the whole server. Sent once: whether it has gone down, `clock` tells. @throws connection, timeout where that is not known */
  restart(): Promise<void>;
}
