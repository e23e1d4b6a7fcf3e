// Reads ITL and CTL files: what a phone is to trust, and whom it takes that from. platform-interfaces.md 5.2.
import { type Field, Fields, fieldsOf } from "./fields";
import { CONTAINERS, HASHES, HEADER, MOST_BYTES, MOST_CERTIFICATES, RECORD, serialText, trustRole, type TrustRole } from "./format";

/** A field that nobody has named. */
export interface UnknownField {
  readonly tag: number;
  readonly value: Buffer;
}

/** One certificate of a file, for one role: the same certificate may stand there twice. */
export interface TrustRecord {
  /** From 1, as `show itl` counts. */
  readonly number: number;
  /** Undefined where the number has no name. */
  readonly role?: TrustRole;
  readonly roleNumber: number;
  readonly dnsName: string;
  /** RDNs joined with `;`, as in the file. */
  readonly subject: string;
  readonly issuer: string;
  /** As a Certificate has it. */
  readonly serialNumber: string;
  /** RSA: PKCS#1 DER; EC: the uncompressed point. */
  readonly publicKey: Buffer;
  /** DER; undefined in a slim record. */
  readonly certificate?: Buffer;
  readonly certificateHash?: Buffer;
  readonly ipAddress?: string;
  readonly unknown: readonly UnknownField[];
}

/** An ITL or CTL file. */
export interface TrustList {
  /** `CTLFile.tlv`, `ITLFile.tlv`, `ITLSEP….tlv`. */
  readonly fileName: string;
  /** `1.2`. */
  readonly version: string;
  readonly headerLength: number;
  readonly writtenAt: Date;
  readonly signer: {
    readonly name: string;
    readonly issuer: string;
    readonly serialNumber: string;
    /** Undefined where the number has no name. */
    readonly hash?: "SHA1" | "SHA256" | "SHA512";
    readonly signature: Buffer;
  };
  readonly records: readonly TrustRecord[];
  readonly unknown: readonly UnknownField[];
  /** What is signed: the file without the field of the signature. */
  readonly signed: Buffer;
  readonly length: number;
}

/**
 * Reads a file as TFTP serves it. Its signature is another matter: `verifyTrustList`.
 * @throws one sentence, when it is cut off, when lengths do not fit, or when it is no such file.
 */
export function readTrustList(file: Uint8Array): TrustList {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  try {
    return readFile(bytes);
  } catch (error) {
    throw new Error(`the ITL or CTL file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readFile(bytes: Buffer): TrustList {
  const headerLength = headerLengthOf(bytes);
  const header = new Fields("its header", fieldsOf(bytes, { where: "its header", from: 0, to: headerLength, containers: CONTAINERS, padding: HEADER.padding }));
  const version = header.need(HEADER.version, "version", 2).value;
  const signature = header.need(HEADER.signature, "signature");
  const signer = signerOf(header, signature);
  const list = {
    fileName: header.text(HEADER.fileName),
    version: `${version[0]}.${version[1]}`,
    headerLength,
    writtenAt: new Date(header.need(HEADER.timestamp, "time", 4).value.readUInt32BE() * 1000),
    signer,
    records: readRecords(bytes, headerLength),
    signed: Buffer.concat([bytes.subarray(0, signature.at), bytes.subarray(signature.at + 3 + signature.value.length)]),
    length: bytes.length,
  };
  for (const tag of [HEADER.headerLength, HEADER.signerVersion]) header.find(tag);
  return { ...list, unknown: unknownOf(header) };
}

/** The first two fields of every file: version, then the length of the header. */
function headerLengthOf(bytes: Buffer): number {
  const begins = bytes[0] === HEADER.version && bytes[1] === 0 && bytes[2] === 2;
  if (!begins) throw new Error(`it begins with ${bytes.subarray(0, 3).toString("hex") || "nothing"}, which no ITL or CTL file does`);
  if (bytes.length < 10) throw new Error(`it is cut off after ${bytes.length} bytes, inside its header`);
  if (bytes[5] !== HEADER.headerLength || bytes.readUInt16BE(6) !== 2) throw new Error(`its second field is ${bytes[5]}, not the length of the header`);
  const length = bytes.readUInt16BE(8);
  if (length > bytes.length) throw new Error(`it is cut off: its header has ${length} bytes and the file ${bytes.length}`);
  return length;
}

function signerOf(header: Fields, signature: Field): TrustList["signer"] {
  const algorithm = header.need(HEADER.signatureAlgorithm, "signature algorithm", 1).value[0];
  if (algorithm !== 0) throw new Error(`it is signed by algorithm ${algorithm}, and only 0 (RSA) is known`);
  header.need(HEADER.signatureModulus, "length of the signer's key", 1);
  return {
    name: header.text(HEADER.signerName),
    issuer: header.text(HEADER.issuerName),
    serialNumber: serialText(header.need(HEADER.serialNumber, "serial number of its signer").value),
    hash: HASHES.get(header.need(HEADER.hashAlgorithm, "hash algorithm", 1).value[0]!),
    signature: signature.value,
  };
}

function readRecords(bytes: Buffer, from: number): TrustRecord[] {
  const records: TrustRecord[] = [];
  for (let at = from; at < bytes.length; ) {
    const number = records.length + 1;
    const left = bytes.length - at;
    if (left < 5) throw new Error(`it is cut off: ${left} bytes are left for record ${number}`);
    if (bytes[at] !== RECORD.length || bytes.readUInt16BE(at + 1) !== 2) throw new Error(`record ${number} does not begin with its length`);
    const length = bytes.readUInt16BE(at + 3);
    if (length > left) throw new Error(`it is cut off: record ${number} has ${length} bytes and ${left} are left`);
    if (length < 5) throw new Error(`record ${number} says that it has ${length} bytes, less than its own length takes`);
    records.push(readRecord(bytes, number, at, at + length));
    at += length;
  }
  return records;
}

function readRecord(bytes: Buffer, number: number, from: number, to: number): TrustRecord {
  const where = `record ${number}`;
  const fields = new Fields(where, fieldsOf(bytes, { where, from, to }));
  const roleNumber = fields.need(RECORD.role, "role", 2).value.readUInt16BE();
  const record = {
    number,
    role: trustRole(roleNumber),
    roleNumber,
    dnsName: fields.text(RECORD.dnsName),
    subject: fields.text(RECORD.subject),
    issuer: fields.text(RECORD.issuer),
    serialNumber: serialText(fields.need(RECORD.serialNumber, "serial number").value),
    publicKey: fields.need(RECORD.publicKey, "public key").value,
    certificate: fields.find(RECORD.certificate)?.value,
    certificateHash: fields.find(RECORD.certificateHash)?.value,
    ipAddress: fields.find(RECORD.ipAddress, 4)?.value.join("."),
  };
  for (const tag of [RECORD.length, RECORD.signature, RECORD.hashAlgorithm]) fields.find(tag);
  return { ...record, unknown: unknownOf(fields) };
}

function unknownOf(fields: Fields): UnknownField[] {
  return fields.rest().map(({ tag, value }) => ({ tag, value }));
}

/** How many certificates a file holds, one of two roles counted twice (assumed); its size; and whether phones still load it. */
export function sizeOf({ records, length }: Pick<TrustList, "records" | "length">): { certificates: number; bytes: number; tooLarge: boolean } {
  const certificates = records.filter(({ certificate, certificateHash }) => certificate ?? certificateHash).length;
  return { certificates, bytes: length, tooLarge: certificates > MOST_CERTIFICATES || length > MOST_BYTES };
}
