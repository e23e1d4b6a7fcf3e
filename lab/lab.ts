import { Authority } from "./certsrv/authority";
import { startCertsrv } from "./certsrv/server";
import { type AuthorityDescription, type ClusterDescription, DEFAULT_SWITCHES, DEFAULT_TIMING, type EstateDescription, type LabTiming, type NodeDescription, type SftpServerDescription, type Switches } from "./estate";
import { Faults } from "./faults";
import { History } from "./history";
import { checkEstate } from "./estate-schema";
import { KeyPool } from "./keys";
import { startSftp } from "./sftp/port";
import { SftpServer } from "./sftp/server";
import { pathText } from "./shape";
import { Waits } from "./time";
import { startSsh } from "./vos/cli/server";
import { VosCluster } from "./vos/cluster";
import type { VosNode } from "./vos/node";
import { startPhonePorts } from "./vos/phone-ports";
import { startWeb } from "./vos/web/listener";
import { ContactCenter } from "./windows/contact-center";
import { type Attempt, connectFrom, type Outcome } from "./windows/connect";
import type { ContactCenterDescription } from "./windows/description";
import { TemporaryFolder } from "./windows/folder";
import type { WindowsHost } from "./windows/host";
import { startWindowsSsh } from "./windows/ssh/server";
import { startWindowsWeb } from "./windows/web";

/** Something of the lab that listens. */
export interface Running {
  stop(): Promise<void>;
}

/** The nodes of an estate are not brand-new: what an authority issues today is newer than their self-signed certificates. */
const installedAt = () => new Date(Date.now() - 30 * 86_400_000);

/** An emulated estate: real servers on free ports of 127.0.0.1, made-up devices behind them. Forgets everything when it is stopped. */
export class Lab {
  readonly history = new History();
  readonly faults = new Faults(this.history);
  readonly timing: LabTiming;
  readonly switches: Switches;
  readonly keys = new KeyPool();
  readonly waits = new Waits();
  readonly clusters: VosCluster[] = [];
  readonly authorities: Authority[] = [];
  readonly contactCenters: ContactCenter[] = [];
  readonly sftpServers: SftpServer[] = [];
  private readonly temporary = new TemporaryFolder();
  stopped = false;
  private readonly running: Running[] = [];
  private stopping?: Promise<void>;

  constructor(readonly description: EstateDescription) {
    this.timing = { ...DEFAULT_TIMING, ...description.timing };
    this.switches = { ...DEFAULT_SWITCHES, ...description.switches };
  }

