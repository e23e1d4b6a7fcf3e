// What travels between the nodes of a cluster, and when it arrives.
import { LASTING, type Occasion } from "../faults";
import type { Described } from "../pki/read";
import type { VosCluster } from "./cluster";
import type { VosNode } from "./node";
import { DELETED_EVERYWHERE, REPLICATED_STORES } from "./purposes";

type Change = (node: VosNode) => void;

/** A change of the stores on its way from one node to another. */
interface Delivery {
  from: VosNode;
  to: VosNode;
  change: Change;
}

/** Milliseconds between two attempts to deliver what is overdue. */
const CATCH_UP = 20;

/** The description of a certificate that another node sent. */
export const OF_OTHER_NODE = "Trust Certificate";

/** The replication of a cluster: trust stores of all nodes from whichever was written to, after a lag. */
export class Replication {
  private readonly waiting = new Set<Promise<void>>();
  /** What did not get through, because a node was down or replication was broken. */
  private overdue: Delivery[] = [];
  private installed = false;

  constructor(private readonly cluster: VosCluster) {}

  /** Sends a trust certificate to the other nodes that have this store. */
  trust(from: VosNode, store: string, certificate: Described, description: string, own = false): void {
    if (!from.publisher && !this.cluster.lab.switches.subscriberTrustReplicates) return;
    if (REPLICATED_STORES.includes(store)) this.send(from, store, (node) => node.store.trust(store, certificate, description, own));
  }

  deletion(from: VosNode, store: string, fileName: string): void {
    if (DELETED_EVERYWHERE.includes(store)) this.send(from, store, (node) => node.store.remove(store, fileName));
  }

  /** Sends a change of a store to every other node that has it. */
  send(from: VosNode, store: string, change: Change): void {
    for (const node of this.cluster.nodes) if (node !== from && node.hasStore(store)) this.deliver({ from, to: node, change });
  }

  /** Sends a node that joined or was rebuilt what the publisher's database holds. */
  introduce(to: VosNode): void {
    const from = this.cluster.publisher;
    if (to === from) return;
    for (const store of REPLICATED_STORES.filter((one) => to.hasStore(one)))
      for (const { certificate, description } of from.store.entries(store)) this.deliver({ from, to, change: () => to.store.trust(store, certificate, description) });
    const { certificate } = from.store.identities.get("ipsec")!;
    this.deliver({ from, to, change: () => to.store.trust("ipsec-trust", certificate, OF_OTHER_NODE, true) });
  }

  /** Does `work` after a while, unless the lab has been stopped by then. */
  later(milliseconds: number, work: () => void): void {
    const done: Promise<void> = this.cluster.lab.waits.sleep(milliseconds).then(() => {
      this.waiting.delete(done);
      if (!this.cluster.lab.stopped) work();
    });
    this.waiting.add(done);
  }

  /** The cluster was set up long ago: what its nodes sent each other then has arrived. From now on replication takes its time. */
  async begin(): Promise<void> {
    await this.settled();
    this.installed = true;
  }

  /** Whether nothing is on its way, and nothing waits for a node. */
  get still(): boolean {
    return this.waiting.size === 0 && this.overdue.length === 0;
  }

  /** Resolves when everything that is on its way has arrived; what waits for a node that is down is not waited for. */
  async settled(): Promise<void> {
    while (this.waiting.size > 0) await Promise.all(this.waiting);
    while (!this.cluster.lab.stopped && this.overdue.some((delivery) => this.passes(delivery))) await this.cluster.lab.waits.sleep(CATCH_UP);
  }

  private deliver(delivery: Delivery): void {
    const { faults, timing } = this.cluster.lab;
    const lag = this.installed ? timing.replication + faults.delay("replication lags", replicationAt(delivery.to)) : 0;
    this.later(lag, () => this.arrive(delivery));
  }

  /** What does not get through waits, and so does what comes to that node after it. */
  private arrive(delivery: Delivery): void {
    const { from, to } = delivery;
    const passes = this.passes(delivery);
    if (passes && !this.overdue.some((other) => other.to === to)) return void delivery.change(to);
    if (!passes) for (const name of LASTING) if (!this.cluster.lab.faults.strike(name, replicationAt(to))) this.cluster.lab.faults.strike(name, replicationAt(from));
    this.overdue.push(delivery);
    if (this.overdue.length === 1) void this.catchUp();
  }

  private passes({ from, to }: Delivery): boolean {
    return !from.down && !to.down && !from.replicationBroken && !to.replicationBroken;
  }

  private async catchUp(): Promise<void> {
    while (this.overdue.length > 0) {
      await this.cluster.lab.waits.sleep(CATCH_UP);
      if (this.cluster.lab.stopped) return;
      const due = this.overdue.filter((delivery) => this.passes(delivery));
      this.overdue = this.overdue.filter((delivery) => !due.includes(delivery));
      for (const { change, to } of due) change(to);
    }
  }
}

function replicationAt({ fqdn }: VosNode): Occasion {
  return { node: fqdn, interface: "platform", action: "replicate" };
}
