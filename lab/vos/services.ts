import { refill } from "../collections";
import type { Faults } from "../faults";
import type { InitialState, LabTiming, Product } from "../estate";
import type { History } from "../history";
import type { ReleaseFacts } from "./releases";
import type { Waits } from "../time";

export type ServiceState = "STARTED" | "STOPPED" | "STARTING" | "STOPPING";
export type ServiceKind = "network" | "feature" | "platform";

export interface Service {
  name: string;
  kind: ServiceKind;
  state: ServiceState;
  activated: boolean;
  /** Why it is not started, in the platform's words; empty while it runs. */
  reason: string;
  startedAt: Date;
}

/** Control Center and the CLI refuse some; `platform` services only the CLI controls. */
const PLATFORM = ["A Cisco DB", "Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat", "Cisco HAProxy", "System NTP", "System SSH", "Service Manager"];

/** What a release does not have yet. */
function missing({ tomcatContainers, haProxy }: ReleaseFacts): string[] {
  return [...(tomcatContainers ? [] : ["Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"]), ...(haProxy ? [] : ["Cisco HAProxy"])];
}

/** What every node of a contact centre has. */
const CONTACT_CENTER_NETWORK = [
  ...PLATFORM.filter((name) => !/UDS|AXL|SSOSP|HAProxy/.test(name)),
  "Cisco Certificate Expiry Monitor",
  "Cisco DRF Local",
  "Platform Administrative Web Service",
  "Platform Communication Web Service",
];

const NETWORK: Record<Product, string[]> = {
  CUCM: [
    ...PLATFORM,
    "Cisco CallManager Admin",
    "Cisco CallManager Serviceability",
    "Cisco Certificate Change Notification",
    "Cisco Certificate Expiry Monitor",
    "Cisco DRF Local",
    "Cisco Trust Verification Service",
    "Platform Administrative Web Service",
    "Platform Communication Web Service",
  ],
  "IM and Presence": [
    ...PLATFORM.filter((name) => !/UDS|AXL|SSOSP/.test(name)),
    "Cisco Certificate Expiry Monitor",
    "Cisco DRF Local",
    "Cisco Intercluster Sync Agent",
    "Cisco Sync Agent",
    "Cisco XCP Router",
    "Platform Administrative Web Service",
    "Platform Communication Web Service",
  ],
  Finesse: [...CONTACT_CENTER_NETWORK, "Cisco Finesse Notification Service", "Cisco Finesse Tomcat"],
  CUIC: [...CONTACT_CENTER_NETWORK, "Intelligence Center Reporting Service", "Intelligence Center Serviceability Service"],
  "Live Data": [...CONTACT_CENTER_NETWORK, "CCE Live Data Web Service", "CCE Live Data Socket.IO Service"],
  IdS: [...CONTACT_CENTER_NETWORK, "Cisco Identity Service"],
  "Cloud Connect": [...CONTACT_CENTER_NETWORK, "Cisco Cloud Connect Container Manager"],
  VVB: [...CONTACT_CENTER_NETWORK, "Cisco VVB Administration", "Cisco VVB Engine"],
};

const FEATURE: Record<Product, Record<string, InitialState>> = {
  CUCM: {
    "Cisco CallManager": "started",
    "Cisco CTIManager": "started",
    "Cisco Tftp": "not activated",
    "Cisco Certificate Authority Proxy Function": "not activated",
    "Cisco Bulk Provisioning Service": "not activated",
    "Cisco AXL Web Service": "not activated",
  },
  "IM and Presence": {
    "Cisco Presence Engine": "started",
    "Cisco SIP Proxy": "started",
    "Cisco XCP Connection Manager": "started",
    "Cisco XCP SIP Federation Connection Manager": "not activated",
    "Cisco XCP XMPP Federation Connection Manager": "not activated",
  },
  Finesse: {},
  CUIC: {},
  "Live Data": {},
  IdS: {},
  "Cloud Connect": {},
  VVB: {},
};

/** On the publisher of CUCM only. */
const PUBLISHER: Record<string, InitialState> = {
  "Cisco AXL Web Service": "started",
  "Cisco DRF Master": "started",
  "Cisco Tftp": "started",
  "Cisco Certificate Authority Proxy Function": "started",
};

const REASONS: Record<InitialState, string> = { started: "", stopped: "Commanded Out of Service", "not activated": "Service Not Activated" };

/** What a service manager is made for. */
export interface ServiceOwner {
  fqdn: string;
  product: Product;
  publisher: boolean;
  facts: ReleaseFacts;
  history: History;
  faults: Faults;
  timing: LabTiming;
  waits: Waits;
  now(): Date;
  /** Called when a service begins to go down. */
  serviceDown(name: string): void;
  /** Called when services have come up together: the one that was started, then those that come with it. */
  servicesLoaded(names: string[]): void;
}

/** The services of one node. A restart takes time and is in the history with its begin and end. */
export class ServiceManager {
  private readonly services = new Map<string, Service>();
  /** Services whose last start failed by the fault `service at second try`. */
  private readonly failedOnce = new Set<string>();
  /** How often the node went down: what was on its way then has ended with it. */
  private halts = 0;

  constructor(
    private readonly owner: ServiceOwner,
    differing: Record<string, InitialState> = {},
  ) {
    const { product, publisher, facts } = owner;
    const absent = missing(facts);
    const cucmPublisher = publisher && product === "CUCM";
    for (const name of NETWORK[product]) if (!absent.includes(name)) this.add(name, PLATFORM.includes(name) ? "platform" : "network", differing[name] ?? "started");
    const features = { ...FEATURE[product], ...(cucmPublisher ? PUBLISHER : {}), ...differing };
    for (const [name, state] of Object.entries(features)) if (!this.services.has(name)) this.add(name, name.startsWith("Cisco DRF") ? "network" : "feature", state);
  }

