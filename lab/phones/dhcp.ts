// Where phones of a cluster get their TFTP servers from.
import type { VosCluster } from "../vos/cluster";
import { activated, callManagers, TFTP } from "../vos/trust-file";

/** The fields of a subnet that AXL changes; text as it was written. */
export interface Subnet {
  address: string;
  /** Option 150. */
  primaryTftp: string;
  secondaryTftp: string;
}

export class Dhcp {
  private list: Subnet[] = [];

  constructor(private readonly cluster: VosCluster) {}

  /** The cluster has its nodes. */
  begin(): void {
    const { description, lab } = this.cluster;
    if (!description.dhcp && !description.phones) return;
    const [primary = "", secondary = ""] = callManagers(this.cluster).filter((node) => activated(node, TFTP)).map(({ address }) => address);
    const second = 100 + lab.clusters.indexOf(this.cluster);
    this.list = (description.dhcp?.subnets ?? [{}]).map(({ address, option150 = [primary, secondary] }, index) => ({
      address: address ?? `10.${second}.${16 * index}.0`,
      primaryTftp: option150[0] ?? "",
      secondaryTftp: option150[1] ?? "",
    }));
  }

  /** Whether AXL knows it. */
  get ofCucm(): boolean {
    return this.list.length > 0 && (this.cluster.description.dhcp?.server ?? "CUCM") === "CUCM";
  }

  get subnets(): readonly Readonly<Subnet>[] {
    return this.list;
  }

  /** The subnet of that address, the first without one. */
  subnet(address?: string): Readonly<Subnet> | undefined {
    return this.list.find((one) => address === undefined || one.address === address);
  }

  /** What a person or AXL does. @throws when there is no such subnet */
  set(address: string, change: Partial<Subnet>): void {
    const found = this.list.find((one) => one.address === address);
    if (!found) throw new Error(`the DHCP server of ${this.cluster.name} has no subnet ${address}; it has: ${this.list.map((one) => one.address).join(", ") || "none"}`);
    Object.assign(found, change);
    this.cluster.publisher.record("change DHCP subnet", { subnet: found.address, option150: [found.primaryTftp, found.secondaryTftp].filter(Boolean) });
  }

  get state(): readonly Readonly<Subnet>[] {
    return this.list.map((one) => ({ ...one }));
  }

  restore(state: readonly Readonly<Subnet>[]): void {
    this.list = state.map((one) => ({ ...one }));
  }
}
