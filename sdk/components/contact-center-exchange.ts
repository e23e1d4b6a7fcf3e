import * as pulumi from "@pulumi/pulumi";
import { CERTIFICATE_KINDS, type CertificateKind, type ExchangeStore, SECURE_LINKS, type SecureLink } from "../../domain/exchange";
import { type AdditionalTrust, type Cell, exchangeCells, type ExchangeOptions } from "../../domain/exchange-cells";
import { type Batch, type ExchangeRestart, type ImporterPlan, planExchange } from "../../domain/exchange-plan";
import { exchangeTable } from "../../domain/exchange-table";
import { aliasFailures } from "../../domain/keystore";
import { isPrivateKeyAlias } from "../../domain/hosts";
import { isFqdn } from "../../domain/names";
import { readChain } from "../../domain/rules/encoding";
import { R112, U9 } from "../../domain/rules/exchange";
import { decideAll } from "../../domain/rules/rule";
import { rivals } from "../../domain/rules/trust";
import type { StoreName } from "../../domain/stores";
import type { CertificateSource } from "../../domain/x509/bundle";
import { type Certificate, parseCertificate } from "../../domain/x509/certificate";
import type { ContactCenter } from "../contact-center";
import { KeystoreEntries } from "../keystore-entries";
import { declaredBefore } from "../once";
import { inProgram, ProgramError } from "../program-error";
import type { Accept } from "../question";
import { ServerRestart } from "../server-restart";
import { ServiceRestart } from "../service-restart";
import { TrustCertificate } from "../trust-certificate";
import { Component, slug } from "./component";
import { ExchangeCertificates, type GivenCertificates, shortNames, sourceFailures } from "./exchange-certificates";

export interface ContactCenterExchangeArgs {
  contactCenter: ContactCenter;
  /** Connections that are encrypted, such as `"CVP and VVB by SIP"` (R127). Default: none. */
  secureLinks?: readonly SecureLink[];
  /** Whether an AW imports its own pair as well, as the text of the procedure does (R107). Default true. */
  ownCertificates?: boolean;
  /** Which tomcat certificates of VOS nodes: `["RSA", "EC"]` where they serve both. Default `["RSA"]`. */
  vosKeyTypes?: readonly ("RSA" | "EC")[];
  /** A CA, as it was given (PEM, DER, PKCS#7): its chain goes into every store instead of the certificates that it `signs` (default: all kinds). */
  authority?: { chain: CertificateSource; signs?: readonly CertificateKind[] };
  /** Endpoints that CVP's VXML applications call: into the keystore of every CVP Server, with a restart of its VXML Server. Default alias: the FQDN. */
  additionalTrust?: readonly (AdditionalTrust & { address?: string; certificate?: string })[];
  /** Certificates that are given instead of looked at, PEM: by FQDN, then by kind (`IIS`, `DFP`, `tomcat`, `tomcat-EC`, `WSM`, …). */
  certificates?: Record<string, GivenCertificates>;
  /** SHA-256 by FQDN, of certificates that its ports may serve, beside what the connection's `tls` approves. */
  approved?: Record<string, string[]>;
  /** Look at ports from the importer instead of from here, where there is no route from here. Default `"here"`. */
  probeFrom?: "here" | "host";
  /** Keep the entries in the stores when the component is removed. Default false. */
  retain?: boolean;
  accept?: Accept;
}

/** A restart of a server or of one of its services. */
type Restarted = ServiceRestart | ServerRestart;

/**
 * Exchanges the certificates of a contact centre (Cisco 215445): who needs whose is computed from the exchange matrix, each store is changed in one batch, and each server
 * restarts once after its last import: one AW is proved before the second, CVP servers one at a time. It prints the whole matrix at a preview. What is already there is adopted.
 * @throws when an argument is wrong, when a program makes two exchanges of one contact centre, or when two certificates would take the same alias (R112).
 *
 * ```ts
 * new ContactCenterExchange("exchange", { contactCenter: center });
 * ```
 */
export class ContactCenterExchange extends Component {
  readonly entries: readonly KeystoreEntries[];
  /** In trust stores of VOS clusters. */
  readonly trusts: readonly TrustCertificate[];
  /** In their order. */
  readonly restarts: readonly Restarted[];

  private readonly certificates: ExchangeCertificates;
  private readonly short: (fqdn: string) => string;

