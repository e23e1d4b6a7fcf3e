// The phones of a cluster: what its database says of them, its DHCP server, and the phones themselves.
import { refill } from "../collections";
import type { Occasion } from "../faults";
import type { Lab } from "../lab";
import { selfSigned } from "../pki/make";
import { type ReadList, readList } from "../trust-list/read";
import { writeTrustList } from "../trust-list/write";
import type { VosCluster } from "../vos/cluster";
import type { VosNode } from "../vos/node";
import { activated, callManagers } from "../vos/trust-file";
import { DEFAULT, type PhonesDescription, setsOf } from "./description";
import { Dhcp, type Subnet } from "./dhcp";
import { CALL_MANAGER } from "./network";
import { Phone, type PhoneState } from "./phone";
import { Registrations, type RegistrationsState } from "./registrations";

export interface PhonesState {
  readonly configured: ReadonlyMap<string, string>;
  readonly subnets: readonly Readonly<Subnet>[];
  readonly registrations: RegistrationsState;
  readonly phones: readonly PhoneState[];
}

const PARAMETER = "Phone Interaction on Certificate Update";
/** The certificates upon whose change phones start anew (7.10). */
const FELT = ["CallManager", "CallManager-ECDSA", "TVS", "CAPF", "ITLRecovery"];

export class ClusterPhones {
  /** The phones that belonged to this cluster at the start, wherever they are now. */
  readonly all: Phone[] = [];
  /** Name → device pool, of every phone that may register here. */
  readonly configured = new Map<string, string>();
  readonly registrations = new Registrations();
  readonly dhcp: Dhcp;

  constructor(readonly cluster: VosCluster) {
    this.dhcp = new Dhcp(cluster);
  }

  /** Every cluster of the lab has its nodes and its DHCP server. */
  configure(): void {
    setsOf(this.cluster.description).forEach((set, index) => this.add(set, index));
  }

  /** They have been here for a long time. */
  async begin(installed: Date): Promise<void> {
    const tftp = callManagers(this.cluster).find((node) => node.tftp.running);
    const foreign = this.all.some(({ holdsForeign }) => holdsForeign) ? await foreignItl(this.cluster.lab, installed) : undefined;
    for (const phone of this.all) phone.install(tftp, phone.holdsForeign ? foreign : undefined);
  }

  phone(name: string): Phone | undefined {
    return this.all.find((phone) => phone.name === name);
  }

  /** Name → the nodes in their order. */
  get groups(): ReadonlyMap<string, VosNode[]> {
    const { callManagerGroups } = this.cluster.description;
    const every = callManagers(this.cluster);
    if (!callManagerGroups) return new Map([[DEFAULT, every.filter((node) => activated(node, CALL_MANAGER))]]);
    return new Map(Object.entries(callManagerGroups).map(([name, members]) => [name, members.flatMap((fqdn) => every.find(({ description }) => description.fqdn.toLowerCase() === fqdn.toLowerCase()) ?? [])]));
  }

