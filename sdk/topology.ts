// The estate as plain values that a program is written with.
import { nameFailures } from "../domain/names";
import type { NodeName, Product, Role } from "../domain/purposes";
import type { MaintenanceWindow } from "../domain/windows";
import { ProgramError } from "./program-error";

export type { NodeName, Product, Role } from "../domain/purposes";
export type { Day, MaintenanceWindow } from "../domain/windows";

/** A VOS node, as resources take it. Never holds a credential. */
export interface VosNode extends NodeName {
  /** Address to connect to, where the FQDN does not resolve from here. `reach` of the connection beats it. */
  address?: string;
  /** Release as on the platform's page, such as `"15"` or `"14SU2"`. */
  release: string;
  /** Name of the connection in `uccerts:connections`. */
  connection: string;
  cluster: { name: string; nodes: (NodeName & { address?: string })[] };
}

export interface ClusterArgs {
  /** Release as on the platform's page, such as `"15"` or `"14SU2"`. */
  release: string;
  /** Name of the connection in `uccerts:connections`. Default: the cluster's name. */
  connection?: string;
  /** Every CUCM and IM and Presence node of the cluster, each with product and role. */
  nodes: (NodeName & { address?: string })[];
  /** When what users notice may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
}

/**
 * A cluster: its nodes, its connection, its maintenance window.
 * @throws naming everything that is wrong with the list of nodes.
 *
 * ```ts
 * const hq = new Cluster("hq", {
 *   release: "15",
 *   nodes: [
 *     { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher" },
 *     { fqdn: "cs-ccm-sub.example.com", product: "CUCM", role: "subscriber" },
 *     { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher" },
 *   ],
 * });
 * ```
 */
export class Cluster {
  readonly nodes: readonly VosNode[];
  readonly release: string;
  readonly connection: string;
  readonly maintenanceWindow?: MaintenanceWindow;

  constructor(
    readonly name: string,
    args: ClusterArgs,
  ) {
    const failures = nodeFailures(args.nodes);
    if (failures.length > 0) throw new ProgramError([`Cluster "${name}" is not right:`, ...failures.map((failure) => `  - ${failure}`)].join("\n"));
    this.release = args.release;
    this.connection = args.connection ?? name;
    this.maintenanceWindow = args.maintenanceWindow;
    const names = args.nodes.map(({ fqdn, product, role, address }) => ({ fqdn, product, role, ...(address ? { address } : {}) }));
    this.nodes = names.map((node) => ({ ...node, release: this.release, connection: this.connection, cluster: { name, nodes: names } }));
  }

  /** A node by its FQDN. @throws when there is none. */
  node(fqdn: string): VosNode {
    const found = this.nodes.find((node) => node.fqdn === fqdn);
    if (!found) throw new ProgramError(`Cluster "${this.name}" has no node ${fqdn}; it has ${this.nodes.map((node) => node.fqdn).join(", ")}`);
    return found;
  }

  /** The publisher of a product; undefined when the cluster has no node of it. */
  publisher(product: Product): VosNode | undefined {
    return this.nodes.find((node) => node.product === product && node.role === "publisher");
  }
}

function nodeFailures(nodes: readonly NodeName[]): string[] {
  const failures = nameFailures("nodes", nodes.map(({ fqdn }) => fqdn));
  for (const product of new Set(nodes.map((node) => node.product))) {
    const publishers = nodes.filter((node) => node.product === product && node.role === ("publisher" satisfies Role)).length;
    if (publishers !== 1) failures.push(`nodes: ${product} has ${publishers} publishers, and needs exactly one`);
  }
  return failures;
}
