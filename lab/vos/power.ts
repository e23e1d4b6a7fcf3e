// A node as a machine that is switched on: how long it has been up, and its restart as a whole.
import { followPhones } from "../phones/cluster-phones";
import type { VosNode } from "./node";

/** How long a node of an estate has been up. */
const UP_MS = 30 * 86_400_000;

export class Power {
  /** Of the last start, by the clock of this machine. */
  switchedOn = Date.now() - UP_MS;
  /** False while the whole node restarts, until SSH is back. */
  on = true;
  /** Until its services have been started, too. */
  private restarting = false;

  constructor(private readonly node: VosNode) {}

  /** Milliseconds since the last start. */
  get uptime(): number {
    return Date.now() - this.switchedOn;
  }

  /** What `utils system restart` does: every port refuses, SSH comes back after a while, then the services. */
  async restart(): Promise<void> {
    if (this.restarting) return;
    const { node } = this;
    this.restarting = true;
    await node.history.span({ node: node.fqdn, interface: "platform", action: "restart node" }, () => this.offAndOn());
    this.restarting = false;
  }

  restore(switchedOn: number): void {
    this.switchedOn = switchedOn;
  }

  /** Why the node is not still, as a snapshot wants it; undefined when it is. */
  get unrest(): string | undefined {
    const { fqdn, services } = this.node;
    if (this.restarting) return `${fqdn} restarts`;
    const moving = services.list().find(({ state }) => state === "STARTING" || state === "STOPPING");
    return moving && `${moving.name} of ${fqdn} is ${moving.state}`;
  }

  private async offAndOn(): Promise<void> {
    const { services, timing, waits } = this.node;
    this.on = false;
    services.halt();
    this.node.onFrontDown();
    this.node.onDown();
    followPhones(this.node.cluster.lab);
    await waits.sleep(timing.nodeRestart);
    this.switchedOn = Date.now();
    await services.boot("System SSH");
    this.on = true;
    await waits.sleep(timing.nodeServices);
    await services.boot();
  }
}
