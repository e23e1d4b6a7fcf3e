// Certificates of a node below release 14, which has no REST: by CLI. Slower, and it cannot make every request; what it cannot say is refused before anything is typed.
import { PURPOSE_FACTS, type Purpose, type TrustStore } from "../../../domain/purposes";
import { completeQuestion, type Question } from "../../../domain/question";
import type { Snapshot, TrustEntry } from "../../../domain/readings";
import { type Certificate, parseCertificate } from "../../../domain/x509/certificate";
import { isLost, PlatformError } from "../../errors";
import { retry } from "../../transport/retry";
import { type Calling, type Certificates, foundDone, Way } from "./certificates";
import * as outputs from "./cli/outputs";
import { type PlatformCli, YES } from "./cli/platform-cli";
import { kindOf } from "./failures";
import { baseName, identityOf, trustEntriesOf } from "./translate";

/** Hexadecimal digits of a serial number that no two certificates of one name share; shorter ones are counted by hand, and begin anew. */
const RANDOM_SERIAL = 16;

export class CertificatesByCli implements Certificates {
  private readonly way: Way;
  /** Trust certificates that were read: a file whose name holds a random serial number never becomes another one. */
  private readonly files = new Map<string, TrustEntry>();

  constructor(
    private readonly cli: PlatformCli,
    private readonly calling: Calling,
    /** The node's clock. */
    private readonly clock: () => Promise<Date>,
  ) {
    this.way = new Way(calling, "certificates by CLI: its release has no certificate REST");
  }

  async snapshot(): Promise<Snapshot> {
    const identities = new Map<string, Certificate>();
    for (const unit of outputs.certificateUnits(await this.cli.read("show cert list own", "read certificates"))) {
      const certificate = await this.installed(unit);
      if (certificate) identities.set(unit, certificate);
    }
    const requests = new Map<string, string>();
    for (const unit of outputs.requestUnits(await this.cli.read("show csr list own", "read certificates"))) {
      const pem = await this.pendingRequest(unit);
      if (pem) requests.set(unit, pem);
    }
    return { identities, requests, trusts: await this.entries(await this.trustFiles("read certificates")), clock: await this.now() };
  }

  async trustEntries(store: TrustStore): Promise<TrustEntry[]> {
    return this.entries((await this.trustFiles(`read ${store}`)).filter((one) => one.store === store));
  }

  async identity(purpose: Purpose): Promise<{ certificate: Certificate; clock: Date } | undefined> {
    const certificate = await this.installed(purpose);
    return certificate && { certificate, clock: await this.now() };
  }

  async pendingRequest(purpose: string): Promise<string | undefined> {
    const action = `read the pending ${purpose} request`;
    const output = await this.cli.read(`show csr own ${purpose}`, action);
    return outputs.requestPem(output) ?? this.unlessMissing(output, action);
  }

  /** A lost answer is looked up: the request may have been made. */
  async generateRequest(question: Question, before?: { pending: string | undefined }): Promise<string> {
    const { purpose } = question;
    const action = `generate a ${purpose} CSR`;
    const beyond = unsayable(question, this.calling.fqdn);
    if (beyond.length > 0) throw this.failure("rejected", action, `the CLI cannot make a request with ${beyond.join(", ")}`);
    const { pending } = before ?? { pending: await this.pendingRequest(purpose) };
    this.way.take();
    let said: unknown;
    try {
      said = this.refusalOf(await this.cli.write({ line: `set csr gen ${purpose}`, action, replies: [YES] }), action);
    } catch (error) {
      if (!isLost(error)) throw error;
      said = error;
    }
    const after = await this.pendingRequest(purpose);
    if (after && after !== pending) return isLost(said) ? foundDone(this.calling, purpose, said, after) : after;
    throw said;
  }

  /** The leaf alone: its issuers must be in the trust store, and the CLI takes one certificate. Its text is not believed: what is installed decides. */
  async uploadIdentity(purpose: Purpose, pems: readonly string[]): Promise<string[]> {
    const action = `upload the ${purpose} certificate`;
    const [pem = ""] = pems;
    const output = await this.paste(`set cert import own ${purpose}`, action, pem);
    if (!outputs.imported(output) && (await this.installed(purpose))?.fingerprint !== fingerprintOf(pem)) throw this.refusalOf(output, action);
    return [outputs.wordsAfterPaste(output)];
  }

