// The tables that the lab has, with their columns in the platform's order, filled from what the cluster is now.
import type { VosCluster } from "./cluster";
import { certificateTables } from "./database-certificates";
import { NODE_ROLES, NODE_USAGES, primaryKey, type ProcessNode, processNodes } from "./process-nodes";

export type Value = string | number | null;

export interface Table {
  /** As in a `create table`. */
  columns: string;
  rows: Value[][];
}

/** Page label of an enterprise parameter → its name in `processconfig`; any other label loses its spaces. */
const PARAMETER_NAMES: Record<string, string> = {
  "Cluster Security Mode": "ClusterSecurityMode",
  "Prepare Cluster for Rollback to pre 8.0": "RollBackToPreGrayback",
  "HTTPS Ciphers": "HTTPSCiphers",
  "Phone Interaction on Certificate Update": "PhoneInteractionOnCertificateUpdate",
};

const PROCESS_NODE_COLUMNS = [
  "pkid text, name text, mac text, systemnode text, description text, isactive text, nodeid integer, tknodeusage integer",
  "ipv6name text, fklbmhubgroup text, tkprocessnoderole integer, tkssomode integer",
].join(", ");

function processNodeRow({ pkid, name, system, description, nodeId, publisher, role, ssoMode }: ProcessNode): Value[] {
  return [pkid, name, "", system ? "t" : "f", description, "t", nodeId, publisher ? 0 : 1, "", null, role, ssoMode];
}

function processConfigRows(cluster: VosCluster, enterpriseWide: string): Value[][] {
  return [...cluster.parameters].map(([label, value]) => {
    const name = PARAMETER_NAMES[label] ?? label.replace(/\s+/g, "");
    return [primaryKey("processconfig", cluster.name, name), enterpriseWide, name, value];
  });
}

/** Every table of the cluster's database that the lab knows. */
export function tablesOf(cluster: VosCluster): Record<string, Table> {
  const nodes = processNodes(cluster);
  return {
    processnode: { columns: PROCESS_NODE_COLUMNS, rows: nodes.map(processNodeRow) },
    processconfig: { columns: "pkid text, fkprocessnode text, paramname text, paramvalue text", rows: processConfigRows(cluster, nodes[0]!.pkid) },
    typenodeusage: { columns: "enum integer, name text", rows: NODE_USAGES.map((name, index) => [index, name]) },
    typeprocessnoderole: { columns: "enum integer, name text", rows: Object.entries(NODE_ROLES).map(([number, name]) => [Number(number), name]) },
    typessomode: {
      columns: "enum integer, name text, moniker text",
      rows: [[0, "Disable", "SSO_MODE_DISABLE"], [1, "Agent Flow", "SSO_MODE_AGENT_FLOW"], [2, "SAML", "SSO_MODE_SAML"]],
    },
    ...certificateTables(cluster),
  };
}
