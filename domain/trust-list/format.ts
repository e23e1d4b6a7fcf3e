// ITL and CTL files as bytes: tags and roles. platform-interfaces.md 5.2 (certutils; the sizes of Cisco 118893).

/** A field of the header. Every field is a tag of one byte, a length of two bytes and a value; padding is a lone byte. */
export const HEADER = {
  version: 1,
  headerLength: 2,
  signerVersion: 28,
  signerInfo: 3,
  signerName: 4,
  serialNumber: 5,
  issuerName: 6,
  signatureInfo: 7,
  hashAlgorithm: 8,
  signatureAlgorithmInfo: 9,
  signatureAlgorithm: 10,
  signatureModulus: 11,
  signature: 12,
  padding: 13,
  fileName: 14,
  timestamp: 15,
} as const;

/** Header fields whose value is other fields. */
export const CONTAINERS: ReadonlySet<number> = new Set([HEADER.signerInfo, HEADER.signatureInfo, HEADER.signatureAlgorithmInfo]);

/** A field of a record. */
export const RECORD = {
  length: 1,
  dnsName: 2,
  subject: 3,
  role: 4,
  issuer: 5,
  serialNumber: 6,
  publicKey: 7,
  signature: 8,
  certificate: 9,
  ipAddress: 10,
  certificateHash: 11,
  hashAlgorithm: 12,
} as const;

/** What a certificate of a file may do for a phone, by its number in the file. SRST, Firewall and Certificate Authority are inferred from AXL's XTrustRole. */
export const TRUST_ROLES = {
  SAST: 0,
  CCM: 1,
  "CCM+TFTP": 2,
  TFTP: 3,
  CAPF: 4,
  SRST: 5,
  Firewall: 6,
  "APP-SERVER": 7,
  "Certificate Authority": 8,
  TVS: 21,
} as const;
/** SAST signs, CCM and TFTP serve, CAPF issues LSCs, TVS vouches for others. */
export type TrustRole = keyof typeof TRUST_ROLES;

const NAMES = new Map<number, TrustRole>(Object.entries(TRUST_ROLES).map(([name, number]) => [number, name as TrustRole]));

/** The role of a number; undefined where nobody has named it. */
export function trustRole(number: number): TrustRole | undefined {
  return NAMES.get(number);
}

/** Hashes of the signature, by their number in the file. */
export const HASHES: ReadonlyMap<number, "SHA1" | "SHA256" | "SHA512"> = new Map([[1, "SHA1"], [2, "SHA256"], [3, "SHA512"]]);

/** Beyond either, phones do not load an ITL (Cisco security guide 14). */
export const MOST_CERTIFICATES = 39;
export const MOST_BYTES = 64 * 1024;

/** Hexadecimal, upper case, without leading zeros, as a Certificate has its serial number. */
export function serialText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase().replace(/^0+(?=.)/, "");
}
