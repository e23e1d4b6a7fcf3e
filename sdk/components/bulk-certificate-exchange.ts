import * as pulumi from "@pulumi/pulumi";
import { BULK_FACTS, BULK_TYPES, bulkTypes, type BulkType } from "../../domain/bulk";
import { BULK_PLAN_RULES, type BulkPlan, type BulkStep, R91, R99, R101 } from "../../domain/rules/bulk";
import { type DirectExchange, R104 } from "../../domain/rules/bulk-live";
import { type PhoneUpdate, R66 } from "../../domain/rules/phones";
import { decideAll } from "../../domain/rules/rule";
import { TVS } from "../../domain/services";
import { BulkCleanup } from "../bulk-cleanup";
import { BulkConsolidation } from "../bulk-consolidation";
import { BulkExport } from "../bulk-export";
import { BulkImport, type KnownSigner } from "../bulk-import";
import { BulkPreflight } from "../bulk-preflight";
import { CtlFileUpdate } from "../ctl-file-update";
import { identitiesDeclaredFor } from "../declared-identities";
import type { IdentityCertificate } from "../identity-certificate";
import { ProgramError } from "../program-error";
import type { Accept } from "../question";
import { ServiceRestart } from "../service-restart";
import type { Cluster, VosNode } from "../topology";
import { Component, slug } from "./component";
import type { MultiServerCertificate } from "./multi-server-certificate";
import type { Rollout } from "./rollout";

/** What makes an exchange necessary again when it changes: a certificate of a cluster, however it is declared. */
export type ChangedBy = MultiServerCertificate | Rollout | IdentityCertificate;

export interface BulkCertificateExchangeArgs {
  /** The clusters that are to trust each other: two or more (R91), each with its maintenance window (R101). */
  clusters: readonly Cluster[];
  /** Name of the SFTP connection; by cluster name where a program computes it, and then the same for all (R89). Not for `method: "direct"`. */
  sftp?: string | Record<string, string>;
  /** What is exchanged. Default: all that the releases have; `ITLRecovery` where a cluster is 12.0 or later (R99). */
  types?: readonly BulkType[];
  /** `"in tftp"` where the releases export ITLRecovery with tftp. Default: a type of its own. */
  itlRecovery?: "in tftp";
  /** `"direct"`: without an SFTP server. Public certificates are read from each cluster and uploaded to the others, then TVS restarts (R104). Default `"sftp"`. */
  method?: "sftp" | "direct";
  /** The exchange is for Extension Mobility Cross Cluster (R99, R105). Default false. */
  emcc?: boolean;
  /** Upload what an import has left out. Default false: it is named, and the run fails. */
  fillMissing?: boolean;
  /** What becomes of the files, which hold private keys (R106). Default `"keep"`, as the guide says: later consolidations need them. */
  files?: "keep" | "remove";
  /** `"person"`: people export, consolidate and import in OS Administration; each step is pending until it is verified. */
  by?: "person";
  /** Name of the cluster that consolidates. Default: the first. */
  consolidateOn?: string;
  /** `method: "direct"` alone: only `by` learns to trust `trusted`; phones that move there cannot come back. Default: both directions. */
  oneWay?: { trusted: string; by: string };
  /** Restart Cisco Trust Verification Service on every node of a cluster whose trust changed. Default: only with `method: "direct"`. */
  restartTvs?: boolean;
  /** By cluster name: certificates whose change repeats the exchange (R66), which then comes after them. */
  certificates?: Record<string, readonly ChangedBy[]>;
  accept?: Accept;
}


/**
 * Makes CUCM clusters trust each other's certificates (Cisco 215539): a preflight of all clusters, an export on each, one consolidation, an import on each, and the proof that every node of
 * every cluster knows each certificate of the others. What they know already is not exchanged again. Removing it forgets: the entries stay.
 * @throws naming everything that is wrong with the arguments.
 *
 * ```ts
 * new BulkCertificateExchange("exchange", { clusters: [source, destination], sftp: "bulk" });
 * ```
 */
export class BulkCertificateExchange extends Component {
  readonly preflight: BulkPreflight;
  readonly exports: readonly BulkExport[];
  /** Undefined with `method: "direct"`. */
  readonly consolidation?: BulkConsolidation;
  readonly imports: readonly BulkImport[];
  /** With `method: "direct"`: in mixed mode the CTL file of every cluster that imported is written anew. */
  readonly ctlUpdates: readonly CtlFileUpdate[];
  /** Of TVS, cluster after cluster. */
  readonly restarts: readonly ServiceRestart[];
  /** For each certificate of a cluster and each other cluster: which node knows it, in which store, by serial number. */
  readonly known: pulumi.Output<KnownSigner[]>;
  /** What is left to people. */
  readonly leftToDo: pulumi.Output<string[]>;

