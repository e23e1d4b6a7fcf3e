// The layout in which `show cert own` and `show cert trust` print a certificate: platform-interfaces.md section 3.3.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Described } from "../../pki/read";
import { zonedDate } from "./dates";

const ALGORITHM_OIDS: Record<string, string> = {
  SHA1withRSA: "1.2.840.113549.1.1.5",
  SHA256withRSA: "1.2.840.113549.1.1.11",
  SHA384withRSA: "1.2.840.113549.1.1.12",
  SHA512withRSA: "1.2.840.113549.1.1.13",
  SHA1withECDSA: "1.2.840.10045.4.1",
  SHA256withECDSA: "1.2.840.10045.4.3.2",
  SHA384withECDSA: "1.2.840.10045.4.3.3",
  SHA512withECDSA: "1.2.840.10045.4.3.4",
};

const USAGES = ["digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"];

const EXTENSION_NAMES: Record<string, string> = {
  "2.5.29.14": "SubjectKeyIdentifier",
  "2.5.29.15": "KeyUsage",
  "2.5.29.17": "SubjectAltName",
  "2.5.29.19": "BasicConstraints",
  "2.5.29.35": "AuthorityKeyIdentifier",
  "2.5.29.37": "ExtKeyUsageSyntax",
};

const NAME_KINDS: Record<string, string> = { dns: "dNSName", ip: "iPAddress", email: "rfc822Name", url: "uniformResourceIdentifier" };

const listed = (values: string[]) => values.map((value) => `${value}, `).join("").trimEnd();

function extensionValue(extension: x509.Extension): string[] {
  if (extension instanceof x509.KeyUsagesExtension) return [`     Usages: ${listed(USAGES.filter((_, bit) => extension.usages & (1 << bit)))}`];
  if (extension instanceof x509.ExtendedKeyUsageExtension) return [`     Usage oids: ${listed(extension.usages.map(String))}`];
  if (extension instanceof x509.SubjectKeyIdentifierExtension) return [`     keyID: ${extension.keyId}`];
  if (extension instanceof x509.AuthorityKeyIdentifierExtension) return [`     keyID: ${extension.keyId ?? ""}`];
  if (!(extension instanceof x509.SubjectAlternativeNameExtension)) return [];
  const names = extension.names.items.map(({ type, value }, index) => `          ${index + 1}) ${value} (${NAME_KINDS[type] ?? type})`);
  return [`        altNames: ${names.length} names`, ...names];
}

function extensionLines(extension: x509.Extension): string[] {
  const name = EXTENSION_NAMES[extension.type] ?? "Unknown";
  return ["  [", `     Extension: ${name} (OID.${extension.type})`, `     Critical: ${extension.critical}`, ...extensionValue(extension), "  ]"];
}

/** `  0000: 38 8f … [8.…]`, sixteen bytes a line. */
function dump(bytes: Buffer): string[] {
  const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => bytes.subarray(row * 16, row * 16 + 16));
  return rows.map((row, index) => {
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = [...row].map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    return `  ${(index * 16).toString(16).padStart(4, "0")}: ${hex} [${text}]`;
  });
}

/** The uncompressed point: 04, x, y. */
function pointOf({ parsed }: Described): Buffer {
  const { x = "", y = "" } = parsed.publicKey.export({ format: "jwk" });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
}

function keyLines(described: Described): string[] {
  const key = described.parsed.publicKey;
  const rsa = key.asymmetricKeyType === "rsa";
  const value = rsa ? key.export({ type: "pkcs1", format: "der" }) : pointOf(described);
  return [`  Key: ${rsa ? "RSA (1.2.840.113549.1.1.1)" : "EC (1.2.840.10045.2.1)"}`, `    Key value: ${value.toString("hex")}`];
}

/** The lines of a certificate, its PEM included. */
export function certificateLines(described: Described): string[] {
  const certificate = new x509.X509Certificate(described.pem);
  const { signatureAlgorithm, issuer, subject, notBefore, notAfter } = described;
  const pem = described.pem.trim().split("\n");
  return [
    "[",
    "  Version: V3",
    `  Serial Number: ${described.serial.toUpperCase()}`,
    `  SignatureAlgorithm: ${signatureAlgorithm} (${ALGORITHM_OIDS[signatureAlgorithm] ?? "unknown"})`,
    `  Issuer Name: ${issuer}`,
    `  Validity From: ${zonedDate(notBefore)}`,
    `           To:   ${zonedDate(notAfter)}`,
    `  Subject Name: ${subject}`,
    ...keyLines(described),
    `  Extensions: ${certificate.extensions.length} present`,
    ...certificate.extensions.flatMap(extensionLines),
    "",
    "  Signature:",
    ...dump(Buffer.from(certificate.signature)),
    `]${pem[0]}`,
    ...pem.slice(1),
  ];
}
