// The pages of AD CS web enrolment, one method per page, and the log-in that IIS asks for. Takes no decisions about certificates.
// NTLM messages come from axios-ntlm, which brings its own MD4 (Node's OpenSSL has none) and is maintained.
import { createType1Message, createType3Message, decodeType2Message } from "axios-ntlm/lib/ntlm";
import { PlatformError } from "../../errors";
import type { HttpsClient, HttpsRequest, HttpsResponse } from "../../transport/https";
import { retry } from "../../transport/retry";
import { pageText } from "./pages";

export interface CertsrvCredential {
  username: string;
  password: string;
  domain?: string;
}

/** The content type of an answer depends on the user agent; clients that get certificates say that they are a browser. */
const USER_AGENT = "Mozilla/5.0 (compatible; pulumi-uccerts)";

export class CertsrvClient {
  private scheme: "Basic" | "NTLM" | undefined;
  /** One after the other: the messages of two NTLM log-ins on one connection must not mix. */
  private queue: Promise<unknown> = Promise.resolve();

  /** `https` must keep one single connection, because NTLM logs in a connection, not a request. */
  constructor(
    private readonly https: HttpsClient,
    private readonly credential: () => CertsrvCredential,
    /** Milliseconds before the first repetition of what only prepares a log-in. */
    private readonly retryFirst: number,
  ) {}

  submit(csrPem: string, template: string): Promise<HttpsResponse> {
    const form = new URLSearchParams({ Mode: "newreq", CertRequest: csrPem, CertAttrib: `CertificateTemplate:${template}\r\n`, FriendlyType: "Saved-Request Certificate", TargetStoreFlags: "0", SaveCert: "yes" });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.send({ method: "POST", path: "/certsrv/certfnsh.asp", action: "submit the request", headers, body: form.toString() });
  }

  certificate(requestId: string): Promise<HttpsResponse> {
    return this.send({ method: "GET", path: `/certsrv/certnew.cer?ReqID=${encodeURIComponent(requestId)}&Enc=b64`, action: `fetch the certificate of request ${requestId}` });
  }

  authorityPage(): Promise<HttpsResponse> {
    return this.send({ method: "GET", path: "/certsrv/certcarc.asp", action: "read the authority's renewals" });
  }

  /** PKCS#7 in base-64. */
  chain(renewal: number): Promise<HttpsResponse> {
    return this.send({ method: "GET", path: `/certsrv/certnew.p7b?ReqID=CACert&Renewal=${renewal}&Enc=b64`, action: "fetch the authority's chain" });
  }

  private send(request: HttpsRequest): Promise<HttpsResponse> {
    const turn = this.queue.then(() => this.sendNow(request));
    this.queue = turn.catch(() => {});
    return turn;
  }

  private async sendNow(request: HttpsRequest): Promise<HttpsResponse> {
    const asked = { ...request, headers: { "user-agent": USER_AGENT, ...request.headers } };
    // A form is not sent before the log-in scheme is known: the first answer would be a 401 in any case.
    this.scheme ??= await this.prepare(request, async () => this.choose(request.action, await this.https.send({ ...asked, method: "GET", path: "/certsrv/", headers: { "user-agent": USER_AGENT }, body: undefined })));
    const answer = this.scheme === "Basic" ? await this.https.send({ ...asked, auth: this.basic() }) : await this.ntlm(asked);
    if (answer.status === 401 || answer.status === 403) throw this.refused(answer.status, request.action);
    if (answer.status >= 400) throw this.failed(request.action, answer);
    return answer;
  }

  private failed(action: string, { status, body }: HttpsResponse): PlatformError {
    const kind = [502, 503, 504].includes(status) ? "busy" : status === 404 ? "notFound" : "unknown";
    const remedy = status === 404 ? "Web enrolment is not installed on this server, or not below /certsrv/" : undefined;
    return new PlatformError(kind, { node: this.host, action, answer: `HTTP ${status} ${pageText(body)}`.trim(), remedy });
  }

  private get host(): string {
    return this.https.endpoint.host;
  }

  /** NTLM where it is offered and a domain is configured, else Basic, which is safe here because TLS is verified. */
  private choose(action: string, answer: HttpsResponse): "Basic" | "NTLM" {
    const { status, headers } = answer;
    // Nothing is known of the log-in yet: neither is a scheme chosen for good, nor is a credential sent.
    if (status >= 400 && status !== 401) throw status === 403 ? this.refused(403, action) : this.failed(action, answer);
    const offered = (headers["www-authenticate"] ?? "").split(",").map((scheme) => scheme.trim().split(" ")[0]!.toLowerCase());
    if (offered.includes("ntlm") && (this.credential().domain || !offered.includes("basic"))) return "NTLM";
    if (offered.includes("basic") || status !== 401) return "Basic";
    throw new PlatformError("authentication", {
      node: this.host,
      action: "log in to web enrolment",
      answer: `the server offers only ${offered.join(", ") || "nothing"}`,
      remedy: "Kerberos and channel binding (KB5005413) are not possible from here: enable Basic or NTLM for /certsrv in IIS, or have the request signed by hand and hand over the certificate",
    });
  }

  /** Before a form is sent; a page is read again as a whole. */
  private prepare<T>({ method }: HttpsRequest, work: () => Promise<T>): Promise<T> {
    return method === "POST" ? retry(work, { first: this.retryFirst }) : work();
  }

  private basic(): { username: string; password: string } {
    const { username, password, domain } = this.credential();
    return { username: domain ? `${domain}\\${username}` : username, password };
  }

  /** Three messages on one connection: negotiate, challenge, answer (MS-NLMP). */
  private async ntlm(request: HttpsRequest): Promise<HttpsResponse> {
    const { username, password, domain = "" } = this.credential();
    const bare = { ...request, method: "GET" as const, body: undefined };
    const challenge = await this.prepare(request, async () => {
      const first = await this.https.send({ ...bare, headers: { ...request.headers, authorization: createType1Message("", domain) } });
      const found = /NTLM [A-Za-z0-9+/=]+/.exec(first.headers["www-authenticate"] ?? "")?.[0];
      if (!found || first.headers.connection?.toLowerCase() === "close") throw this.noNtlm(request.action, first);
      return found;
    });
    const answer = createType3Message(decodeType2Message(challenge), username, password, "", domain);
    return this.https.send({ ...request, headers: { ...request.headers, authorization: answer } });
  }

  /** NTLM was offered and then not carried on, before any password was proved. */
  private noNtlm(action: string, { status, headers }: HttpsResponse): PlatformError {
    if (status >= 500) return new PlatformError("busy", { node: this.host, action, answer: `HTTP ${status} instead of an NTLM challenge` });
    const why = headers.connection?.toLowerCase() === "close" ? "it closes the connection after its challenge, and NTLM logs in a connection" : `it answers ${status} without a challenge`;
    return new PlatformError("unknown", { node: this.host, action, answer: `the server offers NTLM, but ${why}`, remedy: "Look at proxies in between and at the authentication settings of /certsrv in IIS" });
  }

  private refused(status: number, action: string): PlatformError {
    if (status === 403) return new PlatformError("permission", { node: this.host, action, answer: "the account may not use web enrolment (403)" });
    return new PlatformError("authentication", { node: this.host, action, answer: `the log-in was refused (401, ${this.scheme})`, remedy: "Correct the certsrv user name, password and domain of the connection" });
  }
}