  /** Makes the certificates and opens the ports; when that fails, closes what was opened. */
  async start(): Promise<this> {
    try {
      for (const authority of this.description.authorities ?? []) await this.addAuthority(authority);
      for (const server of this.description.sftpServers ?? []) await this.addSftpServer(server);
      for (const cluster of this.description.clusters) await this.addCluster(cluster);
      await this.startPhones();
      for (const contactCenter of this.description.contactCenters ?? []) await this.addContactCenter(contactCenter);
      for (const fault of this.description.faults ?? []) this.faults.add(fault);
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this;
  }

  cluster(name: string): VosCluster {
    const found = this.clusters.find((cluster) => cluster.name === name);
    if (!found) throw new Error(`this lab has no cluster "${name}"; it has: ${this.clusters.map((cluster) => cluster.name).join(", ")}`);
    return found;
  }

  authority(name: string): Authority {
    const found = this.authorities.find((authority) => authority.name === name);
    if (!found) throw new Error(`this lab has no authority "${name}"; it has: ${this.authorities.map((authority) => authority.name).join(", ") || "none"}`);
    return found;
  }

  /** A temporary folder of this lab's own; it is removed when the lab is stopped. */
  folder(): string {
    return this.temporary.path();
  }

  node(fqdn: string): VosNode {
    const found = this.clusters.flatMap((cluster) => cluster.nodes).find((node) => node.fqdn === fqdn);
    if (!found) throw new Error(`this lab has no node "${fqdn}"`);
    return found;
  }

  contactCenter(name: string): ContactCenter {
    const found = this.contactCenters.find((one) => one.name === name);
    if (!found) throw new Error(`this lab has no contact centre "${name}"; it has: ${this.contactCenters.map((one) => one.name).join(", ") || "none"}`);
    return found;
  }

  sftpServer(name: string): SftpServer {
    const found = this.sftpServers.find((one) => one.name === name);
    if (!found) throw new Error(`this lab has no SFTP server "${name}"; it has: ${this.sftpServers.map((one) => one.name).join(", ") || "none"}`);
    return found;
  }

  /** A Windows host. */
  host(fqdn: string): WindowsHost {
    const found = this.contactCenters.flatMap(({ hosts }) => hosts).find((host) => host.fqdn === fqdn);
    if (!found) throw new Error(`this lab has no Windows host "${fqdn}"`);
    return found;
  }

  /** A service of a Windows host connects to another server, with the trust store that it read at its last start. */
  connect(attempt: Attempt): Promise<Outcome> {
    return connectFrom(this, attempt);
  }

  /** A node joins a running cluster. */
  async addNode(clusterName: string, description: NodeDescription): Promise<VosNode> {
    const cluster = this.cluster(clusterName);
    refuseMistakes(this.described((one, nodes) => (one === cluster ? [...nodes, description] : nodes)));
    const node = cluster.add(description);
    await this.open(node, new Date());
    cluster.replication.introduce(node);
    await cluster.settled();
    cluster.trustFiles.introduce(node);
    return node;
  }

  /** A node gets another name, everywhere; the platform makes all its certificates anew, self-signed. It keeps its ports. */
  async renameNode(oldFqdn: string, newFqdn: string): Promise<VosNode> {
    const node = this.node(oldFqdn);
    refuseMistakes(this.described((_cluster, nodes) => nodes.map((one) => (one.fqdn === oldFqdn ? { ...one, fqdn: newFqdn } : one))));
    await node.rename(newFqdn);
    return node;
  }

  /** Closes every port and forgets what is on its way. May be called again. */
  stop(): Promise<void> {
    this.stopped = true;
    this.waits.end();
    return (this.stopping ??= this.close());
  }

  private async addAuthority(description: AuthorityDescription): Promise<void> {
    const authority = new Authority(this, description, this.authorities.length + 1);
    await authority.install();
    await this.keep(startCertsrv(authority));
    this.authorities.push(authority);
  }

  private async addSftpServer(description: SftpServerDescription): Promise<void> {
    const server = new SftpServer(this, description, this.sftpServers.length);
    this.sftpServers.push(server);
    await this.keep(startSftp(server));
  }

  private async addCluster(description: ClusterDescription): Promise<void> {
    const cluster = new VosCluster(this, description);
    this.clusters.push(cluster);
    description.nodes.forEach((node) => cluster.add(node));
    const installed = installedAt();
    const opened = await Promise.allSettled(cluster.nodes.map((node) => this.open(node, installed)));
    for (const one of opened) if (one.status === "rejected") throw one.reason;
    await cluster.replication.begin();
    await cluster.trustFiles.begin(installed);
  }

  /** When all clusters are there: phones of one may ask another. */
  private async startPhones(): Promise<void> {
    for (const { phones } of this.clusters) phones.dhcp.begin();
    for (const { phones } of this.clusters) phones.configure();
    for (const { phones } of this.clusters) await phones.begin(installedAt());
  }

  private async addContactCenter(description: ContactCenterDescription): Promise<void> {
    const contactCenter = new ContactCenter(this, description);
    this.contactCenters.push(contactCenter);
    const installed = installedAt();
    const opened = await Promise.allSettled(contactCenter.hosts.map((host) => this.openHost(host, installed)));
    for (const one of opened) if (one.status === "rejected") throw one.reason;
  }

  private async openHost(host: WindowsHost, installed: Date): Promise<void> {
    await host.install(installed);
    await this.keep(startWindowsWeb(host));
    const ssh = await startWindowsSsh(host);
    const dropWeb = host.onDown;
    host.onDown = () => (dropWeb(), ssh.drop());
    await this.keep(Promise.resolve(ssh));
  }

  private async open(node: VosNode, installed: Date): Promise<void> {
    await node.install(installed);
    await this.keep(startWeb(node));
    const ssh = await startSsh(node);
    await this.keep(Promise.resolve(ssh));
    const phones = await startPhonePorts(node);
    node.onServiceDown = (service) => phones.drop(service);
    node.onDown = () => (ssh.drop(), phones.drop());
    await this.keep(Promise.resolve(phones));
  }

  /** Remembers what listens, to stop it with the lab; at once when that has been stopped meanwhile. */
  private async keep(starting: Promise<Running>): Promise<void> {
    const running = await starting;
    this.running.push(running);
    if (!this.stopped) return;
    await running.stop();
    throw new Error("the lab was stopped");
  }

  private async close(): Promise<void> {
    await Promise.all(this.running.map((one) => one.stop()));
    await Promise.all(this.contactCenters.flatMap(({ hosts }) => hosts.map((host) => host.idle())));
    this.temporary.end();
  }

  /** The estate as it would be with other nodes. */
  private described(nodesOf: (cluster: VosCluster, nodes: NodeDescription[]) => NodeDescription[]): EstateDescription {
    const clusters = this.clusters.map((cluster) => ({
      ...cluster.description,
      nodes: nodesOf(cluster, cluster.nodes.map(({ description, fqdn }) => ({ ...description, fqdn }))),
    }));
    return { ...this.description, clusters };
  }
}

/** Throws an error that names everything that is wrong with an estate. */
export function refuseMistakes(estate: EstateDescription): void {
  const mistakes: string[] = [];
  checkEstate(estate, (path, mistake) => mistakes.push(`${pathText(path) || "the estate"} ${mistake}`));
  if (mistakes.length > 0) throw new Error(["the lab cannot be like that:", ...mistakes].join("\n  "));
}
