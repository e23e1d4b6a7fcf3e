// Reads ITL and CTL files as the lab's phones do. platform-interfaces.md 5.2. Like the writer beside it, it shares nothing with domain/.
import { verify, X509Certificate } from "node:crypto";

export interface ReadRecord {
  role: number;
  /** As the file writes them; the serial number in capital hexadecimal. */
  issuer: string;
  serial: string;
  /** DER. */
  certificate: Buffer;
}

/** A file as a phone understands it. */
export interface ReadList {
  fileName: string;
  signer: { issuer: string; serial: string };
  records: readonly ReadRecord[];
  /** Whether the key of this certificate (DER) has signed it. */
  signedBy(certificate: Buffer): boolean;
}

interface Field {
  tag: number;
  start: number;
  value: Buffer;
}

const PADDING = 13;
/** They hold fields themselves. */
const CONTAINERS = [3, 7, 9];
const HASHES: Readonly<Record<number, string>> = { 1: "sha1", 2: "sha256", 3: "sha512" };

/** The fields from `start` on; a container of the header counts by what it holds. */
function fieldsOf(bytes: Buffer, start: number, end: number, containers: readonly number[] = []): Field[] {
  const fields: Field[] = [];
  for (let at = start; at < end; ) {
    const tag = bytes[at]!;
    const length = tag === PADDING ? 0 : bytes.readUInt16BE(at + 1);
    const from = tag === PADDING ? at + 1 : at + 3;
    fields.push({ tag, start: at, value: bytes.subarray(from, from + length) });
    at = containers.includes(tag) ? from : from + length;
  }
  return fields;
}

const text = (value: Buffer | undefined) => (value ?? Buffer.alloc(0)).toString().replace(/\0$/, "");
const hex = (value: Buffer | undefined) => (value ?? Buffer.alloc(0)).toString("hex").toUpperCase().replace(/^0+(?=.)/, "");

function readRecord(bytes: Buffer, start: number, end: number): ReadRecord {
  const fields = new Map(fieldsOf(bytes, start, end).map(({ tag, value }) => [tag, value]));
  return { role: fields.get(4)!.readUInt16BE(0), issuer: text(fields.get(5)), serial: hex(fields.get(6)), certificate: fields.get(9)! };
}

function parse(bytes: Buffer): ReadList {
  const headerEnd = bytes.readUInt16BE(8);
  const header = fieldsOf(bytes, 0, headerEnd, CONTAINERS);
  const find = (tag: number) => header.find((field) => field.tag === tag)?.value;
  const signature = header.find(({ tag }) => tag === 12)!;
  const signed = Buffer.concat([bytes.subarray(0, signature.start), bytes.subarray(signature.start + 3 + signature.value.length)]);
  const records: ReadRecord[] = [];
  for (let at = headerEnd; at < bytes.length; at += bytes.readUInt16BE(at + 3)) records.push(readRecord(bytes, at, at + bytes.readUInt16BE(at + 3)));
  const known = new Map<string, boolean>();
  const judge = (certificate: Buffer) => verify(HASHES[find(8)![0]!], signed, new X509Certificate(certificate).publicKey, signature.value);
  const signedBy = (certificate: Buffer) => {
    const key = certificate.toString("base64");
    if (!known.has(key)) known.set(key, judge(certificate));
    return known.get(key)!;
  };
  return { fileName: text(find(14)), signer: { issuer: text(find(6)), serial: hex(find(5)) }, records, signedBy };
}

/** Many phones get the same bytes. */
const read = new WeakMap<Buffer, ReadList>();

/** @throws when it is no such file */
export function readList(bytes: Buffer): ReadList {
  const found = read.get(bytes) ?? parse(bytes);
  read.set(bytes, found);
  return found;
}
