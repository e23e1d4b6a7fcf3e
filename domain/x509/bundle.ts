import { type Certificate, parseCertificate } from "./certificate";
import { contextTag, decode, members, type Node, oid, OID, raw } from "./der";
import { isCutOff, type PemBlock, pemBlocks } from "./pem";

/** What a person has at hand: PEM text (one certificate, many, or a PKCS#7), bytes (DER certificate or PKCS#7 `.p7b`), or a list of such. */
export type CertificateSource = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * Every certificate of a source, in its order, each once.
 * @throws when it holds none, or something that is no certificate.
 */
export function readCertificates(source: CertificateSource): Certificate[] {
  const parts = typeof source === "string" || source instanceof Uint8Array ? [source] : source;
  const found = parts.flatMap((part) => (typeof part === "string" ? fromText(part) : fromBytes(Buffer.from(part))));
  if (found.length === 0) throw new Error("it holds no certificate");
  return [...new Map(found.map((certificate) => [certificate.fingerprint, certificate])).values()];
}

function fromText(text: string): Certificate[] {
  const blocks = pemBlocks(text);
  if (blocks.some(({ label }) => label.includes("PRIVATE KEY"))) throw new Error("it holds a private key: keep that out of programs, only certificates belong here");
  if (isCutOff(text)) throw new Error("it is cut off: a BEGIN line has no END line");
  if (blocks.length > 0) return blocks.filter(({ label }) => CERTIFICATES.test(label)).flatMap(fromBlock);
  const der = Buffer.from(text.replace(/\s/g, ""), "base64");
  if (der[0] === 0x30) return fromBytes(der);
  throw new Error("it is neither PEM nor base-64 DER");
}

/** AD CS writes CERTIFICATE over a PKCS#7 too, so the label only says that certificates are inside. */
const CERTIFICATES = /CERTIFICATE$|^PKCS ?#?7|^CMS$/;

/** What OpenSSL calls TRUSTED CERTIFICATE has its own settings behind the certificate. */
function fromBlock({ label, der }: PemBlock): Certificate[] {
  return label === "TRUSTED CERTIFICATE" ? [parseCertificate(der)] : fromBytes(der);
}

/** A file as it was read: DER, or PEM that nobody decoded. */
function fromBytes(bytes: Buffer): Certificate[] {
  if (bytes.includes("-----BEGIN ")) return fromText(bytes.toString("latin1"));
  if (bytes[0] !== 0x30) throw new Error("it is neither PEM nor DER");
  const whole = members(decode(bytes));
  if (oid(whole[0]) === OID.signedData) return certificatesOf(whole[1]);
  if (isPkcs12(whole)) throw new Error("it is a PKCS#12 file, which holds a private key: export the certificates alone (PEM or PKCS#7)");
  return [parseCertificate(bytes)];
}

/** SignedData: version, digestAlgorithms, contentInfo, [0] certificates, … (RFC 5652, 5.1). */
function certificatesOf(explicit: Node | undefined): Certificate[] {
  const bag = members(members(explicit)[0]).find((node) => contextTag(node) === 0);
  return members(bag).map((node) => parseCertificate(raw(node)));
}

/** PFX begins with its version, 3, then an authSafe (RFC 7292, 4). */
function isPkcs12(whole: Node[]): boolean {
  return whole.length >= 2 && whole[0]?.idBlock.tagNumber === 2 && oid(members(whole[1])[0]).startsWith("1.2.840.113549.1.7.");
}
