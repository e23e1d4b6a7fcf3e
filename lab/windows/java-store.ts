// What is in a JKS or JCEKS file, read as a JVM does: magic, version, entries, and a digest that only the right password gives.
import { createHash } from "node:crypto";

export interface JavaEntry {
  /** As the store has it: in small letters. */
  alias: string;
  kind: "trustedCert" | "privateKey";
  /** DER, the leaf first. */
  certificates: Buffer[];
}

const MAGICS: Record<number, "JKS" | "JCEKS"> = { 0xfeedfeed: "JKS", 0xcececece: "JCEKS" };
const SALT = "Mighty Aphrodite";
const DIGEST_BYTES = 20;

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  uint32(): number {
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  skip(count: number): void {
    this.at += count;
  }

  /** @param count undefined: it stands before the bytes, in four of them */
  block(count = this.uint32()): Buffer {
    if (this.at + count > this.bytes.length) throw new Error("the store is cut off");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  text(): string {
    this.at += 2;
    return this.block(this.bytes.readUInt16BE(this.at - 2)).toString("utf8");
  }
}

function digestOf(content: Buffer, password: string): Buffer {
  const wide = Buffer.from(password, "utf16le").swap16();
  return createHash("sha1").update(wide).update(SALT, "utf8").update(content).digest();
}

function readCertificate(reader: Reader): Buffer {
  reader.text();
  return reader.block();
}

function readEntry(reader: Reader): JavaEntry {
  const tag = reader.uint32();
  const alias = reader.text();
  reader.skip(8);
  if (tag === 2) return { alias, kind: "trustedCert", certificates: [readCertificate(reader)] };
  if (tag !== 1) throw new Error(`an entry of kind ${tag} is not emulated by this lab`);
  reader.block();
  const count = reader.uint32();
  return { alias, kind: "privateKey", certificates: Array.from({ length: count }, () => readCertificate(reader)) };
}

/** `JKS`, `JCEKS`, or undefined for anything else. */
export function storeTypeOf(bytes: Buffer): "JKS" | "JCEKS" | undefined {
  return bytes.length >= 12 ? MAGICS[bytes.readUInt32BE(0)] : undefined;
}

/** @throws when it is no such store, is cut off, or has another password */
export function readJavaStore(bytes: Buffer, password: string): JavaEntry[] {
  if (!storeTypeOf(bytes)) throw new Error("Invalid keystore format");
  const content = bytes.subarray(0, -DIGEST_BYTES);
  if (!digestOf(content, password).equals(bytes.subarray(-DIGEST_BYTES))) throw new Error("Keystore was tampered with, or password was incorrect");
  const reader = new Reader(content);
  reader.skip(8);
  const count = reader.uint32();
  return Array.from({ length: count }, () => readEntry(reader));
}