  /** Device pool → its CallManager group. */
  get pools(): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.cluster.description.devicePools ?? { [DEFAULT]: [...this.groups.keys()][0]! }));
  }

  /** With whom a phone is to register; one that is not configured tries the first group. */
  membersFor(name: string): VosNode[] {
    const group = this.pools.get(this.configured.get(name) ?? "") ?? [...this.groups.keys()][0]!;
    return this.groups.get(group) ?? [];
  }

  /** The phones that are registered here now. */
  get registered(): Phone[] {
    return everyPhone(this.cluster.lab).filter((phone) => phone.cluster === this.cluster.name);
  }

  /** Tells a phone to start anew, which hears it when it is registered here. */
  reset(name: string, why: string): void {
    this.registered.find((phone) => phone.name === name)?.reset(why);
  }

  resetAll(why: string): void {
    for (const phone of this.registered) phone.reset(why);
  }

  /** A certificate was uploaded or made anew: from release 14 the phones start anew, unless the parameter says otherwise. */
  certificateChanged(purpose: string): void {
    if (FELT.includes(purpose) && this.cluster.parameters.get(PARAMETER) === "0") this.resetAll(`${purpose} certificate`);
  }

  /** Whether phones that have registered there start anew at once. */
  restless({ faults, store }: VosNode, occasion: Occasion): boolean {
    if (store.identities.get("CallManager")?.distribution !== "multi-server") return false;
    return faults.strike("phones reset again and again", occasion) !== undefined;
  }

  /** Resolves when every phone of the lab has arrived somewhere. */
  async settled(): Promise<void> {
    const { lab } = this.cluster;
    for (followPhones(lab); !lab.stopped; ) {
      const moving = everyPhone(lab).flatMap(({ underWay }) => underWay ?? []);
      if (moving.length === 0) return;
      await Promise.all(moving);
    }
  }

  /** How many start anew. */
  get underWay(): number {
    return this.all.filter(({ underWay }) => underWay !== undefined).length;
  }

  get state(): PhonesState {
    return { configured: new Map(this.configured), subnets: this.dhcp.state, registrations: this.registrations.state, phones: this.all.map(({ state }) => state) };
  }

  restore({ configured, subnets, registrations, phones }: PhonesState): void {
    refill(this.configured, configured);
    this.dhcp.restore(subnets);
    this.registrations.restore(registrations);
    this.all.forEach((phone, index) => phone.restore(phones[index]!));
  }

  private add(set: PhonesDescription, index: number): void {
    const { lab } = this.cluster;
    const dhcp = (set.dhcp === undefined ? this.cluster : lab.cluster(set.dhcp)).phones.dhcp;
    const network = dhcp.subnet(set.subnet)?.address ?? "10.255.0.0";
    const made = Array.from({ length: set.count ?? 0 }, (_, number) => madeUpName(lab.clusters.indexOf(this.cluster), index, number));
    for (const name of [...(set.names ?? []), ...made]) {
      const number = this.all.length;
      this.all.push(new Phone(this.cluster, { name, address: addressIn(network, number), set, foreign: number - this.before(index) < (set.foreignItl ?? 0) }));
      for (const cluster of [this.cluster, ...(set.alsoIn ?? []).map((other) => lab.cluster(other))]) cluster.phones.know(name, set.devicePool ?? DEFAULT);
    }
  }

  /** How many phones stand in the sets before that one. */
  private before(index: number): number {
    return setsOf(this.cluster.description).slice(0, index).reduce((sum, { count = 0, names = [] }) => sum + count + names.length, 0);
  }

  private know(name: string, pool: string): void {
    this.configured.set(name, this.pools.has(pool) ? pool : [...this.pools.keys()][0]!);
  }
}

export function everyPhone({ clusters }: Lab): Phone[] {
  return clusters.flatMap(({ phones }) => phones.all);
}

/** A CallManager went down or came up: phones leave and come back. */
export function followPhones(lab: Lab): void {
  for (const phone of everyPhone(lab)) phone.follow();
}

/** `SEP0A0` cluster, set, number. */
function madeUpName(cluster: number, set: number, number: number): string {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, "0");
  return `SEP0A${hex(cluster, 3)}${hex(set, 3)}${hex(number, 4)}`;
}

function addressIn(network: string, number: number): string {
  const [first, second, third] = network.split(".").map(Number);
  return `${first}.${second}.${third! + Math.floor((number + 10) / 256)}.${(number + 10) % 256}`;
}

/** The ITL of a cluster that is no more. */
async function foreignItl({ keys }: Lab, at: Date): Promise<ReadList> {
  const key = await keys.next("rsa-2048");
  const certificate = await selfSigned(key, { subject: "CN=ITLRECOVERY_former.example.com" }, { notBefore: at, days: 3650 });
  return readList(writeTrustList({ fileName: "ITLFile.tlv", writtenAt: at, records: [{ role: "SAST", certificate }], signer: { key, certificate } }));
}
