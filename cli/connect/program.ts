// What a program declares, from its preview: nodes with their connections, authorities, roots that it has the clusters trust.
import { type Certificate, parseCertificate } from "../../domain/x509/certificate";
import { isWindowsProduct } from "../../domain/hosts";
import type { VosNode } from "../../sdk/topology";
import type { WindowsHost } from "../../sdk/windows-host";
import { Misuse } from "../misuse";
import type { Preview } from "./pulumi";

/** A server of which ports are looked at; as a Windows host it is also logged in to. */
export interface LookedAt {
  connection: string;
  fqdn: string;
  address?: string;
  ports: number[];
  windows?: WindowsHost;
}

/** What is to be reached. */
export interface Estate {
  nodes: VosNode[];
  /** Beside the nodes. */
  servers: LookedAt[];
  /** Names of connections to an AD CS. */
  authorities: string[];
  /** Self-signed authorities that the program puts into trust stores, by connection. */
  roots: Map<string, Certificate[]>;
}

type Inputs = Record<string, unknown>;

/** @throws when the program failed, naming the connection that it needs while it runs */
export function estateOf({ steps = [], diagnostics = [] }: Preview): Estate {
  const inputs = steps.flatMap(({ newState }) => (newState?.inputs ? [newState.inputs as Inputs] : []));
  const nodes = new Map(inputs.flatMap(({ node }) => (isNode(node) ? clusterOf(node) : [])).map((node) => [`${node.connection} ${node.fqdn}`, node]));
  const authorities = new Set(inputs.flatMap(({ authority, template }) => (typeof authority === "string" && template !== undefined ? [authority] : [])));
  // Nothing declared and something wrong: the program did not get far enough. With all nodes at hand a refusal of a check does not matter here.
  const failure = diagnostics.find(({ severity }) => severity === "error")?.message;
  const servers = serversOf(inputs).filter(({ connection, fqdn }) => !nodes.has(`${connection} ${fqdn}`));
  if (nodes.size === 0 && servers.length === 0) throw failure === undefined ? new Misuse("the program declares no node: there is nothing to connect to") : programFailure(failure);
  return { nodes: [...nodes.values()], servers, authorities: [...authorities], roots: rootsOf(inputs) };
}

function programFailure(message: string): Error {
  const [, name, what] = /There is no connection "([^"]+)"[\s\S]*?for (a cluster|an AD CS)/.exec(message) ?? [];
  if (!name) return new Misuse(`the preview failed: ${message.replace(/^error: /, "").trim()}`);
  const how = what === "an AD CS" ? `add --authority ${name}=<server>` : `name its publisher first: uccerts connect <publisher> --connection ${name} --yes`;
  return new Misuse(`the program looks at "${name}" while it runs, and there is no connection of that name yet: ${how}`);
}

/** The Windows hosts, and every server of which a port is looked at. */
function serversOf(inputs: readonly Inputs[]): LookedAt[] {
  const found = new Map<string, LookedAt>();
  const note = ({ connection, fqdn, address }: Omit<LookedAt, "ports">, port?: number, windows?: WindowsHost) => {
    const key = `${connection} ${fqdn}`;
    const known = found.get(key) ?? { connection, fqdn, ...(address ? { address } : {}), ports: [] };
    found.set(key, { ...known, ports: [...new Set([...known.ports, ...(port ? [port] : [])])], ...(windows ? { windows } : {}) });
  };
  for (const { host, node, from, server, port } of inputs) {
    for (const one of [host, node, from]) if (isWindowsHost(one)) note(one, undefined, one);
    if (isServer(server) && typeof port === "number") note(server, port);
  }
  return [...found.values()];
}

function isServer(value: unknown): value is { fqdn: string; address?: string; connection: string } {
  const { fqdn, connection } = (value ?? {}) as Partial<WindowsHost>;
  return typeof fqdn === "string" && typeof connection === "string";
}

function isWindowsHost(value: unknown): value is WindowsHost {
  return isServer(value) && isWindowsProduct((value as Partial<WindowsHost>).product);
}

function isNode(value: unknown): value is VosNode {
  const { fqdn, connection, cluster } = (value ?? {}) as Partial<VosNode>;
  return typeof fqdn === "string" && typeof connection === "string" && Array.isArray(cluster?.nodes);
}

/** Every node of a node's cluster, as each of them would be declared. */
function clusterOf(node: VosNode): VosNode[] {
  return node.cluster.nodes.map(({ fqdn, product, role, address }) => ({ ...node, fqdn, product, role, address }));
}

function rootsOf(inputs: readonly Inputs[]): Map<string, Certificate[]> {
  const roots = new Map<string, Certificate[]>();
  for (const { node, store, certificatePem } of inputs) {
    if (!isNode(node) || typeof store !== "string" || typeof certificatePem !== "string") continue;
    const certificate = parseCertificate(certificatePem);
    if (certificate.selfSigned) roots.set(node.connection, [...(roots.get(node.connection) ?? []), certificate]);
  }
  return roots;
}
