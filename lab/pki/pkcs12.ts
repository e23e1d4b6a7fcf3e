// A PKCS#12 file, as little of it as `keytool` and OpenSSL open: certificates in the clear, keys encrypted, a MAC over it all (RFC 7292).
import { createHash, createHmac, createPrivateKey, randomBytes } from "node:crypto";
import type { KeyAndCertificate } from "./make";

export interface NamedKey extends KeyAndCertificate {
  alias: string;
}

/** A certificate, with its private key where that goes with it. */
export type NamedEntry = Omit<NamedKey, "key"> & Partial<Pick<NamedKey, "key">>;

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const bytes = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content]);
}

const integer = (value: number) => tlv(0x02, Buffer.from(value < 0x80 ? [value] : [value >> 8, value & 0xff]));
const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts);
const set = (...parts: Buffer[]) => tlv(0x31, ...parts);
const octets = (content: Buffer) => tlv(0x04, content);
const explicit = (content: Buffer) => tlv(0xa0, content);

/** Object identifiers below 1.2.840.113549.1 (pkcs). */
const pkcs = (...arcs: number[]) => tlv(0x06, Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, ...arcs]));

const DATA = pkcs(7, 1);
const FRIENDLY_NAME = pkcs(9, 20);
const LOCAL_KEY_ID = pkcs(9, 21);
const X509_CERTIFICATE = pkcs(9, 22, 1);
const SHROUDED_KEY_BAG = pkcs(12, 10, 1, 2);
const CERTIFICATE_BAG = pkcs(12, 10, 1, 3);
const SHA_256 = sequence(tlv(0x06, Buffer.from([0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01])), tlv(0x05));

const MAC_ITERATIONS = 2048;
/** What a SHA-256 takes in at once, in bytes. */
const BLOCK = 64;

const utf16 = (text: string) => Buffer.from(text, "utf16le").swap16();

/** The MAC key of a password (RFC 7292 B.2, SHA-256): one round of the hash is as long as the key. */
function macKey(password: string, salt: Buffer): Buffer {
  const filled = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / BLOCK) * BLOCK, bytes);
  const hash = (content: Buffer) => createHash("sha256").update(content).digest();
  let key: Buffer = Buffer.concat([Buffer.alloc(BLOCK, 3), filled(salt), filled(utf16(`${password}\0`))]);
  for (let round = 0; round < MAC_ITERATIONS; round++) key = hash(key);
  return key;
}

function macData(safe: Buffer, password: string): Buffer {
  const salt = randomBytes(16);
  const digest = createHmac("sha256", macKey(password, salt)).update(safe).digest();
  return sequence(sequence(SHA_256, octets(digest)), octets(salt), integer(MAC_ITERATIONS));
}

function bags({ alias, key, certificate }: NamedEntry, index: number, password: string): Buffer[] {
  const name = sequence(FRIENDLY_NAME, set(tlv(0x1e, utf16(alias))));
  const attributes = key === undefined ? set(name) : set(name, sequence(LOCAL_KEY_ID, set(octets(Buffer.from([index + 1])))));
  const der = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const bag = sequence(CERTIFICATE_BAG, explicit(sequence(X509_CERTIFICATE, explicit(octets(der)))), attributes);
  if (key === undefined) return [bag];
  const encrypted = createPrivateKey(key).export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase: password });
  return [sequence(SHROUDED_KEY_BAG, explicit(encrypted), attributes), bag];
}

/** One certificate each, with or without its key. */
export function pkcs12(keys: readonly NamedEntry[], password: string): Buffer {
  const contents = sequence(...keys.flatMap((key, index) => bags(key, index, password)));
  const safe = sequence(sequence(DATA, explicit(octets(contents))));
  return sequence(integer(3), sequence(DATA, explicit(octets(safe))), macData(safe, password));
}

interface Element {
  tag: number;
  content: Buffer;
}

/** What a DER value holds. @throws for what is cut off or of indefinite length */
function elements(der: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length; ) {
    const first = der.readUInt8(at + 1);
    const wide = first < 0x80 ? 0 : first & 0x7f;
    const length = wide === 0 ? first : der.readUIntBE(at + 2, wide);
    const begin = at + 2 + wide;
    if (first === 0x80 || begin + length > der.length) throw new Error("no whole DER");
    found.push({ tag: der[at]!, content: der.subarray(begin, begin + length) });
    at = begin + length;
  }
  return found;
}

/** The content of the first, second, … value inside, step by step. @throws where there is none */
function inside(der: Buffer, ...path: number[]): Buffer {
  return path.reduce((value, index) => {
    const found = elements(value)[index];
    if (!found) throw new Error("no PKCS#12");
    return found.content;
  }, der);
}

const isCertificate = (bag: Buffer) => inside(bag, 0).equals(elements(CERTIFICATE_BAG)[0]!.content);

/** The certificates of a file such as `pkcs12` makes, as DER. @throws for anything else: half a file, encrypted certificates */
export function certificatesOf(file: Buffer): Buffer[] {
  const safe = inside(file, 0, 1, 1, 0, 0);
  const parts = elements(safe).map(({ content }) => {
    if (!inside(content, 0).equals(elements(DATA)[0]!.content)) throw new Error("encrypted content");
    return inside(content, 1, 0, 0);
  });
  const bags = parts.flatMap((part) => elements(part)).map(({ content }) => content);
  // SafeBag: its kind, [0] CertBag: its kind, [0] the certificate in an octet string.
  return bags.filter(isCertificate).map((bag) => inside(bag, 1, 0, 1, 0));
}
