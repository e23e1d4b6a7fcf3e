// What `show ctl` and `show itl` print, as far as one asks. platform-interfaces.md 5.3 (Cisco 118893); `show itl` is taken to print the same words with ITL.
import { serialText, TRUST_ROLES, trustRole, type TrustRole } from "./format";

/** One record as it is shown. */
export interface ShownRecord {
  number: number;
  /** Undefined where its text is unknown. */
  role?: TrustRole;
  /** FUNCTION as printed. */
  function: string;
  dnsName: string;
  subject: string;
  issuer: string;
  /** As a Certificate has it. */
  serialNumber: string;
  /** SHA-1 of the certificate, upper case, with colons; empty where none is printed. */
  fingerprint: string;
  /** Whether it signed the file. */
  signed: boolean;
}

/** A file as a node shows it. */
export interface ShownTrustList {
  kind: "CTL" | "ITL";
  /** Lower case; equal to what phones show. */
  md5: string;
  sha1: string;
  length: number;
  /** As printed, in the node's time zone. */
  modified: string;
  records: readonly ShownRecord[];
  verified: boolean;
  /** The node's words when it was not verified. */
  problem?: string;
}

const SAST_TEXT = "System Administrator Security Token";
const ROW = /^\s*\d+\s+([A-Z]{4,})\s+(\d+)(?:\s+(\S.*))?$/;

/**
 * The file that a node shows; undefined where it has none.
 * @throws when the text is no output of either command, or breaks off.
 */
export function readShownTrustList(text: string): ShownTrustList | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  const kind = /\b(CTL|ITL) file\b/i.exec(text)?.[1]?.toUpperCase() as "CTL" | "ITL" | undefined;
  const length = /^\s*Length of [CI]TL file:\s*(\d+)/im.exec(text)?.[1];
  if (kind && (/file not found/i.test(text) || length === "0")) return undefined;
  if (!kind || length === undefined) throw new Error(`this is no output of show ctl or show itl: ${brief(text)}`);
  const verified = new RegExp(`^\\s*The ${kind} file was verified successfully`, "im").test(text);
  return {
    kind,
    md5: checksum(text, "MD5"),
    sha1: checksum(text, "SHA1"),
    length: Number(length),
    modified: /was last modified on\s+(.*\S)/i.exec(text)?.[1] ?? "",
    records: recordsOf(lines),
    verified,
    ...(verified ? {} : { problem: problemOf(lines, kind) }),
  };
}

function checksum(text: string, name: string): string {
  return new RegExp(`^\\s*([0-9a-f]{32,40})\\s*\\(${name}\\)`, "im").exec(text)?.[1]?.toLowerCase() ?? "";
}

/** @throws when the output ends without a verdict: it was cut off. */
function problemOf(lines: readonly string[], kind: string): string {
  const problem = lines.find((line) => /error|fail|not verified|could not/i.test(line) && !ROW.test(line));
  if (problem === undefined) throw new Error(`the output of show ${kind.toLowerCase()} breaks off: it does not say whether the file was verified`);
  return problem.trim();
}

function recordsOf(lines: readonly string[]): ShownRecord[] {
  const starts = lines.flatMap((line, index) => (/[CI]TL Record #:\s*\d+/.test(line) ? [index] : []));
  return starts.map((start, index) => recordOf(lines.slice(start, starts[index + 1])));
}

function recordOf(lines: readonly string[]): ShownRecord {
  const number = Number(/#:\s*(\d+)/.exec(lines[0]!)![1]);
  const value = (label: string): string => {
    const at = lines.findIndex((line) => ROW.exec(line)?.[1] === label);
    return at < 0 ? "" : whole(lines.slice(at));
  };
  const role = value("FUNCTION");
  const serial = value("SERIALNUMBER");
  if (role === "" || serial === "") throw new Error(`record ${number} is shown without its ${role === "" ? "FUNCTION" : "SERIALNUMBER"}`);
  return {
    number,
    role: roleOf(role),
    function: role,
    dnsName: value("DNSNAME"),
    subject: value("SUBJECTNAME"),
    issuer: value("ISSUERNAME"),
    serialNumber: serialText(Buffer.from(serial.replace(/[^0-9a-f]/gi, ""), "hex")),
    fingerprint: value("CERTIFICATE").replace(/\(.*$/, "").replace(/[^0-9a-f]/gi, "").toUpperCase().replace(/..(?=.)/g, "$&:"),
    signed: lines.some((line) => /was used to sign/i.test(line)),
  };
}

/** A value with the lines into which a terminal has broken it; LENGTH, which counts a final NUL, tells whether a space was lost there. */
function whole([row, ...rest]: readonly string[]): string {
  const [, , length, first = ""] = ROW.exec(row!)!;
  const end = rest.findIndex((line) => line.trim() === "" || ROW.test(line) || /sign the [CI]TL file|[CI]TL file was/i.test(line));
  const parts = [first, ...rest.slice(0, end < 0 ? rest.length : end).map((line) => line.trim())];
  return [parts.join(""), parts.join(" ")].find((text) => text.length + 1 === Number(length)) ?? parts.join("");
}

function roleOf(text: string): TrustRole | undefined {
  if (text === SAST_TEXT) return "SAST";
  if (/^\d+$/.test(text)) return trustRole(Number(text));
  return Object.keys(TRUST_ROLES).find((role): role is TrustRole => role === text);
}

function brief(text: string): string {
  return text.trim().slice(0, 80) || "it is empty";
}
