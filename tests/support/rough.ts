// A rough lab: faults at a rate, drawn from a named seed; and what must be true of a run on it.
import assert from "node:assert/strict";
import type { Fault, FaultName, HistoryEntry, Interface, Lab } from "../../lab";
import { restarts } from "./a1";

/** Never changed to make a test pass. */
export const SEEDS = ["north", "east", "south"] as const;
export type Seed = (typeof SEEDS)[number];
export const RATES = [0.05, 0.2] as const;

/** Short limits, so that what is lost is noticed soon. */
export const ROUGH_TIMING = { poll: "20ms", cliCommand: "1s", serviceRestart: "3s", request: "4s", lostAnswer: "150ms", retryFirst: "10ms" };

/** What can strike a request at each interface; together they strike at the rate. */
const AT: Partial<Record<Interface, readonly FaultName[]>> = {
  rest: ["dropped connection", "unavailable", "slow answer"],
  soap: ["dropped connection", "unavailable", "exceeded rate", "slow answer"],
  axl: ["dropped connection", "unavailable", "slow answer"],
  https: ["dropped connection", "unavailable", "slow answer"],
  certsrv: ["dropped connection", "unavailable", "slow answer"],
  ssh: ["dropped connection", "second try"],
  cli: ["dropped connection", "slow answer", "lost prompt"],
  "windows ssh": ["dropped connection", "dropped answer", "slow answer", "second try"],
  sftp: ["dropped connection", "dropped answer", "slow answer", "upload cut"],
};

/** What nodes do by themselves. */
const BY_ITSELF: readonly Fault[] = [
  { fault: "service at second try", interface: "platform" },
  { fault: "page lags", interface: "platform", milliseconds: 400 },
  { fault: "replication lags", interface: "platform", milliseconds: 400 },
  { fault: "distribution lags", interface: "platform", milliseconds: 400 },
  { fault: "old certificate", interface: "platform", action: "Cisco Tomcat", name: "Cisco HAProxy" },
];

/** Switches everything on, or what strikes requests at these interfaces; the function that is returned switches it off. */
export function roughen(lab: Lab, rate: number, seed: string, only?: readonly Interface[]): () => void {
  const requests = Object.entries(AT).filter(([at]) => !only || only.includes(at as Interface)).flatMap(([at, faults]) => faults.map((fault): Fault => ({ fault, interface: at as Interface, rate: 1 - (1 - rate) ** (1 / faults.length), milliseconds: 50 })));
  const off = [...requests, ...(only ? [] : BY_ITSELF.map((fault) => ({ ...fault, rate })))].map((fault) => lab.faults.add({ ...fault, seed }));
  return () => off.forEach((one) => one());
}

const platform = (lab: Lab, since: number, pattern: RegExp) => lab.history.since(since).filter(({ interface: at, action }) => at === "platform" && pattern.test(action));

/** How often each text occurs. */
function counted(list: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of list) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** `cs-ccm-pub: Cisco Tomcat` for each restart that had to be repeated because of a fault. */
function causes(lab: Lab, since: number): string[] {
  const short = ({ node }: HistoryEntry) => node.split(".")[0]!;
  return lab.history.since(since).flatMap((entry) => {
    const { on } = entry.detail as { on?: string };
    if (entry.action === "fault: service at second try") return [`${short(entry)}: ${on!.replace("start ", "")}`];
    if (entry.action === "fault: old certificate") return [`${short(entry)}: Cisco HAProxy`];
    return [];
  });
}

/** What one whole change of the certificate may do on the devices, however rough they are. */
export interface Expected {
  since: number;
  /** Services that are restarted, `cs-ccm-pub: Cisco Tomcat`, each once. */
  restarts: readonly string[];
  /** How many requests are made on a node; those that a person made are not counted. */
  requests: number;
  uploads: number;
}

/** Nothing was written twice, every restart was done, and none again without a cause. */
export function assertOnce(lab: Lab, { since, restarts: wanted, requests, uploads }: Expected): void {
  assert.equal(platform(lab, since, /^generate CSR /).length, requests, "requests on the nodes");
  assert.equal(platform(lab, since, /^receive request /).length, 1, "requests at the authority");
  const installed = platform(lab, since, /^install tomcat/).map(({ node }) => node);
  assert.deepEqual(counted(installed), Object.fromEntries(lab.cluster("hq").nodes.map(({ fqdn }) => [fqdn, 1])), "uploads of the certificate");
  assert.equal(platform(lab, since, /^store trust certificate/).length, uploads, "uploads of its issuers");
  assert.deepEqual(counted(restarts(lab, since)), counted([...wanted, ...causes(lab, since)]), "restarts");
}

/** No log-in was refused, no session was refused, and no node was logged in to more often than its lost sessions explain. */
export function assertNoStorm(lab: Lab, since: number): void {
  const entries = lab.history.since(since);
  assert.deepEqual(entries.filter(({ action, outcome }) => action === "log-in failed" || outcome === "too many sessions"), []);
  for (const { fqdn } of lab.cluster("hq").nodes) {
    const own = entries.filter(({ node }) => node === fqdn);
    const lost = own.filter(({ interface: at, action, outcome }) => at === "cli" && (action.startsWith("fault: dropped connection") || action.startsWith("fault: lost prompt") || outcome === "lost")).length;
    const logIns = own.filter(({ interface: at, action }) => at === "ssh" && action === "log in").length;
    assert.ok(logIns <= lost + 4, `${fqdn}: ${logIns} log-ins, ${lost} lost sessions`);
  }
}

/** Every container of every node has loaded what is installed there, and all of them the same. */
export function assertServed(lab: Lab): string {
  const loaded = lab.cluster("hq").nodes.flatMap((node) => [...node.loaded].map(([container, [first]]) => [`${container} of ${node.fqdn}`, first!.certificate.parsed.fingerprint256] as const));
  const [[, fingerprint]] = loaded as [readonly [string, string]];
  assert.deepEqual(loaded.filter(([, other]) => other !== fingerprint), [], "containers with another certificate");
  const installed = new Set(lab.cluster("hq").nodes.map((node) => node.store.identities.get("tomcat")!.certificate.parsed.fingerprint256));
  assert.deepEqual([...installed], [fingerprint]);
  return fingerprint;
}
