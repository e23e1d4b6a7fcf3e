// The cluster's table of nodes as AXL and SQL show it.
import { createHash } from "node:crypto";
import type { VosCluster } from "./cluster";

/** One row of `processnode`. */
export interface ProcessNode {
  /** Lower case, without braces; the same as long as the lab runs. */
  pkid: string;
  name: string;
  description: string;
  /** 1 is the pseudo node. */
  nodeId: number;
  publisher: boolean;
  /** 1: CUCM Voice/Video, 2: CUCM IM and Presence. */
  role: 1 | 2;
  /** 0: off, 2: SAML. */
  ssoMode: 0 | 2;
  /** The pseudo node that carries what belongs to the whole cluster. */
  system: boolean;
}

export const NODE_USAGES = ["Publisher", "Subscriber"] as const;
export const NODE_ROLES = { 1: "CUCM Voice/Video", 2: "CUCM IM and Presence" } as const;

/** A primary key made from what it stands for, so that a row keeps it from query to query. */
export function primaryKey(...parts: string[]): string {
  const hex = createHash("sha256").update(parts.join("\n")).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

const ENTERPRISE_WIDE: ProcessNode = {
  pkid: "00000000-1111-0000-0000-000000000000",
  name: "EnterpriseWideData",
  description: "",
  nodeId: 1,
  publisher: false,
  role: 1,
  ssoMode: 0,
  system: true,
};

/** The pseudo node first, then the nodes in the order in which they joined. The first IM and Presence node is a publisher too: tell it by its role. */
export function processNodes(cluster: VosCluster): ProcessNode[] {
  const nodes = cluster.nodes.map((node, index): ProcessNode => ({
    pkid: primaryKey("processnode", cluster.name, node.description.fqdn),
    name: node.fqdn,
    description: node.fqdn.split(".")[0]!,
    nodeId: index + 2,
    publisher: node.publisher,
    role: node.product === "CUCM" ? 1 : 2,
    ssoMode: (node.health.ssoInDatabase ?? node.health.sso) ? 2 : 0,
    system: false,
  }));
  return [ENTERPRISE_WIDE, ...nodes];
}