  private readonly publishers: readonly VosNode[];

  constructor(
    private readonly name: string,
    private readonly args: BulkCertificateExchangeArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("BulkCertificateExchange", name, options);
    const failures = argumentFailures(name, args);
    if (failures.length > 0) throw new ProgramError([`BulkCertificateExchange "${name}" is not right:`, ...failures.map((failure) => `  - ${failure}`)].join("\n"));
    this.publishers = args.clusters.map((cluster) => cluster.publisher("CUCM")!);
    const all = args.clusters.map(({ name: cluster }) => cluster);
    this.preflight = new BulkPreflight(`${name}-preflight`, { ...this.common(this.publishers[0]!), sftp: this.sftp, emcc: args.emcc, accept: args.accept, triggers: this.triggers(all) }, this.after(...this.changers(all)));
    const direct = args.method === "direct";
    this.exports = direct ? [] : args.clusters.map((cluster) => this.export(cluster));
    this.consolidation = direct ? undefined : this.consolidate();
    this.imports = this.importers.map((cluster) => this.import(cluster));
    this.ctlUpdates = direct ? this.imports.map((one, index) => this.updateCtl(this.importers[index]!, one)) : [];
    this.restarts = (args.restartTvs ?? direct) ? this.importers.flatMap((cluster, index) => this.restartTvs(cluster, this.imports[index]!, this.ctlUpdates[index])) : [];
    if (!direct && args.files === "remove") this.cleanUp();
    this.known = pulumi.all(this.imports.map(({ known }) => known)).apply((tables) => tables.flat());
    this.leftToDo = pulumi.all(this.imports.map(({ leftToDo }) => leftToDo)).apply((lists) => lists.flat());
    this.registerOutputs({ known: this.known, leftToDo: this.leftToDo });
  }

  private get importers(): readonly Cluster[] {
    const names = importing(this.args);
    return this.args.clusters.filter(({ name }) => names.includes(name));
  }

  private get sftp(): string | undefined {
    const { sftp } = this.args;
    return typeof sftp === "object" ? Object.values(sftp)[0] : sftp;
  }

  private common(node: VosNode) {
    const { types, itlRecovery } = this.args;
    return { node, clusters: [...this.publishers], types: types && [...types], itlRecovery };
  }

  private changers(clusters: readonly string[]): pulumi.Resource[] {
    return clusters.flatMap((cluster) => this.args.certificates?.[cluster] ?? []).flatMap((one) => [...identitiesOf(one), ...restartsOf(one)]);
  }

  private triggers(clusters: readonly string[]): pulumi.Output<string>[] {
    return clusters.flatMap((cluster) => this.args.certificates?.[cluster] ?? []).flatMap((one) => identitiesOf(one).map(({ changeId }) => changeId));
  }

  private export(cluster: Cluster): BulkExport {
    const { by, files, clusters } = this.args;
    // Files that do not stay are wanted again whatever changes.
    const concerned = files === "remove" ? clusters.map(({ name }) => name) : [cluster.name];
    const args = { ...this.common(cluster.publisher("CUCM")!), sftp: this.sftp!, by, files, triggers: this.triggers(concerned) };
    return new BulkExport(`${this.name}-${slug(cluster.name)}-export`, args, this.after(this.preflight, ...this.changers([cluster.name])));
  }

  private consolidate(): BulkConsolidation {
    const { consolidateOn, clusters, by, accept } = this.args;
    const cluster = clusters.find(({ name }) => name === consolidateOn) ?? clusters[0]!;
    const args = { ...this.common(cluster.publisher("CUCM")!), sftp: this.sftp!, by, accept, triggers: this.exports.map(({ changeId }) => changeId) };
    return new BulkConsolidation(`${this.name}-consolidation`, args, this.after(...this.exports));
  }

  private import(cluster: Cluster): BulkImport {
    const { method, by, fillMissing, oneWay } = this.args;
    const direct = method === "direct";
    const from = oneWay ? [oneWay.trusted] : undefined;
    const triggers = direct ? this.triggers(this.args.clusters.map(({ name }) => name)) : [this.consolidation!.changeId];
    const args = { ...this.common(cluster.publisher("CUCM")!), sftp: direct ? undefined : this.sftp, method, from, by: direct ? undefined : by, fillMissing, maintenanceWindow: cluster.maintenanceWindow, triggers };
    return new BulkImport(`${this.name}-${slug(cluster.name)}-import`, args, this.after(direct ? this.preflight : this.consolidation!));
  }

