import type { VosNode } from "../../node";
import type { Call, Command } from "../command";
import { zonedDate } from "../dates";

/** The two last columns that matter: whether the database answers, and the state of its replication. */
function stateOf(node: VosNode): { services: string; queue: string; state: string } {
  if (node.down) return { services: "N/N/N", queue: "--", state: "(0) Replication Not Started" };
  if (node.replicationBroken) return { services: "Y/Y/Y", queue: "579", state: "(4) Setup Failed" };
  return { services: "Y/Y/Y", queue: "0", state: "(2) Setup Completed" };
}

function row(here: VosNode, node: VosNode, index: number): string {
  const { services, queue, state } = stateOf(node);
  const ping = node.down ? "Failed" : node === here ? "0.017" : "0.256";
  const columns: [string, number][] = [[node.fqdn.split(".")[0]!, 25], [node.address, 18], [ping, 10], [services, 10], [queue, 9], [`(g_${index + 2})`, 15]];
  return columns.map(([text, width]) => text.padEnd(width)).join("") + state;
}

/** The nodes that share a database: those of CUCM, or those of IM and Presence. */
function runtimeState({ node }: Call): string[] {
  const nodes = node.cluster.nodes.filter(({ product }) => product === node.product);
  const bad = nodes.some((node) => node.replicationBroken);
  return [
    "",
    `Server Time: ${zonedDate(node.now())}`,
    "",
    "Cluster Replication State: BROADCAST SYNC ended at: 2024-03-04-08-46",
    "     Sync Result: SYNC COMPLETED on 754 tables out of 754",
    `     Sync Status: ${bad ? "Errors or data mismatches were found" : "All Tables are in sync"}`,
    "",
    `DB Version: ccm${node.cluster.release.replace(/[.-]/g, "_")}`,
    "",
    "Repltimeout set to: 300s",
    "PROCESS option set to: 1",
    "",
    `Cluster Detailed View from ${node.fqdn.split(".")[0]} (${nodes.length} Servers):`,
    "",
    "                                           PING      DB/RPC/   REPL.    Replication    REPLICATION SETUP",
    "SERVER-NAME              IP ADDRESS        (msec)    DbMon?    QUEUE    Group ID       (RTMT) & Details",
    "-----------              ----------        ------    -------   -----    -----------    ------------------",
    ...nodes.map((other, index) => row(node, other, index)),
  ];
}

export const replicationCommands: Command[] = [{ name: "utils dbreplication runtimestate", run: runtimeState }];
