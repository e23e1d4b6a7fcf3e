// A line as cmd.exe reads it: `&`, `&&`, `||`, `|`, `( … )`, redirections, and `if`.
import { type Operator, type Redirection, SyntaxTrouble, type Token, tokensOf } from "./tokens";

export { type Redirection, SyntaxTrouble };

export type Line =
  | { kind: "command"; text: string; redirections: Redirection[] }
  | { kind: "group"; body: Line; redirections: Redirection[] }
  | { kind: "if"; condition: Condition; then: Line; otherwise?: Line }
  | { kind: "sequence"; operator: "&" | "&&" | "||" | "|"; left: Line; right: Line };

export type Condition = { not: boolean } & ({ what: "exist"; path: string } | { what: "errorlevel"; least: number } | { what: "defined"; name: string } | { what: "equal"; left: string; right: string; ignoreCase: boolean });

class Parser {
  private at = 0;

  constructor(private readonly list: Token[]) {}

  line(): Line {
    const whole = this.sequence(0);
    if (this.at < this.list.length) throw new SyntaxTrouble();
    return whole;
  }

  /** Loosest first. */
  private sequence(level: number): Line {
    const operators = (["&", "||", "&&", "|"] as const)[level];
    if (!operators) return this.single();
    let left = this.sequence(level + 1);
    while (this.takes(operators)) left = { kind: "sequence", operator: operators, left, right: this.sequence(level + 1) };
    return left;
  }

  private single(): Line {
    if (this.takes("(")) return this.group();
    const token = this.list[this.at];
    if (!token || "operator" in token) throw new SyntaxTrouble();
    if ("text" in token && /^if\s/i.test(token.text)) return this.condition(token.text);
    const texts: string[] = [];
    const redirections: Redirection[] = [];
    for (let next = this.list[this.at]; next && !("operator" in next); next = this.list[++this.at]) {
      if ("text" in next) texts.push(next.text);
      else redirections.push(next.redirection);
    }
    return { kind: "command", text: texts.join(" "), redirections };
  }

  private group(): Line {
    const body = this.sequence(0);
    if (!this.takes(")")) throw new SyntaxTrouble();
    return { kind: "group", body, redirections: this.redirections() };
  }

  private redirections(): Redirection[] {
    const list: Redirection[] = [];
    for (let next = this.list[this.at]; next && "redirection" in next; next = this.list[++this.at]) list.push(next.redirection);
    return list;
  }

  /** What follows a condition without brackets goes to the end of the line. */
  private condition(text: string): Line {
    const { condition, rest } = conditionOf(text);
    if (rest) this.list[this.at] = { text: rest };
    else this.at++;
    if (!this.takes("(")) return { kind: "if", condition, then: this.sequence(0) };
    const then = this.group();
    const next = this.list[this.at];
    if (!next || !("text" in next) || !/^else\b/i.test(next.text)) return { kind: "if", condition, then };
    const otherwise = next.text.slice(4).trim();
    if (otherwise) this.list[this.at] = { text: otherwise };
    else this.at++;
    return { kind: "if", condition, then, otherwise: this.sequence(0) };
  }

  private takes(operator: Operator): boolean {
    const token = this.list[this.at];
    if (!token || !("operator" in token) || token.operator !== operator) return false;
    this.at++;
    return true;
  }
}

const PATTERN = /^if\s+((?:\/i\s+)?)((?:not\s+)?)(?:exist\s+("[^"]*"|\S+)|errorlevel\s+(\d+)|defined\s+(\S+)|("[^"]*"|[^\s=]+)\s*==\s*("[^"]*"|\S+))\s*/i;

function conditionOf(text: string): { condition: Condition; rest: string } {
  const match = PATTERN.exec(text);
  if (!match) throw new SyntaxTrouble(text);
  const [whole, ignoring, negation, path, least, name, left, right] = match;
  const not = negation !== "";
  const rest = text.slice(whole.length);
  if (path !== undefined) return { condition: { not, what: "exist", path: path.replace(/"/g, "") }, rest };
  if (least !== undefined) return { condition: { not, what: "errorlevel", least: Number(least) }, rest };
  if (name !== undefined) return { condition: { not, what: "defined", name }, rest };
  return { condition: { not, what: "equal", left: left!, right: right!, ignoreCase: ignoring !== "" }, rest };
}

/** @throws SyntaxTrouble */
export function parseLine(line: string): Line {
  return new Parser(tokensOf(line)).line();
}
