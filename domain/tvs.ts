// What a phone asks the Trust Verification Service (TCP 2445, TLS), and what it answers. platform-interfaces.md 5.4: a decoded trace of Cisco 213407.
// One side: who asks. Lengths of two bytes, and the tags of issuer, serial number, roles and time to live, are inferred.

const DISCRIMINATOR = 0x57;
const VERSION = 1;
const HEADER_LENGTH = 10;
export const TVS_PORT = 2445;

const TYPE = { query: 3, answer: 4 } as const;
const QUERY = { device: 1, subject: 3, issuer: 4, serialNumber: 5 } as const;
const ANSWER = { certificate: 2, reason: 7, roles: 8, secondsToLive: 9 } as const;

/** A question: is this certificate trusted? TVS looks it up by issuer and serial number. */
export interface TvsQuery {
  /** Chosen by who asks; the answer has the same. */
  id: number;
  /** `SEP001122334455`. */
  device: string;
  subject: string;
  issuer: string;
  /** Hexadecimal, as a Certificate has it. */
  serialNumber: string;
}

/** What TVS knows of it. */
export type TvsAnswer =
  | {
      readonly id: number;
      readonly found: true;
      /** DER. */
      readonly certificate: Buffer;
      /** Numbers as in an ITL file: 0 (SAST) and 3 (TFTP) for the CallManager of another cluster. */
      readonly roles: readonly number[];
      /** Seconds that a phone remembers the answer; undefined where it does not say. */
      readonly secondsToLive?: number;
    }
  | { readonly id: number; readonly found: false; readonly reason: number };

/** The whole length of the message that begins here; undefined as long as its header is not complete. */
export function tvsMessageLength(bytes: Uint8Array): number | undefined {
  return bytes.length < HEADER_LENGTH ? undefined : HEADER_LENGTH + ((bytes[8]! << 8) | bytes[9]!);
}

export function encodeTvsQuery({ id, device, subject, issuer, serialNumber }: TvsQuery): Buffer {
  const text = (value: string) => Buffer.from(`${value}\0`);
  const serial = Buffer.from(serialNumber.length % 2 ? `0${serialNumber}` : serialNumber, "hex");
  const deviceKind = Buffer.of(1);
  return message(id, [[QUERY.device, Buffer.concat([deviceKind, Buffer.from(device, "ascii")])], [QUERY.subject, text(subject)], [QUERY.issuer, text(issuer)], [QUERY.serialNumber, serial]]);
}

/** @throws one sentence when the bytes are no complete answer. */
export function decodeTvsAnswer(bytes: Uint8Array): TvsAnswer {
  try {
    return answerOf(bytes);
  } catch (error) {
    throw new Error(`the answer of TVS cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function answerOf(bytes: Uint8Array): TvsAnswer {
  const { id, fields } = open(bytes);
  const reason = need(fields, ANSWER.reason, "reason", 1)[0]!;
  if (reason !== 0) return { id, found: false, reason };
  const time = fields.has(ANSWER.secondsToLive) ? need(fields, ANSWER.secondsToLive, "time to live", 4).readUInt32BE() : undefined;
  return { id, found: true, certificate: need(fields, ANSWER.certificate, "certificate"), roles: [...(fields.get(ANSWER.roles) ?? [])], ...(time === undefined ? {} : { secondsToLive: time }) };
}

function message(id: number, fields: readonly (readonly [number, Buffer])[]): Buffer {
  const body = fields.map(([tag, value]) => Buffer.concat([Buffer.of(tag, value.length >> 8, value.length & 0xff), value]));
  const header = Buffer.alloc(HEADER_LENGTH);
  header.set([DISCRIMINATOR, VERSION, TYPE.query, 0]);
  header.writeUInt32BE(id, 4);
  header.writeUInt16BE(body.reduce((sum, { length }) => sum + length, 0), 8);
  return Buffer.concat([header, ...body]);
}

function open(input: Uint8Array): { id: number; fields: Map<number, Buffer> } {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (bytes[0] !== DISCRIMINATOR || bytes[1] !== VERSION) throw new Error(`it begins with ${bytes.subarray(0, 2).toString("hex") || "nothing"}, not with 5701`);
  const length = tvsMessageLength(bytes);
  if (length === undefined) throw new Error(`it is cut off after ${bytes.length} bytes, inside its header`);
  if (length !== bytes.length) throw new Error(length > bytes.length ? `it is cut off: it has ${length} bytes and ${bytes.length} are there` : `${bytes.length - length} bytes follow it`);
  if (bytes[2] !== TYPE.answer) throw new Error(`it is of type ${bytes[2]}, and an answer of type ${TYPE.answer}`);
  return { id: bytes.readUInt32BE(4), fields: fieldsOf(bytes) };
}

function fieldsOf(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = HEADER_LENGTH; at < bytes.length; ) {
    const end = at + 3 <= bytes.length ? at + 3 + bytes.readUInt16BE(at + 1) : Infinity;
    if (end > bytes.length) throw new Error(`it ends inside its field ${bytes[at]}`);
    if (!fields.has(bytes[at]!)) fields.set(bytes[at]!, bytes.subarray(at + 3, end));
    at = end;
  }
  return fields;
}

function need(fields: ReadonlyMap<number, Buffer>, tag: number, what: string, length?: number): Buffer {
  const value = fields.get(tag);
  if (!value) throw new Error(`it has no ${what} (field ${tag})`);
  if (value.length < 1 || (length !== undefined && value.length !== length)) throw new Error(`its ${what} has ${value.length} bytes${length === undefined ? "" : ` instead of ${length}`}`);
  return value;
}
