import type { Product } from "../../../estate";
import type { VosNode } from "../../node";
import type { Call, Command } from "../command";
import { clockTime, plainDate, statusDate } from "../dates";

const MINUTE_MS = 60_000;

const shortName = ({ fqdn }: VosNode) => fqdn.split(".")[0]!;

/** When the node came up, by its own clock. */
function upSince(node: VosNode): Date {
  return new Date(node.now().getTime() - node.power.uptime);
}

/** As `uptime` of Linux writes it, in whole minutes: `1 day,  2:31`, `20 days, 45 min`, `3 min`. */
function uptimeText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE_MS);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const time = hours > 0 ? `${String(hours).padStart(2)}:${String(rest).padStart(2, "0")}` : `${rest} min`;
  return days > 0 ? `${days} day${days > 1 ? "s" : ""}, ${time}` : time;
}

function version({ node }: Call): string[] {
  return [`Active Master Version: ${node.cluster.release}`, "Active Version Installed Software Options:", "No Installed Software Options Found."];
}

/** Those of the contact centre are from memory. */
const KINDS: Record<Product, string> = { CUCM: "callmanager", "IM and Presence": "cups", Finesse: "finesse", CUIC: "cuic", "Live Data": "livedata", IdS: "ids", "Cloud Connect": "cloudconnect", VVB: "vvb" };

/** The IM and Presence publisher is a subscriber of the cluster with a database publisher of its own. */
function clusterRow(here: VosNode, node: VosNode): string {
  const role = node === node.cluster.publisher ? "Publisher" : "Subscriber";
  const database = node.publisher ? "DBPub" : "DBSub";
  const link = node === here ? "authenticated" : `authenticated using TCP since ${plainDate(upSince(node))}`;
  return `${node.address} ${node.fqdn} ${shortName(node)} ${role} ${KINDS[node.product]} ${database} ${link}`;
}

function cluster({ node }: Call): string[] {
  const { nodes, publisher } = node.cluster;
  const rows = nodes.map((other) => clusterRow(node, other));
  if (node !== publisher) return rows;
  return [...rows, "", "Server Table (processnode) Entries", "----------------------------------", ...nodes.map(({ fqdn }) => fqdn)];
}

function disk(name: string, total: number, usedPercent: number): string {
  const used = Math.floor((total * usedPercent) / 100);
  const columns = [total, total - used, used].map((size) => `${size}K`.padStart(16)).join("");
  return `${name.padEnd(15)}${columns} (${usedPercent}%)`;
}

function status({ node }: Call): string[] {
  const now = node.now();
  return [
    `Host Name          : ${shortName(node)}`,
    `Date               : ${statusDate(now)}`,
    "Time Zone          : Coordinated Universal Time (UTC)",
    "Locale             : en_US.UTF-8",
    `Product Ver        : ${node.cluster.release}`,
    "Unified OS Version : 8.0.0.0-16",
    "",
    "Uptime:",
    ` ${clockTime(now)} up ${uptimeText(node.power.uptime)},  1 user,  load average: 0.21, 0.16, 0.11`,
    "",
    "CPU Idle:   93.06%  System:   02.40%    User:   04.29%",
    "  IOWAIT:   00.25%     IRQ:   00.00%    Soft:   00.00%",
    "",
    "Memory Total:        8062096K",
    "        Free:         133808K",
    "        Used:        7928288K",
    "",
    `${"".padEnd(15)}${["Total", "Free", "Used"].map((title) => title.padStart(16)).join("")}`,
    disk("Disk/active", 22_187_548, node.health.diskUsedPercent),
    disk("Disk/inactive", 22_187_548, 1),
    disk("Disk/logging", 77_201_424, node.health.diskUsedPercent),
  ];
}

function myself({ node, username }: Call): string[] {
  return [`Machine Name    : ${shortName(node)}`, `account name    : ${username}`, "privilege level : 4", "command count   : disabled", "logging setting : disabled"];
}

export const statusCommands: Command[] = [
  { name: "show version active", run: version },
  { name: "show network cluster", run: cluster },
  { name: "show status", run: status },
  { name: "show myself", run: myself },
];
