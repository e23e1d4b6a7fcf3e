// What the platform does with certificates: requests, uploads, deletions, with the platform's refusals. REST and CLI both come here.
import { request, selfSigned, type Hash } from "../pki/make";
import { describe, type Described } from "../pki/read";
import { type KeyShape, publicKeyOf } from "../keys";
import type { Distribution, PendingRequest, Stored } from "./certificate-store";
import type { VosNode } from "./node";
import { PURPOSES, type PurposeFacts } from "./purposes";
import { Refusal } from "./refusal";

export interface RequestQuestion {
  purpose: string;
  distribution: Distribution;
  commonName?: string;
  altNames?: string[];
  keyType?: "rsa" | "ec";
  keyLength?: number;
  hash?: Hash;
  /** Whether the subject names the organizational unit. Default true. */
  organizationalUnit?: boolean;
}

const YEARS_5 = 5 * 365;

/** The certificate side of one node. */
export class CertificateManager {
  constructor(private readonly node: VosNode) {}

  /** Every purpose of the product self-signed, with copies in the trust stores, as after an installation. */
  async install(): Promise<void> {
    await Promise.all(this.node.purposes.map((purpose) => this.selfSign(purpose)));
  }

  /** `set cert regen`: overwrites whatever is there, also a CA-signed certificate. */
  async regenerate(purpose: string): Promise<Described> {
    this.facts(purpose);
    return this.node.history.span({ node: this.node.fqdn, interface: "platform", action: `regenerate ${purpose}` }, () => this.selfSign(purpose));
  }

  /** Makes a CSR with a key pair of its own; it replaces the pending one of the same purpose. */
  async generateRequest(question: RequestQuestion): Promise<PendingRequest> {
    const facts = this.facts(question.purpose);
    if (question.distribution === "multi-server" && !facts.multiServer) throw new Refusal(`Multi-server distribution is not supported for ${question.purpose}`);
    const names = this.requestedNames(question, facts);
    if ([question.commonName ?? "", ...names].some((name) => name.includes("*"))) throw new Refusal("Wildcard certificates are not supported");
    const key = await this.node.keys.next(keyShape(question, facts));
    const subject = this.node.subject(question.commonName ?? this.defaultCommonName(question), question.organizationalUnit);
    const content = { subject, names, keyUsage: facts.keyUsage, extendedKeyUsage: facts.extendedKeyUsage };
    const pem = await request(key, content, question.hash ?? (facts.key.startsWith("ec") ? "SHA-384" : "SHA-256"));
    const holders = question.distribution === "multi-server" ? this.node.cluster.receivers(question.purpose) : [this.node];
    const nodes = holders.map((node) => node.fqdn);
    const pending: PendingRequest = { pem, key, publicKey: publicKeyOf(key).export({ type: "spki", format: "der" }), names, distribution: question.distribution, nodes };
    for (const node of holders) node.store.requests.set(question.purpose, pending);
    this.record(`generate CSR ${question.purpose}`, { nodes, distribution: question.distribution });
    return pending;
  }

  /** The names of the nodes that the identity certificate was sent to; it arrives there after the distribution lag. */
  uploadIdentity(purpose: string, pem: string): string[] {
    const facts = this.facts(purpose);
    const certificate = read(pem);
    const pending = this.node.store.requests.get(purpose);
    if (!pending) throw new Refusal(`File /usr/local/platform/.security/${purpose}/keys/${purpose}.csr does not exist`, 500);
    if ([certificate.commonName, ...certificate.names].some((name) => name.includes("*"))) throw new Refusal("Wildcard certificates are not supported");
    this.refuseDates(certificate);
    if (!certificate.publicKey.equals(pending.publicKey)) throw new Refusal("CSR public key and certificate public key do not match", this.node.switches.keyMismatchStatus);
    if (!sameNames(certificate.names, pending.names)) throw new Refusal("CSR SAN and Certificate SAN does not match");
    if (!this.leadsToTrust(certificate, facts.store)) throw new Refusal("CA certificate is not available in the trust-store");
    return this.putOn(purpose, certificate, pending);
  }

  /** Stores a CA certificate (or any other) in the trust store of a purpose, and sends it to the other nodes where the store is replicated. */
  uploadTrust(base: string, pem: string, description: string): Stored {
    const store = this.trustStore(base);
    const certificate = read(pem);
    this.refuseDates(certificate);
    if ((certificate.parsed.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) > 4096) throw new Refusal("Key size is greater than the maximum supported key size 4096");
    if (this.node.switches.intermediateNeedsIssuer && !this.leadsToTrust(certificate, store)) throw new Refusal("CA certificate is not available in the trust-store");
    const stored = this.node.store.trust(store, certificate, description);
    if (stored === "already there" && this.node.switches.duplicateTrust === "refused") throw new Refusal("Certificate already exists in the trust-store");
    this.record("store trust certificate", { store, commonName: certificate.commonName, serial: certificate.serial, stored });
    this.node.cluster.replicateTrust(this.node, store, certificate, description);
    return stored;
  }

  /** `set cert delete`: only trust entries; gone from the whole cluster where the store is replicated. */
  deleteTrust(store: string, fileName: string): void {
    if (!this.node.store.remove(store, fileName)) throw new Refusal(`Certificate ${store}/${fileName} does not exist`);
    this.record("delete trust certificate", { store, fileName });
    this.node.cluster.replicateDeletion(this.node, store, fileName);
  }

