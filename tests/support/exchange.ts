// A contact centre of the lab as a program, and what an exchange has done there.
import { type Attempt, type EstateDescription, type HistoryEntry, type IdentityName, type Lab } from "../../lab";
import { readJavaStore } from "../../lab/windows/java-store";
import { keytool } from "../../lab/windows/jdk";
import { ALWAYS_OPEN } from "./contact-center-program";
import { TestStack } from "./stack";
import { until } from "./until";

/** Waits of the hosts in which a run takes no longer than the engine and keytool. */
export const FAST_HOSTS = { serviceStop: 5, serviceStart: 5, hostRestart: 40, hostServices: 10, nodeRestart: 40, nodeServices: 10, tomcatStop: 5, tomcatStart: 5, pageLag: 5, cliStart: 2, replication: 1, distribution: 2 };

export const domain = (name: string) => `${name}.example.com`;
export const short = (fqdn: string) => fqdn.replace(/\.example\.com$/, "");

/** An estate with these of its hosts, and without waiting long. */
export function only(estate: EstateDescription, ...names: string[]): EstateDescription {
  return { ...estate, timing: FAST_HOSTS, contactCenters: estate.contactCenters!.map((one) => ({ ...one, windows: one.windows.filter(({ fqdn }) => names.includes(short(fqdn))) })) };
}

/** JavaScript that declares the whole contact centre of a lab as `center`; VOS clusters named in `own` have their own connection, the others are only looked at. */
export function centerOf(lab: Lab, { own = [], more = ALWAYS_OPEN }: { own?: readonly string[]; more?: string } = {}): string {
  const [{ name, release, hosts }] = lab.contactCenters as [Lab["contactCenters"][number]];
  const declared = hosts.map(({ fqdn, product, release: its }) => ({ fqdn, product, side: short(fqdn).endsWith("b") ? "B" : "A", ...(its === release ? {} : { release: its }) }));
  const clusters = lab.clusters.map(({ name: cluster, release: its, nodes }) => {
    const members = nodes.map(({ fqdn, description: { product, role } }) => ({ fqdn, product, role }));
    return `new uccerts.Cluster(${JSON.stringify(cluster)}, ${JSON.stringify({ release: its, ...(own.includes(cluster) ? {} : { connection: name }), nodes: members })})`;
  });
  return `const center = new uccerts.ContactCenter("${name}", { release: "${release}", hosts: ${JSON.stringify(declared)}, clusters: [${clusters.join(", ")}], ${more} });`;
}

/** JavaScript that exchanges the certificates of `center`. */
export const exchange = (more = "") => `new uccerts.ContactCenterExchange("exchange", { contactCenter: center, ${more} });`;

/** A stack whose program exchanges the certificates of everything that the lab has. */
export function exchangeStack(lab: Lab, program = `${centerOf(lab)}\n${exchange()}`): Promise<TestStack> {
  return TestStack.create({ lab, program, timing: { poll: "20ms" } });
}

/** What a run did to hosts and nodes, in the order in which it began. */
export interface Deed {
  what: string;
  entry: HistoryEntry;
}

function deedOf(entry: HistoryEntry): string | undefined {
  const { interface: at, action, node } = entry;
  if (at === "windows ssh" && action.includes("-importkeystore")) return `import into ${short(node)}`;
  if (at !== "platform") return undefined;
  if (action === "restart server" || action === "restart node") return `restart ${short(node)}`;
  // A server that restarts halts its services without an order.
  if (action.startsWith("stop ")) return `restart ${action.slice("stop ".length)} on ${short(node)}`;
  if (action.startsWith("restart ")) return `${action} on ${short(node)}`;
  if (action === "store trust certificate") return `upload to ${String(entry.detail.store)} of ${short(node)}`;
  return undefined;
}

export function deeds(lab: Lab, since = 0): Deed[] {
  return lab.history.since(since).flatMap((entry) => {
    const what = deedOf(entry);
    return what === undefined ? [] : [{ what, entry }];
  });
}

export const deedNames = (lab: Lab, since = 0) => deeds(lab, since).map(({ what }) => what);

/** What somebody asked of any server or host since a mark. */
export function asked(lab: Lab, since: number): string[] {
  return lab.history.since(since).map(({ node, interface: at, action }) => `${node} ${at} ${action}`);
}

