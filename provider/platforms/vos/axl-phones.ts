// AXL for phones and for what they are served by, one method per operation: platform-interfaces.md 4.2, names of AXLSoap.xsd.
import type { Axl } from "./axl";
import { child, children, escapeXml, text, type Xml } from "./soap";

export interface WirePhone {
  name: string;
  devicePoolName: string;
}

export interface WireDevicePool {
  name: string;
  callManagerGroupName: string;
}

/** A CallManager has a name of its own, such as `CM_pub1`, and a node. */
export interface WireCallManager {
  name: string;
  processNodeName: string;
}

export interface WireMember {
  callManagerName: string;
  priority: string;
}

export interface WireDhcpSubnet {
  uuid: string;
  dhcpServerName: string;
  subnetIpAddress: string;
  primaryTftpServerIpAddress: string;
  secondaryTftpServerIpAddress: string;
}

const EVERYTHING = "<searchCriteria><name>%</name></searchCriteria>";

function tags(...names: string[]): string {
  return `<returnedTags>${names.map((name) => `<${name}/>`).join("")}</returnedTags>`;
}

function element(name: string, content: string): string {
  return `<${name}>${escapeXml(content)}</${name}>`;
}

/** The members of an element by these names, each as text. */
function members<Name extends string>(xml: Xml | undefined, ...names: Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, text(xml, name)])) as Record<Name, string>;
}

export class AxlPhones {
  constructor(private readonly axl: Axl) {}

  /** One page of all phones. */
  async listPhone(skip: number, first: number): Promise<WirePhone[]> {
    const page = `${element("skip", String(skip))}${element("first", String(first))}`;
    const answer = await this.axl.call("listPhone", "list the phones", `${EVERYTHING}${tags("name", "devicePoolName")}${page}`);
    return children(answer, "phone").map((one) => members(one, "name", "devicePoolName"));
  }

  async listDevicePool(): Promise<WireDevicePool[]> {
    const answer = await this.axl.call("listDevicePool", "list the device pools", `${EVERYTHING}${tags("name", "callManagerGroupName")}`);
    return children(answer, "devicePool").map((one) => members(one, "name", "callManagerGroupName"));
  }

  async listCallManager(): Promise<WireCallManager[]> {
    const answer = await this.axl.call("listCallManager", "list the CallManagers", `${EVERYTHING}${tags("name", "processNodeName")}`);
    return children(answer, "callManager").map((one) => members(one, "name", "processNodeName"));
  }

  /** Their names. */
  async listCallManagerGroup(): Promise<string[]> {
    const answer = await this.axl.call("listCallManagerGroup", "list the CallManager groups", `${EVERYTHING}${tags("name")}`);
    return children(answer, "callManagerGroup").map((one) => text(one, "name"));
  }

  async getCallManagerGroup(name: string): Promise<WireMember[]> {
    const answer = await this.axl.call("getCallManagerGroup", `read the CallManager group ${name}`, element("name", name));
    return children(child(answer, "callManagerGroup", "members"), "member").map((one) => members(one, "callManagerName", "priority"));
  }

  async doDeviceReset(name: string): Promise<void> {
    await this.axl.call("doDeviceReset", `reset ${name}`, `${element("deviceName", name)}${element("deviceResetType", "Reset")}`);
  }

  /** Their ids. */
  async listDhcpSubnet(): Promise<string[]> {
    const answer = await this.axl.call("listDhcpSubnet", "list the DHCP subnets", `<searchCriteria><subnetIpAddress>%</subnetIpAddress></searchCriteria>${tags("subnetIpAddress")}`);
    return children(answer, "dhcpSubnet").map((one) => text(one, "@uuid"));
  }

  /** A list does not tell the server (schema). */
  async getDhcpSubnet(uuid: string): Promise<WireDhcpSubnet> {
    const answer = await this.axl.call("getDhcpSubnet", `read the DHCP subnet ${uuid}`, element("uuid", uuid));
    return { uuid, ...members(child(answer, "dhcpSubnet"), "dhcpServerName", "subnetIpAddress", "primaryTftpServerIpAddress", "secondaryTftpServerIpAddress") };
  }

  /** An empty text empties the field. */
  async updateDhcpSubnet(uuid: string, primaryTftpServerIpAddress: string, secondaryTftpServerIpAddress: string): Promise<void> {
    const fields = `${element("primaryTftpServerIpAddress", primaryTftpServerIpAddress)}${element("secondaryTftpServerIpAddress", secondaryTftpServerIpAddress)}`;
    await this.axl.call("updateDhcpSubnet", `set option 150 of the DHCP subnet ${uuid}`, `${element("uuid", uuid)}${fields}`);
  }
}
