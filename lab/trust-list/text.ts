// `show ctl` and `show itl` as the platform prints them. platform-interfaces.md 5.3 (Cisco 118893); ITL wording, role texts beside SAST and CCM+TFTP inferred.
import { createHash, X509Certificate } from "node:crypto";
import type { ListContent, ListRecord } from "./write";
import { namesOf, publicKeyBytes, writeRecord } from "./write";

export type ListKind = "CTL" | "ITL";

/** What is shown. */
export interface Shown {
  kind: ListKind;
  content: ListContent;
  /** The bytes that `writeTrustList` made of it. */
  file: Buffer;
  /** `Fri Mar 06 21:56:07 CET 2015`. */
  modified: string;
}

const SAST = "System Administrator Security Token";
const HEAD = ["BYTEPOS\tTAG\t\tLENGTH\tVALUE", "-------\t---\t\t------\t-----"];
const row = (tag: number, label: string, length: number, value = "") => `${tag}\t${label}\t${label.length < 8 ? "\t" : ""}${length}${value && `\t${value}`}`;
const named = (tag: number, label: string, value: string) => row(tag, label, Buffer.byteLength(value) + 1, value);
const colons = (bytes: Buffer) => bytes.toString("hex").toUpperCase().replace(/..(?=.)/g, "$&:");

/** What a node without the file prints. */
export function showMissing(kind: ListKind): string[] {
  return [`Length of ${kind} file: 0`, `${kind} File not found . Please run CTLClient plugin or run the CLI - utils ctl.. to generate the ${kind} file.`, `Error parsing the ${kind} File.`];
}

/** What a node with the file prints. */
export function showTrustList({ kind, content, file, modified }: Shown): string[] {
  const hash = (name: string) => createHash(name).update(file).digest("hex");
  return [
    `The checksum value of the ${kind} file:`,
    `${hash("md5")}(MD5)`,
    `${hash("sha1")}(SHA1)`,
    "",
    `Length of ${kind} file: ${file.length}`,
    `The ${kind} File was last modified on ${modified}`,
    "",
    `Parse ${kind} File`,
    "----------------",
    "",
    ...header(content, file),
    "",
    ...content.records.flatMap((one, index) => record(kind, index + 1, one, content)),
    `The ${kind} file was verified successfully.`,
  ];
}

function header({ signer, fileName }: ListContent, file: Buffer): string[] {
  const { subject, issuer, serial } = namesOf(signer.certificate);
  const signature = new X509Certificate(signer.certificate).publicKey.asymmetricKeyDetails!.modulusLength! / 8;
  const container = 9 + Buffer.byteLength(subject) + 1 + serial.length + Buffer.byteLength(issuer) + 1;
  return [
    `Version:\t${file[3]}.${file[4]}`,
    `HeaderLength:\t${file.readUInt16BE(8)} (BYTES)`,
    "",
    ...HEAD,
    row(3, "SIGNERID", 2, String(container)),
    named(4, "SIGNERNAME", subject),
    row(5, "SERIALNUMBER", serial.length, colons(serial)),
    named(6, "CANAME", issuer),
    row(7, "SIGNATUREINFO", 2, "15"),
    row(8, "DIGESTALGORTITHM", 1),
    row(9, "SIGNATUREALGOINFO", 2, "8"),
    row(10, "SIGNATUREALGORTITHM", 1),
    row(11, "SIGNATUREMODULUS", 1),
    row(12, "SIGNATURE", signature),
    row(14, "FILENAME", Buffer.byteLength(fileName) + 1),
    row(15, "TIMESTAMP", 4),
  ];
}

/** Only a SAST record says whether it signed: assumed. */
function record(kind: ListKind, number: number, one: ListRecord, { signer }: ListContent): string[] {
  const { subject, issuer, serial, signature } = namesOf(one.certificate);
  const { raw, publicKey } = new X509Certificate(one.certificate);
  const written = writeRecord(one);
  const sha1 = colons(createHash("sha1").update(raw).digest()).replaceAll(":", " ");
  const signed = one.certificate === signer.certificate ? "was used" : "was not used";
  return [
    `\t${kind} Record #:${number}`,
    "\t\t      ----",
    ...HEAD,
    row(1, "RECORDLENGTH", 2, String(written.length)),
    named(2, "DNSNAME", one.dnsName ?? ""),
    named(3, "SUBJECTNAME", subject),
    row(4, "FUNCTION", 2, one.role === "SAST" ? SAST : one.role),
    named(5, "ISSUERNAME", issuer),
    row(6, "SERIALNUMBER", serial.length, colons(serial)),
    row(7, "PUBLICKEY", publicKeyBytes(publicKey).length),
    row(8, "SIGNATURE", signature.length),
    row(9, "CERTIFICATE", raw.length, `${sha1} (SHA1 Hash HEX)`),
    ...(one.ipAddress === undefined ? [] : [row(10, "IPADDRESS", 4)]),
    ...(one.role === "SAST" ? [`This etoken ${signed} to sign the ${kind} file.`] : []),
    "",
  ];
}
