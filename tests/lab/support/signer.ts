// Certificate authorities that are nothing but a key, for tests of the lab's nodes.
import { type Content, dataEncipherment, digitalSignature, EKU, issue, keyCertSign, type KeyAndCertificate, keyEncipherment, selfSigned, type Validity } from "../../../lab/pki/make";
import { describeRequest } from "../../../lab/pki/read";
import { KeyPool, publicKeyOf } from "../../../lab/keys";
import type { VosNode } from "../../../lab/vos/node";
import { done } from "./node-client";

/** Keys of no node: another size than theirs, and used again and again. */
export const foreignKey = () => new KeyPool().shared("rsa-3072");

export const DAY = 86_400_000;

export function daysAgo(days: number): Date {
  return new Date(Date.now() - days * DAY);
}

export async function makeRoot(commonName = "Test Root CA", validity: Validity = { days: 365 }): Promise<KeyAndCertificate> {
  const key = await new KeyPool().shared("rsa-2048");
  return { key, certificate: await selfSigned(key, { subject: `CN=${commonName}`, keyUsage: keyCertSign, ca: true }, validity) };
}

/** An authority below another. */
export async function makeIntermediate(issuer: KeyAndCertificate, commonName: string, validity: Validity = { days: 300 }): Promise<KeyAndCertificate> {
  const key = await foreignKey();
  const publicKey = publicKeyOf(key).export({ type: "spki", format: "der" });
  return { key, certificate: await issue(publicKey, { subject: `CN=${commonName}`, keyUsage: keyCertSign, ca: true }, issuer, validity) };
}

export interface Differently extends Partial<Content> {
  validity?: Validity;
  /** SPKI, DER: another key than the request's. */
  publicKey?: Buffer;
}

/** Signs a request as it was asked, but for what is said. */
export async function sign(issuer: KeyAndCertificate, csr: string, { validity = { days: 90 }, publicKey, ...other }: Differently = {}): Promise<string> {
  const asked = await describeRequest(csr);
  const usages = { keyUsage: digitalSignature | keyEncipherment | dataEncipherment, extendedKeyUsage: [EKU.serverAuth, EKU.clientAuth] };
  return issue(publicKey ?? asked.publicKey, { subject: asked.subject, names: asked.names, ...usages, ...other }, issuer, validity);
}

/** Makes a CSR on a node. */
export async function generate(node: VosNode, question: Record<string, unknown> = {}): Promise<string> {
  const { csr } = await done(node, "POST /csr", { service: "tomcat", distribution: "multi-server", ...question });
  return csr as string;
}

/** Stores a CA certificate where it is needed. */
export async function trust(node: VosNode, { certificate }: Pick<KeyAndCertificate, "certificate">, service = "tomcat"): Promise<void> {
  await done(node, "POST /trust/certificates", { service: [service], certificates: [certificate], description: "" });
}

/** A certificate of `issuer` for a purpose of a node, installed; answers with what the platform says. */
export async function install(node: VosNode, issuer: KeyAndCertificate, question: Record<string, unknown> = {}): Promise<{ pem: string; messages: string[] }> {
  const service = (question.service as string | undefined) ?? "tomcat";
  const pem = await sign(issuer, await generate(node, question));
  const { messages } = await done(node, "POST /identity/certificates", { service, certificates: [pem] });
  return { pem, messages: messages as string[] };
}
