import { Authority } from "./certsrv/authority";
import { startCertsrv } from "./certsrv/server";
import { DEFAULT_SWITCHES, DEFAULT_TIMING, type EstateDescription, type LabTiming, type NodeDescription, type Switches } from "./estate";
import { Faults } from "./faults";
import { History } from "./history";
import { KeyPool } from "./keys";
import { startSsh } from "./vos/cli/server";
import { VosCluster } from "./vos/cluster";
import type { VosNode } from "./vos/node";
import { startWeb } from "./vos/web/listener";

/** Something of the lab that listens. */
export interface Running {
  stop(): Promise<void>;
}

/** An emulated estate: real servers on free ports of 127.0.0.1, made-up devices behind them. Forgets everything when it is stopped. */
export class Lab {
  readonly history = new History();
  readonly faults = new Faults(this.history);
  readonly timing: LabTiming;
  readonly switches: Switches;
  readonly keys = new KeyPool();
  readonly clusters: VosCluster[] = [];
  readonly authorities: Authority[] = [];
  stopped = false;
  private readonly running: Running[] = [];

  constructor(readonly description: EstateDescription) {
    this.timing = { ...DEFAULT_TIMING, ...description.timing };
    this.switches = { ...DEFAULT_SWITCHES, ...description.switches };
  }

  /** Makes the certificates and opens the ports. */
  async start(): Promise<this> {
    for (const authority of this.description.authorities ?? []) {
      const made = new Authority(this, authority, this.authorities.length + 1);
      await made.install();
      this.running.push(await startCertsrv(made));
      this.authorities.push(made);
    }
    for (const cluster of this.description.clusters) {
      const made = new VosCluster(this, cluster);
      this.clusters.push(made);
      cluster.nodes.forEach((node) => made.add(node));
      await Promise.all(made.nodes.map((node) => this.open(node)));
      await made.settled();
    }
    for (const fault of this.description.faults ?? []) this.faults.add(fault);
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

  node(fqdn: string): VosNode {
    const found = this.clusters.flatMap((cluster) => cluster.nodes).find((node) => node.fqdn === fqdn);
    if (!found) throw new Error(`this lab has no node "${fqdn}"`);
    return found;
  }

  /** A node joins a running cluster. */
  async addNode(cluster: string, description: NodeDescription): Promise<VosNode> {
    const node = this.cluster(cluster).add(description);
    await this.open(node);
    await this.cluster(cluster).settled();
    return node;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running.map((one) => one.stop()));
  }

  private async open(node: VosNode): Promise<void> {
    await node.install();
    this.running.push(await startWeb(node));
    this.running.push(await startSsh(node));
  }
}
