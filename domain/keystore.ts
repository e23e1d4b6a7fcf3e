// Java keystores as files: the type by magic (R116), a JKS of trusted certificates to stage entries for keytool, and the entries of such a file.
// Layout: certsrv-keystores-ris.md 2; JDK, sun.security.provider.JavaKeyStore and com.sun.crypto.provider.JceKeyStore.
import { createHash, timingSafeEqual } from "node:crypto";
import { parseCertificate } from "./x509/certificate";

export const KEYSTORE_TYPES = ["JKS", "JCEKS", "PKCS12"] as const;
export type KeystoreType = (typeof KEYSTORE_TYPES)[number];

const MAGIC = { JKS: 0xfeedfeed, JCEKS: 0xcececece } as const;
const VERSION = 2;
const PRIVATE_KEY = 1;
const TRUSTED_CERTIFICATE = 2;
const DIGEST_LENGTH = 20;
const MAX_ALIAS = 0xffff;

/** The type of a keystore by its first bytes; undefined for what is none, such as an empty or cut file. */
export function keystoreType(file: Uint8Array): KeystoreType | undefined {
  const bytes = Buffer.from(file);
  if (bytes.length < 4) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (magic === MAGIC.JKS) return "JKS";
  if (magic === MAGIC.JCEKS) return "JCEKS";
  return isPkcs12(bytes) ? "PKCS12" : undefined;
}

/** SEQUENCE with a long length (or BER's indefinite one), then INTEGER 3: a PFX (RFC 7292, 4). Any other ASN.1 is no keystore. */
function isPkcs12(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  const length = bytes[1]!;
  const start = 2 + (length > 0x80 && length <= 0x84 ? length - 0x80 : 0);
  return (length <= 0x84 || length === 0x80) && bytes.subarray(start, start + 3).equals(Buffer.from([0x02, 0x01, 0x03]));
}

/** Aliases as Java compares them. */
export function normalAlias(alias: string): string {
  return alias.toLowerCase();
}

/** Everything that is wrong with an alias, one sentence each. */
export function aliasFailures(alias: string): string[] {
  const failures: string[] = [];
  if (alias.trim() === "" || alias !== alias.trim()) failures.push(`alias "${alias}" is empty or begins or ends with a space`);
  if (/[\u0000-\u001f\u007f"%&|<>^]/.test(alias)) failures.push(`alias "${alias}" has a character that a command line of Windows does not pass on`);
  if (modifiedUtf8(normalAlias(alias)).length > MAX_ALIAS) failures.push(`alias "${alias.slice(0, 20)}…" is too long`);
  return failures;
}

/** What goes into a staging store: alias → certificate, PEM or DER. */
export type StagedEntries = ReadonlyMap<string, string | Uint8Array> | Readonly<Record<string, string | Uint8Array>>;

/**
 * A JKS that holds only trusted certificates, for `keytool -importkeystore -srcstoretype JKS`.
 * @throws for a certificate that cannot be read, an alias that a store cannot hold, and two aliases that Java takes for one.
 */
export function stagingStore(entries: StagedEntries, password: string, createdAt: Date): Buffer {
  const pairs = entries instanceof Map ? [...(entries as ReadonlyMap<string, string | Uint8Array>)] : Object.entries(entries as Record<string, string | Uint8Array>);
  const seen = new Set<string>();
  const parts = pairs.map(([alias, certificate]) => {
    const [failure] = aliasFailures(alias);
    if (failure) throw new Error(failure);
    if (seen.has(normalAlias(alias))) throw new Error(`alias "${alias}" stands there twice: Java compares aliases without regard to case`);
    seen.add(normalAlias(alias));
    return entry(alias, readDer(alias, certificate), createdAt);
  });
  const content = Buffer.concat([words(MAGIC.JKS, VERSION, pairs.length), ...parts]);
  return Buffer.concat([content, digest(content, password)]);
}

function readDer(alias: string, certificate: string | Uint8Array): Buffer {
  try {
    return parseCertificate(certificate).x509.raw;
  } catch (error) {
    throw new Error(`alias "${alias}": ${error instanceof Error ? error.message : String(error)}`);
  }
}

function entry(alias: string, der: Buffer, createdAt: Date): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(createdAt.getTime()));
  return Buffer.concat([words(TRUSTED_CERTIFICATE), utf(normalAlias(alias)), time, utf("X.509"), words(der.length), der]);
}

