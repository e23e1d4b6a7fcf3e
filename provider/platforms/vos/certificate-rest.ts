// Certificate Management REST, one method per endpoint: platform-interfaces.md section 1. Takes no decisions.
import { PlatformError } from "../../errors";
import type { HttpsClient, HttpsResponse } from "../../transport/https";
import { plainText, restFailure } from "./failures";

const BASE = "/platformcom/api/v1/certmgr/config";

export interface WireSnapshot {
  server: string;
  identities?: { service: string; certificate?: string; csr?: string }[];
  trusts?: { service: string; certificate_data?: { filename: string; certificate: string }[] }[];
}

export interface WireTrust {
  filename?: string;
  certificate: string;
}

export interface WireCsrRequest {
  service: string;
  distribution: string;
  commonName: string;
  keyType: string;
  keyLength: number;
  hashAlgorithm: string;
  altNames?: string[];
}

const NO_REST = "Releases below 14 have none: correct the release in the program, and certificates go by CLI";

/** A body with the node's clock at the answer. */
export interface Answer<T> {
  body: T;
  date: Date;
}

/** Log-in with the OS administrator of one node. */
export interface BasicLogin {
  username: string;
  password: string;
}

export class CertificateRest {
  constructor(
    private readonly https: HttpsClient,
    private readonly login: () => BasicLogin,
  ) {}

  snapshot(): Promise<Answer<WireSnapshot>> {
    return this.get("read certificates", "/snapshot/server");
  }

  identity(service: string): Promise<Answer<{ certificate?: string }>> {
    return this.get(`read the ${service} certificate`, `/identity/certificate?service=${encodeURIComponent(service)}`);
  }

  /** Either a bare array or an object with one (the envelope is not certain). */
  trust(service: string): Promise<Answer<WireTrust[] | { certificates?: WireTrust[] }>> {
    return this.get(`read ${service}-trust`, `/trust/certificate?service=${encodeURIComponent(service)}`);
  }

  csr(service: string): Promise<Answer<{ csr?: string }>> {
    return this.get(`read the pending ${service} request`, `/csr?service=${encodeURIComponent(service)}`);
  }

  generateCsr(request: WireCsrRequest): Promise<Answer<{ csr?: string }>> {
    return this.post(`generate a ${request.service} CSR`, "/csr", request);
  }

  uploadIdentity(service: string, certificates: readonly string[]): Promise<Answer<{ messages?: string[] }>> {
    return this.post(`upload the ${service} certificate`, "/identity/certificates", { service, certificates });
  }

  uploadTrust(service: string, certificates: readonly string[], description: string): Promise<Answer<{ messages?: string[] }>> {
    return this.post(`upload a certificate to ${service}-trust`, "/trust/certificates", { service: [service], certificates, description });
  }

  private get<T>(action: string, path: string): Promise<Answer<T>> {
    return this.call("GET", action, path);
  }

  private post<T>(action: string, path: string, body: object): Promise<Answer<T>> {
    return this.call("POST", action, path, JSON.stringify(body));
  }

  private async call<T>(method: "GET" | "POST", action: string, path: string, body?: string): Promise<Answer<T>> {
    const headers = { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const answer = await this.https.send({ method, path: `${BASE}${path}`, action, headers, body, auth: this.login() });
    if (answer.status === 404 && parsed(answer.body) === undefined) throw new PlatformError("rejected", { node: this.https.endpoint.host, action, answer: "it has no certificate REST (HTTP 404)", remedy: NO_REST });
    if (answer.status !== 200 && answer.status !== 201) throw restFailure(this.https.endpoint.host, action, answer);
    return { body: parse<T>(this.https.endpoint.host, action, answer), date: answer.date ?? new Date() };
  }
}

function parse<T>(host: string, action: string, answer: HttpsResponse): T {
  const body = parsed(answer.body);
  if (typeof body === "object" && body !== null) return body as T;
  throw new PlatformError("unknown", { node: host, action, answer: `the answer is not what this call gives (HTTP ${answer.status}): "${plainText(answer.body)}"` });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
