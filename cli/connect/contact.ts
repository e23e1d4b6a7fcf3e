// First contact: what servers show to somebody who sends them nothing, and then each log-in once.
import type { Certificate } from "../../domain/x509/certificate";
import type { Runtime } from "../../provider/runtime";
import { sentence } from "../../provider/errors";
import type { VosNode } from "../../sdk/topology";
import type { WindowsHost } from "../../sdk/windows-host";
import type { Draft } from "./draft";

/** One host and what it shows. */
export interface Host {
  connection: string;
  fqdn: string;
  address?: string;
  /** An AD CS has no SSH here. */
  node?: VosNode;
  /** Of what is no node: the ports that are looked at. Default 443. */
  ports?: readonly number[];
  windows?: WindowsHost;
}

export interface Shown extends Host {
  certificates: Certificate[];
  hostKey?: string;
  /** Whether the connection accepts all of it already. */
  known: boolean;
}

export function hostOf(node: VosNode): Host {
  return { connection: node.connection, fqdn: node.fqdn, address: node.address, node };
}

/** Looks at all hosts at once. @returns what they show, and a sentence for each port that does not answer */
export async function look(draft: Draft, hosts: readonly Host[]): Promise<{ shown: Shown[]; silent: string[] }> {
  const runtime = draft.runtime(() => {});
  try {
    const silent: string[] = [];
    const shown = await Promise.all(hosts.map((host) => lookAt(runtime, draft, host, silent)));
    return { shown, silent: [...new Set(silent)].sort() };
  } finally {
    await runtime.close();
  }
}

async function lookAt(runtime: Runtime, draft: Draft, host: Host, silent: string[]): Promise<Shown> {
  const { connection, fqdn, address, node, windows, ports = [443] } = host;
  const place = { fqdn, address, connection };
  const seen = <T>(work: Promise<T>) => work.catch((error: unknown) => void silent.push(sentence(error)));
  const at = (keyType: "RSA" | "EC", port: number) => seen(runtime.context().served(place, port, keyType));
  const looks = node ? [at("RSA", 443), at("RSA", 8443), at("EC", 8443)] : ports.flatMap((port) => [at("RSA", port), at("EC", port)]);
  const [hostKey, ...served] = await Promise.all([node || windows ? seen(runtime.hostKey(place)) : undefined, ...looks]);
  const found = served.flatMap((one) => (one ? [one] : []));
  const certificates = [...new Map(found.map(({ certificate }) => [certificate.fingerprint, certificate])).values()];
  const accepted = found.every(({ certificate, chainPems }) => runtime.context().accepts(place, certificate.pem, chainPems));
  const keyKnown = !hostKey || (draft.of(connection).ssh?.hostKeys ?? []).some((key) => key.replace(/=+$/, "") === hostKey);
  return { ...host, certificates, ...(hostKey ? { hostKey } : {}), known: (found.length > 0 || ports.length === 0) && accepted && keyKnown };
}

/** The log-in of Windows hosts, each host once. @returns what was refused */
export function logInToHosts(runtime: Runtime, hosts: readonly WindowsHost[], say: (line: string) => void): Promise<string[]> {
  return canary(hosts, async (host) => {
    const { elevated } = await runtime.context().windows(host).facts();
    if (!elevated) throw new Error(`${host.fqdn}: the account is logged in and may not do what an administrator may (R122): it must be one of the local group Administrators`);
    say(`  ${host.fqdn}: the account is logged in (SSH), as an administrator`);
  });
}

/** The first of a connection alone; the others at once when it has gone well, because what it refuses they would refuse too. */
async function canary<T>(nodes: readonly T[], work: (node: T) => Promise<unknown>): Promise<string[]> {
  const tried: PromiseSettledResult<unknown>[] = await Promise.allSettled(nodes.slice(0, 1).map(work));
  if (tried.every(({ status }) => status === "fulfilled")) tried.push(...(await Promise.allSettled(nodes.slice(1).map(work))));
  return tried.flatMap((one) => (one.status === "rejected" ? [sentence(one.reason)] : []));
}

/** Each log-in of a cluster, each once. @returns what was refused */
export async function logInToCluster(runtime: Runtime, nodes: readonly VosNode[], say: (line: string) => void): Promise<string[]> {
  const first = [...nodes].sort((left, right) => rank(left) - rank(right));
  const refused = await canary(first, async (node) => {
    const { version } = await runtime.vos(node).system();
    await runtime.vos(node).identity("tomcat");
    say(`  ${node.fqdn}: the OS administrator is logged in (SSH, certificate REST), release ${version}`);
  });
  const publisher = nodes.find(({ product, role }) => product === "CUCM" && role === "publisher");
  if (!publisher) return refused;
  return [...refused, ...(await logInToApplication(runtime, publisher, nodes, say))];
}

async function logInToApplication(runtime: Runtime, publisher: VosNode, nodes: readonly VosNode[], say: (line: string) => void): Promise<string[]> {
  try {
    const members = await runtime.vos(publisher).members();
    await runtime.vos(publisher).services();
    say(`  ${publisher.fqdn}: the application user is logged in (AXL, Control Center)`);
    const others = members.map(({ name }) => name).filter((name) => !nodes.some(({ fqdn }) => fqdn.toLowerCase().split(".")[0] === name.toLowerCase().split(".")[0]));
    if (nodes.length > 1 && others.length > 0) say(`  ${publisher.fqdn}: the cluster has further nodes: ${others.join(", ")}`);
    return [];
  } catch (error) {
    return [sentence(error)];
  }
}

/** The CUCM publisher first. */
function rank({ product, role }: VosNode): number {
  return (role === "publisher" ? 0 : 2) + (product === "CUCM" ? 0 : 1);
}
