// A VOS node as a server that is restarted whole.
import type { ServiceReading } from "../../../domain/readings";
import type { Context, Node } from "../../context";
import type { Uptime } from "../../platforms/vos";
import { closedPorts, type Expected, type Machine, NOT_DOWN_YET } from "./machine";
import { servicesOf } from "./reading";
import { clockOf } from "./sso";

/** Uptimes and the clocks of answers are whole seconds. */
const WHOLE_SECONDS_MS = 2_000;

/**
 * When the node was started, seen at `now`. `show status` counts whole minutes; within its minute the service that has been running longest tells the second,
 * because everything on a node starts after the node.
 */
export function startOf(now: Date, { least, most }: Uptime, services: readonly ServiceReading[]): Date {
  const [latest, earliest] = [now.getTime() - least * 1000, now.getTime() - most * 1000];
  const starts = services.flatMap(({ state, upSeconds }) => (state === "Started" && upSeconds !== undefined ? [now.getTime() - upSeconds * 1000] : []));
  if (starts.length === 0) return new Date(earliest);
  return new Date(Math.min(Math.max(Math.min(...starts), earliest), latest));
}

export class NodeMachine implements Machine {
  constructor(
    private readonly node: Node,
    private readonly context: Context,
  ) {}

  /** The clock is read first: answers that take their time make the start earlier, never later. */
  async startedAt(): Promise<Date> {
    const now = await clockOf(this.node, this.context);
    return startOf(now, ...(await this.ages()));
  }

  async startedBy(): Promise<Date> {
    const [uptime, services] = await this.ages();
    const start = startOf(await clockOf(this.node, this.context), uptime, services);
    return new Date(start.getTime() + WHOLE_SECONDS_MS);
  }

  async running(): Promise<string[]> {
    return (await servicesOf(this.node, this.context)).filter(({ state }) => state === "Started").map(({ name }) => name);
  }

  restart(): Promise<void> {
    return this.context.vos(this.node).restartNode();
  }

  /** The page is looked at first: of a node that is down no session is tried again and again. */
  async missing({ since, ranBefore, ports = [8443] }: Expected): Promise<string[]> {
    const status = await this.context.vos(this.node).pageStatus();
    if (status !== 200 && status !== 302) return [`the product's page answers ${status}`];
    if ((await this.startedAt()) <= since) return [NOT_DOWN_YET];
    return [...(await this.down(ranBefore)), ...(await closedPorts(this.node, ports, this.context))];
  }

  /** Of the services that ran before, those that do not run again; one that was deactivated since is not missed. */
  private async down(ranBefore: readonly string[]): Promise<string[]> {
    const services = await servicesOf(this.node, this.context);
    return ranBefore.flatMap((name) => {
      const seen = services.find((one) => one.name === name);
      if (seen?.state === "Started" || seen?.reason === "Service Not Activated") return [];
      return [`${name} is ${seen?.state.toUpperCase() ?? "gone"}, it ran before`];
    });
  }

  private async ages(): Promise<[Uptime, ServiceReading[]]> {
    const vos = this.context.vos(this.node);
    return [await vos.uptime(), await vos.services()];
  }
}
