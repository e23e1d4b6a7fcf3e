// The platform CLI as an expect-style session: platform-interfaces.md 3.1. One per node, one command at a time.
import { PlatformError } from "../../../errors";
import type { Shell } from "../../../transport/ssh";

/** Output without terminal sequences, lone carriage returns and CRLF. */
export function plainOutput(text: string): string {
   
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[()][A-Z0-9]|\u001b[=>]/g, "").replace(/\r\n/g, "\n").replace(/\r/g, "");
}

const PROMPT = /(?:^|\n)admin:\s*$/;
const PAGE = /Press <enter> for 1 line, <space> for one page, or <q> to quit\s*$/;
/** Something that waits for an answer: a question mark, a colon or a bracket at the end of a line that has not ended. */
const ASKS = /[?:)]$/;

/** An answer that a command may give to a question: pattern of the question, what is typed. */
export interface Reply {
  question: RegExp;
  answer: string;
}

export interface Command {
  /** The command line. */
  line: string;
  /** What is being done, for messages. */
  action: string;
  /** Questions that are expected, in any order. Any other question aborts the command and is shown. */
  replies?: readonly Reply[];
  /** Milliseconds of silence that are borne. */
  idle: number;
  /** Told every whole line as it comes. */
  watch?: (line: string) => void;
  /** Never leave it with Ctrl-C: a service that is restarting could stay down. */
  uninterruptible?: boolean;
}

/** Milliseconds without a further character after which text that looks like a question is taken for one. */
const QUESTION_SETTLES = 5_000;
/** Milliseconds after which an empty line is sent to a shell that shows no first prompt. */
const NUDGE = 5_000;

export class CliSession {
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly shell: Shell,
    private readonly host: string,
  ) {}

  /** Waits for the first prompt (some nodes show none until a line is sent) and switches pagination off. */
  static async begin(shell: Shell, host: string, startLimit: number): Promise<CliSession> {
    const session = new CliSession(shell, host);
    await session.firstPrompt(startLimit);
    await session.run({ line: "set cli pagination off", action: "switch pagination off", idle: startLimit });
    return session;
  }

  get open(): boolean {
    return this.shell.open;
  }

  /** Runs one command after those before it and returns its output without echo and prompt. */
  run(command: Command): Promise<string> {
    const turn = this.queue.then(
      () => this.execute(command),
      () => this.execute(command),
    );
    this.queue = turn.catch(() => {});
    return turn;
  }

  /** Closes the session, never in the middle of a command. */
  async close(): Promise<void> {
    await this.queue;
    this.shell.close();
  }

  private async firstPrompt(limit: number): Promise<void> {
    const nudge = setTimeout(() => this.shell.write("\n"), Math.min(limit / 2, NUDGE));
    try {
      let seen = "";
      while (!PROMPT.test(plainOutput(seen))) seen += await this.more({ action: "wait for the CLI prompt", idle: limit, uninterruptible: true }, seen);
    } finally {
      clearTimeout(nudge);
    }
  }

  private async execute(command: Command): Promise<string> {
    const { line, replies = [], watch = () => {} } = command;
    this.shell.write(`${line}\n`);
    let raw = "";
    let told = 0;
    let answered = 0;
    for (;;) {
      raw += await this.more(command, raw.slice(answered));
      const output = plainOutput(raw);
      const lines = output.split("\n");
      lines.slice(told, -1).forEach(watch);
      told = Math.max(told, lines.length - 1);
      if (ended(output, line)) return body(output, line);
      const answer = answerTo(lines.at(-1)!, replies);
      if (answer === undefined) continue;
      this.shell.write(answer);
      answered = raw.length;
    }
  }

  /** Whatever comes next. Silence after something that looks like a question is an unknown question; otherwise it is a timeout. */
  private async more({ action, idle, uninterruptible }: Omit<Command, "line">, sinceAnswer: string): Promise<string> {
    const open = plainOutput(sinceAnswer).split("\n").at(-1)!.trim();
    const asks = ASKS.test(open) && !uninterruptible;
    const text = await this.shell.next(action, asks ? Math.min(idle, QUESTION_SETTLES) : idle);
    if (text !== undefined) return text;
    if (asks) this.abort(action, open);
    throw new PlatformError("timeout", { node: this.host, action, answer: `the CLI prompt did not come back; nothing came for ${Math.round(idle / 1000)} s` });
  }

  /** Leaves an unknown question with Ctrl-C and says what it was. Nothing is ever typed into it. */
  private abort(action: string, question: string): never {
    this.shell.write("\u0003");
    throw new PlatformError("rejected", { node: this.host, action, answer: `the CLI asks "${question.slice(-200)}", which is not known here; it was left with Ctrl-C` });
  }
}

function answerTo(open: string, replies: readonly Reply[]): string | undefined {
  if (PAGE.test(open)) return " ";
  const reply = replies.find(({ question }) => question.test(open));
  return reply && `${reply.answer}\n`;
}

/** Whether the prompt is back after the echo of the command. */
function ended(output: string, line: string): boolean {
  const at = output.indexOf(line);
  return at >= 0 && PROMPT.test(output.slice(at + line.length));
}

function body(output: string, line: string): string {
  const after = output.slice(output.indexOf(line) + line.length);
  return after.replace(PROMPT, "").replace(/^\n/, "");
}
