import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate as the lab looks at it. */
export interface Described {
  pem: string;
  parsed: X509Certificate;
  /** RFC 4514 text. */
  subject: string;
  issuer: string;
  commonName: string;
  issuerCommonName: string;
  /** Lower-case hexadecimal without leading zeros. */
  serial: string;
  names: string[];
  keyUsages: number;
  extendedKeyUsages: string[];
  signatureAlgorithm: string;
  notBefore: Date;
  notAfter: Date;
  /** SPKI, DER. */
  publicKey: Buffer;
}

function contentOf(extensions: readonly x509.Extension[]) {
  const find = <T extends x509.Extension>(kind: new (...args: never[]) => T) => extensions.find((extension): extension is T => extension instanceof kind);
  return {
    names: find(x509.SubjectAlternativeNameExtension)?.names.items.map((name) => name.value) ?? [],
    keyUsages: find(x509.KeyUsagesExtension)?.usages ?? 0,
    extendedKeyUsages: [...(find(x509.ExtendedKeyUsageExtension)?.usages ?? [])].map(String),
  };
}

function hashName(algorithm: { name?: string; hash?: { name: string } | string }): string {
  const hash = typeof algorithm.hash === "string" ? algorithm.hash : algorithm.hash?.name;
  return `${(hash ?? "").replace("-", "")}with${algorithm.name === "ECDSA" ? "ECDSA" : "RSA"}`;
}

/** Reads a certificate; throws when the text is none. */
export function describe(pem: string): Described {
  const certificate = new x509.X509Certificate(pem);
  const parsed = new X509Certificate(pem);
  return {
    pem: certificate.toString("pem"),
    parsed,
    subject: certificate.subject,
    issuer: certificate.issuer,
    commonName: certificate.subjectName.getField("CN")[0] ?? "",
    issuerCommonName: certificate.issuerName.getField("CN")[0] ?? "",
    serial: parsed.serialNumber.toLowerCase().replace(/^0+/, ""),
    ...contentOf(certificate.extensions),
    signatureAlgorithm: hashName(certificate.signatureAlgorithm),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    publicKey: Buffer.from(certificate.publicKey.rawData),
  };
}

/** A request as the lab looks at it. */
export interface DescribedRequest extends Pick<Described, "pem" | "subject" | "commonName" | "names" | "keyUsages" | "extendedKeyUsages" | "publicKey"> {
  /** Whether its own signature is right. */
  verified: boolean;
}

/** Reads a PKCS#10 request; throws when the text is none. */
export async function describeRequest(pem: string): Promise<DescribedRequest> {
  const parsed = new x509.Pkcs10CertificateRequest(pem);
  return {
    pem: parsed.toString("pem"),
    subject: parsed.subject,
    commonName: parsed.subjectName.getField("CN")[0] ?? "",
    ...contentOf(parsed.extensions),
    publicKey: Buffer.from(parsed.publicKey.rawData),
    verified: await parsed.verify(),
  };
}
