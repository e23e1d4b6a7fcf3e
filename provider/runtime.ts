// Wires drivers, locks, log-ins and caches into contexts.
import { join } from "node:path";
import type { NodeName } from "../domain/purposes";
import type { Snapshot } from "../domain/readings";
import { U8 } from "../domain/rules/connections";
import { pathTo } from "../domain/x509/chain";
import { parseCertificate } from "../domain/x509/certificate";
import type { Clock, Context, Host, Node, Server } from "./context";
import type { Closable, DriverParts } from "./drivers";
import { Journal } from "./journal";
import { ClusterLocks } from "./locks";
import { RestartsUnderWay } from "./restarts-under-way";
import type { AuthorityPlatform } from "./platforms/authority";
import type { SftpDirectory } from "./platforms/sftp";
import type { VosPlatform } from "./platforms/vos";
import type { WindowsPlatform } from "./platforms/windows";
import { Report } from "./report";
import { readSettings, type Settings } from "./settings";
import type { Endpoint } from "./transport/https";
import { LogIns } from "./transport/log-in";
import { tlsPolicy, type TlsPolicy, wouldAccept } from "./transport/pins";

const CLOCK: Clock = { now: () => new Date() };

/** What a run shares: one per provider process, or per command. */
export class Runtime {
  readonly report: Report;
  private readonly print: (line: string) => void;
  private read: ((key: string) => string | undefined) | undefined;
  private loaded: Settings | undefined;
  private lockTable: ClusterLocks | undefined;
  private journal: Journal | undefined;
  private readonly logIns = new LogIns();
  private readonly policies = new Map<string, TlsPolicy>();
  private readonly nodes = new Map<string, VosPlatform>();
  private readonly hosts = new Map<string, WindowsPlatform>();
  private readonly authorities = new Map<string, AuthorityPlatform>();
  private readonly directories = new Map<string, SftpDirectory>();
  private readonly snapshots = new Map<string, Map<string, Promise<Snapshot>>>();
  private readonly notes = new Map<string, Date>();
  private readonly restarting = new RestartsUnderWay();
  private readonly open: Closable[] = [];
  private readonly cancelling = new AbortController();

  constructor(
    print: (line: string) => void = (line) => console.log(line),
    readonly clock: Clock = CLOCK,
  ) {
    this.print = (line) => print(this.redact(line));
    this.report = new Report(this.print, clock);
  }

  /** Where configuration comes from; read when it is first needed. Pulumi says it once per kind, always the same: the secrets that are known stay known. */
  configure(read: (key: string) => string | undefined): void {
    this.read ??= read;
    for (const line of warnings(read("uccerts:connections"))) this.report.note(line);
  }

  get settings(): Settings {
    return (this.loaded ??= readSettings(this.read ?? (() => undefined)));
  }

  /** `text` without any secret that this run has used. */
  redact(text: string): string {
    let clean = text;
    for (const secret of this.loaded?.secrets ?? []) clean = clean.split(secret).join("[secret]");
    return clean;
  }

  /** Ends waits; nothing new begins. */
  cancel(): void {
    this.cancelling.abort();
  }

  /** Whether an end of this process now could leave something down: a service restarts in one of its sessions. */
  get holdsRestart(): boolean {
    return this.open.some(({ holdsRestart }) => holdsRestart);
  }

  /** Closes every session, each at a safe point. */
  async close(): Promise<void> {
    await Promise.all(this.open.map(async (one) => one.close()));
  }

  context(): Context {
    const { settings, clock, report } = this;
    return {
      clock,
      timing: settings.timing,
      cancellation: this.cancelling.signal,
      say: this.print,
      vos: (node) => this.vos(node),
      sibling,
      authority: (name) => this.authority(name),
      windows: (host) => this.windows(host),
      sftp: (name) => this.sftp(name),
      served: (server, port, keyType) => drivers().servedBy(server, port, keyType, this.driverParts()),
      snapshot: (node) => this.snapshot(node),
      remembered: (node) => this.snapshots.get(node.cluster.name)?.get(node.fqdn),
      exclusively: (node, what, work) => this.alone(node, what, work).finally(() => this.snapshots.delete(node.cluster.name)),
      undisturbed: (node, what, work) => this.alone(node, what, work),
      onHost: (host, what, work) => this.locked(host.fqdn, what, work),
      restarting: this.restarting,
      keystorePassword: (host, of) => this.keystorePassword(host, of),
      conceal: (value) => settings.conceal(value),
      noted: (node, what) => this.notes.get(`${node.cluster.name} ${what}`),
      journal: (this.journal ??= new Journal(join(settings.stateFolder, "begun"))),
      note: (node, what) => void this.notes.set(`${node.cluster.name} ${what}`, clock.now()),
      accepts: ({ connection, fqdn }, certificatePem, chainPems) => accepts(this.policy(connection), fqdn, certificatePem, chainPems),
      due: (line) => report.due(line),
      off: (key, line) => report.off(key, line),
      back: (key) => report.back(key),
    };
  }

