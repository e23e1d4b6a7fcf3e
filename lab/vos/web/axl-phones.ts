// AXL for phones, device pools and CallManager groups, and resets: platform-interfaces.md 4.2, names of AXLSoap.xsd.
import { CALL_MANAGER } from "../../phones/network";
import type { VosCluster } from "../cluster";
import type { VosNode } from "../node";
import { primaryKey } from "../process-nodes";
import { activated, callManagers } from "../trust-file";
import type { AxlOperation } from "./axl-operations";
import { axlFault, found, known, listed, type Table, uuid } from "./axl-tables";
import { child } from "./soap";
import { branch, leaf } from "./xml";

/** A thing of a cluster that has a name. */
interface Named {
  cluster: VosCluster;
  name: string;
}

const keyOf = (kind: string) => ({ cluster, name }: Named) => primaryKey(kind, cluster.name, name);

type PhoneRow = Named & { pool: string };

const PHONES: Table<PhoneRow> = {
  element: "phone",
  tags: {
    name: ({ name }) => name,
    description: ({ name }) => name,
    product: () => "Cisco 8841",
    model: () => "Cisco 8841",
    class: () => "Phone",
    protocol: () => "SIP",
    protocolSide: () => "User",
    callingSearchSpaceName: () => "",
    devicePoolName: ({ pool }) => pool,
    commonPhoneConfigName: () => "Standard Common Phone Profile",
    locationName: () => "Hub_None",
    securityProfileName: () => "Universal Device Template - Model-independent Security Profile",
  },
  search: ["name", "description", "protocol", "callingSearchSpaceName", "devicePoolName", "securityProfileName"],
  key: keyOf("device"),
};

function phonesOf(cluster: VosCluster): PhoneRow[] {
  return [...cluster.phones.configured].map(([name, pool]) => ({ cluster, name, pool }));
}

const POOLS: Table<Named & { group: string }> = {
  element: "devicePool",
  tags: {
    name: ({ name }) => name,
    callManagerGroupName: ({ group }) => group,
    dateTimeSettingName: () => "CMLocal",
    regionName: () => "Default",
    locationName: () => "",
    srstName: () => "Disable",
  },
  search: ["name", "callManagerGroupName", "regionName"],
  key: keyOf("devicepool"),
};

const poolsOf = (cluster: VosCluster) => [...cluster.phones.pools].map(([name, group]) => ({ cluster, name, group }));

type Group = Named & { members: VosNode[]; first: boolean };

const GROUPS: Table<Group> = {
  element: "callManagerGroup",
  tags: { name: ({ name }) => name, tftpDefault: ({ first }) => String(first) },
  search: ["name"],
  key: keyOf("callmanagergroup"),
};

const groupsOf = (cluster: VosCluster) => [...cluster.phones.groups].map(([name, members], index) => ({ cluster, name, members, first: index === 0 }));

/** The platform's own name for the CallManager of a node. */
const callManagerName = ({ fqdn }: VosNode) => `CM_${fqdn.split(".")[0]}`;

const CALL_MANAGERS: Table<Named & { node: VosNode }> = {
  element: "callManager",
  tags: {
    name: ({ name }) => name,
    description: ({ node }) => node.fqdn,
    processNodeName: ({ node }) => node.fqdn,
    lbmGroup: () => "",
  },
  search: ["name", "description"],
  key: keyOf("callmanager"),
};

function callManagersOf(cluster: VosCluster) {
  return callManagers(cluster).filter((node) => activated(node, CALL_MANAGER)).map((node) => ({ cluster, name: callManagerName(node), node }));
}

const getCallManagerGroup: AxlOperation = async (cluster, element) => {
  known(element.name, element, ["uuid", "name", "returnedTags"]);
  const group = found(GROUPS, groupsOf(cluster), element, ["name"]);
  const members = group.members.map((node, index) => {
    const key = { uuid: uuid(keyOf("callmanager")({ cluster, name: callManagerName(node) })) };
    const name = branch("callManagerName", [callManagerName(node)], key);
    return branch("member", [leaf("priority", String(index + 1)), name], { uuid: uuid(primaryKey("member", cluster.name, group.name, node.fqdn)) });
  });
  const tags = Object.entries(GROUPS.tags).map(([tag, text]) => leaf(tag, text(group)));
  return [branch("callManagerGroup", [...tags, branch("members", members)], { uuid: uuid(GROUPS.key(group)) })];
};

function reset(row: PhoneRow, why: string): string[] {
  row.cluster.phones.reset(row.name, why);
  return [uuid(PHONES.key(row))];
}

const resetPhone: AxlOperation = async (cluster, element) => {
  known(element.name, element, ["uuid", "name"]);
  return reset(found(PHONES, phonesOf(cluster), element, ["name"]), "AXL resetPhone");
};

const TYPES = ["Reset", "Restart", "Apply Configuration", "Generate PRT", "Extended Config Pull"];
/** Those upon which a phone asks for its files anew; a soft restart is one of them. */
const STARTING = ["Reset", "Restart"];

const doDeviceReset: AxlOperation = async (cluster, element) => {
  known(element.name, element, ["deviceName", "isHardReset", "deviceResetType"]);
  const type = child(element, "deviceResetType")?.text ?? (child(element, "isHardReset") ? "Reset" : undefined);
  if (type === undefined || !TYPES.includes(type)) throw axlFault(element.name, -1, `${type === undefined ? "Expected element 'isHardReset' or 'deviceResetType' is missing" : `'${type}' is not a valid value of XDeviceResetType`} in ${element.name}`);
  const name = child(element, "deviceName")?.text;
  const row = phonesOf(cluster).find((one) => one.name.toLowerCase() === name?.toLowerCase());
  if (!row) throw axlFault(element.name, 5007, `Item not valid: The specified device ${name ?? ""} was not found`);
  return STARTING.includes(type) ? reset(row, `AXL doDeviceReset ${type}`) : [uuid(PHONES.key(row))];
};

export const PHONE_OPERATIONS: Record<string, AxlOperation> = {
  listPhone: async (cluster, element) => listed(PHONES, phonesOf(cluster), element),
  listDevicePool: async (cluster, element) => listed(POOLS, poolsOf(cluster), element),
  listCallManagerGroup: async (cluster, element) => listed(GROUPS, groupsOf(cluster), element),
  listCallManager: async (cluster, element) => listed(CALL_MANAGERS, callManagersOf(cluster), element),
  getCallManagerGroup,
  resetPhone,
  doDeviceReset,
};
