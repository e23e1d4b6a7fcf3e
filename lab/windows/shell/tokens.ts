// Cuts a line into what cmd.exe takes for its own, and the words between, which commands take apart themselves.

export interface Redirection {
  stream: 1 | 2;
  append: boolean;
  /** A file, `nul`, or another stream. */
  to: string | 1 | 2;
}

export type Operator = "&" | "&&" | "||" | "|" | "(" | ")";
export type Token = { operator: Operator } | { redirection: Redirection } | { text: string };

/** The syntax of the command is incorrect. */
export class SyntaxTrouble extends Error {}

const OPERATORS: Operator[] = ["&&", "||", "&", "|", "(", ")"];
const REDIRECTION = /^([12]?)(>>|>)(?:&([12])|\s*("[^"]*"|[^\s&|<>()]+))/;

class Scanner {
  private readonly list: Token[] = [];
  private text = "";
  private depth = 0;

  scan(line: string): Token[] {
    for (let at = 0; at < line.length; ) at += this.step(line.slice(at));
    this.flush();
    return this.list;
  }

  /** @returns how many characters it took */
  private step(rest: string): number {
    return this.quoted(rest) || this.escaped(rest) || this.redirection(rest) || this.operator(rest) || this.plain(rest);
  }

  private quoted(rest: string): number {
    const whole = /^"[^"]*"?/.exec(rest)?.[0] ?? "";
    this.text += whole;
    return whole.length;
  }

  private escaped(rest: string): number {
    if (rest[0] !== "^") return 0;
    this.text += rest[1] ?? "";
    return 2;
  }

  /** A digit belongs to the arrow only when nothing stands before it. */
  private redirection(rest: string): number {
    if (/^[12]/.test(rest) && !/(^|[\s"])$/.test(this.text)) return 0;
    const found = REDIRECTION.exec(rest);
    if (!found) return 0;
    const [whole, stream, arrows, other, file] = found;
    this.flush();
    this.list.push({ redirection: { stream: stream === "2" ? 2 : 1, append: arrows === ">>", to: other ? (Number(other) as 1 | 2) : file!.replace(/"/g, "") } });
    return whole.length;
  }

  private operator(rest: string): number {
    const found = OPERATORS.find((one) => rest.startsWith(one) && this.counts(one));
    if (!found) return 0;
    this.flush();
    this.depth += { "(": 1, ")": -1 }[found as string] ?? 0;
    this.list.push({ operator: found });
    return found.length;
  }

  /** A bracket in the middle of a command is part of a word: `C:\Program Files (x86)`. */
  private counts(operator: Operator): boolean {
    if (operator === "(") return !this.text.trim() || /^(if|else)\b/i.test(this.text.trim());
    return operator !== ")" || this.depth > 0;
  }

  private plain(rest: string): number {
    if (/^[<>]/.test(rest)) throw new SyntaxTrouble(rest);
    this.text += rest[0];
    return 1;
  }

  private flush(): void {
    if (this.text.trim()) this.list.push({ text: this.text.trim() });
    this.text = "";
  }
}

/** @throws SyntaxTrouble */
export function tokensOf(line: string): Token[] {
  return new Scanner().scan(line);
}
