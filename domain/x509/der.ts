// The little of ASN.1 that Node's own X509Certificate does not tell: extensions, signature hashes, requests, PKCS#7. asn1js does the decoding:
// it is pure JavaScript, knows no key types (so it reads EC and RSA alike) and loads in a few milliseconds, which counts in every preview.
import * as asn1js from "asn1js";

/** Object identifiers that we look for. */
export const OID = {
  commonName: "2.5.4.3",
  subjectAlternativeName: "2.5.29.17",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  extensionRequest: "1.2.840.113549.1.9.14",
  signedData: "1.2.840.113549.1.7.2",
} as const;

const HASHES: Record<string, string> = {
  "1.2.840.113549.1.1.4": "MD5",
  "1.2.840.113549.1.1.5": "SHA1",
  "1.2.840.113549.1.1.11": "SHA256",
  "1.2.840.113549.1.1.12": "SHA384",
  "1.2.840.113549.1.1.13": "SHA512",
  "1.2.840.10045.4.1": "SHA1",
  "1.2.840.10045.4.3.2": "SHA256",
  "1.2.840.10045.4.3.3": "SHA384",
  "1.2.840.10045.4.3.4": "SHA512",
};

const RDN: Record<string, string> = {
  "2.5.4.3": "CN",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.5": "serialNumber",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
};

/** Bits of KeyUsage in the order of RFC 5280, 4.2.1.3. */
const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

const EXTENDED_KEY_USAGES: Record<string, string> = {
  "1.3.6.1.5.5.7.3.1": "serverAuth",
  "1.3.6.1.5.5.7.3.2": "clientAuth",
  "1.3.6.1.5.5.7.3.3": "codeSigning",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.5": "ipsecEndSystem",
};

/** A decoded value. */
export type Node = asn1js.AsnType;

/** Decodes DER. @throws when the bytes are none, or something follows them. */
export function decode(der: Uint8Array): Node {
  const { offset, result } = fromBer(der);
  if (offset === -1) throw new Error("it is no DER, or cut off");
  if (offset !== der.length) throw new Error(`${der.length - offset} bytes follow its DER`);
  return result;
}

/** asn1js answers -1 to most of what it cannot read, and throws at some (a date that is none). */
function fromBer(der: Uint8Array): { offset: number; result: Node } {
  try {
    return asn1js.fromBER(der);
  } catch {
    return { offset: -1, result: new asn1js.Null() };
  }
}

/** The members of a SEQUENCE, a SET or a constructed context tag; none for anything else. */
export function members(node: Node | undefined): Node[] {
  return node instanceof asn1js.Constructed ? node.valueBlock.value : [];
}

/** The bytes of a value as they stood in the input. */
export function raw(node: Node): Buffer {
  return Buffer.from(node.valueBeforeDecodeView);
}

/** The number of a context-specific tag; undefined for a universal one. */
export function contextTag(node: Node | undefined): number | undefined {
  return node?.idBlock.tagClass === 3 ? node.idBlock.tagNumber : undefined;
}

/** The text of an OBJECT IDENTIFIER; empty for anything else. */
export function oid(node: Node | undefined): string {
  return node instanceof asn1js.ObjectIdentifier ? node.valueBlock.toString() : "";
}

/** The content of an OCTET STRING, a BIT STRING or a primitive context tag. */
export function content(node: Node | undefined): Buffer {
  if (node instanceof asn1js.OctetString || node instanceof asn1js.BitString || node instanceof asn1js.Primitive) return Buffer.from(node.valueBlock.valueHexView);
  return Buffer.alloc(0);
}

/** `SHA256` … of a signature algorithm identifier; the OID when we have no name for it. */
export function hashOf(algorithmIdentifier: Node | undefined): string {
  const identifier = oid(members(algorithmIdentifier)[0]);
  return HASHES[identifier] ?? identifier;
}

/** Extensions by OID: a SEQUENCE of { extnID, critical?, extnValue }. */
export function extensions(sequence: Node | undefined): Map<string, Buffer> {
  return new Map(members(sequence).map((extension) => [oid(members(extension)[0]), content(members(extension).at(-1))]));
}

/** A Name as `CN=…, O=…` in the order in which it is encoded, as the platforms print it. */
export function nameText(name: Node | undefined): string {
  return relativeNames(name).map(([type, value]) => `${RDN[type] ?? type}=${value}`).join(", ");
}

/** The common name of a Name; empty when it has none. */
export function commonName(name: Node | undefined): string {
  return relativeNames(name).find(([type]) => type === OID.commonName)?.[1] ?? "";
}

function relativeNames(name: Node | undefined): [string, string][] {
  return members(name).flatMap(members).map((attribute) => {
    const [type, value] = members(attribute);
    return [oid(type), stringValue(value)];
  });
}

/** The text of any of ASN.1's string types. */
function stringValue(node: Node | undefined): string {
  return node instanceof asn1js.BaseStringBlock ? String((node as { valueBlock: { value: unknown } }).valueBlock.value) : "";
}

/** DNS names and IP addresses of a SubjectAltName extension. */
export function alternateNames(extension: Buffer | undefined): string[] {
  if (!extension) return [];
  return members(decode(extension)).flatMap((name) => {
    const bytes = content(name);
    if (contextTag(name) === 2) return [bytes.toString("latin1")];
    return contextTag(name) === 7 ? [address(bytes)] : [];
  });
}

function address(bytes: Buffer): string {
  return bytes.length === 4 ? [...bytes].join(".") : (bytes.toString("hex").match(/.{4}/g) ?? []).join(":");
}

/** Names of the bits of a KeyUsage extension. */
export function keyUsages(extension: Buffer | undefined): KeyUsage[] {
  const bits = extension ? content(decode(extension)) : Buffer.alloc(0);
  return KEY_USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0);
}

/** Names of an ExtendedKeyUsage extension, OIDs where we have no name. */
export function extendedKeyUsages(extension: Buffer | undefined): string[] {
  return extension ? members(decode(extension)).map((usage) => EXTENDED_KEY_USAGES[oid(usage)] ?? oid(usage)) : [];
}
