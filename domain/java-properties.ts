// Java properties files, such as CVP's conf\security.properties: java.util.Properties.load, with its escapes and continued lines.

/**
 * Keys and values of a properties file; the last one of a key counts, as in Java.
 * @throws for a `\u` that is not followed by four hexadecimal digits.
 */
export function parseProperties(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [key, value] = split(line);
    values.set(unescape(key), unescape(value));
  }
  return values;
}

/** The bytes of a properties file as text: Java reads them as ISO 8859-1. */
export function propertiesText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Lines without comments and blank ones; a line that ends in an odd number of backslashes goes on in the next, whose leading white space is dropped. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open = "";
  let continued = false;
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, "");
    if (!continued && (line === "" || line.startsWith("#") || line.startsWith("!"))) continue;
    const goesOn = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    open += goesOn ? line.slice(0, -1) : line;
    continued = goesOn;
    if (!goesOn) {
      lines.push(open);
      open = "";
    }
  }
  return continued ? [...lines, open] : lines;
}

/** The key ends at the first `=`, `:` or white space that is not escaped; one `=` or `:` and white space around it belong to neither. */
function split(line: string): [string, string] {
  const [, key = "", value = ""] = /^((?:\\[^]|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*([^]*)$/.exec(line) ?? [];
  return [key, value];
}

const CONTROL: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescape(text: string): string {
  return text.replace(/\\(u[^]{0,4}|[^]|$)/g, (_, code: string) => {
    if (!code.startsWith("u")) return CONTROL[code] ?? code;
    if (!/^u[0-9a-fA-F]{4}$/.test(code)) throw new Error("it has a \\u that is not followed by four hexadecimal digits");
    return String.fromCharCode(parseInt(code.slice(1), 16));
  });
}
