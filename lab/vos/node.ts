import { refill } from "../collections";
import type { NodeDescription, Product } from "../estate";
import { followPhones } from "../phones/cluster-phones";
import { CALL_MANAGER } from "../phones/network";
import type { Described } from "../pki/read";
import { OsAdministration } from "./administration";
import { CertificateManager } from "./certificate-manager";
import { CertificateStore, type Identity, isRoot } from "./certificate-store";
import type { Account } from "./accounts";
import type { VosCluster } from "./cluster";
import { type Health, healthOf } from "./health";
import { Power } from "./power";
import { purposesOf, storesOf } from "./purposes";
import { ServiceManager } from "./services";
import { Tftp, type TftpState } from "./tftp";
import { TFTP } from "./trust-file";
import { TrustVerification, TVS, type TvsState } from "./tvs";

/** What a TLS listener needs: one entry per key type, each with the intermediates that the trust store held when it was loaded. */
export type Loaded = (Pick<Identity, "key" | "certificate"> & { intermediates: string[] })[];

/** The ports on 127.0.0.1 at which a node's servers listen. */
export interface Ports {
  https8443: number;
  https443: number;
  ssh: number;
  /** 6970 and 2445; 0 where the product has none. */
  tftp: number;
  tvs: number;
}

/** A node as a value. */
export interface NodeState {
  readonly fqdn: string;
  readonly clockOffset: number;
  readonly pageFrom: number;
  readonly switchedOn: number;
  readonly health: Readonly<Health>;
  readonly store: CertificateStore;
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly services: ServiceManager["state"];
  readonly account: Account["state"];
  readonly tftp: TftpState;
  readonly tvs: TvsState;
}

/** Containers with a certificate of their own in memory: they keep it until they are restarted. */
const CONTAINERS = ["Cisco HAProxy", "Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"];

/** One appliance: its state, and what it does by itself. Its servers are in the files beside this one. */
export class VosNode {
  readonly store = new CertificateStore();
  readonly certificates = new CertificateManager(this);
  readonly administration = new OsAdministration(this);
  readonly services: ServiceManager;
  readonly power = new Power(this);
  readonly tftp = new Tftp(this);
  readonly tvs = new TrustVerification(this);
  readonly loaded = new Map<string, Loaded>();
  readonly health: Health;
  /** Milliseconds that this node's clock is ahead. */
  clockOffset = 0;
  fqdn: string;
  readonly address: string;
  ports: Ports = { https8443: 0, https443: 0, ssh: 0, tftp: 0, tvs: 0 };
  /** SHA-256 of every SSH host key that a client may see, as `SHA256:…`, the preferred one first; set by the server. */
  sshFingerprints: string[] = [];
  private pageFrom = 0;
  /** Called when what the HTTPS listeners serve has changed. */
  onServedChange: () => void = () => {};
  /** Called when HAProxy has gone down: open connections end. */
  onFrontDown: () => void = () => {};
  /** Called when a service has gone down: connections of phones to it end; without a name, all of them. */
  onServiceDown: (name?: string) => void = () => {};
  /** Called when the whole node has gone down: SSH connections end. */
  onDown: () => void = () => {};

  constructor(
    readonly cluster: VosCluster,
    readonly description: NodeDescription,
    readonly osAdministrator: Account,
    index: number,
  ) {
    this.fqdn = description.fqdn;
    this.address = description.address ?? madeUpAddress(cluster, index);
    this.health = healthOf(cluster.description);
    this.services = new ServiceManager(this, description.services);
  }

  get product(): Product {
    return this.description.product;
  }

  get publisher(): boolean {
    return this.description.role === "publisher";
  }

  get purposes(): string[] {
    return purposesOf(this.product, this.publisher, this.facts);
  }

  /** Purposes with a certificate of their own: what is reused is not listed. */
  get listed(): string[] {
    return this.purposes.filter((purpose) => !this.cluster.reused.has(purpose));
  }

  /** What its release has and has not. */
  get facts() {
    return this.cluster.facts;
  }

  /** The service that holds the ports 8443 and 443. */
  get front(): string {
    return this.facts.haProxy ? "Cisco HAProxy" : "Cisco Tomcat";
  }

  get history() {
    return this.cluster.lab.history;
  }

  get faults() {
    return this.cluster.lab.faults;
  }

  get timing() {
    return this.cluster.lab.timing;
  }

  get switches() {
    return this.cluster.lab.switches;
  }

  get waits() {
    return this.cluster.lab.waits;
  }

  get keys() {
    return this.cluster.lab.keys;
  }

  now(): Date {
    return new Date(Date.now() + this.clockOffset);
  }

  record(action: string, detail: Record<string, unknown> = {}): void {
    this.history.record({ node: this.fqdn, interface: "platform", action, detail });
  }

  /** SHA-256 of the SSH host key that a client prefers. */
  get sshFingerprint(): string {
    return this.sshFingerprints[0] ?? "";
  }

  /** RFC 4514 text with the subject fields of the installation. */
  subject(commonName: string, withUnit = true): string {
    const { locality, state, organizationalUnit, organization, country } = this.cluster.organization;
    const unit = withUnit ? ` OU=${escaped(organizationalUnit)},` : "";
    return `L=${escaped(locality)}, ST=${escaped(state)}, CN=${escaped(commonName)},${unit} O=${escaped(organization)}, C=${escaped(country)}`;
  }

  /** Whether it has this trust store. */
  hasStore(store: string): boolean {
    return storesOf(this.product).includes(store);
  }

