import { join } from "node:path";
import { refill } from "../collections";
import type { ContactCenter } from "./contact-center";
import type { WindowsHostDescription, WindowsProduct } from "./description";
import { Drive, type DriveState } from "./drive";
import { guardOf } from "./guard";
import { type HostIdentity, type Identities, makeIdentity } from "./identities";
import { type Jdk, jdkAt } from "./jdk";
import { ALIASES, type IdentityName, identitiesOf, type Layout, layoutOf, type WindowsPort } from "./layout";
import { installDrive, updateJava } from "./installation";
import { changed, machineVariables, type Registry, registryOf } from "./registry";
import { type WindowsService, WindowsServices } from "./services";
import { CACERTS_PASSWORD, inventStorePassword, withKey } from "./stores";
import { TrustStores } from "./trust";
import { WORDS, type Words } from "./words";

export type WindowsPorts = Record<WindowsPort | "ssh", number>;

/** A host as a value. */
export interface HostState {
  readonly clockOffset: number;
  readonly bootedAt: Date;
  readonly storePassword: string;
  readonly layout: Layout;
  /** Undefined: nobody has looked at the drive yet. */
  readonly drive: DriveState | undefined;
  readonly registry: Registry;
  readonly session: Readonly<Record<string, string>>;
  readonly services: WindowsServices["state"];
  readonly identities: ReadonlyMap<IdentityName, HostIdentity>;
  readonly served: ReadonlyMap<WindowsPort, HostIdentity>;
  readonly trust: TrustStores["state"];
}

/** One Windows host: its state, and what it does by itself. Its servers are in the files beside this one. */
export class WindowsHost {
  readonly services: WindowsServices;
  readonly trust = new TrustStores(this);
  layout: Layout;
  readonly drive: Drive;
  readonly registry: Registry;
  readonly identities: Identities = new Map();
  /** What its ports serve now. */
  readonly served = new Map<WindowsPort, HostIdentity>();
  readonly ports: WindowsPorts = { ssh: 0, https443: 0, https7890: 0, https8111: 0 };
  /** The password with which the installation made its trust store. */
  storePassword: string;
  readonly jdk: Jdk;
  /** SHA-256 of every SSH host key, the preferred one first; set by the server. */
  sshFingerprints: string[] = [];
  clockOffset = 0;
  bootedAt: Date;
  restarting = false;
  /** From the order to restart on. */
  goingDown = false;
  /** Commands that run now, and restarts. */
  readonly running = new Set<Promise<unknown>>();
  /** Called when what a port serves has changed, and when one goes down. */
  onServedChange: () => void = () => {};
  onPortDown: (port: WindowsPort) => void = () => {};
  /** Called when the whole server goes down. */
  onDown: () => void = () => {};
  private session: Record<string, string>;
  private installing?: Promise<void>;
  private installed = false;

  constructor(
    readonly contactCenter: ContactCenter,
    readonly description: WindowsHostDescription,
    private readonly index: number,
  ) {
    const { lab } = contactCenter;
    this.layout = layoutOf(description, this.release);
    this.jdk = jdkAt(description.jdk);
    this.drive = new Drive(join(lab.folder(), description.fqdn, "C"), guardOf(this));
    this.registry = registryOf(description, this.layout, this.computer);
    this.storePassword = description.storePassword ?? (this.layout.store.type === "JCEKS" ? inventStorePassword() : CACERTS_PASSWORD);
    this.services = new WindowsServices(this, this.layout.services, description.services);
    this.bootedAt = new Date(this.now().getTime() - 86_400_000);
    this.session = changed(machineVariables(this.registry), description.sessionEnvironment);
  }

  get fqdn(): string {
    return this.description.fqdn;
  }

  get product(): WindowsProduct {
    return this.description.product;
  }

  get release(): string {
    return this.description.release ?? this.contactCenter.release;
  }

  get address(): string {
    const { lab } = this.contactCenter;
    return this.description.address ?? `10.1.${lab.contactCenters.indexOf(this.contactCenter)}.${11 + this.index}`;
  }

  /** NetBIOS name. */
  get computer(): string {
    return this.description.fqdn.split(".")[0]!.toUpperCase().slice(0, 15);
  }

  get elevated(): boolean {
    return this.description.elevated ?? true;
  }

  get words(): Words {
    return WORDS[this.description.language ?? "en"];
  }

  get history() {
    return this.contactCenter.lab.history;
  }

  get faults() {
    return this.contactCenter.lab.faults;
  }

  get timing() {
    return this.contactCenter.lab.timing;
  }

  get waits() {
    return this.contactCenter.lab.waits;
  }

  now(): Date {
    return new Date(Date.now() + this.clockOffset);
  }

  record(action: string, detail: Record<string, unknown> = {}): void {
    this.history.record({ node: this.fqdn, interface: "platform", action, detail });
  }

  /** Whether every port refuses. */
  get down(): boolean {
    return this.restarting || this.faults.holds("node down", { node: this.fqdn, interface: "platform", action: "" });
  }

  /** The variables of an SSH session, by the names of the registry as it was when SSH was started. */
  get variables(): Record<string, string> {
    const { username } = this.contactCenter.account.credential;
    const profile = `C:\\Users\\${username}`;
    return {
      ...this.session,
      SystemRoot: "C:\\Windows",
      SystemDrive: "C:",
      ProgramData: "C:\\ProgramData",
      ProgramFiles: "C:\\Program Files",
      "ProgramFiles(x86)": "C:\\Program Files (x86)",
      COMPUTERNAME: this.computer,
      USERNAME: username,
      USERPROFILE: profile,
      TEMP: `${profile}\\AppData\\Local\\Temp`,
      TMP: `${profile}\\AppData\\Local\\Temp`,
    };
  }

