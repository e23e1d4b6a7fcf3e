import type { Backup } from "../../cluster";
import type { VosNode } from "../../node";
import { Refusal } from "../../refusal";
import { type Call, type Command, first } from "../command";
import { fileStamp, zonedDate } from "../dates";

const TAKES_MS = 10 * 60_000;
const WIDTHS = [28, 10, 34, 9, 11];

function row({ at, succeeded }: Backup): string {
  const file = succeeded ? `${fileStamp(new Date(at.getTime() - TAKES_MS))}.tar` : "TAR file not created";
  const columns = [file, "NETWORK", zonedDate(at), succeeded ? "SUCCESS" : "ERROR", "SCHEDULED"];
  return `${columns.map((text, index) => text.padEnd(WIDTHS[index]!)).join("")}UCM`;
}

/** The local agent asks the master on the CUCM publisher. */
function requireMaster({ node }: Call): void {
  const { publisher } = node.cluster;
  const up = (where: VosNode, service: string) => !where.down && where.services.started(service);
  if (up(node, "Cisco DRF Local") && up(publisher, "Cisco DRF Master")) return;
  const name = publisher.fqdn.split(".")[0];
  throw new Refusal(`Unable to connect to Master Agent host: ${name}, Port: 4040. This may be due to Master or Local Agent being down.`);
}

/** `backup` or `restore`, in any case; nothing was ever restored here. */
function operation(call: Call): string {
  const wanted = first(call).toLowerCase();
  if (wanted !== "backup" && wanted !== "restore") throw new Refusal(`Invalid operation ${first(call)}`);
  requireMaster(call);
  return wanted;
}

function history(call: Call): string[] {
  const restored = operation(call) === "restore";
  const { backups } = call.node.cluster;
  if (restored || backups.length === 0) return ["drfCliMsg:  No history data is available"];
  const titles = ["Tar Filename", "Device", "Completed On", "Result", "Type"].map((title, index) => title.padEnd(WIDTHS[index]!));
  return [`${titles.join("")}Features`, ...backups.map(row)];
}

function status(call: Call): string[] {
  const wanted = operation(call);
  const last = call.node.cluster.backups.at(-1);
  if (wanted === "restore" || !last) return [`drfCliMsg: No ${wanted} status available`];
  const file = `${fileStamp(new Date(last.at.getTime() - TAKES_MS))}.tar`;
  return [`Status: ${last.succeeded ? "SUCCESS" : "ERROR"} :Backup Completed...`, `Tar Filename: ${file}`, "Storage Location: NETWORK", "Operation: backup", "Percentage Complete: 100"];
}

export const backupCommands: Command[] = [
  { name: "utils disaster_recovery history", takes: [1, 1], run: history },
  { name: "utils disaster_recovery status", takes: [1, 1], run: status },
];