/** One entry of a store, as far as its certificate goes. */
export interface StoredEntry {
  /** In small letters, as the file has it. */
  alias: string;
  kind: "trusted certificate" | "private key";
  /** Of a private key the first of its chain. */
  der: Buffer;
  createdAt: Date;
}

/**
 * The entries of a JKS or JCEKS file.
 * @throws for another file, one that is cut or damaged, one that holds what only Java reads (a secret key), or a wrong password.
 */
export function storedEntries(file: Uint8Array, password: string): StoredEntry[] {
  const bytes = Buffer.from(file);
  const type = keystoreType(bytes);
  if (type !== "JKS" && type !== "JCEKS") throw new Error(`it is ${type === undefined ? "no keystore" : `a ${type} keystore`}, not JKS or JCEKS`);
  const end = bytes.length - DIGEST_LENGTH;
  if (end < 12) throw new Error("it is cut off");
  if (!timingSafeEqual(digest(bytes.subarray(0, end), password), bytes.subarray(end))) throw new Error("the password is wrong, or the file was changed or cut off");
  const reader = new Reader(bytes.subarray(0, end), 4);
  const version = reader.word();
  if (version !== VERSION) throw new Error(`its version is ${version}, not ${VERSION}`);
  const entries = Array.from({ length: reader.word() }, () => readEntry(reader));
  if (reader.left > 0) throw new Error("something stands behind its last entry");
  return entries;
}

function readEntry(reader: Reader): StoredEntry {
  const tag = reader.word();
  if (tag !== TRUSTED_CERTIFICATE && tag !== PRIVATE_KEY) throw new Error("it holds a secret key, which only Java reads");
  const alias = fromModifiedUtf8(reader.take(reader.short()));
  const createdAt = new Date(Number(reader.take(8).readBigInt64BE()));
  if (tag === TRUSTED_CERTIFICATE) return { alias, kind: "trusted certificate", createdAt, der: readCertificate(reader, alias) };
  // The key itself is encrypted.
  reader.take(reader.word());
  const [der] = Array.from({ length: reader.word() }, () => readCertificate(reader, alias));
  if (!der) throw new Error(`alias "${alias}" has a private key without a certificate`);
  return { alias, kind: "private key", createdAt, der };
}

function readCertificate(reader: Reader, alias: string): Buffer {
  const form = reader.take(reader.short()).toString("latin1");
  if (form !== "X.509") throw new Error(`alias "${alias}" is of type ${form}, not X.509`);
  return Buffer.from(reader.take(reader.word()));
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error("it is cut off");
    return this.bytes.subarray(this.at, (this.at += length));
  }

  word(): number {
    return this.take(4).readUInt32BE();
  }

  short(): number {
    return this.take(2).readUInt16BE();
  }
}

/** SHA-1 over the password in UTF-16BE, two words of the JDK's authors, and the file before it: the format's own check, no protection. */
function digest(content: Buffer, password: string): Buffer {
  return createHash("sha1").update(Buffer.from(password, "utf16le").swap16()).update("Mighty Aphrodite", "utf8").update(content).digest();
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

function utf(text: string): Buffer {
  const bytes = modifiedUtf8(text);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** Java's DataOutput.writeUTF: NUL in two bytes, every half of a surrogate pair by itself in three. */
function modifiedUtf8(text: string): Buffer {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0 && code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Buffer.from(bytes);
}

function fromModifiedUtf8(bytes: Buffer): string {
  const codes: number[] = [];
  for (let index = 0; index < bytes.length; ) {
    const first = bytes[index]!;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : 3;
    const rest = [...bytes.subarray(index + 1, index + length)];
    codes.push(rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), length === 1 ? first : length === 2 ? first & 0x1f : first & 0x0f));
    index += length;
  }
  return codes.map((code) => String.fromCharCode(code)).join("");
}
