// What the tests of the authority share: small estates, requests, and a client that is not ours.
import { request as httpsRequest, type RequestOptions } from "node:https";
import { type AuthorityDescription, type EstateDescription, startLab } from "../../lab";
import { KeyPool } from "../../lab/keys";
import { dataEncipherment, digitalSignature, EKU, keyEncipherment, request } from "../../lab/pki/make";
import type { Authority } from "../../lab/certsrv/authority";
import type { Lab } from "../../lab/lab";

export const NAMES = ["pub.example.com", "sub.example.com"];

/** An estate of one authority and nothing else. */
export async function authorityLab(authority: Partial<AuthorityDescription> = {}, rest: Partial<EstateDescription> = {}): Promise<Lab> {
  return startLab({ name: "authority", clusters: [], authorities: [{ name: "ca", fqdn: "ca.example.com", ...authority }], ...rest });
}

/** A request as an appliance makes it. */
export async function csr(names = NAMES): Promise<string> {
  const usages = { keyUsage: digitalSignature | keyEncipherment | dataEncipherment, extendedKeyUsage: [EKU.serverAuth, EKU.clientAuth] };
  // Another size than the authority's keys, so that it is certainly another key.
  return request(await new KeyPool().next("rsa-3072"), { subject: `CN=${names[0]}, O=Example`, names, ...usages });
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  text: string;
}

/** One request over a TLS connection that trusts the authority's roots only. */
export function ask(authority: Authority, path: string, options: RequestOptions & { form?: Record<string, string> } = {}): Promise<Answer> {
  const { form, ...rest } = options;
  const target = { host: "127.0.0.1", port: authority.ports.https443, servername: authority.fqdn, ca: authority.roots, path: `/certsrv/${path}`, method: form ? "POST" : "GET" };
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({ ...target, agent: false, ...rest }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString("utf8") });
      });
    });
    sent.on("error", reject);
    sent.end(form ? new URLSearchParams(form).toString() : undefined);
  });
}

/** The header of a browser that logs in by Basic. */
export function basic({ credential: { username, password, domain } }: Authority, wrong = ""): Record<string, string> {
  const text = `${domain}\\${username}:${password}${wrong}`;
  return { authorization: `Basic ${Buffer.from(text).toString("base64")}`, "user-agent": "Mozilla/5.0" };
}

/** The form of web enrolment. */
export function form(request: string, attributes = "CertificateTemplate:WebServerClient\r\n"): Record<string, string> {
  return { Mode: "newreq", CertRequest: request, CertAttrib: attributes, FriendlyType: "Saved-Request Certificate", TargetStoreFlags: "0", SaveCert: "yes" };
}

/** Does `work` with a lab and stops it, whatever happens. */
export async function within(lab: Promise<Lab>, work: (authority: Authority, lab: Lab) => Promise<void>): Promise<void> {
  const started = await lab;
  try {
    await work(started.authority("ca"), started);
  } finally {
    await started.stop();
  }
}
