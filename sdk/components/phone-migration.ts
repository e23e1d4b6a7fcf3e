import * as pulumi from "@pulumi/pulumi";
import { DhcpOption150 } from "../dhcp-option150";
import { declaredBefore } from "../once";
import { PhoneMigrationPreflight } from "../phone-migration-preflight";
import { PhoneReset } from "../phone-reset";
import { inProgram, ProgramError } from "../program-error";
import type { Accept } from "../question";
import type { Cluster, VosNode } from "../topology";
import type { BulkCertificateExchange } from "./bulk-certificate-exchange";
import { Component } from "./component";

/** What comes before: an exchange of certificates, whole or a resource of it. */
export type ExchangeBefore = BulkCertificateExchange | Step;

export interface PhoneMigrationArgs {
  /** The cluster that the phones leave. Its maintenance window holds, and has to be declared (R63). */
  source: Cluster;
  /** The cluster to which they go. */
  destination: Cluster;
  /** The exchange of certificates between them: nothing begins before it is done. Default: it was done elsewhere; whether it was is looked at all the same (R98, R102). */
  exchange?: ExchangeBefore | readonly ExchangeBefore[];
  /** Names of the phones, such as those of `live.getPhones`. */
  phones: readonly string[];
  /** The phone that moves alone, before all others. Default: the first. */
  testPhone?: string;
  /** How many phones are reset together. Default 100. */
  batchSize?: number;
  /** Addresses of the destination's TFTP servers as phones reach them, first and second. */
  tftp: readonly string[];
  /**
   * Who serves DHCP to the phones. CUCM: `{ subnets?, cluster? }`, set by AXL, by default every subnet of the source's DHCP server; on the way back the DHCP server is still that of the cluster which the
   * phones left first: name it as `cluster`. Elsewhere: `{ confirmed: "" }` ends the run with what a person has to set, and `{ confirmed: "ticket 4711" }` goes on.
   */
  option150: { subnets?: readonly string[]; cluster?: Cluster } | { confirmed: string };
  /** Phones of a hundred that may stay behind in a batch; the test phone must come. Default 0. */
  tolerancePercent?: number;
  accept?: Accept;
}

/**
 * Moves phones to another cluster (Cisco 215539): the gate, then option 150, then one test phone, then batches, each proved registered with the destination before the next. Phones that stay behind end
 * it there. The way back is the same component with source and destination exchanged.
 * @throws when an argument is wrong, or when a program moves phones between two clusters in both directions.
 *
 * ```ts
 * new PhoneMigration("to-dc2", { source: dc1, destination: dc2, exchange, phones, tftp: ["10.2.0.11", "10.2.0.12"], option150: {} });
 * ```
 */
export class PhoneMigration extends Component {
  readonly gate: PhoneMigrationPreflight;
  readonly option150: DhcpOption150;
  /** The test phone, then the batches in their order. */
  readonly resets: readonly PhoneReset[];
  /** `done`, or `due` while a step waits for the maintenance window. */
  readonly status: pulumi.Output<string>;
  /** Phones that the tolerance has left behind. */
  readonly missing: pulumi.Output<string[]>;

  constructor(
    private readonly name: string,
    private readonly args: PhoneMigrationArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("PhoneMigration", name, options);
    const { from, to } = inProgram(`PhoneMigration "${name}"`, () => publishersOf(args));
    refuseBothWays(name, args);
    this.gate = this.preflight(from, to);
    this.option150 = this.option(from, to);
    this.resets = this.reset(from, to);
    this.status = pulumi.all(this.resets.map(({ status }) => status)).apply((all) => (all.includes("due") ? "due" : "done"));
    this.missing = pulumi.all(this.resets.map(({ missing }) => missing)).apply((all) => all.flat());
    this.registerOutputs({ status: this.status, missing: this.missing });
  }

  private get phones(): string[] {
    return [...this.args.phones];
  }

  private preflight(source: VosNode, destination: VosNode): PhoneMigrationPreflight {
    const { exchange = [], tftp, accept } = this.args;
    const before = ([exchange].flat() as readonly ExchangeBefore[]).flatMap(stepsOf);
    const statuses = before.flatMap(({ status }) => (status ? [status] : []));
    const after = statuses.length > 0 ? pulumi.all(statuses).apply((all) => (all.includes("due") ? "due" : "done")) : undefined;
    return new PhoneMigrationPreflight(`${this.name}-gate`, { source, destination, phones: this.phones, tftp: [...tftp], triggers: [], after, accept }, this.after(...before));
  }

