// How Windows' console programs write letters with accents: English, French and Spanish installations have an OEM code page (437, 850, 850) whose letters are these.
const LETTERS = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»";
const FIRST = 0x80;
const OTHERS: Record<string, number> = { "Á": 0xb5, "Â": 0xb6, "À": 0xb7, "Í": 0xd6, "Ó": 0xe0, "Ú": 0xe9, "È": 0xd4, "Ê": 0xd2, "’": 0x27, "\u00a0": 0xff };

const BYTES = new Map<string, number>([...[...LETTERS].map((letter, index) => [letter, FIRST + index] as const), ...Object.entries(OTHERS)]);
const BY_BYTE = new Map([...BYTES].filter(([, byte]) => byte >= FIRST).map(([letter, byte]) => [byte, letter]));

/** Code page 850; a letter that it does not have becomes a question mark. */
export function toOem(text: string): Buffer {
  return Buffer.from([...text].map((letter) => (letter.charCodeAt(0) < FIRST ? letter.charCodeAt(0) : (BYTES.get(letter) ?? 0x3f))));
}

/** What bytes of code page 850 say. */
export function fromOem(bytes: Buffer): string {
  return [...bytes].map((byte) => (byte < FIRST ? String.fromCharCode(byte) : (BY_BYTE.get(byte) ?? "?"))).join("");
}
