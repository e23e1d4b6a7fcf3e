// A Windows host as a server that is restarted whole.
import type { Context, Host } from "../../context";
import { closedPorts, type Expected, type Machine, NOT_DOWN_YET } from "./machine";

/** The services that a restart of the server must bring back; Windows has many that come and go by themselves. */
const OURS = /^(Cisco|Apache Tomcat)\b/;

export class HostMachine implements Machine {
  constructor(
    private readonly host: Host,
    private readonly context: Context,
  ) {}

  async startedAt(): Promise<Date> {
    return (await this.context.windows(this.host).clock()).bootedAt;
  }

  startedBy(): Promise<Date> {
    return this.startedAt();
  }

  async running(): Promise<string[]> {
    const services = await this.context.windows(this.host).services();
    return services.filter(({ state, displayName }) => state === "Started" && OURS.test(displayName)).map(({ name }) => name);
  }

  restart(): Promise<void> {
    return this.context.windows(this.host).restart();
  }

  async missing({ since, ranBefore, ports = [] }: Expected): Promise<string[]> {
    if ((await this.startedAt()) <= since) return [NOT_DOWN_YET];
    const services = await this.context.windows(this.host).services();
    const down = ranBefore.filter((name) => services.find((one) => one.name === name)?.state !== "Started").map((name) => `${name} does not run, it ran before`);
    return [...down, ...(await closedPorts(this.host, ports, this.context))];
  }
}
