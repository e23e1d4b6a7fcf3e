// What the platform does with certificates: requests, uploads, deletions, with the platform's refusals. REST and CLI both come here.
import { createHash } from "node:crypto";
import { request, selfSigned } from "../pki/make";
import { describe, type Described } from "../pki/read";
import { publicKeyOf } from "../keys";
import { isRoot, type PendingRequest, type Stored } from "./certificate-store";
import type { VosNode } from "./node";
import { callManagerOf, PHONE_SAST, PHONE_SAST_UNIT, PURPOSES, type PurposeFacts } from "./purposes";
import { Refusal } from "./refusal";
import { OF_OTHER_NODE } from "./replication";
import { hashOf, keyShape, refuseNames, refuseWildcards, type RequestQuestion } from "./request-rules";

const YEARS_5 = 5 * 365;

interface SelfSigned {
  purpose: string;
  key: string;
  certificate: Described;
}

/** The certificate side of one node. */
export class CertificateManager {
  constructor(private readonly node: VosNode) {}

  /** Every purpose of the product self-signed, with copies in the trust stores, as after an installation at that date. */
  async install(at: Date): Promise<void> {
    const made = await Promise.all(this.node.purposes.map((purpose) => this.selfSign(purpose, at)));
    for (const one of made) this.keep(one);
  }

  /** `set cert regen`: overwrites whatever is there, also a CA-signed certificate. */
  async regenerate(purpose: string): Promise<Described> {
    this.requirePurpose(purpose);
    return this.node.history.span({ node: this.node.fqdn, interface: "platform", action: `regenerate ${purpose}` }, async () => {
      const made = await this.selfSign(purpose, this.node.now());
      this.keep(made);
      this.node.cluster.trustFiles.changed();
      this.node.cluster.phones.certificateChanged(purpose);
      return made.certificate;
    });
  }

  /** Makes a CSR with a key pair of its own; it replaces the pending one of the same purpose. */
  async generateRequest(question: RequestQuestion): Promise<PendingRequest> {
    const facts = this.requirePurpose(question.purpose);
    if (question.distribution === "multi-server" && !facts.multiServer) throw new Refusal(`Multi-server distribution is not supported for ${question.purpose}`);
    refuseNames(question);
    const hash = hashOf(question, facts);
    const names = this.requestedNames(question, facts);
    const key = await this.node.keys.next(keyShape(question, facts));
    const subject = this.node.subject(question.commonName ?? this.defaultCommonName(question), question.organizationalUnit);
    const content = { subject, names, keyUsage: facts.keyUsage, extendedKeyUsage: facts.extendedKeyUsage };
    const pem = await request(key, content, hash);
    const holders = question.distribution === "multi-server" ? this.reached(question.purpose).filter(({ fqdn }) => names.includes(fqdn)) : [this.node];
    const nodes = holders.map((node) => node.fqdn);
    const pending: PendingRequest = { pem, key, publicKey: publicKeyOf(key).export({ type: "spki", format: "der" }), names, distribution: question.distribution, nodes };
    for (const node of holders) node.store.requests.set(question.purpose, pending);
    this.node.record(`generate CSR ${question.purpose}`, { nodes, distribution: question.distribution });
    return pending;
  }

  /**
   * @param chain CA certificates that come with it, the nearest first; the switch `identityUploadTakesChain` says what becomes of them.
   * @returns the names of the nodes that it was sent to; it arrives there after the distribution lag.
   */
  uploadIdentity(purpose: string, pem: string, chain: string[] = []): string[] {
    const facts = this.requirePurpose(purpose);
    const certificate = read(pem);
    const pending = this.node.store.requests.get(purpose);
    if (!pending) throw new Refusal(`File /usr/local/platform/.security/${purpose}/keys/${purpose}.csr does not exist`, 500);
    this.refuseContent(certificate);
    if (!certificate.publicKey.equals(pending.publicKey)) throw new Refusal("CSR public key and certificate public key do not match", this.node.switches.keyMismatchStatus);
    if (!sameNames(certificate.names, pending.names)) throw new Refusal("CSR SAN and Certificate SAN does not match");
    if (this.node.switches.identityUploadTakesChain) for (const issuer of chain.map(read).reverse()) this.takeIssuer(facts.store, issuer);
    if (!this.leadsToTrust(certificate, facts.store)) throw new Refusal("CA certificate is not available in the trust-store");
    return this.putOn(purpose, certificate, pending);
  }

  /** What REST and the command line do: stores a CA certificate (or any other) in the trust store of a purpose. */
  uploadTrust(base: string, pem: string, description: string): Stored {
    return this.takeTrust(this.storeForUpload(base), pem, description);
  }

