// Runs a line as `cmd.exe /c` does.
import { toOem } from "../code-page";
import { DriveError } from "../drive";
import type { WindowsHost } from "../host";
import { type Condition, type Line, parseLine, type Redirection, SyntaxTrouble } from "./parse";
import { expanded } from "./words";

export type Write = (bytes: Buffer) => void;

/** What a command is run with. */
export interface Shell {
  readonly host: WindowsHost;
  /** Of this session; a line may change its own. */
  readonly variables: Record<string, string>;
  /** The current folder. */
  folder: string;
  /** Aborted when the session ends: what runs is killed, and nothing more is begun. */
  readonly signal: AbortSignal;
  /** Called before each command of a line; false: the session is lost. */
  readonly before: (command: string) => boolean;
}

/** Where a command writes. */
export interface Streams {
  output: Write;
  errors: Write;
  /** What comes through a pipe. */
  input?: Buffer;
}

/** One command: its name, everything behind it, where it writes. Gives its exit code. */
export type Command = (shell: Shell, text: string, streams: Streams) => number | Promise<number>;

/** Finds what a name stands for. */
export type Finder = (shell: Shell, name: string) => Command | undefined;

/** The session has ended: nobody learns an exit code. */
export class SessionLost extends Error {}

/** Text in the console's code page with the line ends of Windows. */
export function say(write: Write, text: string): void {
  write(toOem(text.replace(/\r?\n/g, "\r\n")));
}

/** Says it on a line of its own. */
export function sayLine(write: Write, line: string): void {
  say(write, `${line}\n`);
}

export class LineRunner {
  private lastCode = 0;

  constructor(
    private readonly shell: Shell,
    private readonly find: Finder,
  ) {}

  /** @returns the exit code. @throws SessionLost */
  async run(line: string, streams: Streams): Promise<number> {
    try {
      return await this.perform(parseLine(expanded(line, this.shell.variables)), streams);
    } catch (error) {
      if (!(error instanceof SyntaxTrouble)) throw error;
      sayLine(streams.errors, this.shell.host.words.syntax);
      return 1;
    }
  }

  private async perform(line: Line, streams: Streams): Promise<number> {
    if (line.kind === "sequence") return this.sequence(line, streams);
    if (line.kind === "if") return this.choose(line, streams);
    return this.redirected(line.redirections, streams, (own) => (line.kind === "group" ? this.perform(line.body, own) : this.command(line.text, own)));
  }

  private async sequence({ operator, left, right }: Extract<Line, { kind: "sequence" }>, streams: Streams): Promise<number> {
    if (operator === "|") {
      const piped: Buffer[] = [];
      await this.perform(left, { ...streams, output: (bytes) => void piped.push(bytes) });
      return this.perform(right, { ...streams, input: Buffer.concat(piped) });
    }
    const code = await this.perform(left, streams);
    const goesOn = operator === "&" || (operator === "&&") === (code === 0);
    return goesOn ? this.perform(right, streams) : code;
  }

  private async choose({ condition, then, otherwise }: Extract<Line, { kind: "if" }>, streams: Streams): Promise<number> {
    if (this.holds(condition)) return this.perform(then, streams);
    return otherwise ? this.perform(otherwise, streams) : 0;
  }

  private holds(condition: Condition): boolean {
    return this.isSo(condition) !== condition.not;
  }

  private isSo(condition: Condition): boolean {
    const { host, folder, variables } = this.shell;
    if (condition.what === "exist") return existing(() => host.drive.stat(host.drive.absolute(condition.path.replace(/\\(nul|\*)?$/i, ""), folder)) !== undefined);
    if (condition.what === "errorlevel") return this.lastCode >= condition.least;
    if (condition.what === "defined") return Object.keys(variables).some((name) => name.toLowerCase() === condition.name.toLowerCase());
    const { left, right, ignoreCase } = condition;
    return ignoreCase ? left.toLowerCase() === right.toLowerCase() : left === right;
  }

  private async command(text: string, streams: Streams): Promise<number> {
    const { host, signal, before } = this.shell;
    if (signal.aborted || !before(text)) throw new SessionLost();
    const { name, rest } = nameOf(text);
    const command = this.find(this.shell, name);
    if (!command) {
      sayLine(streams.errors, host.words.notRecognized(name));
      return (this.lastCode = 1);
    }
    const code = await attempt(host, streams, () => command(this.shell, rest, streams));
    if (signal.aborted) throw new SessionLost();
    return (this.lastCode = code);
  }

  /** Files are made before the command begins, as cmd.exe does. */
  private async redirected(redirections: Redirection[], streams: Streams, work: (own: Streams) => Promise<number>): Promise<number> {
    const own = { ...streams };
    const { host, folder } = this.shell;
    try {
      for (const { stream, append, to } of redirections) {
        const name = stream === 1 ? "output" : "errors";
        if (typeof to === "number") own[name] = to === 1 ? own.output : own.errors;
        else own[name] = into(host, /^nul$/i.test(to) ? undefined : host.drive.absolute(to, folder), append);
      }
    } catch (error) {
      if (!(error instanceof DriveError)) throw error;
      sayLine(streams.errors, host.words.trouble[error.trouble]);
      return (this.lastCode = 1);
    }
    return work(own);
  }
}

function into({ drive }: WindowsHost, file: string | undefined, append: boolean): Write {
  if (file === undefined) return () => {};
  if (!append || !drive.isFile(file)) drive.write(file, "");
  return (bytes) => drive.append(file, bytes);
}

function existing(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}

/** What the drive refuses is said in the words of Windows. */
async function attempt({ words }: WindowsHost, streams: Streams, work: () => number | Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DriveError)) throw error;
    sayLine(streams.errors, words.trouble[error.trouble]);
    return 1;
  }
}

/** The name as it was written, quotes and all, and what follows it. */
function nameOf(text: string): { name: string; rest: string } {
  const name = /^(?:"[^"]*"?|[^\s"/=,;])+/.exec(text)?.[0] ?? text;
  return { name, rest: text.slice(name.length) };
}
