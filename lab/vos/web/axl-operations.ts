// What AXL does: platform-interfaces.md 4.2.
import type { VosCluster } from "../cluster";
import { querySql, SqlError } from "../database";
import { NODE_ROLES, NODE_USAGES, type ProcessNode, processNodes } from "../process-nodes";
import { child, SoapFault } from "./soap";
import { branch, leaf, type XmlElement } from "./xml";

/** Takes the operation's element, gives what stands in `return`. */
export type AxlOperation = (cluster: VosCluster, element: XmlElement) => Promise<string[]>;

/** A fault of AXL, with its own element in the detail. */
export function axlFault(request: string, code: number, message: string, who: "Client" | "Server" = "Client"): SoapFault {
  return new SoapFault(message, who, [branch("axlError", [leaf("axlcode", String(code)), leaf("axlmessage", message), leaf("request", request)])]);
}

const NODE_TAGS: Record<string, (node: ProcessNode) => string> = {
  name: ({ name }) => name,
  description: ({ description }) => description,
  mac: () => "",
  ipv6Name: () => "",
  nodeUsage: ({ publisher }) => NODE_USAGES[publisher ? 0 : 1],
  lbmHubGroup: () => "",
  processNodeRole: ({ role }) => NODE_ROLES[role],
};

const SEARCH = ["name", "description", "processNodeRole"];

/** `%` stands for any text; case does not count. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("%").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
}

function required(element: XmlElement, name: string): XmlElement {
  const found = child(element, name);
  if (!found) throw axlFault(element.name, -1, `Expected element '${name}' is missing in ${element.name}`);
  return found;
}

/** The tags that the node has; refuses one that it has not. */
function known(operation: string, { children }: XmlElement, tags: string[]): string[] {
  const stranger = children.find(({ name }) => !tags.includes(name));
  if (stranger) throw axlFault(operation, -1, `Unexpected element '${stranger.name}' in ${operation}`);
  return children.map(({ name }) => name);
}

const listProcessNode: AxlOperation = async (cluster, element) => {
  const criteria = required(element, "searchCriteria");
  known(element.name, criteria, SEARCH);
  const returned = required(element, "returnedTags");
  const asked = known(element.name, returned, Object.keys(NODE_TAGS));
  const tags = Object.keys(NODE_TAGS).filter((tag) => asked.includes(tag));
  const found = processNodes(cluster).filter((node) => criteria.children.every(({ name, text }) => matches(text, NODE_TAGS[name]!(node))));
  const skip = Number(child(element, "skip")?.text || 0);
  const first = Number(child(element, "first")?.text || found.length);
  return found
    .slice(skip, skip + first)
    .map((node) => branch("processNode", tags.map((tag) => leaf(tag, NODE_TAGS[tag]!(node))), { uuid: `{${node.pkid.toUpperCase()}}` }));
};

const getCCMVersion: AxlOperation = async (cluster, element) => {
  const name = child(element, "processNodeName")?.text;
  const node = processNodes(cluster).find((one) => one.name.toLowerCase() === name?.toLowerCase());
  if (name && !node) throw axlFault(element.name, 5007, "Item not valid: The specified ProcessNode was not found");
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

export const AXL_OPERATIONS: Record<string, AxlOperation> = { listProcessNode, getCCMVersion, executeSQLQuery };