  /** The store into which REST and the command line take a certificate for this name; refuses what they take none for. */
  storeForUpload(base: string): string {
    const store = this.trustStore(base);
    // platform-interfaces.md names Phone-SAST-trust for the page; whether REST or CLI take it is not known.
    if (store === PHONE_SAST && this.node.switches.phoneSastUpload === "page only") throw new Refusal(`Invalid service ${base}`);
    return store;
  }

  /** What the page does: stores a certificate, and sends it to the other nodes where the store is replicated. */
  takeTrust(store: string, pem: string, description: string): Stored {
    const certificate = read(pem);
    this.refuseContent(certificate);
    if ((certificate.parsed.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) > 4096) throw new Refusal("Key size is greater than the maximum supported key size 4096");
    if (certificate.parsed.ca && this.node.switches.intermediateNeedsIssuer && !this.leadsToTrust(certificate, store)) throw new Refusal("CA certificate is not available in the trust-store");
    const stored = this.node.store.trust(store, certificate, description);
    if (stored === "already there" && this.node.switches.duplicateTrust === "refused") throw new Refusal("Certificate already exists in the trust-store");
    this.node.record("store trust certificate", { store, commonName: certificate.commonName, serial: certificate.serial, stored });
    if (stored !== "older than what is there") this.node.cluster.replication.trust(this.node, store, certificate, description);
    return stored;
  }

  /** `set cert delete`: only trust entries; gone from the whole cluster where the store is replicated. */
  deleteTrust(store: string, fileName: string): void {
    if (!this.node.store.remove(store, fileName)) throw new Refusal(`Certificate ${store}/${fileName} does not exist`);
    this.node.record("delete trust certificate", { store, fileName });
    this.node.cluster.replication.deletion(this.node, store, fileName);
  }

  /** See VosCluster.reuse. */
  reuse(tomcat: string, callManager: string): void {
    const identity = this.node.store.identities.get(tomcat);
    if (identity?.distribution !== "multi-server") throw new Refusal(`Certificate reuse needs a multi-server ${tomcat} certificate`);
    this.node.store.identities.set(callManager, identity);
    this.node.record(`reuse ${tomcat}`, { purpose: callManager });
  }

  /** `tomcat` or `tomcat-trust` → `tomcat-trust`; refuses what this node has no store for. */
  trustStore(base: string): string {
    const store = Object.hasOwn(PURPOSES, base) ? PURPOSES[base]!.store : base === PHONE_SAST_UNIT ? PHONE_SAST : base;
    if (!this.node.hasStore(store)) throw new Refusal(`Invalid service ${base}`);
    return store;
  }

  /** Refuses a purpose that this node does not have. */
  requirePurpose(purpose: string): PurposeFacts {
    if (!this.node.purposes.includes(purpose)) throw new Refusal(`Invalid service ${purpose}`);
    return PURPOSES[purpose]!;
  }

  private requestedNames({ purpose, distribution, altNames = [], withoutNodes = [] }: RequestQuestion, facts: PurposeFacts): string[] {
    const { cluster, switches, fqdn } = this.node;
    if (distribution === "this-server") return [...new Set([fqdn, ...altNames])];
    const nodes = cluster.nodesFor(purpose).map((node) => node.fqdn).filter((name) => !withoutNodes.includes(name));
    const parent = switches.parentDomainInSan ? [cluster.domain] : [];
    const extra = switches.altNamesWithMultiServer ? altNames : [];
    return facts.multiServer ? [...new Set([...nodes, ...parent, ...extra])] : [fqdn];
  }

  private defaultCommonName({ distribution }: RequestQuestion): string {
    const [host, ...domain] = this.node.fqdn.split(".");
    return distribution === "multi-server" ? [`${host}-ms`, ...domain].join(".") : this.node.fqdn;
  }

  private takeIssuer(store: string, issuer: Described): void {
    this.refuseContent(issuer);
    if (this.node.store.trust(store, issuer, OF_OTHER_NODE) === "already there") return;
    this.node.cluster.replication.trust(this.node, store, issuer, OF_OTHER_NODE);
  }

  /** The nodes that a distribution from here reaches now; this one always. */
  private reached(purpose: string): VosNode[] {
    return this.node.cluster.nodesFor(purpose).filter((node) => node === this.node || node.receives);
  }