  private option(source: VosNode, destination: VosNode): DhcpOption150 {
    const { option150, tftp, accept } = this.args;
    const how = "confirmed" in option150 ? { confirmed: option150.confirmed } : { node: option150.cluster?.publisher("CUCM") ?? source, subnets: option150.subnets && [...option150.subnets] };
    const inputs = { ...how, source, destination, phones: this.phones, tftp: [...tftp], triggers: [this.gate.gate], maintenanceWindow: this.args.source.maintenanceWindow, accept };
    return new DhcpOption150(`${this.name}-option-150`, inputs, this.after(this.gate));
  }

  private reset(node: VosNode, destination: VosNode): PhoneReset[] {
    const { source, testPhone = this.args.phones[0]!, batchSize = 100, tolerancePercent, accept } = this.args;
    const others = this.phones.filter((phone) => phone !== testPhone);
    const batches = Array.from({ length: Math.ceil(others.length / batchSize) }, (_, index) => others.slice(index * batchSize, (index + 1) * batchSize));
    const common = { node, destination, triggers: [this.option150.changeId], maintenanceWindow: source.maintenanceWindow, accept };
    const made = [new PhoneReset(`${this.name}-test-phone`, { ...common, phones: [testPhone], reason: "one phone is tried first" }, this.after(this.option150))];
    for (const [index, phones] of batches.entries()) {
      const [before] = made.slice(-1);
      const reason = `batch ${index + 1} of ${batches.length}`;
      made.push(new PhoneReset(`${this.name}-batch-${index + 1}`, { ...common, phones, after: before!.status, tolerancePercent, reason }, this.after(before!)));
    }
    return made;
  }
}

type Step = pulumi.Resource & { readonly status?: pulumi.Output<string> };

/** Its last resources: a component is not waited for as such, because one of its resources that fails would end the whole run. */
function stepsOf(one: ExchangeBefore): Step[] {
  return "imports" in one ? [...one.imports, ...one.restarts] : [one];
}

/** @throws naming everything that is wrong with the arguments */
function publishersOf(args: PhoneMigrationArgs): { from: VosNode; to: VosNode } {
  const { source, destination, option150 } = args;
  const dhcp = "confirmed" in option150 ? undefined : option150.cluster;
  const headless = [source, destination, ...(dhcp ? [dhcp] : [])].filter((cluster) => !cluster.publisher("CUCM"));
  const failures = [...headless.map(({ name }) => `cluster "${name}" has no CUCM publisher`), ...clusterFailures(args), ...phoneFailures(args)];
  if (failures.length > 0) throw new Error(failures.length === 1 ? failures[0] : ["it is not right:", ...failures.map((failure) => `  - ${failure}`)].join("\n"));
  return { from: source.publisher("CUCM")!, to: destination.publisher("CUCM")! };
}

function clusterFailures({ source, destination }: PhoneMigrationArgs): string[] {
  return [
    ...(source.name === destination.name ? [`source and destination are both cluster "${source.name}"`] : []),
    ...(source.maintenanceWindow ? [] : [`R63 phones are reset, and cluster "${source.name}" has no maintenanceWindow: declare when that may happen`]),
  ];
}

function phoneFailures({ phones, testPhone, batchSize = 100 }: PhoneMigrationArgs): string[] {
  return [
    ...(phones.length === 0 ? ["phones is empty: name them, or look them up with live.getPhones"] : []),
    ...(testPhone !== undefined && !phones.includes(testPhone) ? [`testPhone ${testPhone} is not among the phones`] : []),
    ...(Number.isInteger(batchSize) && batchSize > 0 ? [] : [`batchSize ${String(batchSize)} is no number of phones`]),
  ];
}

/** One program cannot want phones to be in two places. @throws */
function refuseBothWays(name: string, { source, destination }: PhoneMigrationArgs): void {
  const way = `from "${source.name}" to "${destination.name}"`;
  const first = declaredBefore(`the way of phones between ${[source.name, destination.name].sort().join(" and ")}`, way);
  if (first !== undefined && first !== way) throw new ProgramError(`PhoneMigration "${name}": this program already moves phones ${first}, and this one moves them back. Declare one direction; the way back replaces it`);
}
