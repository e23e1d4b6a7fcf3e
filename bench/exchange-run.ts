// The contact centre of A21, A24 and A25 with endpoints of VXML applications: exchanged by us, then, with the same stores as before, by hand.
import { combined, ESTATE_A21, ESTATE_A24, ESTATE_A25, type HistoryEntry, type Lab, restore, snapshot, startLab } from "../lab";
import { DECADE, ownSigned } from "../tests/support/certificates";
import { added, centerOf, domain, exchange, FAST_HOSTS, short, type StoreContents, storesNow } from "../tests/support/exchange";
import type { TestStack } from "../tests/support/stack";
import { type Entry, importAll } from "./by-hand";
import { good, labStack } from "./stack";

/** With these the exchange has 150 entries: 84 of its own, and each endpoint in the stores of both CVP Servers. */
const ENDPOINTS = 33;

/** VOS nodes that serve an EC certificate beside the RSA one. */
const BOTH_KEY_TYPES = { ...ESTATE_A24, clusters: ESTATE_A24.clusters.map((cluster) => ({ ...cluster, httpsCiphers: "All" as const })) };
const ESTATE = combined("exchange", { ...ESTATE_A21, timing: FAST_HOSTS }, BOTH_KEY_TYPES, ESTATE_A25);

/** How our own JVMs are started (provider/platforms/windows/keytool.ts), and all of the lab's hosts; a person does not type it. */
const QUICK = ["-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-J-Xshare:auto"];

export interface ExchangeRun {
  entries: readonly Entry[];
  stores: number;
  /** Of the first up; of the second one. */
  history: readonly HistoryEntry[];
  second: readonly HistoryEntry[];
  /** Seconds of the first up and of the second one. */
  seconds: number;
  secondSeconds: number;
  /** Milliseconds of the same entries by hand: as a person types it; with JVMs that start as ours do; the same with all hosts at the same time. */
  byHand: number;
  byHandQuick: number;
  byHandSideBySide: number;
}

async function programOf(lab: Lab): Promise<string> {
  const names = Array.from({ length: ENDPOINTS }, (_, index) => `endpoint-${index + 1}.example.net`);
  const endpoints = await Promise.all(names.map(async (fqdn) => ({ fqdn, certificate: (await ownSigned({ subject: `CN=${fqdn}`, names: [fqdn], validity: DECADE })).pem })));
  return `${centerOf(lab)}\n${exchange(`vosKeyTypes: ["RSA", "EC"], additionalTrust: ${JSON.stringify(endpoints)}`)}`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

/** What came into the stores of all hosts. */
function entriesBetween(before: StoreContents, now: StoreContents): Entry[] {
  return [...now].flatMap(([host, entries]) => added(before.get(host)!, entries).map((alias) => ({ host, alias, certificate: Buffer.from(entries.get(alias)!.split(" ").at(-1)!, "base64") })));
}

function textOfStores(stores: StoreContents): string {
  return JSON.stringify([...stores].map(([host, entries]) => [host, [...entries].sort()]));
}

/** @throws when what was done by hand is not what we did */
async function byHand(lab: Lab, hosts: readonly string[], entries: readonly Entry[], wanted: StoreContents, begin: () => void, manner: Parameters<typeof importAll>[2]): Promise<number> {
  begin();
  const took = await importAll(lab, entries, manner);
  if (textOfStores(await storesNow(lab, hosts)) !== textOfStores(wanted)) throw new Error("the stores that were changed by hand hold something else than ours");
  return took;
}

async function run(lab: Lab, stack: TestStack): Promise<ExchangeRun> {
  const hosts = lab.contactCenters.flatMap((one) => one.hosts.map(({ fqdn }) => short(fqdn)));
  const before = await storesNow(lab, hosts);
  const start = snapshot(lab);
  const seconds = await timed(() => good(stack.up()));
  const first = lab.history.mark();
  const secondSeconds = await timed(() => good(stack.up()));
  const [history, second] = [lab.history.entries.slice(0, first), lab.history.since(first)];
  const now = await storesNow(lab, hosts);
  const entries = entriesBetween(before, now);
  await Promise.all(hosts.map((name) => lab.host(domain(name)).idle()));
  const hand = (manner?: Parameters<typeof importAll>[2]) => byHand(lab, hosts, entries, now, () => restore(lab, start), manner);
  const [plain, quick, sideBySide] = [await hand(), await hand({ start: QUICK }), await hand({ sideBySide: true })];
  return { entries, stores: new Set(entries.map(({ host }) => host)).size, history, second, seconds, secondSeconds, byHand: plain, byHandQuick: quick, byHandSideBySide: sideBySide };
}

export async function exchangeRun(): Promise<ExchangeRun> {
  const lab = await startLab(ESTATE);
  let stack: TestStack | undefined;
  try {
    stack = await labStack(lab, await programOf(lab));
    return await run(lab, stack);
  } finally {
    stack?.dispose();
    await lab.stop();
  }
}