  constructor(
    private readonly name: string,
    private readonly args: ContactCenterExchangeArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("ContactCenterExchange", name, options);
    const first = declaredBefore(`the exchange of ${args.contactCenter.name}`, name);
    if (first !== undefined) throw new ProgramError(`ContactCenterExchange "${name}": contact centre "${args.contactCenter.name}" already has the exchange "${first}" in this program, and their restarts would run at the same time. Declare all of it in one`);
    const { contactCenter, authority } = args;
    const { chain, cells } = inProgram(`ContactCenterExchange "${name}"`, () => {
      const authorities = authority ? readChain(authority.chain).authorities : [];
      return { chain: authorities.map(({ pem }) => pem), cells: cellsOf(args, authorities) };
    });
    const plan = planExchange(cells, contactCenter.solution);
    if (pulumi.runtime.isDryRun()) void pulumi.log.info(exchangeTable(plan));
    this.certificates = new ExchangeCertificates(name, { ...args, chain }, () => this.after());
    this.short = shortNames(contactCenter);
    const made = new Map<string, Made>();
    for (const importer of plan.importers) made.set(importer.importer.fqdn, this.exchange(importer, [...made.values()]));
    const all = [...made.values()];
    this.entries = all.flatMap(({ stored }) => stored.filter((one) => one instanceof KeystoreEntries));
    this.trusts = all.flatMap(({ stored }) => stored.filter((one) => one instanceof TrustCertificate));
    this.restarts = all.flatMap(({ restarts }) => restarts);
    this.registerOutputs({ status: pulumi.all(this.restarts.map(({ status }) => status)).apply((states) => (states.includes("due") ? "due" : "done")) });
  }

  private exchange(plan: ImporterPlan, before: readonly Made[]): Made {
    const proved = before.filter(({ fqdn }) => fqdn === plan.proved).flatMap(({ restarts }) => restarts);
    const uploads = plan.batches.flatMap(({ store, cells }) => (store === "tomcat-trust" ? cells : []));
    const pems = this.withoutRivals(plan.importer.fqdn, uploads);
    const imported = plan.batches.map((batch): readonly Stored[] => (batch.store === "tomcat-trust" ? this.upload(plan, batch, { pems, proved }) : [this.import(plan, batch, proved)]));
    const last = before.filter(({ group }) => group === plan.group).flatMap(({ restarts }) => restarts).slice(-1);
    const restarts: Restarted[] = [];
    for (const one of plan.restarts) {
      const [previous] = [...last, ...restarts].slice(-1);
      const made = this.restart(plan, one, { triggers: one.batches.flatMap((index) => imported[index]!), after: [...imported.flat(), ...(previous ? [previous] : [])], previous });
      if (made) restarts.push(made);
    }
    return { fqdn: plan.importer.fqdn, group: plan.group, stored: imported.flat(), restarts };
  }

  private import({ importer }: ImporterPlan, { store, part, cells }: Batch, proved: readonly Restarted[]): KeystoreEntries {
    const { contactCenter, probeFrom, retain, accept } = this.args;
    const entries = Object.fromEntries(cells.map((cell) => [cell.alias, this.certificates.pem(cell)]));
    const presented = cells.flatMap((cell) => [this.certificates.presentedAt(cell)].flatMap((at) => (at ? [[cell.alias, at] as const] : [])));
    const presentedAt = presented.length > 0 ? Object.fromEntries(presented) : undefined;
    const childName = [this.name, this.short(importer.fqdn), slug(store), part ? slug(part) : ""].filter(Boolean).join("-");
    const after = proved.length > 0 ? pulumi.all(proved.map(({ status }) => status)).apply((states) => (states.includes("due") ? "due" : "done")) : undefined;
    return new KeystoreEntries(childName, { host: contactCenter.host(importer.fqdn), store: storeName(store), entries, presentedAt, probeFrom, after, retain, accept }, this.after(...proved));
  }

  /** The certificates of these cells, once all of them are known: none is uploaded where a store could not hold all (R34). */
  private withoutRivals(fqdn: string, cells: readonly Cell[]): ReadonlyMap<Cell, pulumi.Output<string>> {
    const all = pulumi.all(cells.map((cell) => this.certificates.pem(cell))).apply((pems) => {
      const found = rivals(cells.map(({ kind, owner }, index) => ({ what: `${kind} of ${owner.fqdn}`, certificate: parseCertificate(pems[index]!) })));
      if (found.length > 0) throw new ProgramError(`ContactCenterExchange "${this.name}": R34 ${fqdn}: tomcat-trust cannot take all: ${found.join("; ")}. Nothing was uploaded to it. Give their owners certificates with different common names, or leave out the secure link that needs the second`);
      return pems;
    });
    return new Map(cells.map((cell, index) => [cell, all.apply((pems) => pems[index]!)]));
  }

  /** One upload after the other: the platform takes one certificate at a time. */
  private upload({ importer }: ImporterPlan, { cells }: Batch, { pems, proved }: { pems: ReadonlyMap<Cell, pulumi.Output<string>>; proved: readonly Restarted[] }): TrustCertificate[] {
    const { contactCenter, retain, accept } = this.args;
    const node = contactCenter.node(importer.fqdn);
    const made: TrustCertificate[] = [];
    for (const cell of cells) {
      const whose = cell.kind === "authority" ? slug(cell.owner.fqdn) : `${this.short(cell.owner.fqdn)}-${slug(cell.kind)}`;
      const childName = [this.name, this.short(importer.fqdn), "trusts", whose, cell.keyType === "EC" ? "ec" : ""].filter(Boolean).join("-");
      const description = cell.kind === "authority" ? cell.owner.fqdn : `${cell.kind} of ${cell.owner.fqdn}`;
      made.push(new TrustCertificate(childName, { node, store: "tomcat-trust", certificatePem: pems.get(cell)!, description, timed: true, retain, accept }, this.after(...proved, ...made.slice(-1))));
    }
    return made;
  }