  /** In mixed mode the signers of the other clusters stand in the CTL file, as SAST (Cisco 213407). */
  private updateCtl(cluster: Cluster, imported: BulkImport): CtlFileUpdate {
    const expects = imported.known.apply((known) => known.filter(({ stores }) => stores.includes("Phone-SAST-trust")).map(({ serialNumber }) => serialNumber));
    const { changeId, changedAt } = imported;
    return new CtlFileUpdate(`${this.name}-${slug(cluster.name)}-ctl`, { node: cluster.publisher("CUCM")!, triggers: [changeId], changedAt, expects, maintenanceWindow: cluster.maintenanceWindow }, this.after(imported));
  }

  /** Node after node of one cluster; clusters side by side. */
  private restartTvs(cluster: Cluster, imported: BulkImport, ctl: CtlFileUpdate | undefined): ServiceRestart[] {
    const made: ServiceRestart[] = [];
    const { changeId, changedAt } = imported;
    const before = [imported, ...(ctl ? [ctl] : [])];
    for (const node of cluster.nodes.filter(({ product }) => product === "CUCM")) {
      const last = made.at(-1);
      const facts = { node, service: TVS, onlyWhereActive: true, reason: "what it vouches for changed", notice: "phones cannot ask whom to trust", minutes: 1 };
      made.push(new ServiceRestart(`${this.name}-${node.fqdn.split(".")[0]}-tvs`, { ...facts, triggers: [changeId], changedAt, after: last?.status, maintenanceWindow: cluster.maintenanceWindow }, this.after(...before, ...made.slice(-1))));
    }
    return made;
  }

  private cleanUp(): BulkCleanup {
    const args = { ...this.common(this.publishers[0]!), sftp: this.sftp!, triggers: this.imports.map(({ changeId }) => changeId) };
    return new BulkCleanup(`${this.name}-cleanup`, args, this.after(...this.imports));
  }
}

function identitiesOf(one: ChangedBy): readonly IdentityCertificate[] {
  if ("identities" in one) return one.identities;
  if ("request" in one) return one.rollout?.identities ?? [];
  return [one];
}

function restartsOf(one: ChangedBy): readonly ServiceRestart[] {
  if ("identities" in one) return one.restarts;
  return "request" in one ? (one.rollout?.restarts ?? []) : [];
}

function importing({ clusters, oneWay }: BulkCertificateExchangeArgs): string[] {
  return oneWay ? [oneWay.by] : clusters.map(({ name }) => name);
}

/** All that is wrong, at once. */
function argumentFailures(name: string, args: BulkCertificateExchangeArgs): string[] {
  const { clusters, method = "sftp", sftp, types = [], oneWay, certificates = {}, consolidateOn, accept } = args;
  const names = clusters.map(({ name }) => name);
  const unknown = [...types.filter((type) => !(type in BULK_FACTS)).map((type) => `types: "${String(type)}" is unknown (known: ${BULK_TYPES.join(", ")})`)];
  const strangers = [...Object.keys(certificates), ...(oneWay ? [oneWay.trusted, oneWay.by] : []), ...(consolidateOn === undefined ? [] : [consolidateOn])].filter((name) => !names.includes(name)).map((name) => `"${name}" is no cluster of this exchange (${names.join(", ")})`);
  const without = clusters.filter((cluster) => !cluster.publisher("CUCM")).map(({ name }) => `cluster "${name}" has no CUCM publisher, and bulk operations run there (R90)`);
  const way = method === "direct" ? directFailures(args) : sftpFailures(sftp, names, oneWay !== undefined);
  const failures = [...unknown, ...strangers, ...without, ...way];
  return failures.length > 0 ? failures : [...ruleFailures(args, accept), ...forgotten(name, args)];
}

function sftpFailures(sftp: BulkCertificateExchangeArgs["sftp"], names: readonly string[], oneWay: boolean): string[] {
  const one = oneWay ? ['"oneWay" is only for method: "direct": an import brings the certificates of all clusters'] : [];
  if (sftp === undefined) return [...one, 'names no SFTP connection: name one ("sftp"), or exchange certificates without it (method: "direct")'];
  return typeof sftp === "string" ? one : [...one, ...names.filter((name) => sftp[name] === undefined).map((name) => `sftp: names no connection for cluster "${name}"`)];
}

