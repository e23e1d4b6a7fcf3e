// A PKCS#12 file of private keys, as little of it as `keytool -importkeystore` needs: no MAC, certificates in the clear, keys encrypted (RFC 7292).
import { createPrivateKey } from "node:crypto";
import type { KeyAndCertificate } from "../pki/make";

export interface NamedKey extends KeyAndCertificate {
  alias: string;
}

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const bytes = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content]);
}

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

function bags({ alias, key, certificate }: NamedKey, index: number, password: string): Buffer[] {
  const encrypted = createPrivateKey(key).export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase: password });
  const name = sequence(FRIENDLY_NAME, set(tlv(0x1e, Buffer.from(alias, "utf16le").swap16())));
  const attributes = set(name, sequence(LOCAL_KEY_ID, set(octets(Buffer.from([index + 1])))));
  const der = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ""), "base64");
  return [
    sequence(SHROUDED_KEY_BAG, explicit(encrypted), attributes),
    sequence(CERTIFICATE_BAG, explicit(sequence(X509_CERTIFICATE, explicit(octets(der)))), attributes),
  ];
}

/** Keys with one certificate each. */
export function pkcs12(keys: readonly NamedKey[], password: string): Buffer {
  const contents = sequence(...keys.flatMap((key, index) => bags(key, index, password)));
  const safe = sequence(sequence(DATA, explicit(octets(contents))));
  return sequence(tlv(0x02, Buffer.from([3])), sequence(DATA, explicit(octets(safe))));
}
