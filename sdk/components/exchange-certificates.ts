// Where the certificates of an exchange come from: given, a port, or the owner's own keystore; each is looked at once, whoever imports it.
import type * as pulumi from "@pulumi/pulumi";
import type { CertificateKind } from "../../domain/exchange";
import type { AdditionalTrust, Cell } from "../../domain/exchange-cells";
import { R16 } from "../../domain/rules/exchanged";
import { parseCertificate } from "../../domain/x509/certificate";
import type { ContactCenter } from "../contact-center";
import { KeystoreCertificate } from "../keystore-certificate";
import type { PresentedAt } from "../keystore-entries";
import { ServedCertificate } from "../served-certificate";
import { slug } from "./component";

/** Certificates that are given instead of looked at, PEM, by kind; `tomcat-EC` for the EC one of a VOS node. */
export type GivenCertificates = Partial<Record<CertificateKind | "tomcat-EC", string>>;

export interface CertificateSources {
  contactCenter: ContactCenter;
  /** PEM, root first. */
  chain: readonly string[];
  /** By the owner's FQDN. */
  certificates?: Record<string, GivenCertificates>;
  /** SHA-256 by the owner's FQDN, of certificates that its ports may serve, beside what the connection approves. */
  approved?: Record<string, string[]>;
  additionalTrust?: readonly (AdditionalTrust & { address?: string; certificate?: string })[];
  probeFrom?: "here" | "host";
}

/** The first label of a name where no other server of the contact centre begins with it, else the whole name. */
export function shortNames(contactCenter: ContactCenter, more: readonly string[] = []): (fqdn: string) => string {
  const first = (fqdn: string) => fqdn.split(".")[0]!.toLowerCase();
  const all = [...new Set([...contactCenter.hosts, ...contactCenter.solution.nodes, ...contactCenter.others].map(({ fqdn }) => fqdn).concat(more).map((fqdn) => fqdn.toLowerCase()))];
  return (fqdn) => (all.filter((other) => first(other) === first(fqdn)).length > 1 ? slug(fqdn) : slug(first(fqdn)));
}

/** Everything that is wrong with what was given, one sentence each. */
export function sourceFailures({ contactCenter, certificates = {}, approved = {}, additionalTrust = [] }: CertificateSources): string[] {
  const { hosts, nodes, others } = contactCenter.solution;
  const known = [...hosts, ...nodes, ...others, ...additionalTrust].map(({ fqdn }) => fqdn.toLowerCase());
  const strangers = (what: string, names: string[]) => names.filter((fqdn) => !known.includes(fqdn.toLowerCase())).map((fqdn) => `${what}: the contact centre has no server ${fqdn}`);
  const given = Object.entries(certificates).flatMap(([fqdn, own]) => Object.entries(own).map(([kind, pem]) => ({ fqdn, kind, pem })));
  return [...strangers("certificates", Object.keys(certificates)), ...strangers("approved", Object.keys(approved)), ...given.flatMap(givenFailures)];
}

function givenFailures({ fqdn, kind, pem }: { fqdn: string; kind: string; pem: string }): string[] {
  try {
    const verdict = R16.decide({ fqdn, certificate: parseCertificate(pem) });
    return verdict.outcome === "violated" ? verdict.findings.map(({ found }) => `certificates["${fqdn}"].${kind}: R16 ${found}`) : [];
  } catch (error) {
    return [`certificates["${fqdn}"].${kind} is no certificate: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Looks at each certificate once, at its first use. */
export class ExchangeCertificates {
  private readonly looks = new Map<string, ServedCertificate | KeystoreCertificate>();
  private readonly short: (fqdn: string) => string;

  constructor(
    private readonly name: string,
    private readonly sources: CertificateSources,
    private readonly options: () => pulumi.CustomResourceOptions,
  ) {
    this.short = shortNames(sources.contactCenter, sources.additionalTrust?.map(({ fqdn }) => fqdn));
  }

  /** The certificate of a cell, PEM. */
  pem(cell: Cell): pulumi.Input<string> {
    const { from } = cell;
    if ("authority" in from) return this.sources.chain[from.authority]!;
    return this.given(cell) ?? this.look(cell).certificatePem;
  }

  /** Where it must still be served when it is imported (R115); undefined where nothing serves it, or what is given may be its authority. */
  presentedAt(cell: Cell): PresentedAt | undefined {
    const { from, owner, keyType, kind } = cell;
    if (!("port" in from) || from.port === undefined || (kind === "endpoint" && this.given(cell) !== undefined)) return undefined;
    const address = this.addressOf(owner.fqdn);
    return { fqdn: owner.fqdn, ...(address ? { address } : {}), port: from.port, ...(keyType === "EC" ? { keyType } : {}) };
  }

  private given({ owner, kind, keyType, from }: Cell): string | undefined {
    const same = (fqdn: string) => fqdn.toLowerCase() === owner.fqdn.toLowerCase();
    if (kind === "endpoint") return this.sources.additionalTrust?.find((one) => same(one.fqdn) && "port" in from && (one.port ?? 443) === from.port)?.certificate;
    const own = Object.entries(this.sources.certificates ?? {}).find(([fqdn]) => same(fqdn))?.[1];
    return own?.[(keyType === "EC" ? `${kind}-EC` : kind) as keyof GivenCertificates];
  }

  private look(cell: Cell): ServedCertificate | KeystoreCertificate {
    const { owner, from, kind, keyType } = cell;
    const what = "keystoreAlias" in from ? kind : kind === "endpoint" && "port" in from ? String(from.port) : kind;
    const childName = [this.name, this.short(owner.fqdn), slug(what), keyType === "EC" ? "ec" : ""].filter(Boolean).join("-");
    const made = this.looks.get(childName) ?? this.make(childName, cell);
    this.looks.set(childName, made);
    return made;
  }

  private make(childName: string, { owner, from, keyType, importer }: Cell): ServedCertificate | KeystoreCertificate {
    const { contactCenter, approved = {}, probeFrom } = this.sources;
    if ("keystoreAlias" in from) return new KeystoreCertificate(childName, { host: contactCenter.host(owner.fqdn), store: "CVP keystore", alias: from.keystoreAlias }, this.options());
    if (!("port" in from)) throw new Error(`${owner.fqdn}: nothing serves this certificate`);
    const address = this.addressOf(owner.fqdn);
    const server = { fqdn: owner.fqdn, ...(address ? { address } : {}), connection: this.connectionOf(owner.fqdn) };
    const fingerprints = Object.entries(approved).find(([fqdn]) => fqdn.toLowerCase() === owner.fqdn.toLowerCase())?.[1];
    const looker = probeFrom === "host" && importer.cluster === undefined ? contactCenter.host(importer.fqdn) : undefined;
    return new ServedCertificate(childName, { server, port: from.port, keyType: keyType === "EC" ? "EC" : undefined, approved: fingerprints, from: looker }, this.options());
  }

  private addressOf(fqdn: string): string | undefined {
    const { contactCenter, additionalTrust = [] } = this.sources;
    const all: { fqdn: string; address?: string }[] = [...contactCenter.hosts, ...contactCenter.clusters.flatMap(({ nodes }) => nodes), ...contactCenter.others, ...additionalTrust];
    return all.find((one) => one.fqdn.toLowerCase() === fqdn.toLowerCase())?.address;
  }

  private connectionOf(fqdn: string): string {
    const { contactCenter } = this.sources;
    return contactCenter.clusters.flatMap(({ nodes }) => nodes).find((node) => node.fqdn.toLowerCase() === fqdn.toLowerCase())?.connection ?? contactCenter.connection;
  }
}