  private restart({ importer }: ImporterPlan, { fqdn, what, notice, minutes }: ExchangeRestart, { triggers, after, previous }: Behind): Restarted | undefined {
    const { contactCenter } = this.args;
    const common = {
      triggers: triggers.map(({ changeId }) => changeId),
      changedAt: pulumi.all(triggers.map(({ changedAt }) => changedAt)).apply((all) => [...all].sort().at(-1) ?? ""),
      after: previous?.status,
      maintenanceWindow: contactCenter.maintenanceWindow,
      reason: `what ${this.short(fqdn)} trusts changed`,
      notice,
      minutes,
    };
    // No cell that asks for it is imported by a program.
    if (what === "PG services") return undefined;
    const childName = `${this.name}-${this.short(fqdn)}-${what === "server" || what === "node" ? "restart" : slug(what)}`;
    if (what === "server") return new ServerRestart(childName, { node: contactCenter.host(fqdn), ports: importer.product === "AW" ? [443, 7890] : [8111], ...common }, this.after(...after));
    if (what === "node") return new ServerRestart(childName, { node: contactCenter.node(fqdn), ...common }, this.after(...after));
    const node = importer.cluster === undefined ? contactCenter.host(fqdn) : contactCenter.node(fqdn);
    return new ServiceRestart(childName, { node, service: what, ...common }, this.after(...after));
  }
}

type Stored = KeystoreEntries | TrustCertificate;

interface Made {
  fqdn: string;
  group: string;
  stored: readonly Stored[];
  restarts: readonly Restarted[];
}

interface Behind {
  triggers: readonly Stored[];
  after: readonly pulumi.Resource[];
  previous?: Restarted;
}

function storeName(store: ExchangeStore): StoreName {
  if (store === "tomcat-trust" || store === "Windows machine store") throw new Error(`${store} is no Java keystore`);
  return store;
}

/** @throws naming everything that is wrong with the arguments */
function cellsOf(args: ContactCenterExchangeArgs, authorities: readonly Certificate[]): Cell[] {
  const failures = [...argumentFailures(args), ...sourceFailures({ ...args, chain: [] })];
  const { contactCenter, secureLinks, ownCertificates, vosKeyTypes, authority, additionalTrust } = args;
  const options: ExchangeOptions = { secureLinks, ownCertificates, vosKeyTypes, additionalTrust, ...(authority ? { authority: { chain: authorities, signs: authority.signs } } : {}) };
  const cells = exchangeCells(contactCenter.solution, options);
  const verdict = R112.decide({ wanted: cells });
  if (verdict.outcome === "violated") failures.push(...verdict.findings.map(({ where, found }) => `R112 ${where ?? ""}: ${found}`));
  failures.push(...windowFailures(args, cells));
  if (cells.length === 0) failures.push("there is nothing to exchange: no server of this contact centre needs the certificate of another");
  if (failures.length > 0) throw new Error(failures.length === 1 ? failures[0] : ["it is not right:", ...failures.map((failure) => `  - ${failure}`)].join("\n"));
  return cells;
}

/** U9: servers that carry calls would restart at any time. */
function windowFailures({ contactCenter: { solution, maintenanceWindow }, accept }: ContactCenterExchangeArgs, cells: readonly Cell[]): string[] {
  const carrying = planExchange(cells, solution).importers.flatMap(({ restarts }) => restarts.filter(({ carriesCalls }) => carriesCalls).map(({ fqdn }) => fqdn));
  return decideAll([U9], { callServers: [...new Set(carrying)], maintenanceWindow }, accept).refusals.map(({ text }) => text);
}

function argumentFailures({ secureLinks = [], vosKeyTypes = ["RSA"], authority, additionalTrust = [], probeFrom = "here" }: ContactCenterExchangeArgs): string[] {
  const unknown = (what: string, values: readonly string[], known: readonly string[]) => values.filter((value) => !known.includes(value)).map((value) => `${what}: "${value}" is unknown (known: ${known.join(", ")})`);
  const aliases = additionalTrust.flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
  return [
    ...unknown("secureLinks", secureLinks, SECURE_LINKS),
    ...unknown("vosKeyTypes", vosKeyTypes, ["RSA", "EC"]),
    ...unknown("authority.signs", authority?.signs ?? [], CERTIFICATE_KINDS),
    ...unknown("probeFrom", [probeFrom], ["here", "host"]),
    ...additionalTrust.filter(({ fqdn }) => !isFqdn(fqdn)).map(({ fqdn }) => `additionalTrust: "${fqdn}" is no fully qualified domain name (R123)`),
    ...aliases.flatMap(aliasFailures).map((failure) => `additionalTrust: ${failure}`),
    ...aliases.filter(isPrivateKeyAlias).map((alias) => `additionalTrust: R113 alias "${alias}" is that of a private key of CVP`),
  ];
}
