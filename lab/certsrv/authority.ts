import type { AuthorityDescription } from "../estate";
import type { Lab } from "../lab";
import { type Content, digitalSignature, EKU, issue, type KeyAndCertificate, keyEncipherment, type Validity } from "../pki/make";
import { type Described, describe, type DescribedRequest, describeRequest } from "../pki/read";
import { publicKeyOf } from "../keys";
import { Account, inventCredential } from "../vos/accounts";
import { readAttributes, type RequestAttributes } from "./attributes";
import { Hierarchy } from "./hierarchy";
import { DENIALS, draftOf, misbehave, refusalOf } from "./policy";
import { type Template, templatesOf } from "./templates";

/** Request ids count from here. */
const FIRST_ID = 32;

/** One request as the authority's database keeps it. */
export interface EnrolmentRequest {
  readonly id: number;
  state: "pending" | "issued" | "denied";
  /** Machine name, as it was asked for. */
  readonly template: string;
  /** `EXAMPLE\enroll`. */
  readonly requester: string;
  readonly submitted: Date;
  decided?: Date;
  /** What AD CS says of it, e.g. `Taken Under Submission`. */
  disposition: string;
  /** Undefined when the text was no request. */
  readonly request?: DescribedRequest;
  readonly attributes: RequestAttributes;
  certificate?: Described;
  /** From the issuing authority up to the root, PEM, as it was when the certificate was issued. */
  chain?: string[];
}

/** What an authority remembers. */
export interface AuthorityState {
  readonly hierarchy: Hierarchy;
  readonly requests: readonly EnrolmentRequest[];
}

/** What a certificate "from anywhere" may have that the request does not say. */
export type Overrides = Partial<Content> & Validity & { template?: string; publicKey?: Buffer };

/** An AD CS enterprise CA with its hierarchy, templates and requests. Its web pages are in the files beside this one. */
export class Authority {
  readonly account: Account;
  readonly templates: Map<string, Template>;
  /** NetBIOS name of the account's domain. */
  readonly domain: string;
  hierarchy!: Hierarchy;
  /** What the web server identifies itself with. */
  served!: KeyAndCertificate;
  ports = { https443: 0 };
  private readonly list: EnrolmentRequest[] = [];
  /** Ids that are being signed now; nobody else may decide on them. */
  private readonly signing = new Set<number>();

  constructor(
    private readonly lab: Lab,
    readonly description: AuthorityDescription,
    private readonly ordinal: number,
  ) {
    this.account = new Account(inventCredential("enroll"), lab.history, () => description.fqdn, false);
    this.templates = templatesOf(description.templates);
    this.domain = description.domain ?? this.dnsDomain.split(".")[0]!.toUpperCase();
  }

  get name(): string {
    return this.description.name;
  }

  get fqdn(): string {
    return this.description.fqdn;
  }

  /** `example.com` of `ca.example.com`. */
  get dnsDomain(): string {
    return this.fqdn.split(".").slice(1).join(".");
  }

  get history() {
    return this.lab.history;
  }

  get faults() {
    return this.lab.faults;
  }

  get timing() {
    return this.lab.timing;
  }

  get switches() {
    return this.lab.switches;
  }

  get waits() {
    return this.lab.waits;
  }

  get keys() {
    return this.lab.keys;
  }

  get credential() {
    return { ...this.account.credential, domain: this.domain };
  }

  /** Where it listens, by address; the certificate is for `fqdn`. */
  get url(): string {
    return `https://127.0.0.1:${this.ports.https443}/certsrv/`;
  }

  /** Every certificate of the root, PEM, the oldest first. */
  get roots(): string[] {
    return this.hierarchy.roots;
  }

  /** All requests, oldest first. */
  get requests(): readonly EnrolmentRequest[] {
    return this.list;
  }

  /** Whether every port refuses. */
  get down(): boolean {
    return this.faults.holds("node down", { node: this.fqdn, interface: "platform", action: "" });
  }

  /** Makes the hierarchy and the web server's own certificate. */
  async install(): Promise<void> {
    const organization = this.dnsDomain.replace(/\..*/, "").replace(/^./, (letter) => letter.toUpperCase());
    this.hierarchy = await Hierarchy.make({ organization, domain: this.dnsDomain, ordinal: this.ordinal, intermediates: this.description.intermediates ?? 1 }, this.keys);
    const key = await this.keys.next("rsa-2048");
    const content = { subject: `CN=${this.fqdn}`, names: [this.fqdn], keyUsage: digitalSignature | keyEncipherment, extendedKeyUsage: [EKU.serverAuth] };
    this.served = { key, certificate: await issue(publicKeyOf(key).export({ type: "spki", format: "der" }), content, this.hierarchy.issuer) };
  }

  /** A hierarchy of which nobody knows. */
  private stranger(): Promise<Hierarchy> {
    return Hierarchy.make({ organization: "Stranger", domain: "stranger.example", ordinal: 99, intermediates: 1 }, this.keys);
  }

