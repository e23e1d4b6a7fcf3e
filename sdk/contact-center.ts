// A contact centre as a plain value that a program is written with.
import { DEPLOYMENTS, type Deployment, type Solution, OTHER_PRODUCTS, type OtherServer } from "../domain/exchange";
import { type HostName, SIDES, type Side, WINDOWS_PRODUCTS } from "../domain/hosts";
import { isFqdn, nameFailures } from "../domain/names";
import { CONTACT_CENTER_PRODUCTS } from "../domain/purposes";
import { isAtLeast, parseRelease } from "../domain/releases";
import { type MaintenanceWindow, windowFailures } from "../domain/windows";
import { ProgramError } from "./program-error";
import type { Cluster, VosNode } from "./topology";
import type { WindowsHost } from "./windows-host";

export type { Deployment, OtherServer } from "../domain/exchange";
export type { Side } from "../domain/hosts";

export interface ContactCenterArgs {
  /** Release as on the platform's page: `"12.5(1)"` (Oracle JRE), `"12.5(1) ES55"` or `"12.5(1a)"` (OpenJDK), `"12.6(2)"`. 12.5 or later. */
  release: string;
  /** Name of the connection in `uccerts:connections`. Default: the contact centre's name. */
  connection?: string;
  /** `"PCCE"` for Packaged CCE, whose AWs and CVP servers trust more. Default `"UCCE"`. */
  deployment?: Deployment;
  /** Every Windows host, each with its product. `side` where there are two (default A); `release` where it differs, such as CVP's. */
  hosts: (HostName & { side?: Side; address?: string; release?: string })[];
  /** VOS clusters: Finesse, CUIC, Live Data, IdS, Cloud Connect, VVB, CUCM. One whose `connection` is the contact centre's is only looked at. */
  clusters?: readonly Cluster[];
  /** Servers whose certificates are only looked at: ECE's web server, Customer Collaboration Platform (`"CCP"`). */
  others?: (OtherServer & { address?: string })[];
  /** When what users notice may happen. Default: at any time. */
  maintenanceWindow?: MaintenanceWindow;
}

/**
 * A contact centre: its Windows hosts, its VOS clusters, its connection, its maintenance window.
 * @throws naming everything that is wrong.
 *
 * ```ts
 * const center = new ContactCenter("center", {
 *   release: "12.6(2)",
 *   hosts: [
 *     { fqdn: "rogger-a.example.com", product: "Rogger", side: "A" },
 *     { fqdn: "rogger-b.example.com", product: "Rogger", side: "B" },
 *     { fqdn: "aw-a.example.com", product: "AW", side: "A" },
 *   ],
 *   clusters: [finesse],
 * });
 * ```
 */
export class ContactCenter {
  readonly hosts: readonly WindowsHost[];
  readonly clusters: readonly Cluster[];
  readonly connection: string;
  readonly maintenanceWindow?: MaintenanceWindow;
  /** What the exchange matrix is computed from. */
  readonly solution: Solution;
  /** Addresses of servers that are only looked at. */
  readonly others: readonly (OtherServer & { address?: string })[];

  constructor(
    readonly name: string,
    args: ContactCenterArgs,
  ) {
    const failures = failuresOf(args);
    if (failures.length > 0) throw new ProgramError([`ContactCenter "${name}" is not right:`, ...failures.map((failure) => `  - ${failure}`)].join("\n"));
    const { clusters = [], others = [] } = args;
    this.connection = args.connection ?? name;
    this.maintenanceWindow = args.maintenanceWindow;
    this.clusters = [...clusters];
    this.others = [...others];
    this.hosts = args.hosts.map(({ fqdn, address, product, release = args.release }) => ({ fqdn, ...(address ? { address } : {}), product, release, connection: this.connection, contactCenter: name }));
    this.solution = {
      deployment: args.deployment ?? "UCCE",
      hosts: args.hosts.map(({ fqdn, product, side = "A", release = args.release }) => ({ fqdn, product, side, release })),
      nodes: clusters.flatMap(({ name: cluster, nodes, connection }) => nodes.map(({ fqdn, product, role, release }) => ({ fqdn, product, role, release, cluster, writable: connection !== this.connection }))),
      others: others.map(({ fqdn, product }) => ({ fqdn, product })),
    };
  }

  /** A Windows host by its FQDN. @throws when there is none. */
  host(fqdn: string): WindowsHost {
    const found = this.hosts.find((host) => host.fqdn.toLowerCase() === fqdn.toLowerCase());
    if (!found) throw new ProgramError(`ContactCenter "${this.name}" has no host ${fqdn}; it has ${this.hosts.map((host) => host.fqdn).join(", ")}`);
    return found;
  }

