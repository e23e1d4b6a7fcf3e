// The services of a Windows host: an order is taken at once, and what comes of it takes a while.
import { refill } from "../collections";
import type { Faults } from "../faults";
import type { History } from "../history";
import type { LabTiming } from "../estate";
import type { Waits } from "../time";
import type { WindowsServiceState } from "./description";
import type { ServiceFacts } from "./layout";

export type ServiceState = "STOPPED" | "START_PENDING" | "STOP_PENDING" | "RUNNING";

export interface WindowsService extends ServiceFacts {
  state: ServiceState;
  start: "auto" | "demand" | "disabled";
  /** 0 while it does not run. */
  pid: number;
  startedAt: Date;
  /** WIN32_EXIT_CODE: 1066 when it ended by itself, 1077 when it was never started. */
  exitCode: number;
}

/** What the Service Control Manager answers: 0, or an error of Windows. */
export type Answer = 0 | 1056 | 1058 | 1060 | 1061 | 1062;

/** What the services are made for. */
export interface ServiceOwner {
  fqdn: string;
  history: History;
  faults: Faults;
  timing: LabTiming;
  waits: Waits;
  now(): Date;
  /** Called when a service has begun to go down. */
  serviceDown(service: WindowsService): void;
  /** Called when one is to come up; false: it cannot. */
  serviceUp(service: WindowsService): Promise<boolean>;
}

const FIRST_PID = 1000;

export class WindowsServices {
  private readonly services = new Map<string, WindowsService>();
  private readonly failedOnce = new Set<string>();
  private readonly moving = new Set<Promise<void>>();
  private nextPid = FIRST_PID;

  constructor(
    private readonly owner: ServiceOwner,
    facts: readonly ServiceFacts[],
    states: Readonly<Record<string, WindowsServiceState>> = {},
  ) {
    for (const one of facts) this.add(one, states[one.name] ?? "running");
    for (const [name, state] of Object.entries(states)) if (!this.services.has(name)) this.add({ name, displayName: name }, state);
  }

  /** By their short names, as `sc query` lists them. */
  list(): WindowsService[] {
    return [...this.services.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** By its short name, without regard to case. */
  get(name: string): WindowsService | undefined {
    return this.list().find((service) => service.name.toLowerCase() === name.toLowerCase());
  }

  running(name: string): boolean {
    return this.get(name)?.state === "RUNNING";
  }

  /** Sets a state at once, as a test does that wants it so. */
  set(name: string, state: WindowsServiceState): void {
    const service = this.known(name);
    const running = state === "running";
    Object.assign(service, { state: running ? "RUNNING" : "STOPPED", start: state === "disabled" ? "disabled" : "auto", pid: running ? this.pid() : 0 });
    if (!running) this.owner.serviceDown(service);
  }

  /** Installs one more. */
  install(facts: ServiceFacts, state: WindowsServiceState = "running"): void {
    this.add(facts, state);
  }

  orderStop(name: string): Answer {
    const service = this.get(name);
    if (!service) return 1060;
    if (service.state === "STOPPED") return 1062;
    if (service.state !== "RUNNING") return 1061;
    this.follow(this.goDown(service));
    return 0;
  }

  orderStart(name: string): Answer {
    const service = this.get(name);
    if (!service) return 1060;
    if (service.start === "disabled") return 1058;
    if (service.state === "STOP_PENDING") return 1061;
    if (service.state !== "STOPPED") return 1056;
    this.follow(this.goUp(service));
    return 0;
  }

  /** What a person does in the console of services. */
  async restart(name: string): Promise<void> {
    const service = this.known(name);
    if (service.state === "RUNNING") await this.goDown(service);
    await this.goUp(service);
  }

  /** The server goes down: everything ends at once. */
  halt(): void {
    for (const service of this.services.values()) {
      Object.assign(service, { state: "STOPPED", pid: 0, exitCode: 1077 });
      this.owner.serviceDown(service);
    }
  }

  /** The server is up again: what starts by itself does. */
  async boot(): Promise<void> {
    const own = this.list().filter(({ start }) => start === "auto");
    await Promise.all(own.map((service) => this.goUp(service)));
  }

  /** Resolves when nothing is on its way up or down. */
  async settled(): Promise<void> {
    while (this.moving.size > 0) await Promise.all(this.moving);
  }

  /** Copies of all, to give to `restore`. */
  get state(): readonly Readonly<WindowsService>[] {
    return this.list().map((service) => ({ ...service }));
  }

  restore(state: readonly Readonly<WindowsService>[]): void {
    refill(this.services, new Map(state.map((service) => [service.name, { ...service }])));
    this.failedOnce.clear();
  }

  private add(facts: ServiceFacts, state: WindowsServiceState): void {
    const running = state === "running";
    const startedAt = new Date(this.owner.now().getTime() - 86_400_000);
    this.services.set(facts.name, { ...facts, state: running ? "RUNNING" : "STOPPED", start: state === "disabled" ? "disabled" : "auto", pid: running ? this.pid() : 0, startedAt, exitCode: 0 });
  }

  private pid(): number {
    this.nextPid += 4;
    return this.nextPid;
  }

  private known(name: string): WindowsService {
    const service = this.get(name);
    if (!service) throw new Error(`${this.owner.fqdn} has no service ${name}`);
    return service;
  }

  private follow(work: Promise<void>): void {
    const done: Promise<void> = work.finally(() => this.moving.delete(done));
    this.moving.add(done);
  }

  private async goDown(service: WindowsService): Promise<void> {
    const { fqdn, history, timing, waits } = this.owner;
    await history.span({ node: fqdn, interface: "platform", action: `stop ${service.name}`, detail: { service: service.name } }, async () => {
      service.state = "STOP_PENDING";
      this.owner.serviceDown(service);
      await waits.sleep(timing.serviceStop);
      Object.assign(service, { state: "STOPPED", pid: 0, exitCode: 0 });
    });
  }

  private async goUp(service: WindowsService): Promise<void> {
    const { fqdn, history, timing, waits } = this.owner;
    await history.span({ node: fqdn, interface: "platform", action: `start ${service.name}`, detail: { service: service.name } }, async (entry) => {
      Object.assign(service, { state: "START_PENDING", pid: this.pid(), startedAt: this.owner.now() });
      await waits.sleep(timing.serviceStart);
      if (service.state !== "START_PENDING") return;
      const up = !this.fails(service) && (await this.owner.serviceUp(service));
      if (up) service.state = "RUNNING";
      else Object.assign(service, { state: "STOPPED", pid: 0, exitCode: 1066 });
      entry.outcome = up ? "ok" : "STOPPED";
    });
  }

  private fails({ name }: WindowsService): boolean {
    const { fqdn, faults } = this.owner;
    const occasion = { node: fqdn, interface: "platform" as const, action: `start ${name}` };
    if (faults.strike("service stays down", occasion)) return true;
    if (this.failedOnce.delete(name) || !faults.strike("service at second try", occasion)) return false;
    this.failedOnce.add(name);
    return true;
  }
}