  /** As the platform lists them, by name. */
  list(): Service[] {
    return [...this.services.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  get(name: string): Service | undefined {
    return this.services.get(name);
  }

  started(name: string): boolean {
    return this.services.get(name)?.state === "STARTED";
  }

  /** While `lost` is aborted the restart does not come up again: the service is left STOPPED. */
  async restart(name: string, watch: (state: ServiceState) => void = () => {}, lost?: AbortSignal): Promise<void> {
    await this.span(`restart ${name}`, name, async (service) => {
      const group = [service, ...this.followers(service), ...this.dependents(service)];
      const { halts } = this;
      await this.goDown(group, watch);
      if (!lost?.aborted && halts === this.halts) await this.goUp(group, watch, lost);
    });
  }

  async stop(name: string, watch: (state: ServiceState) => void = () => {}): Promise<void> {
    await this.span(`stop ${name}`, name, async (service) => {
      await this.goDown([service, ...this.followers(service), ...this.dependents(service)], watch);
      service.reason = "Commanded Out of Service";
    });
  }

  async start(name: string, watch: (state: ServiceState) => void = () => {}): Promise<void> {
    await this.span(`start ${name}`, name, (service) => this.goUp([service, ...this.followers(service)], watch));
  }

  /** The node goes down: everything ends at once. */
  halt(): void {
    this.halts++;
    for (const service of this.services.values()) if (service.activated) halt(service);
  }

  /** The node is up again: one service, or whatever is activated and does not run yet, starts; also what was stopped before. */
  async boot(name?: string): Promise<void> {
    const own = this.list().filter((one) => one.activated && one.state !== "STARTED" && (name === undefined || one.name === name));
    await Promise.all(own.map((service) => this.goUp([service], () => {})));
  }

  /** Copies of all, to give to `restore`. */
  get state(): readonly Readonly<Service>[] {
    return this.list().map((service) => ({ ...service }));
  }

  restore(state: readonly Readonly<Service>[]): void {
    refill(this.services, new Map(state.map((service) => [service.name, { ...service }])));
    this.failedOnce.clear();
  }

  /** Sets a state at once, as a test does that wants it so. */
  set(name: string, state: InitialState): void {
    Object.assign(this.known(name), { state: state === "started" ? "STARTED" : "STOPPED", activated: state !== "not activated", reason: REASONS[state] });
  }

  private add(name: string, kind: ServiceKind, state: InitialState): void {
    const startedAt = new Date(this.owner.now().getTime() - 86_400_000);
    this.services.set(name, { name, kind, activated: state !== "not activated", state: state === "started" ? "STARTED" : "STOPPED", reason: REASONS[state], startedAt });
  }

  private async span(action: string, name: string, work: (service: Service) => Promise<void>): Promise<void> {
    const { fqdn, history } = this.owner;
    const service = this.known(name);
    await history.span({ node: fqdn, interface: "platform", action, detail: { service: name } }, () => work(service));
  }

  private known(name: string): Service {
    const service = this.services.get(name);
    if (!service) throw new Error(`${this.owner.fqdn} has no service ${name}`);
    return service;
  }

  private async goDown(group: Service[], watch: (state: ServiceState) => void): Promise<void> {
    const { halts } = this;
    const { timing, waits } = this.owner;
    const service = group[0]!;
    for (const one of group) one.state = "STOPPING";
    this.owner.serviceDown(service.name);
    watch("STOPPING");
    await waits.sleep(isTomcat(service) ? timing.tomcatStop : timing.serviceStop);
    if (halts === this.halts) group.forEach(halt);
  }

  private async goUp(group: Service[], watch: (state: ServiceState) => void, lost?: AbortSignal): Promise<void> {
    const { halts } = this;
    const { timing, waits } = this.owner;
    const service = group[0]!;
    for (const one of group) one.state = "STARTING";
    watch("STARTING");
    await waits.sleep(isTomcat(service) ? timing.tomcatStart : timing.serviceStart);
    if (halts !== this.halts) return;
    if (lost?.aborted || this.fails(service)) return group.forEach(halt);
    for (const one of group) Object.assign(one, { state: "STARTED", reason: "", startedAt: this.owner.now() });
    this.owner.servicesLoaded(group.map((one) => one.name));
    watch("STARTED");
  }

  private fails({ name }: Service): boolean {
    const { fqdn, faults } = this.owner;
    const occasion = { node: fqdn, interface: "platform" as const, action: `start ${name}` };
    if (faults.strike("service stays down", occasion)) return true;
    if (this.failedOnce.delete(name) || !faults.strike("service at second try", occasion)) return false;
    this.failedOnce.add(name);
    return true;
  }

  /** HAProxy goes down and comes back with Cisco Tomcat (12.5(1)SU3 and later). */
  private followers(service: Service): Service[] {
    const proxy = isTomcat(service) ? this.services.get("Cisco HAProxy") : undefined;
    return proxy ? [proxy] : [];
  }

  /** Services that go down with this one and come back with its restart, but not with its start: those of the XCP Router. */
  private dependents(service: Service): Service[] {
    if (service.name !== "Cisco XCP Router") return [];
    return [...this.services.values()].filter((one) => one !== service && one.name.startsWith("Cisco XCP ") && one.state === "STARTED");
  }
}

function halt(service: Service): void {
  Object.assign(service, { state: "STOPPED", reason: "Component is not running" });
}

function isTomcat(service: Service): boolean {
  return service.name === "Cisco Tomcat";
}
