// What a lifecycle may ask for. Types only.
import type { Snapshot } from "../domain/readings";
import type { NodeName } from "../domain/purposes";
import type { KeyFacts } from "../domain/x509/certificate";
import type { ServedBy } from "../sdk/served-certificate";
import type { VosNode } from "../sdk/topology";
import type { WindowsHost } from "../sdk/windows-host";
import type { Journal } from "./journal";
import type { RestartsUnderWay } from "./restarts-under-way";
import type { AuthorityPlatform } from "./platforms/authority";
import type { Served } from "./platforms/tls";
import type { SftpDirectory } from "./platforms/sftp";
import type { VosPlatform } from "./platforms/vos";
import type { WindowsPlatform } from "./platforms/windows";
import type { Timing } from "./timing";

/** The clock of this machine. */
export interface Clock {
  now(): Date;
}

/** A node as every lifecycle holds it. */
export type Node = VosNode;

/** A Windows host as every lifecycle holds it. */
export type Host = WindowsHost;

/** Whatever a connection reaches. */
export type Server = ServedBy;

/** What a lifecycle may ask for while it works. */
export interface Context {
  readonly clock: Clock;
  readonly timing: Timing;
  /** Aborted when the run is cancelled: waits end, nothing new begins. */
  readonly cancellation: AbortSignal;
  /** One line of progress. */
  readonly say: (line: string) => void;

  vos(node: Node): VosPlatform;
  /** Another node of the same cluster, over the same connection. */
  sibling(node: Node, name: NodeName): Node;
  authority(name: string): AuthorityPlatform;
  windows(host: Host): WindowsPlatform;
  /** The directory of an SFTP connection, by its name. */
  sftp(connection: string): SftpDirectory;
  /** What a port of a server serves, by a handshake from here; nobody logs in. Undefined when it serves none of this key type. */
  served(server: Server, port: number, keyType: KeyFacts["type"]): Promise<Served | undefined>;

  /** The certificates of a node, read once until something is written to its cluster. */
  snapshot(node: Node): Promise<Snapshot>;
  /** The same, only when it has been read already: for who needs less than a snapshot. */
  remembered(node: Node): Promise<Snapshot> | undefined;
  /** Runs `work`, which writes, while nobody else works on the cluster (R134); what was read before is forgotten. */
  exclusively<T>(node: Node, what: string, work: () => Promise<T>): Promise<T>;
  /** The same for `work` that only reads: it does not meet a restart of another run, and what was read is kept. */
  undisturbed<T>(node: Node, what: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work`, which writes, while nobody else works on the host. */
  onHost<T>(host: Host, what: string, work: () => Promise<T>): Promise<T>;
  /** What this run restarts right now. */
  readonly restarting: Pick<RestartsUnderWay, "during" | "of">;
  /** The password of Java keystores that the host's connection has for this host, or for those that have none of their own. */
  keystorePassword(host: Host, of: "host" | "default"): string | undefined;
  /** Keeps a value that was found on a device out of everything that is said. */
  conceal(value: string): void;
  /** When this run last noted this of the node's cluster (a preflight that passed, an upload that began); undefined when it did not. */
  readonly noted: (node: Node, what: string) => Date | undefined;
  readonly note: (node: Node, what: string) => void;

  /** What this machine has begun and may not have finished, also in a run that was killed. */
  readonly journal: Pick<Journal, "begun" | "note" | "forget">;

  /** Whether the server's connection would accept this certificate once the server shows it. */
  accepts(server: Server, certificatePem: string, chainPems: readonly string[]): boolean;
  /** A line for the end of the run: what waits for its window. */
  due(line: string): void;
  /** A line for the end of the run: what is switched off and has to be on again. */
  off(key: string, line: string): void;
  /** What was switched off under this key is on again. */
  back(key: string): void;
}
