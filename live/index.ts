// What a program may look up on the live estate: `pulumi-uccerts/live`.
import * as pulumi from "@pulumi/pulumi";
import type { NodeName } from "../domain/purposes";
import { sortChain } from "../domain/x509/chain";
import { Runtime } from "../provider/runtime";

/** The same settings as the provider's: the configuration of the stack, the connections file, a lab. */
function runtime(): Runtime {
  const made = new Runtime((line) => void pulumi.log.info(line));
  made.configure((key) => pulumi.runtime.getConfig(key));
  return made;
}

export interface ClusterLookUp {
  /** FQDN of the CUCM publisher, which lists the nodes. */
  publisher: string;
  /** Release as on the platform's page, such as `"15"`. */
  release: string;
  /** Appended to nodes that the cluster lists by host name alone. Default: the publisher's domain. */
  domain?: string;
}

/**
 * The nodes of a cluster as the cluster itself lists them (AXL listProcessNode), for `new Cluster(…, { nodes })`: a node that is added or renamed
 * then changes the program's declaration by itself.
 * @throws when the publisher does not answer.
 */
export async function getClusterNodes(connection: string, { publisher, release, domain = publisher.split(".").slice(1).join(".") }: ClusterLookUp): Promise<NodeName[]> {
  const run = runtime();
  const node = { fqdn: publisher, product: "CUCM", role: "publisher", release, connection, cluster: { name: connection, nodes: [] } } as const;
  try {
    const members = await run.vos({ ...node, cluster: { ...node.cluster, nodes: [] } }).members();
    const named = members.map(({ name, product = "CUCM", role }) => ({ fqdn: name.includes(".") ? name : `${name}.${domain}`, product, role }));
    return withPublishers(named);
  } finally {
    await run.close();
  }
}

/** AXL shows the publisher of IM and Presence as a subscriber of the cluster: the first one listed is its publisher. */
function withPublishers(nodes: NodeName[]): NodeName[] {
  if (nodes.some(({ product, role }) => product === "IM and Presence" && role === "publisher")) return nodes;
  const first = nodes.find(({ product }) => product === "IM and Presence");
  return nodes.map((node) => (node === first ? { ...node, role: "publisher" } : node));
}

/**
 * The chain of an AD CS, PEM, root first: for `chain` of a certificate.
 * @throws when the authority does not answer, or gives a chain without its root.
 */
export async function getAuthorityChain(connection: string): Promise<string[]> {
  const run = runtime();
  try {
    return sortChain(await run.authority(connection).chain()).authorities.map(({ pem }) => pem);
  } finally {
    await run.close();
  }
}