  /** A node of its VOS clusters by its FQDN. @throws when there is none. */
  node(fqdn: string): VosNode {
    const nodes = this.clusters.flatMap((cluster) => cluster.nodes);
    const found = nodes.find((node) => node.fqdn.toLowerCase() === fqdn.toLowerCase());
    if (!found) throw new ProgramError(`ContactCenter "${this.name}" has no node ${fqdn}; it has ${nodes.map((node) => node.fqdn).join(", ") || "none"}`);
    return found;
  }
}

function failuresOf({ release, connection, deployment, hosts, clusters = [], others = [], maintenanceWindow }: ContactCenterArgs): string[] {
  const nodes = clusters.flatMap((cluster) => cluster.nodes.map(({ fqdn }) => fqdn));
  const own = [...nameFailures("hosts", hosts.map(({ fqdn }) => fqdn)), ...nameFailures("others", others.map(({ fqdn }) => fqdn))];
  const everywhere = [hosts.map(({ fqdn }) => fqdn), nodes, others.map(({ fqdn }) => fqdn)].flatMap((list) => [...new Set(list.map((fqdn) => String(fqdn).toLowerCase()))]);
  const shared = everywhere.filter((fqdn, index) => everywhere.indexOf(fqdn) < index);
  return [
    ...releaseFailures("release", release),
    ...(connection === "" ? ["connection is empty: leave it out for the contact centre's name"] : []),
    ...(deployment === undefined || DEPLOYMENTS.includes(deployment) ? [] : [`deployment "${String(deployment)}" is unknown (known: ${DEPLOYMENTS.join(", ")})`]),
    ...(hosts.length === 0 ? ["hosts is empty: declare every Windows host"] : []),
    ...own,
    ...[...new Set(shared)].map((fqdn) => `${fqdn} is declared as two servers`),
    ...hosts.flatMap(hostFailures),
    ...sideFailures(hosts),
    ...clusters.flatMap(clusterFailures),
    ...others.flatMap(({ product }, index) => (OTHER_PRODUCTS.includes(product) ? [] : [`others[${index}].product "${String(product)}" is unknown (known: ${OTHER_PRODUCTS.join(", ")})`])),
    ...(maintenanceWindow ? windowFailures(maintenanceWindow).map((failure) => `maintenanceWindow: ${failure}`) : []),
  ];
}

function hostFailures({ product, side, release, address }: ContactCenterArgs["hosts"][number], index: number): string[] {
  return [
    ...(WINDOWS_PRODUCTS.includes(product) ? [] : [`hosts[${index}].product "${String(product)}" is unknown (known: ${WINDOWS_PRODUCTS.join(", ")})`]),
    ...(side === undefined || SIDES.includes(side) ? [] : [`hosts[${index}].side "${String(side)}" is unknown (known: ${SIDES.join(", ")})`]),
    ...(release === undefined ? [] : releaseFailures(`hosts[${index}].release`, release)),
    ...(address === "" ? [`hosts[${index}].address is empty`] : []),
  ];
}

function releaseFailures(where: string, release: string): string[] {
  if (!parseRelease(String(release))) return [`${where} "${String(release)}" is no release: write it as on the platform's page, such as "12.5(1)", "12.5(1) ES55" or "12.6(2)"`];
  return isAtLeast(release, "12.5") ? [] : [`${where} "${release}" is older than 12.5, from which all traffic to the AWs is HTTPS`];
}

/** One Router and one Logger per side, or one Rogger instead of both. */
function sideFailures(hosts: ContactCenterArgs["hosts"]): string[] {
  return SIDES.flatMap((side) => {
    const here = hosts.filter((host) => (host.side ?? "A") === side);
    const count = (...products: string[]) => here.filter(({ product }) => products.includes(product)).length;
    return [
      ...(count("Router", "Rogger") > 1 ? [`side ${side} has ${count("Router", "Rogger")} Routers (a Rogger is one too), and can have only one: declare side "B" of the other`] : []),
      ...(count("Logger", "Rogger") > 1 ? [`side ${side} has ${count("Logger", "Rogger")} Loggers (a Rogger is one too), and can have only one: declare side "B" of the other`] : []),
    ];
  });
}

function clusterFailures({ name, nodes }: Cluster, index: number, clusters: readonly Cluster[]): string[] {
  const known = ["CUCM", ...CONTACT_CENTER_PRODUCTS] as readonly string[];
  return [
    ...(nodes.some(({ product }) => known.includes(product)) ? [] : [`cluster "${name}" has no node of a product that a contact centre knows (${known.join(", ")})`]),
    ...(clusters.findIndex((other) => other.name === name) < index ? [`cluster "${name}" stands there twice`] : []),
    ...nodes.filter(({ fqdn }) => !isFqdn(fqdn)).map(({ fqdn }) => `cluster "${name}": "${fqdn}" is no fully qualified domain name (R123)`),
  ];
}
