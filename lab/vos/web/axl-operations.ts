// What AXL does: platform-interfaces.md 4.2.
import type { VosCluster } from "../cluster";
import { querySql, SqlError } from "../database";
import { NODE_ROLES, NODE_USAGES, type ProcessNode, processNodes } from "../process-nodes";
import { DHCP_OPERATIONS } from "./axl-dhcp";
import { PHONE_OPERATIONS } from "./axl-phones";
import { axlFault, listed, notFound, required, type Table } from "./axl-tables";
import { child } from "./soap";
import { branch, leaf, type XmlElement } from "./xml";

/** Takes the operation's element, gives what stands in `return`. */
export type AxlOperation = (cluster: VosCluster, element: XmlElement) => Promise<string[]>;

const NODES: Table<ProcessNode> = {
  element: "processNode",
  tags: {
    name: ({ name }) => name,
    description: ({ description }) => description,
    mac: () => "",
    ipv6Name: () => "",
    nodeUsage: ({ publisher }) => NODE_USAGES[publisher ? 0 : 1],
    lbmHubGroup: () => "",
    processNodeRole: ({ role }) => NODE_ROLES[role],
  },
  search: ["name", "description", "processNodeRole"],
  key: ({ pkid }) => pkid,
};

const listProcessNode: AxlOperation = async (cluster, element) => listed(NODES, processNodes(cluster), element);

const getCCMVersion: AxlOperation = async (cluster, element) => {
  const name = child(element, "processNodeName")?.text;
  const node = processNodes(cluster).find((one) => one.name.toLowerCase() === name?.toLowerCase());
  if (name && !node) throw notFound(element.name, "ProcessNode");
  return [branch("componentVersion", [leaf("version", cluster.release)])];
};

const executeSQLQuery: AxlOperation = async (cluster, element) => {
  try {
    const { columns, rows } = await querySql(cluster, required(element, "sql").text);
    // A name such as `(count)` is none in XML.
    const tags = columns.map((name) => name.replace(/[()]/g, ""));
    return rows.map((row) => branch("row", row.map((value, index) => leaf(tags[index]!, value ?? ""))));
  } catch (error) {
    if (error instanceof SqlError) throw axlFault(element.name, error.code, error.message);
    throw error;
  }
};

export const AXL_OPERATIONS: Record<string, AxlOperation> = { listProcessNode, getCCMVersion, executeSQLQuery, ...PHONE_OPERATIONS, ...DHCP_OPERATIONS };
