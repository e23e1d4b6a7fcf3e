import "reflect-metadata";
import { createPrivateKey, createPublicKey, randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as never);

export type Hash = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

/** Object identifiers of the extended key usages that appear in the lab. */
export const EKU = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2", ipsecEndSystem: "1.3.6.1.5.5.7.3.5" } as const;

/** What a certificate or a request says beside its key. */
export interface Content {
  /** RFC 4514 text, e.g. `CN=pub.example.com, O=Example`. */
  subject: string;
  names?: string[];
  /** Bits, see x509.KeyUsageFlags. */
  keyUsage?: number;
  extendedKeyUsage?: string[];
  ca?: boolean;
}

export interface Validity {
  notBefore?: Date;
  days?: number;
  notAfter?: Date;
}

/** A private key with the certificate that belongs to it, both PEM. */
export interface KeyAndCertificate {
  key: string;
  certificate: string;
}

export const { digitalSignature, keyEncipherment, dataEncipherment, keyCertSign, cRLSign } = x509.KeyUsageFlags;

const IP = /^(\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:]+)$/i;

function algorithmOf(keyPem: string, hash: Hash): { name: string; hash: string; namedCurve: string } {
  const key = createPrivateKey(keyPem);
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash, namedCurve: "" };
  const namedCurve = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[key.asymmetricKeyDetails!.namedCurve!]!;
  return { name: "ECDSA", namedCurve, hash };
}

async function keyPair(keyPem: string, hash: Hash) {
  const algorithm = algorithmOf(keyPem, hash);
  const privateKey = await webcrypto.subtle.importKey("pkcs8", createPrivateKey(keyPem).export({ type: "pkcs8", format: "der" }), algorithm, true, ["sign"]);
  const spki = createPublicKey(keyPem).export({ type: "spki", format: "der" });
  const publicKey = await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);
  return { privateKey, publicKey, algorithm };
}

function extensionsOf({ names = [], keyUsage, extendedKeyUsage = [], ca }: Content): x509.Extension[] {
  const list: x509.Extension[] = [];
  if (ca) list.push(new x509.BasicConstraintsExtension(true, undefined, true));
  if (keyUsage) list.push(new x509.KeyUsagesExtension(keyUsage, ca));
  if (extendedKeyUsage.length > 0) list.push(new x509.ExtendedKeyUsageExtension(extendedKeyUsage));
  if (names.length > 0) list.push(new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: IP.test(value) ? "ip" : "dns", value }) as const)));
  return list;
}

/** 16 bytes, positive, never beginning with a zero. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

function period({ notBefore = new Date(Date.now() - 60_000), days = 365, notAfter }: Validity) {
  const whole = (date: Date) => new Date(Math.floor(date.getTime() / 1000) * 1000);
  return { notBefore: whole(notBefore), notAfter: whole(notAfter ?? new Date(notBefore.getTime() + days * 86_400_000)) };
}

/** A self-signed certificate, PEM. */
export async function selfSigned(key: string, content: Content, validity: Validity = {}, hash: Hash = "SHA-256"): Promise<string> {
  const keys = await keyPair(key, hash);
  const identifier = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: content.subject,
    ...period(validity),
    keys,
    signingAlgorithm: keys.algorithm,
    extensions: [...extensionsOf(content), identifier],
  });
  return certificate.toString("pem");
}

/** A certificate for `publicKey` (SPKI, DER), signed by `issuer`, PEM. */
export async function issue(publicKey: Buffer, content: Content, issuer: KeyAndCertificate, validity: Validity = {}, hash: Hash = "SHA-256"): Promise<string> {
  const signer = await keyPair(issuer.key, hash);
  const issuerCertificate = new x509.X509Certificate(issuer.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: content.subject,
    issuer: issuerCertificate.subjectName,
    ...period(validity),
    signingKey: signer.privateKey,
    publicKey: new x509.PublicKey(publicKey),
    signingAlgorithm: signer.algorithm,
    extensions: [
      ...extensionsOf(content),
      await x509.SubjectKeyIdentifierExtension.create(new x509.PublicKey(publicKey)),
      await x509.AuthorityKeyIdentifierExtension.create(issuerCertificate.publicKey),
    ],
  });
  return certificate.toString("pem");
}

/** A PKCS#10 request, PEM. */
export async function request(key: string, content: Content, hash: Hash = "SHA-256"): Promise<string> {
  const keys = await keyPair(key, hash);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: content.subject,
    keys,
    signingAlgorithm: keys.algorithm,
    extensions: extensionsOf(content),
  });
  return made.toString("pem");
}

/** Several certificates as a PKCS#7 "certs only" file, DER. */
export function pkcs7(pems: string[]): Buffer {
  return Buffer.from(new x509.X509Certificates(pems.map((pem) => new x509.X509Certificate(pem))).export("raw"));
}