  private putOn(purpose: string, certificate: Described, pending: PendingRequest): string[] {
    const { cluster, timing, faults } = this.node;
    const { store, copies } = PURPOSES[purpose]!;
    const chain = this.node.store.issuers(store, certificate);
    const put = (node: VosNode) => {
      node.store.identities.set(purpose, { certificate, key: pending.key, distribution: pending.distribution });
      node.store.requests.delete(purpose);
      if (purpose.startsWith("tomcat") && cluster.reused.has(callManagerOf(purpose)) && node.product === "CUCM") node.certificates.reuse(purpose, callManagerOf(purpose));
      for (const issuer of chain) node.store.trust(store, issuer, OF_OTHER_NODE);
      for (const copy of copies) node.store.trust(copy, certificate, "Signed Certificate", true);
      node.record(`install ${purpose}`, { serial: certificate.serial, fingerprint: certificate.parsed.fingerprint256 });
      cluster.trustFiles.changed();
    };
    const holds = (node: VosNode) => node.store.requests.get(purpose) === pending;
    const receivers = pending.distribution === "multi-server" ? this.reached(purpose).filter(holds) : [this.node];
    put(this.node);
    const { reused } = cluster;
    cluster.phones.certificateChanged(purpose.startsWith("tomcat") && reused.has(callManagerOf(purpose)) ? callManagerOf(purpose) : purpose);
    this.replicateCopies(purpose, certificate);
    for (const node of receivers.filter((one) => one !== this.node)) {
      const occasion = { node: node.fqdn, interface: "platform" as const, action: `install ${purpose}` };
      if (!faults.strike("distribution skips node", occasion)) cluster.replication.later(timing.distribution + faults.delay("distribution lags", occasion), () => node.receives && holds(node) && put(node));
    }
    return receivers.map((node) => node.fqdn);
  }

  /** The own certificate also reaches the trust stores of the other nodes, where they are replicated. */
  private replicateCopies(purpose: string, certificate: Described): void {
    for (const store of PURPOSES[purpose]!.copies) this.node.cluster.replication.trust(this.node, store, certificate, OF_OTHER_NODE, true);
  }

  private async selfSign(purpose: string, notBefore: Date): Promise<SelfSigned> {
    const { node } = this;
    const facts = PURPOSES[purpose]!;
    const ownKey = purpose.startsWith("tomcat") || purpose === node.facts.trustListSigner;
    const key = ownKey ? await node.keys.next(facts.key) : await node.keys.shared(facts.key);
    const name = node.description.certificateName ?? node.fqdn;
    const content = { subject: node.subject(ownName(purpose, name)), names: [name], keyUsage: facts.keyUsage, extendedKeyUsage: facts.extendedKeyUsage };
    const pem = await selfSigned(key, content, { notBefore, days: YEARS_5 }, facts.key.startsWith("ec") ? "SHA-384" : "SHA-256");
    return { purpose, key, certificate: describe(pem) };
  }

  private keep({ purpose, key, certificate }: SelfSigned): void {
    const { node } = this;
    const { copies, sentTo } = PURPOSES[purpose]!;
    node.store.identities.set(purpose, { certificate, key, distribution: "this-server" });
    for (const copy of copies) node.store.trust(copy, certificate, "Self-signed certificate generated by system", true);
    this.replicateCopies(purpose, certificate);
    const sends = sentTo && (!sentTo.publisherOnly || node === node.cluster.publisher);
    if (sends) node.cluster.replication.send(node, sentTo.store, (other) => other.store.trust(sentTo.store, certificate, OF_OTHER_NODE, true));
  }

  private refuseContent({ commonName, names, notBefore, notAfter }: Described): void {
    refuseWildcards([commonName, ...names]);
    const now = this.node.now();
    if (notAfter <= now) throw new Refusal("The certificate has expired");
    if (notBefore > now) throw new Refusal("The certificate is not yet valid");
  }

  /** Up to a root: an intermediate alone is not enough. */
  private leadsToTrust(certificate: Described, store: string): boolean {
    return isRoot([certificate, ...this.node.store.issuers(store, certificate)].at(-1)!);
  }
}

/** One certificate: the platform splits no chain on these ways. */
function read(pem: string): Described {
  if (pem.split("-----BEGIN ").length > 2) throw new Refusal("Error reading the certificate, more than one certificate was given");
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

/** EC certificates carry `-EC` in the host part; CAPF and ITLRecovery have names of their own. */
function ownName(purpose: string, fqdn: string): string {
  const [host, ...domain] = fqdn.split(".");
  if (purpose === "CAPF") return `CAPF-${createHash("sha256").update(fqdn).digest("hex").slice(0, 8)}`;
  if (purpose === "ITLRecovery") return `ITLRECOVERY_${fqdn}`;
  return purpose.endsWith("-ECDSA") ? [`${host}-EC`, ...domain].join(".") : fqdn;
}
