// AD CS web enrolment as an authority.
import { readCertificates } from "../../../domain/x509/bundle";
import type { Certificate } from "../../../domain/x509/certificate";
import { PlatformError, sentence } from "../../errors";
import type { HttpsResponse } from "../../transport/https";
import { retry } from "../../transport/retry";
import type { AuthorityPlatform, Submission } from "../authority";
import type { CertsrvClient } from "./client";
import { type Answer, fetchAnswer, pageText, renewals, submissionAnswer } from "./pages";

export interface CertsrvParts {
  host: string;
  client: CertsrvClient;
  /** Runs a call under the rule of one failed log-in. */
  asEnroller<T>(work: () => Promise<T>): Promise<T>;
  /** Milliseconds before the first repetition. */
  retryFirst: number;
}

export class CertsrvDriver implements AuthorityPlatform {
  constructor(private readonly parts: CertsrvParts) {}

  get host(): string {
    return this.parts.host;
  }

  async submit(csrPem: string, template: string): Promise<Submission> {
    const { body } = await this.parts.asEnroller(() => this.parts.client.submit(csrPem, template));
    const answer = submissionAnswer(body);
    if (!answer) throw this.strange("submit the request", body);
    return answer.status === "issued" ? this.collect(answer.requestId) : plainAnswer(answer);
  }

  async fetch(requestId: string): Promise<Submission> {
    const action = `fetch the certificate of request ${requestId}`;
    const answer = await this.read(() => this.parts.client.certificate(requestId));
    if (isCertificate(answer)) return { status: "issued", requestId, certificate: this.certificate(action, answer.body) };
    const said = fetchAnswer(answer.body, requestId);
    if (said === "unknown") throw new PlatformError("notFound", { node: this.host, action, answer: "the authority knows no such request" });
    if (!said) throw this.strange(action, answer.body);
    return plainAnswer(said);
  }

  /** The newest renewal's chain. */
  async chain(): Promise<Certificate[]> {
    const { body } = await this.read(() => this.parts.client.authorityPage());
    const answer = await this.read(() => this.parts.client.chain(renewals(body)));
    try {
      return readCertificates(answer.body);
    } catch {
      throw this.strange("fetch the authority's chain", answer.body);
    }
  }

  /** What was issued and cannot be fetched now keeps its id, so that nobody submits the request again (R30). */
  private async collect(requestId: string): Promise<Submission> {
    try {
      return await this.fetch(requestId);
    } catch (error) {
      return { status: "pending", requestId, message: `it was issued and could not be fetched yet (${sentence(error)})` };
    }
  }

  private certificate(action: string, body: string): Certificate {
    try {
      return issuedOf(body);
    } catch (error) {
      throw new PlatformError("unknown", { node: this.host, action, answer: `what came is no certificate that can be read (${sentence(error)})`, cause: error });
    }
  }

  private read<T>(work: () => Promise<T>): Promise<T> {
    return retry(() => this.parts.asEnroller(work), { first: this.parts.retryFirst });
  }

  private strange(action: string, html: string): PlatformError {
    return new PlatformError("unknown", { node: this.host, action, answer: `the page is none that is known: "${pageText(html)}"` });
  }
}

/** Some servers give a PKCS#7 with the issuers beside it. @throws where it is not clear which one was issued */
function issuedOf(body: string): Certificate {
  const found = readCertificates(body);
  const issued = found.length === 1 ? found : found.filter(({ isAuthority }) => !isAuthority);
  if (issued.length !== 1) throw new Error(`it holds ${issued.length} certificates that belong to no authority`);
  return issued[0]!;
}

function isCertificate({ headers, body }: HttpsResponse): boolean {
  return /pkix-cert/i.test(headers["content-type"] ?? "") || /-----BEGIN (CERTIFICATE|PKCS ?#?7)-----/.test(body);
}

function plainAnswer({ status, requestId, message }: Answer): Submission {
  return status === "denied" ? { status, requestId, message } : { status: "pending", requestId, message };
}