  /** After an installation or a rebuild: self-signed everywhere, everything freshly loaded. */
  async install(at = this.now()): Promise<void> {
    await this.certificates.install(at);
    for (const container of CONTAINERS) if (this.services.get(container)) this.load(container);
    this.onServedChange();
    this.cluster.trustFiles.introduce(this);
  }

  /** A node that was set up again without a backup: new self-signed certificates; what is replicated arrives after a while, the rest is lost. */
  async rebuild(): Promise<void> {
    this.store.clear();
    await this.install();
    this.cluster.replication.introduce(this);
    this.record("rebuilt");
  }

  /** Everything that it is and holds, to give to `restore`; what its listeners are (ports, host keys) is no part of it. */
  get state(): NodeState {
    const { fqdn, clockOffset, health, pageFrom, power: { switchedOn } } = this;
    const { store, loaded, services, osAdministrator, tftp, tvs } = this;
    return { fqdn, clockOffset, pageFrom, switchedOn, health: { ...health, unresolved: new Set(health.unresolved) }, store: store.copy(), loaded: new Map(loaded), services: services.state, account: osAdministrator.state, tftp: tftp.state, tvs: tvs.state };
  }

  /** Connections end, and new ones are served what is loaded then. */
  restore({ fqdn, clockOffset, pageFrom, switchedOn, health, store, loaded, services, account, tftp, tvs }: NodeState): void {
    Object.assign(this, { fqdn, clockOffset, pageFrom });
    this.power.restore(switchedOn);
    Object.assign(this.health, { ...health, unresolved: new Set(health.unresolved) });
    this.store.restore(store);
    refill(this.loaded, loaded);
    this.services.restore(services);
    this.osAdministrator.restore(account);
    this.tftp.restore(tftp);
    this.tvs.restore(tvs);
    this.onServedChange();
    this.onFrontDown();
    this.onServiceDown();
  }

  /** What `lab.renameNode` does: the platform makes all its certificates anew, self-signed; pending requests are lost. */
  async rename(fqdn: string): Promise<void> {
    const from = this.fqdn;
    this.fqdn = fqdn;
    this.store.requests.clear();
    await this.install();
    this.record("renamed", { from });
  }

  /** Whether every port refuses. */
  get down(): boolean {
    return !this.power.on || this.faults.holds("node down", { node: this.fqdn, interface: "platform", action: "" });
  }

  /** Whether nothing is replicated from here or to here. */
  get replicationBroken(): boolean {
    return this.faults.holds("replication broken", { node: this.fqdn, interface: "platform", action: "replicate" });
  }

  /** Whether it takes part in the distribution of multi-server certificates. */
  get receives(): boolean {
    return !this.down && this.services.started("Cisco Tomcat") && this.services.started("Platform Administrative Web Service");
  }

  /** What the ports 8443 and 443 serve now. */
  get served(): Loaded {
    return this.loaded.get(this.front) ?? [];
  }

  /** Whether the product's page (`/ccmadmin`, `/cupadmin`) answers already; it lags behind STARTED. */
  get pageAnswers(): boolean {
    return this.services.started("Cisco Tomcat") && Date.now() >= this.pageFrom;
  }

  /** A service has gone down. */
  serviceDown(name: string): void {
    if (name === "Cisco Tomcat" || name === "Cisco HAProxy") this.onFrontDown();
    this.onServiceDown(name);
    if (name === CALL_MANAGER) followPhones(this.cluster.lab);
  }

  /** Services have come up: those with a certificate in memory load the one of now. */
  servicesLoaded(names: string[]): void {
    if (names.includes(TFTP)) this.tftp.started();
    if (names.includes(TVS)) this.tvs.load();
    if (names.includes(CALL_MANAGER)) followPhones(this.cluster.lab);
    const containers = names.filter((name) => CONTAINERS.includes(name));
    const at = (action: string) => ({ node: this.fqdn, interface: "platform" as const, action });
    const old = containers.length > 0 ? this.faults.strike("old certificate", at(`load ${containers.join(", ")}`)) : undefined;
    containers.filter((container) => !old || (old.name !== undefined && old.name !== container)).forEach((container) => this.load(container));
    if (names.includes("Cisco Tomcat")) this.pageFrom = Date.now() + this.timing.pageLag + this.faults.delay("page lags", at("page"));
    this.onServedChange();
  }

  /** EC certificates only while the enterprise parameter HTTPS Ciphers is All. */
  private load(container: string): void {
    const purposes = this.cluster.parameters.get("HTTPS Ciphers") === "All" ? ["tomcat", "tomcat-ECDSA"] : ["tomcat"];
    const identities = purposes.flatMap((purpose) => this.store.identities.get(purpose) ?? []);
    this.loaded.set(container, identities.map(({ key, certificate }) => ({ key, certificate, intermediates: this.intermediatesOf(certificate) })));
  }

  /** Issuers from the trust store up to, and without, the root. */
  private intermediatesOf(certificate: Described): string[] {
    return this.store
      .issuers("tomcat-trust", certificate)
      .filter((issuer) => !isRoot(issuer))
      .map(({ pem }) => pem);
  }
}

/** A value in RFC 4514 text. */
function escaped(value: string): string {
  return value.replace(/[\\,+"<>;=#]/g, "\\$&");
}

/** `10.0.0.11` for the first node of the first cluster. */
function madeUpAddress({ lab, name }: VosCluster, index: number): string {
  return `10.0.${lab.description.clusters.findIndex((one) => one.name === name)}.${11 + index}`;
}