  /** `tomcat` or `tomcat-trust` → `tomcat-trust`; refuses what this node has no store for. */
  trustStore(base: string): string {
    const store = Object.hasOwn(PURPOSES, base) ? PURPOSES[base]!.store : base;
    const known = this.node.purposes.flatMap((purpose) => [PURPOSES[purpose]!.store, ...(PURPOSES[purpose]!.copies ?? [])]);
    if (!known.includes(store)) throw new Refusal(`Invalid service ${base}`);
    return store;
  }

  private facts(purpose: string): PurposeFacts {
    if (!this.node.purposes.includes(purpose)) throw new Refusal(`Invalid service ${purpose}`);
    return PURPOSES[purpose]!;
  }

  private requestedNames({ purpose, distribution, altNames = [] }: RequestQuestion, facts: PurposeFacts): string[] {
    const { cluster, switches, fqdn } = this.node;
    if (distribution === "this-server") return [...new Set([fqdn, ...altNames])];
    const nodes = cluster.nodesFor(purpose).map((node) => node.fqdn);
    const parent = switches.parentDomainInSan ? [cluster.domain] : [];
    const extra = switches.altNamesWithMultiServer ? altNames : [];
    return facts.multiServer ? [...new Set([...nodes, ...parent, ...extra])] : [fqdn];
  }

  private defaultCommonName({ distribution }: RequestQuestion): string {
    const [host, ...domain] = this.node.fqdn.split(".");
    return distribution === "multi-server" ? [`${host}-ms`, ...domain].join(".") : this.node.fqdn;
  }

  private putOn(purpose: string, certificate: Described, pending: PendingRequest): string[] {
    const { cluster, timing, faults } = this.node;
    const receivers = pending.distribution === "multi-server" ? cluster.receivers(purpose).filter((node) => pending.nodes.includes(node.fqdn)) : [this.node];
    const put = (node: VosNode) => {
      node.store.identities.set(purpose, { certificate, key: pending.key, distribution: pending.distribution });
      node.store.requests.delete(purpose);
      node.store.trust(PURPOSES[purpose]!.store, certificate, "Signed Certificate");
      node.record(`install ${purpose}`, { serial: certificate.serial, fingerprint: certificate.parsed.fingerprint256 });
    };
    put(this.node);
    for (const node of receivers) {
      const occasion = { node: node.fqdn, interface: "platform" as const, action: `install ${purpose}` };
      if (node !== this.node && !faults.strike("distribution skips node", occasion)) cluster.later(timing.distribution, () => put(node));
    }
    return receivers.map((node) => node.fqdn);
  }

  private async selfSign(purpose: string): Promise<Described> {
    const { node } = this;
    const facts = PURPOSES[purpose]!;
    const key = purpose.startsWith("tomcat") ? await node.keys.next(facts.key) : await node.keys.shared(facts.key);
    const hash: Hash = facts.key.startsWith("ec") ? "SHA-384" : "SHA-256";
    const name = ownName(purpose, node.fqdn);
    const content = { subject: node.subject(name), names: [node.fqdn], keyUsage: facts.keyUsage, extendedKeyUsage: facts.extendedKeyUsage };
    const certificate = describe(await selfSigned(key, content, { days: YEARS_5 }, hash));
    node.store.identities.set(purpose, { certificate, key, distribution: "this-server" });
    for (const store of [facts.store, ...(facts.copies ?? [])]) {
      node.store.trust(store, certificate, "Self-signed certificate generated by system");
      node.cluster.replicateTrust(node, store, certificate, "Trust Certificate");
    }
    return certificate;
  }

  private refuseDates({ notBefore, notAfter }: Described): void {
    const now = this.node.now();
    if (notAfter <= now) throw new Refusal("The certificate has expired");
    if (notBefore > now) throw new Refusal("The certificate is not yet valid");
  }

  private leadsToTrust({ parsed }: Described, store: string): boolean {
    if (parsed.subject === parsed.issuer) return true;
    return this.node.store.entries(store).some(({ certificate }) => parsed.checkIssued(certificate.parsed) && parsed.verify(certificate.parsed.publicKey));
  }

  private record(action: string, detail: Record<string, unknown>): void {
    this.node.record(action, detail);
  }
}

function read(pem: string): Described {
  try {
    return describe(pem);
  } catch {
    throw new Refusal("Error reading the certificate, the certificate is not in PEM format");
  }
}

function sameNames(left: string[], right: string[]): boolean {
  const normal = (names: string[]) => [...new Set(names.map((name) => name.toLowerCase()))].sort().join(" ");
  return normal(left) === normal(right);
}

function keyShape({ keyType, keyLength }: RequestQuestion, facts: PurposeFacts): KeyShape {
  const [ownType, ownLength] = facts.key.split("-");
  const type = keyType ?? ownType;
  const length = keyLength ?? (type === ownType ? Number(ownLength) : type === "ec" ? 384 : 2048);
  const allowed = type === "rsa" ? [2048, 3072, 4096] : [256, 384, 521];
  if (type !== ownType || !allowed.includes(length)) throw new Refusal(`Invalid key length ${length} for key type ${type}`);
  return `${type}-${length}` as KeyShape;
}

/** EC certificates carry `-EC` in the host part; CAPF and ITLRecovery have names of their own. */
function ownName(purpose: string, fqdn: string): string {
  const [host, ...domain] = fqdn.split(".");
  if (purpose === "CAPF") return `CAPF-${Buffer.from(fqdn).toString("hex").slice(0, 8)}`;
  if (purpose === "ITLRecovery") return `ITLRECOVERY_${fqdn}`;
  return purpose.endsWith("-ECDSA") ? [`${host}-EC`, ...domain].join(".") : fqdn;
}
