// How programs take their command line apart.

/** As the C runtime of Windows does it: backslashes count only before a quote. */
export function programWords(text: string): string[] {
  const words: string[] = [];
  for (const [raw] of text.matchAll(/(?:\\*"(?:\\.|[^"\\])*(?:"|$)|[^\s"])+/g)) words.push(unquoted(raw));
  return words;
}

function unquoted(raw: string): string {
  let text = "";
  for (let at = 0; at < raw.length; ) {
    const slashes = /^\\*/.exec(raw.slice(at))![0].length;
    const quote = raw[at + slashes] === '"';
    if (!quote) {
      text += raw.slice(at, at + slashes + 1);
      at += slashes + 1;
      continue;
    }
    text += "\\".repeat(Math.floor(slashes / 2)) + (slashes % 2 === 1 ? '"' : "");
    at += slashes + 1;
  }
  return text;
}

/** As the commands inside cmd.exe do it: quotes hold words together and are dropped. */
export function plainWords(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"?|[^\s"])+/g)].map(([word]) => word.replace(/"/g, ""));
}

export interface Words {
  /** `/B`, in capitals. */
  switches: string[];
  rest: string[];
}

/** Switches apart from the rest. */
export function switchesOf(words: readonly string[]): Words {
  const isSwitch = (word: string) => /^\/[a-z?]/i.test(word);
  return { switches: words.filter(isSwitch).map((word) => word.toUpperCase()), rest: words.filter((word) => !isSwitch(word)) };
}

/** `%NAME%` as `cmd /c` does it: what is not defined stays as it is. */
export function expanded(line: string, variables: Readonly<Record<string, string>>): string {
  const values = new Map(Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value]));
  return line.replace(/%([^%\s][^%]*)%/g, (whole, name: string) => values.get(name.toLowerCase()) ?? whole);
}
