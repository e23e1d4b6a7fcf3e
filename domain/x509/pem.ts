/** One PEM block. */
export interface PemBlock {
  /** What stands between BEGIN and the dashes, e.g. `CERTIFICATE`. */
  label: string;
  der: Buffer;
}

// The body ends at the next five dashes: a text of many BEGIN lines without an END must not make this search quadratic.
const BLOCK = /-----BEGIN ([A-Z0-9 #]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g;

/** Every PEM block of a text, in order; text around them (bag attributes, `openssl` output) is ignored. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label, body]) => ({ label: label!, der: Buffer.from(body!.replace(/[^A-Za-z0-9+/=]/g, ""), "base64") }));
}

/** Whether a text has a BEGIN line without its END line: a file that was cut off, or copied without its last line. */
export function isCutOff(text: string): boolean {
  return (text.match(/-----BEGIN /g) ?? []).length > pemBlocks(text).length;
}

/** PEM with 64 characters a line and a final newline. */
export function toPem(label: string, der: Uint8Array): string {
  const body = Buffer.from(der).toString("base64").replace(/(.{64})(?=.)/g, "$1\n");
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

/** The same text for two spellings of the same PEM: white space, line lengths and surrounding text do not count. */
export function normalPem(text: string): string {
  const blocks = pemBlocks(text);
  return blocks.length === 0 ? text.trim() : blocks.map(({ label, der }) => toPem(label, der)).join("");
}
