// Certificates of a node of release 14 and later: by REST.
import type { Purpose, TrustStore } from "../../../domain/purposes";
import type { Question } from "../../../domain/question";
import type { Snapshot, TrustEntry } from "../../../domain/readings";
import type { Certificate } from "../../../domain/x509/certificate";
import { isLost, PlatformError } from "../../errors";
import { retry } from "../../transport/retry";
import { Turns } from "../../transport/turns";
import type { CertificateRest } from "./certificate-rest";
import { type Calling, type Certificates, foundDone, Way } from "./certificates";
import { understood } from "./failures";
import { baseName, csrRequestOf, identityOf, snapshotOf, trustEntriesOf } from "./translate";

/** Snapshots at once in this process: each holds every certificate of a node, and what forty of them need together is never given back. */
const SNAPSHOTS = new Turns(6);

export class CertificatesByRest implements Certificates {
  private readonly way: Way;

  constructor(
    private readonly rest: CertificateRest,
    private readonly calling: Calling,
    /** The node's names that a multi-server request covers by itself. */
    private readonly covered: readonly string[],
  ) {
    this.way = new Way(calling, "certificates by REST");
  }

  async snapshot(): Promise<Snapshot> {
    const { fqdn } = this.calling;
    const look = async () => {
      const answer = await this.rest.snapshot();
      return understood(fqdn, "read certificates", () => snapshotOf(fqdn, answer));
    };
    return this.read(() => SNAPSHOTS.with(look));
  }

  /** Phone-SAST-trust belongs to no service, by which this call asks; a snapshot holds every store. */
  async trustEntries(store: TrustStore): Promise<TrustEntry[]> {
    if (store === "Phone-SAST-trust") return (await this.snapshot()).trusts.filter((entry) => entry.store === store);
    const { body } = await this.read(() => this.rest.trust(baseName(store)));
    return understood(this.calling.fqdn, `read ${store}`, () => trustEntriesOf(store, body));
  }

  async identity(purpose: Purpose): Promise<{ certificate: Certificate; clock: Date } | undefined> {
    const answer = await unlessMissing(this.read(() => this.rest.identity(purpose)));
    const certificate = answer?.body.certificate && identityOf(this.calling.fqdn, purpose, answer.body.certificate);
    return certificate ? { certificate, clock: answer.date } : undefined;
  }

  async pendingRequest(purpose: Purpose): Promise<string | undefined> {
    return (await unlessMissing(this.read(() => this.rest.csr(purpose))))?.body.csr || undefined;
  }

  /** A lost answer is looked up: the request may have been made. */
  async generateRequest(question: Question, before?: { pending: string | undefined }): Promise<string> {
    const { pending } = before ?? { pending: await this.pendingRequest(question.purpose) };
    this.way.take();
    try {
      const { csr } = (await this.calling.asOs(() => this.rest.generateCsr(csrRequestOf(question, this.covered)))).body;
      if (csr) return csr;
      throw new PlatformError("unknown", { node: this.calling.fqdn, action: `generate a ${question.purpose} CSR`, answer: "the answer holds no CSR" });
    } catch (error) {
      const after = isLost(error) ? await this.pendingRequest(question.purpose) : undefined;
      if (after && after !== pending) return foundDone(this.calling, question.purpose, error, after);
      throw error;
    }
  }

  async uploadIdentity(purpose: Purpose, pems: readonly string[]): Promise<string[]> {
    this.way.take();
    return (await this.calling.asOs(() => this.rest.uploadIdentity(purpose, pems))).body.messages ?? [];
  }

  async uploadTrust(store: TrustStore, pem: string, description: string): Promise<void> {
    this.way.take();
    await this.calling.asOs(() => this.rest.uploadTrust(baseName(store), [pem], description));
  }

  private read<T>(work: () => Promise<T>): Promise<T> {
    return retry(() => this.calling.asOs(work), { first: this.calling.times.retryFirst });
  }
}

/** Missing is a value; everything else is an error. */
async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof PlatformError && error.kind === "notFound") return undefined;
    throw error;
  }
}