/** Whether a service of a host trusts what another server shows. */
export async function trusts(lab: Lab, from: string, to: string, port: number, service?: string): Promise<boolean> {
  return (await lab.connect({ from: domain(from), to: domain(to), port, service })).trusted;
}

/** Those that fail, `awa to roggera:443: …`; only while nobody else looks at a port. */
export async function distrusted(lab: Lab, attempts: readonly Attempt[]): Promise<string[]> {
  const looks = () => lab.history.of("tls").length;
  const before = looks();
  const failed = await failing(lab, attempts);
  // The lab notes a look when its connection has ended.
  await until(() => looks() >= before + attempts.length);
  return failed;
}

/** The same beside a run. */
export async function failing(lab: Lab, attempts: readonly Attempt[]): Promise<string[]> {
  const outcomes = await Promise.all(attempts.map(async (attempt) => ({ attempt, outcome: await lab.connect(attempt) })));
  return outcomes.flatMap(({ attempt: { from, to, port }, outcome: { trusted, reason } }) => (trusted ? [] : [`${short(from)} to ${short(to)}:${port}: ${reason}`]));
}

export const attempts = (from: readonly string[], to: readonly string[], ports: readonly number[], service?: string): Attempt[] =>
  from.flatMap((one) => to.flatMap((other) => ports.map((port) => ({ from: domain(one), to: domain(other), port, service }))));

/** A21: every AW trusts IIS and DFP of every CCE host, every other one IIS of the AWs. */
export function coreAttempts(lab: Lab): Attempt[] {
  const cce = lab.contactCenters[0]!.hosts.filter(({ product }) => !product.startsWith("CVP"));
  const [aws, others] = [cce.filter(({ product }) => product === "AW"), cce.filter(({ product }) => product !== "AW")].map((some) => some.map(({ fqdn }) => short(fqdn))) as [string[], string[]];
  return [...attempts(aws, [...aws, ...others], [443, 7890]), ...attempts(others, aws, [443])];
}

/** The entries of the trust store of a host, `alias: kind SHA-256`; throws where the file is no whole store. */
export function entriesOf(lab: Lab, name: string, path = lab.host(domain(name)).layout.store.path): Map<string, string> {
  const { drive, storePassword } = lab.host(domain(name));
  return new Map(readJavaStore(drive.read(path), storePassword).map(({ alias, kind, certificates }) => [alias, `${kind} ${certificates[0]!.toString("base64")}`]));
}

/** The entries of trust stores, as of `entriesOf`, by the name of their host. */
export type StoreContents = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What the trust stores of these hosts hold now. */
export async function storesNow(lab: Lab, names: readonly string[]): Promise<StoreContents> {
  await Promise.all(names.map((name) => lab.host(domain(name)).ready()));
  return new Map(names.map((name) => [name, entriesOf(lab, name)]));
}

/** Aliases that a store has and had not. */
export function added(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...now.keys()].filter((alias) => !before.has(alias)).sort();
}

/** Backups beside the trust store of a host. */
export function backupsOf(lab: Lab, name: string): string[] {
  const { drive, layout } = lab.host(domain(name));
  const folder = layout.store.path.slice(0, layout.store.path.lastIndexOf("\\"));
  return drive.list(folder).filter((file) => /\.uccerts-/.test(file)).map((file) => `${folder}\\${file}`);
}

/** What a person does at the console of a host: imports a certificate of another one. */
export async function importByHand(lab: Lab, name: string, { path, alias, of, kind }: { path?: string; alias: string; of: string; kind: IdentityName }): Promise<void> {
  const host = lab.host(domain(name));
  await host.ready();
  const file = "C:\\Windows\\Temp\\by-hand.cer";
  host.drive.write(file, Buffer.from(lab.host(domain(of)).identities.get(kind)!.certificate.pem));
  const local = host.drive.local(path ?? host.layout.store.path);
  await keytool(host.jdk, ["-importcert", "-noprompt", "-alias", alias, "-file", host.drive.local(file), "-keystore", local, "-storepass", host.storePassword]);
  host.drive.removeFile(file);
}

/** Pairs of deeds that were going on at the same time. */
export function overlaps(some: readonly Deed[]): string[] {
  return some.flatMap(({ what, entry }, index) => some.slice(index + 1).flatMap((other) => (other.entry.at < (entry.until ?? Infinity) && entry.at < (other.entry.until ?? Infinity) ? [`${what} and ${other.what}`] : [])));
}