  find(id: number): EnrolmentRequest | undefined {
    return this.list.find((request) => request.id === id);
  }

  /** A request comes in: it gets an id and is issued, held or denied at once. */
  async submit(pem: string, attributeText: string, requester: string): Promise<EnrolmentRequest> {
    const request = await describeRequest(pem).catch(() => undefined);
    const attributes = readAttributes(attributeText, this.description.editFlags ?? []);
    const entry: EnrolmentRequest = {
      id: FIRST_ID + this.list.length,
      state: "pending",
      template: attributes.template ?? "",
      requester,
      submitted: new Date(),
      disposition: "Taken Under Submission",
      request,
      attributes,
    };
    this.list.push(entry);
    this.record(`receive request ${entry.id}`, entry);
    const refusal = refusalOf(request, attributes, this.templates) ?? (this.description.decision === "deny" ? DENIALS.policy : undefined);
    if (refusal) return this.conclude(entry, "denied", refusal);
    return this.description.decision === "hold" ? entry : this.certify(entry, "Issued");
  }

  /** A person issues a pending request. */
  async issue(id: number, by = "administrator"): Promise<EnrolmentRequest> {
    const entry = this.pending(id);
    this.signing.add(id);
    return this.certify(entry, `Resubmitted by ${this.domain}\\${by}`).finally(() => this.signing.delete(id));
  }

  /** A person denies a pending request. */
  deny(id: number, text = `Denied by ${this.domain}\\administrator`): EnrolmentRequest {
    return this.conclude(this.pending(id), "denied", text);
  }

  /** A certificate for a CSR without a request in the database, for tests that need one "from anywhere"; faults do not strike it. */
  async issueCertificate(csr: string, { template = "WebServerClient", publicKey, notBefore, notAfter, days, ...content }: Overrides = {}): Promise<string> {
    const found = this.templates.get(template.toLowerCase());
    if (!found) throw new Error(`the authority "${this.name}" has no template "${template}"`);
    const draft = draftOf(this, await describeRequest(csr), found);
    const validity = days === undefined ? { ...draft.validity } : { notBefore: draft.validity.notBefore, days };
    return issue(publicKey ?? draft.publicKey, { ...draft.content, ...content }, this.hierarchy.issuer, { ...validity, ...(notBefore && { notBefore }), ...(notAfter && { notAfter }) });
  }

  /** A CA certificate is renewed with the same key. */
  async renew(which: "root" | "issuing"): Promise<Described> {
    const certificate = await this.hierarchy.renew(which);
    this.history.record({ node: this.fqdn, interface: "platform", action: `renew ${which} certificate`, detail: { serial: certificate.serial } });
    return certificate;
  }

  /** Hierarchy and requests as they are now. @throws while one is being signed */
  get state(): AuthorityState {
    if (this.signing.size > 0) throw new Error(`the authority "${this.name}" is signing`);
    return { hierarchy: this.hierarchy.copy(), requests: this.list.map((request) => ({ ...request })) };
  }

  /** Its web server keeps its own certificate. */
  restore({ hierarchy, requests }: AuthorityState): void {
    this.hierarchy = hierarchy.copy();
    this.list.splice(0, this.list.length, ...requests.map((request) => ({ ...request })));
  }

  private pending(id: number): EnrolmentRequest {
    const entry = this.find(id);
    if (!entry) throw new Error(`the authority "${this.name}" has no request ${id}`);
    if (entry.state !== "pending" || this.signing.has(id)) throw new Error(`request ${id} is not pending any more: it is ${entry.state === "pending" ? "being issued" : entry.state}`);
    return entry;
  }

  private async certify(entry: EnrolmentRequest, disposition: string): Promise<EnrolmentRequest> {
    const template = this.templates.get(entry.template.toLowerCase())!;
    const action = `issue request ${entry.id} (${entry.template}) ${entry.request!.subject}`;
    const { publicKey, content, validity } = await misbehave(this, draftOf(this, entry.request!, template, entry.attributes), action);
    const other = this.faults.strike("issues by another authority", { node: this.fqdn, interface: "certsrv", action });
    const hierarchy = other ? await this.stranger() : this.hierarchy;
    entry.chain = hierarchy.chain();
    entry.certificate = describe(await issue(publicKey, content, hierarchy.issuer, validity));
    return this.conclude(entry, "issued", disposition);
  }

  private conclude(entry: EnrolmentRequest, state: "issued" | "denied", disposition: string): EnrolmentRequest {
    Object.assign(entry, { state, disposition, decided: new Date() });
    this.record(`${state === "issued" ? "issue" : "deny"} request ${entry.id}`, entry);
    return entry;
  }

  private record(action: string, { template, requester, request, disposition, certificate }: EnrolmentRequest): void {
    const detail = { template, requester, disposition, subject: request?.subject, names: certificate?.names ?? request?.names, serial: certificate?.serial };
    this.history.record({ node: this.fqdn, interface: "platform", action, detail });
  }
}
