// AXL for the DHCP server of CUCM: platform-interfaces.md 4.2, names of AXLSoap.xsd.
import type { Subnet } from "../../phones/dhcp";
import type { VosCluster } from "../cluster";
import { primaryKey } from "../process-nodes";
import type { AxlOperation } from "./axl-operations";
import { found, known, listed, required, type Table, uuid } from "./axl-tables";
import { child } from "./soap";
import { branch, leaf } from "./xml";

const SERVERS: Table<VosCluster> = {
  element: "dhcpServer",
  tags: {
    processNodeName: ({ publisher }) => publisher.fqdn,
    primaryDnsIpAddress: () => "",
    secondaryDnsIpAddress: () => "",
    primaryTftpServerIpAddress: () => "",
    secondaryTftpServerIpAddress: () => "",
    bootstrapServerIpAddress: () => "",
    domainName: ({ domain }) => domain,
    tftpServerName: () => "",
    arpCacheTimeout: () => "0",
    ipAddressLeaseTime: () => "0",
    renewalTime: () => "0",
    rebindingTime: () => "0",
  },
  search: ["processNodeName", "primaryDnsIpAddress", "secondaryDnsIpAddress", "domainName"],
  key: ({ name }) => primaryKey("dhcpserver", name),
};

const serversOf = (cluster: VosCluster) => (cluster.phones.dhcp.ofCucm ? [cluster] : []);

type Row = Readonly<Subnet> & { cluster: VosCluster };

const ranged = (last: string) => ({ address }: Row) => address.replace(/\d+$/, last);

const SUBNETS: Table<Row> = {
  element: "dhcpSubnet",
  tags: {
    dhcpServerName: ({ cluster }) => cluster.publisher.fqdn,
    subnetIpAddress: ({ address }) => address,
    primaryStartIpAddress: ranged("10"),
    primaryEndIpAddress: ranged("250"),
    secondaryStartIpAddress: () => "",
    secondaryEndIpAddress: () => "",
    primaryRouterIpAddress: ranged("1"),
    secondaryRouterIpAddress: () => "",
    subnetMask: () => "255.255.240.0",
    domainName: ({ cluster }) => cluster.domain,
    primaryDnsIpAddress: () => "",
    secondaryDnsIpAddress: () => "",
    tftpServerName: () => "",
    primaryTftpServerIpAddress: ({ primaryTftp }) => primaryTftp,
    secondaryTftpServerIpAddress: ({ secondaryTftp }) => secondaryTftp,
    bootstrapServerIpAddress: () => "",
    arpCacheTimeout: () => "0",
    ipAddressLeaseTime: () => "0",
    renewalTime: () => "0",
    rebindingTime: () => "0",
  },
  search: ["dhcpServerName", "subnetIpAddress", "primaryStartIpAddress", "primaryEndIpAddress", "secondaryStartIpAddress", "secondaryEndIpAddress"],
  key: ({ cluster, address }) => primaryKey("dhcpsubnet", cluster.name, address),
};


const subnetsOf = (cluster: VosCluster): Row[] => (cluster.phones.dhcp.ofCucm ? cluster.phones.dhcp.subnets.map((subnet) => ({ ...subnet, cluster })) : []);

const KEYS = ["dhcpServerName", "subnetIpAddress"];

/** A list does not tell the server: it is searched for. */
const listDhcpSubnet: AxlOperation = async (cluster, element) => {
  known(element.name, required(element, "returnedTags"), Object.keys(SUBNETS.tags).filter((tag) => tag !== "dhcpServerName"));
  return listed(SUBNETS, subnetsOf(cluster), element);
};

const getDhcpSubnet: AxlOperation = async (cluster, element) => {
  const row = found(SUBNETS, subnetsOf(cluster), element, KEYS);
  return [branch("dhcpSubnet", Object.entries(SUBNETS.tags).map(([tag, text]) => leaf(tag, text(row))), { uuid: uuid(SUBNETS.key(row)) })];
};

const updateDhcpSubnet: AxlOperation = async (cluster, element) => {
  known(element.name, element, ["uuid", ...KEYS, "primaryTftpServerIpAddress", "secondaryTftpServerIpAddress"]);
  const row = found(SUBNETS, subnetsOf(cluster), element, KEYS);
  const [primary, secondary] = ["primaryTftpServerIpAddress", "secondaryTftpServerIpAddress"].map((tag) => child(element, tag)?.text);
  cluster.phones.dhcp.set(row.address, { primaryTftp: primary ?? row.primaryTftp, secondaryTftp: secondary ?? row.secondaryTftp });
  return [uuid(SUBNETS.key(row))];
};

export const DHCP_OPERATIONS: Record<string, AxlOperation> = {
  listDhcpServer: async (cluster, element) => listed(SERVERS, serversOf(cluster), element),
  listDhcpSubnet,
  getDhcpSubnet,
  updateDhcpSubnet,
};