  /** One driver per node; its sessions are opened when they are first needed. */
  vos(node: Node): VosPlatform {
    const key = `${node.connection} ${node.fqdn}`;
    const known = this.nodes.get(key) ?? drivers().createVos(node, this.driverParts());
    this.nodes.set(key, known);
    return known;
  }

  authority(name: string): AuthorityPlatform {
    const known = this.authorities.get(name) ?? drivers().createAuthority(name, this.driverParts());
    this.authorities.set(name, known);
    return known;
  }

  /** One driver per Windows host. */
  windows(host: Host): WindowsPlatform {
    const key = `${host.connection} ${host.fqdn}`;
    const known = this.hosts.get(key) ?? drivers().createWindows(host, this.driverParts());
    this.hosts.set(key, known);
    return known;
  }

  /** One driver per SFTP connection. */
  private sftp(name: string): SftpDirectory {
    const known = this.directories.get(name) ?? drivers().createSftp(name, this.driverParts());
    this.directories.set(name, known);
    return known;
  }

  private keystorePassword({ connection, fqdn }: Host, of: "host" | "default"): string | undefined {
    const secret = this.settings.connection(connection, "hosts").keystores?.[of === "host" ? fqdn : "default"];
    return secret === undefined ? undefined : this.settings.reveal(secret);
  }

  /** `SHA256:…` of the SSH host key that a node shows, for a first contact: nobody logs in. */
  hostKey(server: Server): Promise<string> {
    return drivers().hostKeyOf(server, this.driverParts());
  }

  endpoint(connectionName: string, host: string, port: number, address?: string): Endpoint {
    const reach = this.settings.connection(connectionName).reach?.[host];
    return { host, address: reach?.address ?? address ?? host, port: reach?.ports?.[port] ?? port, tls: this.policy(connectionName) };
  }

  private policy(name: string): TlsPolicy {
    const known = this.policies.get(name) ?? tlsPolicy(name, this.settings.connection(name).tls);
    this.policies.set(name, known);
    return known;
  }

  private snapshot(node: Node): Promise<Snapshot> {
    const cluster = this.snapshots.get(node.cluster.name) ?? new Map<string, Promise<Snapshot>>();
    this.snapshots.set(node.cluster.name, cluster);
    const known = cluster.get(node.fqdn);
    if (known) return known;
    const reading = this.vos(node).snapshot();
    cluster.set(node.fqdn, reading);
    reading.catch(() => cluster.delete(node.fqdn));
    return reading;
  }

  private alone<T>(node: Node, what: string, work: () => Promise<T>): Promise<T> {
    const publishers = node.cluster.nodes.filter(({ role }) => role === "publisher");
    const first = publishers.find(({ product }) => product === "CUCM") ?? publishers[0] ?? node;
    return this.locked(first.fqdn, what, work);
  }

  private locked<T>(name: string, what: string, work: () => Promise<T>): Promise<T> {
    const { timing, stateFolder } = this.settings;
    this.lockTable ??= new ClusterLocks({ folder: join(stateFolder, "locks"), wait: timing.lockWait, poll: Math.min(timing.poll, 1_000), say: this.print });
    return this.lockTable.exclusively(name, what, this.cancelling.signal, work);
  }

  private driverParts(): DriverParts {
    return {
      settings: this.settings,
      logIns: this.logIns,
      endpoint: (connection, host, port, address) => this.endpoint(connection, host, port, address),
      keep: (one) => {
        this.open.push(one);
        return one;
      },
      say: this.print,
    };
  }
}

/** What is said in every run, also in one that asks no device: a connection that does not verify TLS. */
function warnings(connections: string | undefined): string[] {
  // Nearly no run has it, and every run comes here.
  if (!connections?.includes("insecure")) return [];
  try {
    const verdict = U8.decide({ connections: JSON.parse(connections) as unknown });
    return verdict.outcome === "violated" ? verdict.findings.map(({ found }) => `Warning: U8 ${found}. ${U8.comply}`) : [];
  } catch {
    // What is no structured value is told when the settings are read.
    return [];
  }
}

/** Loaded when the first platform is asked: a run in which nothing changes asks none, and starts faster. */
function drivers(): typeof import("./drivers") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./drivers") as typeof import("./drivers");
}

function sibling(node: Node, { fqdn, product, role, address }: NodeName & { address?: string }): Node {
  return fqdn === node.fqdn ? node : { ...node, fqdn, product, role, address };
}

/** A root that the connection trusts need not stand in the chain that the server shows. */
function accepts(policy: TlsPolicy, host: string, certificatePem: string, chainPems: readonly string[]): boolean {
  const chain = chainPems.map(parseCertificate);
  const path = pathTo(parseCertificate(certificatePem), chain);
  return wouldAccept(policy, host, certificatePem, (path ?? chain).map(({ pem }) => pem));
}

