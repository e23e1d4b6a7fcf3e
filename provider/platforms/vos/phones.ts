// Phones of a cluster, as its publisher knows them: AXL and RIS.
import { isLost, PlatformError } from "../../errors";
import { retry } from "../../transport/retry";
import type { ConfiguredPhone, DhcpSubnet, PhoneGroup, PhonePlatform, Registration, RegistrationStatus } from "../phones";
import type { AxlPhones, WireDhcpSubnet, WirePhone } from "./axl-phones";
import { MOST_DEVICES, type Ris, type WireSelection } from "./ris";

export interface PhoneParts {
  fqdn: string;
  axl: AxlPhones;
  ris: Pick<Ris, "selectCmDevice">;
  /** Runs a call under the rule of one failed log-in. */
  asApplication<T>(work: () => Promise<T>): Promise<T>;
  /** Milliseconds. */
  retryFirst: number;
}

/** Rows of one answer of AXL. */
const PAGE = 1000;
/** How often a busy platform is asked: with the usual pauses for more than two minutes, in which a throttle passes. */
const PATIENCE = 20;

const STATUSES: readonly RegistrationStatus[] = ["Registered", "UnRegistered", "Rejected", "PartiallyRegistered", "Unknown"];
/** What a node says that has looked. */
const LOOKED = ["Ok", "NotFound"];

export class Phones implements PhonePlatform {
  constructor(private readonly parts: PhoneParts) {}

  /** A node may take no notice of `first`, and would give the same rows for ever. */
  async configured(): Promise<ConfiguredPhone[]> {
    const found = new Map<string, WirePhone>();
    for (;;) {
      const skip = found.size;
      const rows = await this.read(() => this.parts.axl.listPhone(skip, PAGE));
      for (const row of rows) found.set(row.name, row);
      if (rows.length !== PAGE || found.size === skip) break;
    }
    return [...found.values()].map(({ name, devicePoolName }) => ({ name, devicePool: devicePoolName }));
  }

  async groups(): Promise<PhoneGroup[]> {
    const { axl } = this.parts;
    const [names, pools, callManagers] = await Promise.all([this.read(() => axl.listCallManagerGroup()), this.read(() => axl.listDevicePool()), this.read(() => axl.listCallManager())]);
    const nodeOf = new Map(callManagers.map(({ name, processNodeName }) => [name, processNodeName]));
    return Promise.all(
      names.map(async (name) => {
        const members = await this.read(() => axl.getCallManagerGroup(name));
        const ordered = [...members].sort((one, other) => Number(one.priority) - Number(other.priority));
        const devicePools = pools.filter(({ callManagerGroupName }) => callManagerGroupName === name).map((pool) => pool.name);
        return { name, members: ordered.map(({ callManagerName }) => nodeOf.get(callManagerName) || callManagerName), devicePools };
      }),
    );
  }

  async registrations(names: readonly string[]): Promise<Registration[]> {
    const wanted = [...new Set(names)];
    const newest = new Map<string, Registration>();
    for (let from = 0; from < wanted.length; from += MOST_DEVICES)
      for (const one of await this.selected(wanted.slice(from, from + MOST_DEVICES))) if (supersedes(one, newest.get(one.name))) newest.set(one.name, one);
    return [...newest.values()];
  }

  /** An answer that is lost says nothing, and a phone is not reset twice. */
  reset(name: string): Promise<void> {
    return this.patiently(() => this.parts.axl.doDeviceReset(name));
  }

  async dhcpSubnets(): Promise<DhcpSubnet[]> {
    const ids = await this.read(() => this.parts.axl.listDhcpSubnet());
    return (await Promise.all(ids.map((id) => this.read(() => this.parts.axl.getDhcpSubnet(id))))).map(subnetOf);
  }

  /** Says the same however often it is said. */
  setOption150({ id }: Pick<DhcpSubnet, "id">, primary: string, secondary: string | undefined): Promise<void> {
    return this.unlessLost(() => this.parts.axl.updateDhcpSubnet(id, primary, secondary ?? ""));
  }

  /** A device stands under every node that knows it: where an answer was cut off for that, the names are asked for in halves. */
  private async selected(names: readonly string[]): Promise<Registration[]> {
    const selection = await this.unlessLost(() => this.asked(names));
    const { TotalDevicesFound, nodes } = selection;
    const rows = nodes.flatMap(({ Name, devices }) => devices.map((device) => ({ name: device.Name, status: statusOf(device.Status), node: Name, at: new Date(Number(device.TimeStamp) * 1_000) })));
    const cutOff = rows.length >= MOST_DEVICES && Number(TotalDevicesFound) > rows.length;
    if (!cutOff || names.length === 1) return rows;
    const half = Math.ceil(names.length / 2);
    return [...(await this.selected(names.slice(0, half))), ...(await this.selected(names.slice(half)))];
  }

  /** That no phone is told of by nodes that have not looked says nothing of the phones. */
  private async asked(names: readonly string[]): Promise<WireSelection> {
    const selection = await this.parts.ris.selectCmDevice(names);
    const { nodes } = selection;
    if (nodes.length === 0 || nodes.some(({ ReturnCode }) => LOOKED.includes(ReturnCode))) return selection;
    const codes = nodes.map(({ Name, ReturnCode }) => `${Name} ${ReturnCode}`).join(", ");
    throw new PlatformError(nodes.some(({ ReturnCode }) => ReturnCode === "InvalidRequest") ? "rejected" : "busy", { node: this.parts.fqdn, action: "read the registrations of phones", answer: `no node tells of its phones: ${codes}` });
  }

  /** Repeated after whatever passes. */
  private read<T>(work: () => Promise<T>): Promise<T> {
    return retry(() => this.parts.asApplication(work), { first: this.parts.retryFirst });
  }

  /** The same, with more patience for a platform that says that it is asked too often. */
  private unlessLost<T>(work: () => Promise<T>): Promise<T> {
    return retry(() => this.patiently(work), { first: this.parts.retryFirst, final: (error) => !isLost(error) });
  }

  /** Repeated while the platform says that it is asked too often. */
  private patiently<T>(work: () => Promise<T>): Promise<T> {
    return retry(() => this.parts.asApplication(work), { first: this.parts.retryFirst, attempts: PATIENCE, kinds: ["busy"] });
  }
}

/** The newest word counts; of two of the same second the one that has the phone. */
function supersedes(one: Registration, known: Registration | undefined): boolean {
  if (!known) return true;
  return one.at.getTime() === known.at.getTime() ? one.status === "Registered" : one.at > known.at;
}

function statusOf(status: string): RegistrationStatus {
  return STATUSES.find((known) => known === status) ?? "Unknown";
}

function subnetOf({ uuid, dhcpServerName, subnetIpAddress, primaryTftpServerIpAddress, secondaryTftpServerIpAddress }: WireDhcpSubnet): DhcpSubnet {
  return {
    id: uuid,
    subnetIpAddress,
    server: dhcpServerName,
    ...(primaryTftpServerIpAddress && { primaryTftp: primaryTftpServerIpAddress }),
    ...(secondaryTftpServerIpAddress && { secondaryTftp: secondaryTftpServerIpAddress }),
  };
}