  get home(): string {
    return this.variables.USERPROFILE!;
  }

  /** Makes its certificates; its drive is made when somebody looks at it. */
  async install(at: Date): Promise<void> {
    for (const identity of identitiesOf(this.layout)) this.identities.set(identity, await this.make(identity, at));
    for (const { serves } of this.layout.services) if (serves) this.served.set(serves[0], this.identities.get(serves[1])!);
    this.onServedChange();
  }

  /** Puts on the drive what the installation left there, once. */
  async ready(): Promise<void> {
    if (this.installed) return;
    await (this.installing ??= installDrive(this).then(() => {
      this.installed = true;
      this.installing = undefined;
    }));
  }

  /** Resolves when no command runs and no service moves; commands end soon when their session has. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.running, this.installing]);
    await this.services.settled();
  }

  /** Why it is not still, as a snapshot wants it; undefined when it is. */
  get unrest(): string | undefined {
    if (this.restarting) return `${this.fqdn} restarts`;
    if (this.running.size > 0) return `a command runs on ${this.fqdn}`;
    const moving = this.services.list().find(({ state }) => state.endsWith("PENDING"));
    return moving && `${moving.name} of ${this.fqdn} is ${moving.state}`;
  }

  /** A new certificate of its own: at once on 443 and 7890, on CVP in the store, and on the port after the next start of WSM. */
  async regenerate(identity: IdentityName): Promise<HostIdentity> {
    if (!this.identities.has(identity)) throw new Error(`${this.fqdn} has no certificate ${identity}; it has: ${[...this.identities.keys()].join(", ")}`);
    const made = await this.make(identity, this.now());
    const alias = ALIASES[identity];
    if (alias) {
      await this.ready();
      const { path } = this.layout.store;
      this.drive.write(path, await withKey(this.jdk, this.drive.read(path), { alias, key: made.key, certificate: made.certificate.pem }, this.storePassword));
    }
    this.identities.set(identity, made);
    for (const [port, name] of [["https443", "IIS"], ["https7890", "DFP"]] as const) if (name === identity) this.served.set(port, made);
    this.record(`regenerate ${identity}`);
    this.onServedChange();
    return made;
  }

  private make(identity: IdentityName, at: Date): Promise<HostIdentity> {
    const { certificateName: name = this.fqdn, commonNames } = this.description;
    return makeIdentity(this.contactCenter.lab.keys, { name, commonName: commonNames?.[identity] }, at);
  }

  /** A Java update: `cacerts` of its homes are as shipped again, and with `home` the Java home is another folder, which the registry names. */
  async updateJava(home?: string): Promise<void> {
    await this.ready();
    await updateJava(this, home);
    this.record("Java update", home ? { home } : {});
  }

  /** Keeps the lab from ending before `work` has. */
  follow(work: Promise<unknown>): void {
    const done: Promise<unknown> = work.finally(() => this.running.delete(done));
    this.running.add(done);
  }

  /** What `shutdown /r` does: every port refuses, SSH comes back after a while, then the services. */
  async restart(): Promise<void> {
    if (this.restarting) return;
    await this.history.span({ node: this.fqdn, interface: "platform", action: "restart server" }, async () => {
      this.restarting = true;
      this.services.halt();
      this.onDown();
      await this.waits.sleep(this.timing.hostRestart);
      this.bootedAt = this.now();
      this.session = machineVariables(this.registry);
      this.restarting = this.goingDown = false;
      await this.waits.sleep(this.timing.hostServices);
      await this.services.boot();
    });
  }

  serviceDown({ serves }: WindowsService): void {
    if (serves) this.onPortDown(serves[0]);
  }

  /** A service comes up: it reads its trust store, and its key out of it. */
  serviceUp({ name, trusts, identity, serves }: WindowsService): Promise<boolean> {
    if (identity && this.installed && !this.trust.holdsKey(identity)) return Promise.resolve(false);
    if (trusts) this.trust.load(name, this.installed);
    if (serves) this.served.set(serves[0], this.identities.get(serves[1])!);
    this.onServedChange();
    return Promise.resolve(true);
  }

  get state(): HostState {
    const { clockOffset, bootedAt, storePassword, layout, session } = this;
    const drive = this.installed ? this.drive.state((content) => this.trust.shared(content)) : undefined;
    const registry = new Map([...this.registry].map(([key, values]) => [key, new Map(values)]));
    return { clockOffset, bootedAt, storePassword, layout, drive, registry, session: { ...session }, services: this.services.state, identities: new Map(this.identities), served: new Map(this.served), trust: this.trust.state };
  }

  restore({ clockOffset, bootedAt, storePassword, layout, drive, registry, session, services, identities, served, trust }: HostState): void {
    Object.assign(this, { clockOffset, bootedAt, storePassword, layout, session: { ...session }, installed: drive !== undefined });
    if (drive) this.drive.restore(drive);
    else this.drive.clear();
    refill(this.registry, new Map([...registry].map(([key, values]) => [key, new Map(values)])));
    this.services.restore(services);
    refill(this.identities, identities);
    refill(this.served, served);
    this.trust.restore(trust);
    this.onServedChange();
    this.onDown();
  }
}