function directFailures({ sftp, by, files, consolidateOn }: BulkCertificateExchangeArgs): string[] {
  const given = Object.entries({ sftp, by, files, consolidateOn }).filter(([, value]) => value !== undefined);
  return given.map(([name]) => `"${name}" has no meaning with method: "direct", which uses no directory`);
}

function ruleFailures(args: BulkCertificateExchangeArgs, accept: Accept | undefined): string[] {
  const plan = planOf(args);
  const direct = args.method === "direct";
  // What needs a directory is not asked of an exchange without one.
  const report = decideAll(direct ? [R91, R99, R101] : BULK_PLAN_RULES, plan, accept);
  return [...report.refusals, ...(direct ? decideAll([R104], directPlan(args), accept).refusals : [])].map(({ text }) => text);
}

/** R66, of the certificates that the program has declared before the exchange. */
function forgotten(name: string, { clusters, certificates, accept }: BulkCertificateExchangeArgs): string[] {
  return clusters.flatMap((cluster) => {
    const given: readonly object[] = (certificates?.[cluster.name] ?? []).flatMap(identitiesOf);
    const declared = identitiesDeclaredFor(cluster.name);
    const steps: PhoneUpdate["steps"] = declared.filter(({ resource }) => !given.includes(resource)).map(({ purpose, node }) => ({ kind: "upload", purpose, node }));
    const update: PhoneUpdate = { cluster: cluster.name, release: cluster.release, steps, mixedMode: { unread: "not asked" }, exchanges: [{ name, repeatedAfter: [] }] };
    return decideAll([R66], update, accept).refusals.map(({ text }) => text);
  });
}

function chosenTypes({ clusters, types, itlRecovery, method }: BulkCertificateExchangeArgs): BulkType[] {
  return types ? [...types] : method === "direct" ? [...BULK_TYPES] : bulkTypes(clusters.map(({ release }) => release), itlRecovery);
}

/** The steps that are declared, as the rules see them. */
function planOf(args: BulkCertificateExchangeArgs): BulkPlan {
  const { clusters, sftp = "", consolidateOn, itlRecovery, emcc } = args;
  const place = (name: string) => ({ host: typeof sftp === "object" ? (sftp[name] ?? "") : sftp, directory: "" });
  const step = (kind: BulkStep["kind"], cluster: Cluster, after: readonly BulkStep[]): BulkStep => ({ id: `${kind} ${cluster.name}`, kind, cluster: cluster.name, node: cluster.publisher("CUCM"), after: after.map(({ id }) => id) });
  const exports = clusters.map((cluster) => step("export", cluster, []));
  const consolidator = clusters.find(({ name }) => name === consolidateOn) ?? clusters[0];
  const consolidation = consolidator ? [step("consolidation", consolidator, exports)] : [];
  const imports = clusters.filter(({ name }) => importing(args).includes(name)).map((cluster) => step("import", cluster, consolidation));
  return {
    clusters: clusters.map(({ name, release, nodes, maintenanceWindow }) => ({ name, release, nodes, sftp: place(name), maintenanceWindow })),
    types: chosenTypes(args),
    steps: [...exports, ...consolidation, ...imports],
    emcc,
    itlRecovery,
  };
}

/** What an exchange without SFTP uploads, as R104 sees it. Which nodes run TFTP is not declared: the certificates of all are uploaded. */
function directPlan(args: BulkCertificateExchangeArgs): DirectExchange {
  const { clusters, oneWay } = args;
  const importers = clusters.filter(({ name }) => importing(args).includes(name));
  const types = chosenTypes(args);
  const uploads = importers.flatMap((to) =>
    clusters.filter((owner) => owner !== to && (!oneWay || oneWay.trusted === owner.name)).flatMap((owner) =>
      types.flatMap((type) => owner.nodes.flatMap((node) => BULK_FACTS[type].stores.map((store) => ({ owner: node.fqdn, purpose: BULK_FACTS[type].purpose, to: to.name, store })))),
    ),
  );
  const tvsRestarts = args.restartTvs === false ? [] : importers.flatMap(({ nodes }) => nodes.map(({ fqdn }) => fqdn));
  return { clusters: clusters.map(({ name, nodes }) => ({ name, nodes: nodes.map((node) => ({ ...node, tftp: true })) })), oneWay, uploads, tvsRestarts };
}
