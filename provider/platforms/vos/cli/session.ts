// The platform CLI as an expect-style session: platform-interfaces.md 3.1. One per node, one command at a time.
import { PlatformError } from "../../../errors";
import type { Shell } from "../../../transport/ssh";

/** Output without terminal sequences, lone carriage returns and CRLF. */
export function plainOutput(text: string): string {
  const bare = text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007\u001b]*(\u0007|\u001b\\)|\u001b[()][A-Z0-9]|\u001b[=>]/g, "");
  return bare.replace(/\r\n/g, "\n").replace(/\r/g, "");
}

const PROMPT = /(?:^|\n)admin:\s*$/;
const PAGE = /Press <enter> for 1 line, <space> for one page, or <q> to quit[^\S\n]*/;
const PAGE_ASKED = new RegExp(`${PAGE.source}$`);
/** Something that waits for an answer: a question mark, a colon or a bracket at the end of a line that has not ended. */
const ASKS = /[?:)]$/;

/** An answer that a command may give to a question: pattern of the question, what is typed. */
export interface Reply {
  question: RegExp;
  answer: string;
  /** The question may be followed by a line end, as an invitation to paste is. */
  anywhere?: boolean;
  /** Told just before the answer is typed: from then on it may have been done. */
  typed?: () => void;
}

export interface Command {
  /** The command line. */
  line: string;
  /** What is being done, for messages. */
  action: string;
  /** Questions that are expected, in any order. Any other question aborts the command and is shown. */
  replies?: readonly Reply[];
  /** Milliseconds until the prompt must be back. */
  limit: number;
  /** Told every whole line as it comes. */
  watch?: (line: string) => void;
  /** Never leave it with Ctrl-C: a service that is restarting could stay down. */
  uninterruptible?: boolean;
}

/** Milliseconds. */
export interface SessionTimes {
  /** Until the first prompt must be there. */
  cliStart: number;
  /** Of silence, after which text that looks like a question is taken for one, and a shell without a prompt is sent an empty line. */
  cliQuestion: number;
}

/** Milliseconds without a character after which no further first prompt is expected. */
const PROMPT_SETTLES = 100;
/** More than any command prints. */
const OUTPUT_CHARACTERS = 4_000_000;

/** What has come of one command. */
interface Progress {
  command: Omit<Command, "line">;
  deadline: number;
  raw: string;
  /** Where in `raw` what has come since the last answer begins. */
  answered: number;
}

/** The session was given up before the command was typed. */
export class NotSent extends PlatformError {}

export class CliSession {
  private queue: Promise<unknown> = Promise.resolve();
  /** A command failed: in what state the shell is nobody knows, and nothing more is typed into it. */
  private broken = false;

  private constructor(
    private readonly shell: Shell,
    private readonly host: string,
    private readonly times: SessionTimes,
  ) {}

  /** Waits for the first prompt (some nodes show none until a line is sent) and switches pagination off. Closes the shell when that fails. */
  static async begin(shell: Shell, host: string, times: SessionTimes): Promise<CliSession> {
    const session = new CliSession(shell, host, times);
    try {
      await session.firstPrompt();
      await session.run({ line: "set cli pagination off", action: "switch pagination off", limit: times.cliStart });
    } catch (error) {
      shell.close();
      throw error;
    }
    return session;
  }

  /** Whether a command can be run: neither has the node ended it, nor has a command failed in it. */
  get open(): boolean {
    return this.shell.open && !this.broken;
  }

  /** Runs one command after those before it and returns its output without echo and prompt. */
  run(command: Command): Promise<string> {
    const turn = this.queue.then(() => this.execute(command));
    this.queue = turn.catch(() => {});
    return turn;
  }

  /** Closes the session, never in the middle of a command. */
  async close(): Promise<void> {
    await this.queue;
    this.shell.close();
  }

