import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { alternateNames, commonName, contextTag, decode, extendedKeyUsages, extensions, hashOf, type KeyUsage, keyUsages, members, nameText, type Node, OID } from "./der";
import { pemBlocks, toPem } from "./pem";

/** A public key's family and size. */
export interface KeyFacts {
  type: "RSA" | "EC";
  /** Bits of an RSA modulus, or of an EC curve (256, 384, 521). */
  length: number;
}

/** What is true of one X.509 certificate. */
export interface Certificate {
  /** PEM in its normal form. */
  readonly pem: string;
  /** `CN=…, O=…`, in the order of the encoding. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string;
  /** Hexadecimal, upper case, without leading zeros, as the platforms print it. */
  readonly serialNumber: string;
  /** SHA-256, upper case, with colons. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subjectAlternateNames: readonly string[];
  readonly key: KeyFacts;
  /** SHA-256 over the SubjectPublicKeyInfo, upper case, with colons. */
  readonly publicKeyFingerprint: string;
  /** Hash of the signature: `SHA256` … */
  readonly hashAlgorithm: string;
  readonly keyUsages: readonly KeyUsage[];
  /** `serverAuth` …; an OID where there is no name. */
  readonly extendedKeyUsages: readonly string[];
  readonly isAuthority: boolean;
  readonly selfSigned: boolean;
  readonly x509: X509Certificate;
}

const CURVE_BITS: Record<string, number> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** `AB:CD:…` of a SHA-256. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").toUpperCase().replace(/..(?=.)/g, "$&:");
}

/** Family and size of a public key. @throws for a key that is neither RSA nor EC. */
export function keyFacts(key: KeyObject): KeyFacts {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss") return { type: "RSA", length: details?.modulusLength ?? 0 };
  if (key.asymmetricKeyType === "ec") return { type: "EC", length: CURVE_BITS[details?.namedCurve ?? ""] ?? 0 };
  throw new Error(`its key is ${key.asymmetricKeyType}, neither RSA nor EC`);
}

/** SHA-256 over the SubjectPublicKeyInfo of a key. */
export function publicKeyFingerprint(key: KeyObject): string {
  return sha256(key.export({ type: "spki", format: "der" }));
}

/** tbsCertificate without its optional version: serial, signature, issuer, validity, subject, key, …, [3] extensions. */
function tbsFields(certificate: Node): Node[] {
  const fields = members(members(certificate)[0]);
  return contextTag(fields[0]) === 0 ? fields.slice(1) : fields;
}

/**
 * Reads one certificate, PEM or DER.
 * @throws with what is wrong with it.
 */
export function parseCertificate(input: string | Uint8Array): Certificate {
  const key = typeof input === "string" ? input : sha256(input);
  const known = parsed.get(key);
  if (known) return known;
  const bytes = typeof input === "string" ? soleBlock(input) : Buffer.from(input);
  const certificate = readable("certificate", () => describe(new X509Certificate(bytes)));
  if (parsed.size >= REMEMBERED) parsed.delete(parsed.keys().next().value!);
  parsed.set(key, certificate);
  return certificate;
}

/** What was read lately, by text or SHA-256: a run meets the same few certificates in every chain, trust store and check. */
const parsed = new Map<string, Certificate>();
const REMEMBERED = 500;

/** Runs `read`; what OpenSSL says of bytes that it cannot read becomes a sentence. */
export function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^error:[0-9A-F]+:/i, "").replaceAll("::", ", ");
    throw new Error(/^its? /.test(reason) ? reason : `it is no ${what} that can be read (${reason})`);
  }
}

function describe(x509: X509Certificate): Certificate {
  const der = x509.raw;
  const whole = decode(der);
  const fields = tbsFields(whole);
  const found = extensions(members(fields.find((field) => contextTag(field) === 3))[0]);
  return {
    pem: toPem("CERTIFICATE", der),
    subject: nameText(fields[4]),
    issuer: nameText(fields[2]),
    commonName: commonName(fields[4]),
    serialNumber: x509.serialNumber.replace(/^0+(?=.)/, ""),
    fingerprint: x509.fingerprint256,
    notBefore: moment(x509.validFrom),
    notAfter: moment(x509.validTo),
    subjectAlternateNames: alternateNames(found.get(OID.subjectAlternativeName)),
    key: keyFacts(x509.publicKey),
    publicKeyFingerprint: publicKeyFingerprint(x509.publicKey),
    hashAlgorithm: hashOf(members(whole)[1]),
    keyUsages: keyUsages(found.get(OID.keyUsage)),
    extendedKeyUsages: extendedKeyUsages(found.get(OID.extendedKeyUsage)),
    isAuthority: x509.ca,
    // Not checkIssued: a self-signed server certificate is no authority, and Node asks for keyCertSign there.
    selfSigned: x509.subject === x509.issuer && x509.verify(x509.publicKey),
    x509,
  };
}

function moment(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new Error("its validity is no date");
  return date;
}

function soleBlock(text: string): Buffer {
  const blocks = pemBlocks(text).filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE" || label === "TRUSTED CERTIFICATE");
  if (blocks.length === 1) return blocks[0]!.der;
  throw new Error(blocks.length === 0 ? "it holds no PEM certificate" : `it holds ${blocks.length} certificates where one is expected`);
}

/** Whether `issuer` signed `certificate`: names match and the signature is right. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey);
}

/** Two spellings of one fingerprint are equal: colons, case and what `openssl x509 -fingerprint` writes before it do not count. */
export function normalFingerprint(text: string): string {
  return text.replace(/^\s*sha-?256(?:\s+fingerprint)?\s*[:=]/i, "").replace(/[^0-9a-f]/gi, "").toUpperCase();
}

/** How a certificate is named in a sentence. */
export function label({ commonName: name, subject, serialNumber }: Certificate): string {
  return `${name || subject} (serial number ${serialNumber})`;
}
