// Writes ITL and CTL files, signed as the platform does. platform-interfaces.md 5.2. Its numbers are its own, not those of the reader in domain/.
import "reflect-metadata";
import { createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** Numbers of the roles (certutils). */
export const ROLE = { SAST: 0, CCM: 1, "CCM+TFTP": 2, TFTP: 3, CAPF: 4, "APP-SERVER": 7, TVS: 21 } as const;
export type ListRole = keyof typeof ROLE;

/** One certificate to write for one role. */
export interface ListRecord {
  role: ListRole;
  /** PEM. */
  certificate: string;
  dnsName?: string;
  ipAddress?: string;
}

export interface ListSigner {
  /** PEM. */
  key: string;
  certificate: string;
}

/** What to write. */
export interface ListContent {
  /** `CTLFile.tlv`, `ITLFile.tlv`. */
  fileName: string;
  writtenAt: Date;
  records: readonly ListRecord[];
  signer: ListSigner;
  /** Default: SHA512. Which hash a release takes is not publicly recorded. */
  hash?: keyof typeof HASH;
  /** Default: none, as in the file of Cisco 118893. */
  signerVersion?: readonly [number, number];
}

const HASH = { SHA1: 1, SHA256: 2, SHA512: 3 } as const;
/** Bytes of the signer's key. */
const MODULUS: Readonly<Record<number, number>> = { 64: 0, 128: 1, 256: 2, 512: 3 };
const PADDING = 13;

/** A field: tag, length of its value, value. */
function field(tag: number, ...values: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(values);
  const head = Buffer.alloc(3);
  head.writeUInt8(tag);
  head.writeUInt16BE(value.length, 1);
  return Buffer.concat([head, value]);
}

const number16 = (value: number) => Buffer.of(value >> 8, value & 0xff);
const text = (value: string) => Buffer.from(`${value}\0`);

/** `CN=…;OU=…;O=…`: the names of a certificate as these files write them. */
function nameText(name: x509.Name): string {
  return name.toJSON().flatMap((rdn) => Object.entries(rdn).flatMap(([key, values]) => values.map((value) => `${key}=${value}`))).join(";");
}

/** What the files say of a certificate. */
export function namesOf(certificate: string): { subject: string; issuer: string; serial: Buffer; signature: Buffer } {
  const { subjectName, issuerName, serialNumber, signature } = new x509.X509Certificate(certificate);
  return { subject: nameText(subjectName), issuer: nameText(issuerName), serial: Buffer.from(serialNumber, "hex"), signature: Buffer.from(signature) };
}

/** RSA: PKCS#1; EC: the uncompressed point. */
export function publicKeyBytes(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "der" });
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
}

/** One record, its length first, which counts itself. */
export function writeRecord({ role, certificate, dnsName = "", ipAddress }: ListRecord): Buffer {
  const parsed = new X509Certificate(certificate);
  const { subject, issuer, serial, signature } = namesOf(certificate);
  const fields = [
    field(2, text(dnsName)),
    field(3, text(subject)),
    field(4, number16(ROLE[role])),
    field(5, text(issuer)),
    field(6, serial),
    field(7, publicKeyBytes(parsed.publicKey)),
    field(8, signature),
    field(9, parsed.raw),
    ...(ipAddress === undefined ? [] : [field(10, Buffer.from(ipAddress.split(".").map(Number)))]),
  ];
  const length = fields.reduce((sum, { length: one }) => sum + one, 5);
  return Buffer.concat([field(1, number16(length)), ...fields]);
}

/** The header before and after its signature; their lengths are those of the whole file. */
function headerAround({ fileName, writtenAt, signer, hash = "SHA512", signerVersion }: ListContent): { before: Buffer; after: Buffer } {
  const { subject, issuer, serial } = namesOf(signer.certificate);
  const signatureLength = createPublicKey(signer.certificate).asymmetricKeyDetails!.modulusLength! / 8;
  const rest = [
    ...(signerVersion ? [field(28, Buffer.from(signerVersion))] : []),
    field(3, field(4, text(subject)), field(5, serial), field(6, text(issuer))),
    field(7, field(8, Buffer.of(HASH[hash])), field(9, field(10, Buffer.of(0)), field(11, Buffer.of(MODULUS[signatureLength]!)))),
  ];
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(writtenAt.getTime() / 1000));
  const tail = Buffer.concat([field(14, text(fileName)), field(15, seconds)]);
  const length = [...rest, tail].reduce((sum, one) => sum + one.length, 10 + 3 + signatureLength);
  const padding = Buffer.alloc((4 - (length % 4)) % 4, PADDING);
  return { before: Buffer.concat([field(1, Buffer.of(1, 2)), field(2, number16(length + padding.length)), ...rest]), after: Buffer.concat([tail, padding]) };
}

/** A signed file. */
export function writeTrustList(content: ListContent): Buffer {
  const { before, after } = headerAround(content);
  const records = content.records.map(writeRecord);
  const signature = sign(content.hash ?? "SHA512", Buffer.concat([before, after, ...records]), content.signer.key);
  return Buffer.concat([before, field(12, signature), after, ...records]);
}