  private async firstPrompt(): Promise<void> {
    const { cliStart, cliQuestion } = this.times;
    const nudge = setTimeout(() => this.shell.write("\n"), Math.min(cliStart / 2, cliQuestion));
    const progress = { command: { action: "wait for the CLI prompt", limit: cliStart, uninterruptible: true }, deadline: Date.now() + cliStart, raw: "", answered: 0 };
    try {
      while (!PROMPT.test(plainOutput(progress.raw))) progress.raw += await this.more(progress);
      clearTimeout(nudge);
      // A second prompt that comes late would be taken for the end of the first command.
      while (Date.now() < progress.deadline && (await this.shell.next(progress.command.action, PROMPT_SETTLES)) !== undefined);
    } finally {
      clearTimeout(nudge);
    }
  }

  private async execute(command: Command): Promise<string> {
    if (!this.open) throw new NotSent("connection", { node: this.host, action: command.action, answer: "the CLI session has ended; nothing was sent" });
    try {
      return await this.converse(command);
    } catch (error) {
      this.broken = true;
      throw error;
    }
  }

  private async converse(command: Command): Promise<string> {
    const { line, replies = [], watch = () => {}, limit } = command;
    const progress: Progress = { command, deadline: Date.now() + limit, raw: "", answered: 0 };
    let told = 0;
    this.shell.write(`${line}\n`);
    for (;;) {
      progress.raw += await this.more(progress);
      const output = plainOutput(progress.raw);
      const lines = output.split("\n");
      lines.slice(told, -1).forEach((one) => watch(one.replace(PAGE, "")));
      told = Math.max(told, lines.length - 1);
      if (ended(output, line)) return body(output, line);
      const answer = answerTo(progress, replies);
      if (answer === undefined) continue;
      progress.answered = progress.raw.length;
      answer.typed?.();
      this.shell.write(answer.text);
    }
  }

  /** Whatever comes next. Silence after something that looks like a question is an unknown question; otherwise it is a timeout. */
  private async more(progress: Progress): Promise<string> {
    const { command, deadline, raw } = progress;
    const { action, limit, uninterruptible } = command;
    const open = openLine(progress).trim();
    const asks = ASKS.test(open) && !uninterruptible;
    const left = Math.max(deadline - Date.now(), 0);
    const text = left === 0 ? undefined : await this.shell.next(action, asks ? Math.min(left, this.times.cliQuestion) : left);
    if (raw.length > OUTPUT_CHARACTERS) throw this.failure("unknown", action, `the output is longer than ${OUTPUT_CHARACTERS} characters`);
    if (text !== undefined) return text;
    if (asks) this.abort(action, open);
    const last = plainOutput(raw).trimEnd().split("\n").at(-1)!.trim().slice(-200);
    throw this.failure("timeout", action, `the CLI prompt did not come back within ${limit / 1000} s${last ? `; the last line was "${last}"` : ""}`);
  }

  /** Leaves an unknown question with Ctrl-C and says what it was. Nothing is ever typed into it. */
  private abort(action: string, question: string): never {
    this.shell.write("\u0003");
    throw this.failure("rejected", action, `the CLI asks "${question.slice(-200)}", which is not known here; it was left with Ctrl-C`);
  }

  private failure(kind: PlatformError["kind"], action: string, answer: string): PlatformError {
    return new PlatformError(kind, { node: this.host, action, answer });
  }
}

/** What came after the last answer. */
function unanswered({ raw, answered }: Progress): string {
  return plainOutput(raw.slice(answered));
}

/** The line that has not ended, as far as it came after the last answer. */
function openLine(progress: Progress): string {
  return unanswered(progress).split("\n").at(-1)!;
}

function answerTo(progress: Progress, replies: readonly Reply[]): { text: string; typed?: () => void } | undefined {
  const open = openLine(progress);
  if (PAGE_ASKED.test(open)) return { text: " " };
  const reply = replies.find(({ question, anywhere }) => question.test(anywhere ? unanswered(progress) : open));
  return reply && { text: `${reply.answer}\n`, typed: reply.typed };
}

/** Whether the prompt is back after the echo of the command. */
function ended(output: string, line: string): boolean {
  const at = output.indexOf(line);
  return at >= 0 && PROMPT.test(output.slice(at + line.length));
}

function body(output: string, line: string): string {
  const after = output.slice(output.indexOf(line) + line.length);
  return after.replace(PROMPT, "").replace(/^\n/, "").replace(new RegExp(PAGE, "g"), "");
}
