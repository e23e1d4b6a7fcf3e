// Certificates and requests for tests of pure functions: made by the lab's authority tools, read by domain/, with dates that do not move.
import { KeyPool, type KeyShape, publicKeyOf } from "../../lab/keys";
import { type Content, dataEncipherment, digitalSignature, EKU, type Hash, issue, type KeyAndCertificate, keyCertSign, keyEncipherment, request, selfSigned, type Validity } from "../../lab/pki/make";
import { type Certificate, parseCertificate } from "../../domain/x509/certificate";
import { type CertificateRequest, parseRequest } from "../../domain/x509/request";

/** The moment at which every test takes place. */
export const NOW = new Date("2026-06-01T12:00:00Z");
export const YEAR: Validity = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2026-12-31T00:00:00Z") };
export const DECADE: Validity = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2040-01-01T00:00:00Z") };

export const USUAL_USAGE = digitalSignature | keyEncipherment | dataEncipherment;
export const WEB_USAGES: string[] = [EKU.serverAuth, EKU.clientAuth];

const keys = new KeyPool();

/** A key that no other certificate of this process has; EC unless the test is about RSA. */
export function newKey(shape: KeyShape = "ec-256"): Promise<string> {
  return keys.next(shape);
}

/** One and the same key at every call. */
export function sharedKey(shape: KeyShape = "ec-256"): Promise<string> {
  return keys.shared(shape);
}

/** An authority that signs, with its certificate as domain/ reads it. */
export interface Authority extends KeyAndCertificate {
  parsed: Certificate;
}

export interface AuthorityWish {
  /** Common name. */
  name: string;
  /** Itself where there is none. */
  issuer?: Authority;
  validity?: Validity;
  key?: string;
  /** Instead of a subject that consists of the name. */
  subject?: string;
}

export async function authority({ name, issuer, validity = DECADE, key, subject = `CN=${name}` }: AuthorityWish): Promise<Authority> {
  const own = key ?? (await newKey());
  const content: Content = { subject, ca: true, keyUsage: keyCertSign };
  const certificate = issuer ? await issue(spki(own), content, issuer, validity) : await selfSigned(own, content, validity);
  return { key: own, certificate, parsed: parseCertificate(certificate) };
}

/** What a certificate or a request is to say; a tomcat certificate of one server unless the test says otherwise. */
export interface Wish {
  subject?: string;
  names?: string[];
  keyUsage?: number;
  extendedKeyUsage?: string[];
  key?: string;
  hash?: Hash;
  validity?: Validity;
}

function contentOf({ subject = "CN=cs-ccm-pub.example.com, O=Example", names = ["cs-ccm-pub.example.com"], keyUsage = USUAL_USAGE, extendedKeyUsage = WEB_USAGES }: Wish): Content {
  return { subject, names, keyUsage, extendedKeyUsage };
}

function spki(key: string): Buffer {
  return publicKeyOf(key).export({ type: "spki", format: "der" });
}

/** A server certificate that an authority signed. */
export async function issued(issuer: KeyAndCertificate, wish: Wish = {}): Promise<Certificate> {
  return parseCertificate(await issue(spki(wish.key ?? (await sharedKey())), contentOf(wish), issuer, wish.validity ?? YEAR, wish.hash));
}

/** A server certificate as an appliance makes it for itself. */
export async function ownSigned(wish: Wish = {}): Promise<Certificate> {
  return parseCertificate(await selfSigned(wish.key ?? (await sharedKey()), contentOf(wish), wish.validity ?? YEAR, wish.hash));
}

/** A certificate signing request as an appliance makes it. */
export async function csr(wish: Wish = {}): Promise<CertificateRequest> {
  return parseRequest(await request(wish.key ?? (await sharedKey()), contentOf(wish), wish.hash));
}

/** The DER of the first block of a PEM text. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

/** DER under any PEM label. */
export function wrapped(label: string, der: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;
}

/** A PFX of which only the outside is real: version 3, then a ContentInfo (RFC 7292, 4). */
export function pkcs12Shell(): Buffer {
  return Buffer.from("3014020103300f06092a864886f70d010701a0020400", "hex");
}