  /** The CLI takes no description. */
  async uploadTrust(store: TrustStore, pem: string): Promise<void> {
    const action = `upload a certificate to ${store}`;
    const output = await this.paste(`set cert import trust ${baseName(store)}`, action, pem);
    if (outputs.imported(output)) return;
    const refusal = this.refusalOf(output, action);
    if (refusal.kind === "conflict" || !(await this.trustEntries(store)).some(({ certificate }) => certificate.fingerprint === fingerprintOf(pem))) throw refusal;
  }

  private paste(line: string, action: string, pem: string): Promise<string> {
    this.way.take();
    return this.cli.write({ line, action, replies: [{ question: /Paste the Certificate and Hit Enter/i, answer: `${pem.trim()}\n`, anywhere: true }] });
  }

  private async installed(unit: string): Promise<Certificate | undefined> {
    const action = `read the ${unit} certificate`;
    const output = await this.cli.read(`show cert own ${unit}`, action);
    const pem = outputs.certificatePem(output);
    return pem ? identityOf(this.calling.fqdn, unit, pem) : this.unlessMissing(output, action);
  }

  private async trustFiles(action: string): Promise<outputs.TrustFile[]> {
    return outputs.trustFiles(await this.cli.read("show cert list trust", action));
  }

  /** One command for each that is not known yet; one that cannot be shown, or is gone meanwhile, must not hide the others. */
  private async entries(files: readonly outputs.TrustFile[]): Promise<TrustEntry[]> {
    const entries: TrustEntry[] = [];
    for (const { store, fileName } of files) {
      const path = `${store}/${fileName}`;
      const known = this.files.get(path);
      const pem = known ? undefined : outputs.certificatePem(await this.cli.read(`show cert trust ${path}`, `read ${store}`));
      const [entry] = known ? [known] : trustEntriesOf(store, pem ? [{ filename: fileName, certificate: pem }] : []);
      if (!entry) continue;
      const serial = entry.certificate.serialNumber.toLowerCase();
      if (serial.length >= RANDOM_SERIAL && fileName.toLowerCase().includes(serial)) this.files.set(path, entry);
      entries.push(entry);
    }
    return entries;
  }

  private now(): Promise<Date> {
    return retry(this.clock, { first: this.calling.times.retryFirst });
  }

  /** Nothing is there: undefined. @throws what else the platform says */
  private unlessMissing(output: string, action: string): undefined {
    const refusal = this.refusalOf(output, action);
    if (!/does not exist|not found/i.test(refusal.failed.answer)) throw refusal;
    return undefined;
  }

  private refusalOf(output: string, action: string): PlatformError {
    const words = outputs.wordsAfterPaste(output);
    return this.failure(kindOf(words) ?? (words ? "rejected" : "unknown"), action, words || "the CLI says nothing");
  }

  private failure(kind: PlatformError["kind"], action: string, answer: string): PlatformError {
    return new PlatformError(kind, { node: this.calling.fqdn, action, answer });
  }
}

/** What `set csr gen <unit>` has no word for: it asks for the node's own name and the usual key, on this node alone. */
function unsayable({ purpose, distribution, commonName, names, keyLength, hashAlgorithm }: Question, fqdn: string): string[] {
  if (distribution === "multi-server") return ["distribution multi-server"];
  const node = { fqdn, product: PURPOSE_FACTS[purpose].products[0]!, role: "publisher" } as const;
  const usual = completeQuestion({ purpose, distribution }, node, [node]);
  const others = names.filter((name) => name.toLowerCase() !== fqdn.toLowerCase());
  return [
    ...(others.length > 0 ? [`the names ${others.join(", ")}`] : []),
    ...(commonName.toLowerCase() === usual.commonName.toLowerCase() ? [] : [`the common name ${commonName}`]),
    ...(keyLength === usual.keyLength ? [] : [`a key of ${keyLength} bits`]),
    ...(hashAlgorithm === usual.hashAlgorithm ? [] : [`the hash ${hashAlgorithm}`]),
  ];
}

function fingerprintOf(pem: string): string | undefined {
  try {
    return parseCertificate(pem).fingerprint;
  } catch {
    return undefined;
  }
}
