// Two clusters of 1 + 20 nodes exchange their certificates, and 2 000 phones move from one to the other: what was asked of SFTP and RIS, and what the provider process weighs.
import { type EstateDescription, type HistoryEntry, type Lab, type NodeDescription, startLab } from "../lab";
import { TestStack } from "../tests/support/stack";
import { withPeak } from "./process";
import { atMost, below, exactly, type Row, told, type Table } from "./report";
import { covered } from "./spans";
import { good } from "./stack";

const [SUBSCRIBERS, PHONES, BATCH] = [20, 2_000, 1_000];
const MEGABYTES = 250;
/** As on a real cluster: fifteen requests in sixty seconds. */
const MINUTE = 60_000;
const TYPES = ["tomcat", "tftp", "capf", "ITLRecovery"];
const CLUSTERS = ["dc1", "dc2"];
const OPEN = { from: "00:00", to: "00:00", timeZone: "UTC" };

function nodesOf(cluster: string): NodeDescription[] {
  const network = CLUSTERS.indexOf(cluster);
  return Array.from({ length: SUBSCRIBERS + 1 }, (_, index) => ({
    fqdn: index === 0 ? `${cluster}-pub.example.com` : `${cluster}-sub${index}.example.com`,
    product: "CUCM",
    role: index === 0 ? "publisher" : "subscriber",
    address: `10.0.${network}.${11 + index}`,
    // The publisher and one subscriber serve phones their files.
    services: { "Cisco Tftp": index < 2 ? "started" : "not activated" },
  }));
}

const ESTATE: EstateDescription = {
  name: "migration",
  clusters: [{ name: "dc1", nodes: nodesOf("dc1"), phones: { count: PHONES, alsoIn: ["dc2"] } }, { name: "dc2", nodes: nodesOf("dc2") }],
  sftpServers: [{ name: "bulk", fqdn: "sftp.example.com", users: ["bulk"], directories: ["/exchange"] }],
  timing: { risMinute: MINUTE },
};

function program(lab: Lab): string {
  const cluster = (name: string) => {
    const nodes = nodesOf(name).map(({ fqdn, product, role, address }) => ({ fqdn, product, role, address }));
    return `const ${name} = new uccerts.Cluster("${name}", ${JSON.stringify({ release: "15", nodes, maintenanceWindow: OPEN })});`;
  };
  const phones = lab.cluster("dc1").phones.all.map(({ name }) => name);
  return `${CLUSTERS.map(cluster).join("\n")}
const exchange = new uccerts.BulkCertificateExchange("exchange", { clusters: [dc1, dc2], sftp: "bulk", restartTvs: true });
const migration = new uccerts.PhoneMigration("move", { source: dc1, destination: dc2, exchange, phones: ${JSON.stringify(phones)}, batchSize: ${BATCH}, tftp: ["10.0.1.11", "10.0.1.12"], option150: {} });
return { status: migration.status };`;
}

const isRis = ({ interface: at }: HistoryEntry) => at === "ris";
const isCall = ({ interface: at }: HistoryEntry) => at !== "platform" && at !== "phone";

/** Of a cluster, the most requests in any minute. */
function mostInAMinute(requests: readonly HistoryEntry[]): number {
  return Math.max(0, ...requests.map(({ at }) => requests.filter((other) => other.at >= at && other.at < at + MINUTE).length));
}

/** Names of a request, as the history tells their number. */
function namesIn({ action }: HistoryEntry): number {
  return Number(/(\d+) names/.exec(action)?.[1] ?? 1);
}

/** How long a publisher exported: from the first type to the last. */
function exportOf(lab: Lab, cluster: string): { at: number; until: number } {
  const own = lab.history.entries.filter(({ node, action }) => node === `${cluster}-pub.example.com` && action.startsWith("bulk export"));
  return { at: Math.min(...own.map(({ at }) => at)), until: Math.max(...own.map(({ at, until }) => until ?? at)) };
}

function exchangeRows(lab: Lab): Row[] {
  const spans = CLUSTERS.map((cluster) => exportOf(lab, cluster));
  const each = spans.map(({ at, until }) => until - at);
  const orders = (operation: string) => lab.history.entries.filter(({ interface: at, action }) => at === "cli" && action.startsWith(`set cert bulk ${operation}`)).length;
  const publishers = CLUSTERS.map((cluster) => `${cluster}-pub.example.com`);
  const sftp = lab.history.entries.filter(({ interface: at }) => at === "sftp");
  const ours = sftp.filter(({ action }) => /^(list|look at|log in)/.test(action)).length;
  return [
    told("files that publishers wrote", sftp.filter(({ action }) => action.startsWith("write ")).length),
    told("exports of the two clusters: together, and one after the other", `${covered(spans).toFixed(0)} ms, ${each.reduce((sum, one) => sum + one, 0).toFixed(0)} ms`),
    { ...atMost("the two together by the longer one", 1.5, covered(spans) / Math.max(...each)) },
    exactly(`orders of export, consolidation and import on ${publishers.length} publishers`, 5, orders("export") + orders("consolidate") + orders("import")),
    told("log-ins, listings and looks at the SFTP server", ours),
    told("all requests at the SFTP server", sftp.length),
  ];
}

function phoneRows(lab: Lab): Row[] {
  const requests = lab.history.entries.filter(isRis);
  const of = (cluster: string) => requests.filter(({ node }) => node === `${cluster}-pub.example.com`);
  const whole = requests.filter((one) => namesIn(one) > 1).length;
  return [
    exactly("phones registered with the destination", PHONES, lab.cluster("dc2").phones.registered.length),
    exactly("resets", PHONES, lab.history.entries.filter(({ interface: at, action, detail }) => at === "phone" && action.startsWith("reset ") && String(detail.why).startsWith("AXL")).length),
    atMost("names in one RIS request", 1_000, Math.max(...requests.map(namesIn))),
    exactly("RIS requests for a single phone, beside the test phone's", 0, requests.filter((one) => namesIn(one) === 1 && !one.action.includes(lab.cluster("dc1").phones.all[0]!.name)).length),
    told("RIS requests for a batch or for all phones", whole),
    ...CLUSTERS.map((cluster) => atMost(`RIS requests to ${cluster} in any minute`, 14, mostInAMinute(of(cluster)))),
    told("RIS requests in all", requests.length),
  ];
}

export async function migration(): Promise<Table[]> {
  const lab = await startLab(ESTATE);
  let stack: TestStack | undefined;
  try {
    const own = (stack = await TestStack.create({ lab, program: program(lab), timing: { request: "60s", connect: "30s", cliStart: "60s", serviceRestart: "60s", risMinute: "1m", phonePoll: "5s", phoneRegistration: "5m" } }));
    const begin = Date.now();
    const { megabytes } = await withPeak(own, () => good(own.up()));
    const seconds = (Date.now() - begin) / 1000;
    const mark = lab.history.mark();
    await good(own.up());
    const rows = [told("first up, wall time", `${seconds.toFixed(0)} s`), below("provider process, peak of resident memory", MEGABYTES, megabytes), exactly("calls of a second up", 0, lab.history.since(mark).filter(isCall).length)];
    const title = `two clusters of 1 + ${SUBSCRIBERS} nodes`;
    return [
      { title: `The whole: ${title}, ${PHONES} phones`, rows },
      { title: `Exchange: ${title}, ${TYPES.length} types`, rows: exchangeRows(lab) },
      { title: `Migration: ${PHONES} phones in batches of ${BATCH}`, rows: phoneRows(lab) },
    ];
  } finally {
    stack?.dispose();
    await lab.stop();
  }
}
