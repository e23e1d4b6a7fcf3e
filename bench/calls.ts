// What A1 on the big cluster asked of its nodes, from the lab's history.
import type { HistoryEntry } from "../lab";
import { clusterRun, type ClusterRun } from "./cluster";
import { atMost, exactly, type Row, told, type Table } from "./report";
import { covered } from "./spans";

type Matches = (entry: HistoryEntry) => boolean;

/** The most that one node was asked. */
function mostOf({ history, nodes }: ClusterRun, matches: Matches): number {
  const asked = history.filter(matches);
  return Math.max(...nodes.map((fqdn) => asked.filter(({ node }) => node === fqdn).length));
}

const rest = (path: string): Matches => (entry) => entry.interface === "rest" && entry.action.startsWith(path);
const look: Matches = ({ action }) => action === "look at the served certificate";
const isRestart: Matches = ({ interface: at, action }) => at === "platform" && action.startsWith("restart ");
const isCall: Matches = ({ interface: at }) => at !== "platform";

function callRows(run: ClusterRun): Row[] {
  return [
    told("A1, first up, wall time", `${run.seconds.toFixed(0)} s for ${run.nodes.length} nodes`),
    atMost("snapshots of one node", 4, mostOf(run, rest("GET /snapshot"))),
    atMost("looks at the CSR of one node", 1, mostOf(run, rest("GET /csr"))),
    atMost("looks at the served certificate of one node, after the upload", 1, mostOf(run, look)),
    told("readings of one trust store of one node (after trust; REST proved after a restart)", mostOf(run, rest("GET /trust"))),
    told("readings of one identity of one node (after the upload; the clock before a restart)", mostOf(run, rest("GET /identity"))),
    told("all calls to one node", mostOf(run, isCall)),
    told("all calls", run.history.filter(isCall).length),
  ];
}

/** How many restarts ran while one of another node did. */
function overlaps(restarts: readonly HistoryEntry[]): number {
  return restarts.filter((one, index) => restarts.slice(0, index).some((other) => other.node !== one.node && other.at < (one.until ?? Infinity) && one.at < (other.until ?? Infinity))).length;
}

function restartRows({ history, minimum }: ClusterRun): Row[] {
  const restarts = history.filter(isRestart);
  const made = restarts.map(({ node, action }) => `${node}: ${action.slice("restart ".length)}`).sort();
  const wrong = [...made.filter((one, index) => !minimum.includes(one) || made[index - 1] === one), ...minimum.filter((one) => !made.includes(one))];
  return [exactly("restarts", minimum.length, made.length), exactly("restarts beside or missing from the minimum of the matrix", 0, wrong.length), exactly("restarts while another node was restarting", 0, overlaps(restarts))];
}

/** Reads of all nodes between two moments of the history: the wall time against the time that the slowest node itself took. */
function readingRow(what: string, { nodes }: ClusterRun, entries: readonly HistoryEntry[]): Row {
  const reads = entries.filter((entry) => nodes.includes(entry.node) && entry.until !== undefined && entry.action !== "session");
  const busy = nodes.map((fqdn) => covered(reads.filter(({ node }) => node === fqdn)));
  const wall = Math.max(...reads.map(({ until }) => until!)) - Math.min(...reads.map(({ at }) => at));
  const slowest = Math.max(...busy);
  return { ...atMost(what, 3, wall / slowest), measured: `${(wall / slowest).toFixed(2)} (${wall.toFixed(0)} ms, ${slowest.toFixed(0)} ms)` };
}

function readingRows(run: ClusterRun): Row[] {
  const at = (action: string) => run.history.findIndex((entry) => entry.interface !== "platform" && entry.action.startsWith(action));
  const last = (action: string) => run.history.findLastIndex((entry) => entry.action.startsWith(action));
  const [csr, upload] = [at("POST /csr"), at("POST /identity")];
  const [trust, restart] = [run.history.findIndex((entry, index) => index > last("POST /trust") && entry.action.startsWith("show version")), run.history.findIndex(isRestart)];
  const readBack = run.history.slice(upload + 1, restart).filter(rest("GET /identity"));
  return [
    readingRow("first preflight: wall time by the slowest node's own", run, run.history.slice(0, csr)),
    readingRow("second preflight: wall time by the slowest node's own", run, run.history.slice(trust, upload)),
    readingRow("verification of the upload on every node: the same", run, readBack),
  ];
}

export async function calls(): Promise<Table[]> {
  const run = await clusterRun();
  return [
    { title: "Calls: A1 on 1 + 20 CUCM and 6 IM and Presence nodes, every answer 50 ms late", rows: callRows(run) },
    { title: "Restarts in that run", rows: restartRows(run) },
    { title: "Reading in that run", rows: readingRows(run) },
  ];
}
