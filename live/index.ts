// What a program may look up on the live estate: `pulumi-uccerts/live`.
import * as pulumi from "@pulumi/pulumi";
import type { NodeName } from "../domain/purposes";
import { nodesOf } from "../domain/members";
import { sortChain } from "../domain/x509/chain";
import { Runtime } from "../provider/runtime";
import { ProgramError } from "../sdk/program-error";
import type { VosNode } from "../sdk/topology";

/** The same settings as the provider's: the configuration of the stack, the connections file, a lab. */
function runtime(): Runtime {
  const made = new Runtime((line) => void pulumi.log.info(line));
  made.configure((key) => pulumi.runtime.getConfig(key));
  return made;
}

/** Runs one look-up and closes what it opened; what goes wrong is one sentence, without a secret. */
async function lookUp<T>(what: string, work: (run: Runtime) => Promise<T>): Promise<T> {
  const run = runtime();
  try {
    return await work(run);
  } catch (error) {
    throw new ProgramError(run.redact(`${what}: ${error instanceof Error ? error.message : String(error)}`));
  } finally {
    await run.close();
  }
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
  return lookUp(`getClusterNodes("${connection}")`, async (run) => {
    const node: VosNode = { fqdn: publisher, product: "CUCM", role: "publisher", release, connection, cluster: { name: connection, nodes: [] } };
    return nodesOf(await run.vos(node).members(), domain);
  });
}

/**
 * The chain of an AD CS, PEM, root first: for `chain` of a certificate.
 * @throws when the authority does not answer, or gives a chain without its root.
 */
export async function getAuthorityChain(connection: string): Promise<string[]> {
  return lookUp(`getAuthorityChain("${connection}")`, async (run) => sortChain(await run.authority(connection).chain()).authorities.map(({ pem }) => pem));
}

export interface PhoneLookUp extends ClusterLookUp {
  /** Only phones of these device pools. Default: every phone. */
  devicePools?: readonly string[];
}

/**
 * The names of the phones that a cluster has configured (AXL listPhone), those that begin with SEP, sorted: for `phones` of a PhoneMigration. They are found whether they are registered or not.
 * @throws when the publisher does not answer, or has no phone of these device pools.
 */
export async function getPhones(connection: string, { publisher, release, devicePools }: PhoneLookUp): Promise<string[]> {
  return lookUp(`getPhones("${connection}")`, async (run) => {
    const node: VosNode = { fqdn: publisher, product: "CUCM", role: "publisher", release, connection, cluster: { name: connection, nodes: [] } };
    const all = (await run.vos(node).phones.configured()).filter(({ name }) => name.toUpperCase().startsWith("SEP"));
    const missing = (devicePools ?? []).filter((pool) => !all.some(({ devicePool }) => devicePool === pool));
    if (missing.length > 0) throw new Error(`no phone is in device pool ${missing.join(", ")} (there are: ${[...new Set(all.map(({ devicePool }) => devicePool))].sort().join(", ") || "none"})`);
    return all.filter(({ devicePool }) => !devicePools || devicePools.includes(devicePool)).map(({ name }) => name).sort();
  });
}
