// The Trust Verification Service on the wire, both sides: the node that answers and the phone that asks. platform-interfaces.md 5.4 (Cisco 213407).
// Inferred there: lengths of two bytes, and the tags of issuer (04), serial number (05), roles (08) and time to live (09).

export interface Question {
  id: number;
  device: string;
  subject: string;
  issuer: string;
  /** Upper case hexadecimal, as TVS looks it up. */
  serial: string;
}

/** What a node found in its trust stores. */
export interface Found {
  /** DER. */
  certificate: Buffer;
  roles: readonly number[];
}

/** A day, in seconds: how long a phone remembers. */
export const REMEMBERED = 0x15180;
/** Reason of an answer: 0 is found; the number for "not found" is not recorded. */
export const REASON = { found: 0, notFound: 1 } as const;
const HEAD = 10;

type Fields = readonly (readonly [tag: number, value: Buffer])[];

function frame(type: number, mark: number, id: number, fields: Fields): Buffer {
  const body = Buffer.concat(fields.flatMap(([tag, value]) => [Buffer.of(tag, value.length >> 8, value.length & 255), value]));
  const head = Buffer.from([0x57, 0x01, type, mark, 0, 0, 0, 0, body.length >> 8, body.length & 255]);
  head.writeUInt32BE(id, 4);
  return Buffer.concat([head, body]);
}

/** The first whole message of what came in, and what follows it; undefined as long as it is not complete. */
export function nextMessage(received: Buffer): { message: Buffer; rest: Buffer } | undefined {
  const end = received.length < HEAD ? Infinity : HEAD + received.readUInt16BE(8);
  return end > received.length ? undefined : { message: received.subarray(0, end), rest: received.subarray(end) };
}

/** Id and fields of a message; undefined when it is not of that type or does not add up. */
function unframe(message: Buffer, type: number): { id: number; fields: Map<number, Buffer> } | undefined {
  if (message.length < HEAD || message.subarray(0, 3).toString("hex") !== `57010${type}`) return undefined;
  const fields = new Map<number, Buffer>();
  let at = HEAD;
  while (at + 3 <= message.length) {
    const end = at + 3 + message.readUInt16BE(at + 1);
    if (end > message.length) return undefined;
    fields.set(message[at]!, message.subarray(at + 3, end));
    at = end;
  }
  return at === message.length ? { id: message.readUInt32BE(4), fields } : undefined;
}

export function writeQuestion({ id, device, subject, issuer, serial }: Question): Buffer {
  return frame(3, 0, id, [[1, Buffer.from(`\x01${device}`)], [3, Buffer.from(`${subject}\0`)], [4, Buffer.from(`${issuer}\0`)], [5, Buffer.from(serial, "hex")]]);
}

/** A question; undefined when it is none, upon which a node closes the connection (assumed). */
export function readQuestion(message: Buffer): Question | undefined {
  const { id, fields } = unframe(message, 3) ?? {};
  const [device, subject, issuer, serial] = [1, 3, 4, 5].map((tag) => fields?.get(tag));
  if (id === undefined || !device || !subject || !issuer || !serial) return undefined;
  const text = (value: Buffer) => value.toString().replace(/\0$/, "");
  return { id, device: device.subarray(1).toString(), subject: text(subject), issuer: text(issuer), serial: serial.toString("hex").toUpperCase() };
}

export function writeAnswer(id: number, found: Found | undefined): Buffer {
  if (!found) return frame(4, 1, id, [[7, Buffer.of(REASON.notFound)]]);
  const time = Buffer.alloc(4);
  time.writeUInt32BE(REMEMBERED);
  return frame(4, 1, id, [[7, Buffer.of(REASON.found)], [2, found.certificate], [8, Buffer.from(found.roles)], [9, time]]);
}

/** What a phone takes from an answer: undefined where TVS does not vouch, or where it is no answer to this question. */
export function readAnswer(message: Buffer, id: number): Found | undefined {
  const { id: answered, fields } = unframe(message, 4) ?? {};
  const certificate = fields?.get(2);
  if (answered !== id || fields?.get(7)?.[0] !== REASON.found || !certificate) return undefined;
  return { certificate, roles: [...(fields.get(8) ?? [])] };
}
