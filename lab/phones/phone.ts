// One phone: what it holds, and what it does from a reset to its registration. procedures.md 1.1.
// It calls the TFTP and TVS of the lab's nodes directly: the same bytes, the same answers and the same closed ports as on the wire, without sockets.
import type { Occasion } from "../faults";
import type { HistoryEntry } from "../history";
import { readList } from "../trust-list/read";
import { ROLE } from "../trust-list/write";
import type { VosCluster } from "../vos/cluster";
import type { VosNode } from "../vos/node";
import type { PhonesDescription } from "./description";
import { givesFiles, nodeNamed, takesPhones } from "./network";
import { type Directory, doubt, type Holdings, openDirectory, recordsOf } from "./trust";

/** What a phone is made of. */
export interface PhoneMake {
  readonly name: string;
  readonly address: string;
  readonly set: PhonesDescription;
  /** Whether it holds an ITL of a cluster that is no more. */
  readonly foreign: boolean;
}

/** A phone as a value. */
export interface PhoneState extends Holdings {
  /** The cluster of its present configuration. */
  readonly cluster?: string;
  /** The node with which it is registered. */
  readonly node?: string;
  readonly directory?: Directory;
}

export class Phone {
  private held: PhoneState = { members: [] };
  /** From a reset, or the loss of its node, until it has tried to register. */
  private moving?: Promise<void>;

  constructor(
    /** The cluster that it belonged to at the start. */
    readonly home: VosCluster,
    private readonly make: PhoneMake,
  ) {}

  get name(): string {
    return this.make.name;
  }

  get holdsForeign(): boolean {
    return this.make.foreign;
  }

  get address(): string {
    return this.make.address;
  }

  /** The name of the cluster with which it is registered; undefined when with none. */
  get cluster(): string | undefined {
    return this.held.node === undefined ? undefined : this.held.cluster;
  }

  /** The node with which it is registered. */
  get node(): string | undefined {
    return this.held.node;
  }

  /** Serial numbers of the signers that it believes without asking, of its CTL and ITL. */
  get trusts(): string[] {
    return [...new Set(recordsOf(this.held).filter(({ role }) => role === ROLE.SAST).map(({ serial }) => serial))];
  }

  /** What came of opening the corporate directory the last time. */
  get directory(): Directory | undefined {
    return this.held.directory;
  }

  /** What it holds: files, and the nodes of its present configuration. */
  get holds(): Holdings {
    return this.held;
  }

  get history(): HistoryEntry[] {
    return this.home.lab.history.of("phone").filter(({ detail }) => detail.phone === this.name);
  }

  get state(): PhoneState {
    return this.held;
  }

  restore(state: PhoneState): void {
    this.held = state;
  }

  /** Resolves when it has arrived somewhere; undefined when it is still. */
  get underWay(): Promise<void> | undefined {
    return this.moving;
  }

  /** As it was set up in its cluster, long ago; `itl` is that of another one. */
  install(tftp: VosNode | undefined, itl?: Holdings["itl"]): void {
    if (tftp) this.fetch(tftp);
    else this.configure(this.home);
    if (itl) this.held = { ...this.held, itl };
    this.register(false);
  }

  /** It is told to start anew; while it does so it hears nothing. */
  reset(why: string): void {
    if (this.moving) return;
    this.record("reset", { why });
    this.leave();
    this.later(() => this.boot());
  }

  /** What it does by itself: leaves a node that is down, and comes back to the first of its group. */
  follow(): void {
    if (this.moving) return;
    const best = this.firstMember();
    const own = this.held.node;
    if (own === best?.fqdn) return;
    if (own === undefined) return void this.later(() => this.boot());
    this.leave();
    const left = nodeNamed(this.home.lab, own);
    this.later(() => (left && !takesPhones(left) ? this.register() : this.boot()));
  }

  private later(work: () => void): void {
    const { lab } = this.home;
    this.moving = lab.waits.sleep(lab.timing.phoneReset).then(() => {
      this.moving = undefined;
      if (!lab.stopped) work();
    });
  }

  private boot(): void {
    const tftp = this.tftpServer();
    const behind = tftp ? this.fetch(tftp) : "no TFTP server answers";
    if (behind) this.record("stays behind", { signers: this.trusts }, behind);
    this.held = { ...this.held, directory: openDirectory(this.home.lab, this.held) };
    this.register();
  }

  /** Its alternate TFTP, or the servers of option 150: the first that answers. */
  private tftpServer(): VosNode | undefined {
    const { lab } = this.home;
    const { alternateTftp, dhcp, subnet } = this.make.set;
    const { primaryTftp = "", secondaryTftp = "" } = (dhcp === undefined ? this.home : lab.cluster(dhcp)).phones.dhcp.subnet(subnet) ?? {};
    const asked = alternateTftp ?? [primaryTftp, secondaryTftp].filter(Boolean);
    return asked.map((text) => nodeNamed(lab, text)).find((node) => node !== undefined && givesFiles(node));
  }

  /** Takes CTL, ITL and configuration; why it stays behind, if it does. */
  private fetch(tftp: VosNode): string | undefined {
    for (const kind of ["CTL", "ITL"] as const) {
      const file = tftp.tftp.served(`${kind}${this.name}.tlv`);
      if (!file) continue;
      const list = readList(file.file);
      const why = doubt(this.home.lab, this.held, list);
      if (why) return `${kind} of ${tftp.fqdn}: ${why}`;
      this.held = { ...this.held, [kind === "CTL" ? "ctl" : "itl"]: list };
    }
    this.configure(tftp.cluster);
    return undefined;
  }

  private configure(cluster: VosCluster): void {
    this.held = { ...this.held, cluster: cluster.name, members: cluster.phones.membersFor(this.name).map(({ fqdn }) => fqdn) };
  }

  private firstMember(): VosNode | undefined {
    for (const name of this.held.members) {
      const node = nodeNamed(this.home.lab, name);
      if (node && takesPhones(node)) return node;
    }
    return undefined;
  }

  /** With the first node of its group that runs. */
  private register(tell = true): void {
    const node = this.firstMember();
    if (!node) return void (tell && this.record("finds no CallManager", {}, "not registered"));
    const { registrations, configured } = node.cluster.phones;
    const occasion: Occasion = { node: node.fqdn, interface: "phone", action: `register ${this.name}` };
    if (node.faults.strike("phone stays away", occasion)) return;
    if (!configured.has(this.name)) {
      registrations.note(this.name, node.fqdn, "Rejected");
      return this.record("register", {}, "rejected: not configured", node.fqdn);
    }
    registrations.note(this.name, node.fqdn, "Registered");
    this.held = { ...this.held, node: node.fqdn };
    if (!tell) return;
    this.record("register", { cluster: this.held.cluster, directory: this.held.directory }, "ok", node.fqdn);
    if (node.cluster.phones.restless(node, occasion)) this.reset("CallManager certificate (CSCup28852)");
  }

  private leave(): void {
    const { node } = this.held;
    if (node === undefined) return;
    nodeNamed(this.home.lab, node)?.cluster.phones.registrations.note(this.name, node, "UnRegistered");
    this.held = { ...this.held, node: undefined };
  }

  private record(what: string, detail: Record<string, unknown>, outcome = "ok", node = this.held.node ?? this.held.members[0] ?? this.home.publisher.fqdn): void {
    this.home.lab.history.record({ node, interface: "phone", action: `${what} ${this.name}`, detail: { phone: this.name, ...detail }, outcome });
  }
}
