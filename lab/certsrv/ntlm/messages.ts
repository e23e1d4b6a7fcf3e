// The three messages of NTLM, as [MS-NLMP] 2.2.1 lays them out. The server reads the first and the third and writes the second.

const SIGNATURE = Buffer.from("NTLMSSP\0", "ascii");

/** Negotiation flags, [MS-NLMP] 2.2.2.5. */
export const FLAGS = {
  unicode: 0x00000001,
  oem: 0x00000002,
  requestTarget: 0x00000004,
  ntlm: 0x00000200,
  alwaysSign: 0x00008000,
  targetTypeDomain: 0x00010000,
  extendedSessionSecurity: 0x00080000,
  targetInfo: 0x00800000,
} as const;

/** Attribute ids of the target information, [MS-NLMP] 2.2.2.1. */
const ATTRIBUTE = { end: 0, computer: 1, domain: 2, dnsComputer: 3, dnsDomain: 4, timestamp: 7 } as const;

/** Milliseconds from the beginning of Windows time (1601) to that of Unix time. */
const EPOCH_1601_MS = 11_644_473_600_000n;

/** Who the server says it is. */
export interface Target {
  /** NetBIOS names. */
  domain: string;
  computer: string;
  dnsDomain: string;
  dnsComputer: string;
}

/** What a client answers to a challenge. */
export interface Authenticate {
  domain: string;
  username: string;
  workstation: string;
  lmResponse: Buffer;
  ntResponse: Buffer;
}

/** The kind of an NTLM message (1, 2 or 3); undefined when it is none. */
export function messageType(message: Buffer): number | undefined {
  return message.length >= 12 && message.subarray(0, 8).equals(SIGNATURE) ? message.readUInt32LE(8) : undefined;
}

/** The flags of the first message. */
export function negotiateFlags(message: Buffer): number {
  return message.length >= 16 ? message.readUInt32LE(12) : 0;
}

function attribute(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

function targetInformation(target: Target, now: Date): Buffer {
  const text = (value: string) => Buffer.from(value, "utf16le");
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64LE((BigInt(now.getTime()) + EPOCH_1601_MS) * 10_000n);
  return Buffer.concat([
    attribute(ATTRIBUTE.domain, text(target.domain)),
    attribute(ATTRIBUTE.computer, text(target.computer)),
    attribute(ATTRIBUTE.dnsDomain, text(target.dnsDomain)),
    attribute(ATTRIBUTE.dnsComputer, text(target.dnsComputer)),
    attribute(ATTRIBUTE.timestamp, timestamp),
    attribute(ATTRIBUTE.end, Buffer.alloc(0)),
  ]);
}

/** The second message: the challenge (8 bytes) and who asks. */
export function writeChallenge(challenge: Buffer, target: Target, clientFlags: number, now = new Date()): Buffer {
  const unicode = (clientFlags & FLAGS.unicode) !== 0;
  const name = Buffer.from(target.domain, unicode ? "utf16le" : "latin1");
  const information = targetInformation(target, now);
  const { requestTarget, ntlm, alwaysSign, targetTypeDomain, extendedSessionSecurity, targetInfo } = FLAGS;
  const head = Buffer.alloc(48);
  SIGNATURE.copy(head);
  head.writeUInt32LE(2, 8);
  head.writeUInt16LE(name.length, 12);
  head.writeUInt16LE(name.length, 14);
  head.writeUInt32LE(head.length, 16);
  head.writeUInt32LE((unicode ? FLAGS.unicode : FLAGS.oem) | requestTarget | ntlm | alwaysSign | targetTypeDomain | extendedSessionSecurity | targetInfo, 20);
  challenge.copy(head, 24);
  head.writeUInt16LE(information.length, 40);
  head.writeUInt16LE(information.length, 42);
  head.writeUInt32LE(head.length + name.length, 44);
  return Buffer.concat([head, name, information]);
}

function field(message: Buffer, at: number): Buffer {
  const offset = message.readUInt32LE(at + 4);
  const end = offset + message.readUInt16LE(at);
  if (end > message.length) throw new Error("NTLM message too short");
  return message.subarray(offset, end);
}

/** Reads the third message; throws when it is cut off. */
export function readAuthenticate(message: Buffer, clientFlags: number): Authenticate {
  const encoding = clientFlags & FLAGS.unicode ? "utf16le" : "latin1";
  return {
    lmResponse: field(message, 12),
    ntResponse: field(message, 20),
    domain: field(message, 28).toString(encoding),
    username: field(message, 36).toString(encoding),
    workstation: field(message, 44).toString(encoding),
  };
}
