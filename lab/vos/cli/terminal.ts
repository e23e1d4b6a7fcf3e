import type { ServerChannel } from "ssh2";
import { ENTER, Interrupted, Keyboard } from "./keyboard";

/** What the client said of its window. */
export interface Screen {
  rows: number;
}

const MORE = "\u001b[1mPress <enter> for 1 line, <space> for one page, or <q> to quit\u001b[0m";
const ERASE_LINE = "\r\u001b[K";
const BACKSPACES = ["\u007f", "\b"];

/** The client's screen and keyboard: echo, line ends, pages. */
export class Terminal {
  readonly keyboard = new Keyboard();
  /** `set cli pagination`. */
  paginates = true;

  constructor(
    private readonly channel: ServerChannel,
    private readonly screen: Screen,
  ) {}

  /** Writes; every line end becomes CRLF. */
  write(text: string): void {
    if (this.channel.writable) this.channel.write(text.replace(/\r?\n/g, "\r\n"));
  }

  /** Writes a line at once, past the pages: for what a long command says while it works. */
  say(line = ""): void {
    this.write(`${line}\n`);
  }

  /** Reads a line and echoes it, unless it is `secret`. */
  async readLine(secret = false): Promise<string> {
    let line = "";
    for (;;) {
      let echo = "";
      for (const key of await this.keyboard.text()) {
        if (key === ENTER) {
          this.write(secret ? "\n" : `${echo}\n`);
          return line;
        }
        if (BACKSPACES.includes(key)) {
          if (line) echo += "\b \b";
          line = line.slice(0, -1);
        } else if (key >= " " || key === "\t") {
          line += key;
          echo += key;
        }
      }
      if (!secret) this.write(echo);
    }
  }

  /** Asks for a line. */
  async ask(question: string): Promise<string> {
    this.write(question);
    return (await this.readLine()).trim();
  }

  /** Asks for a line that is not shown. */
  async askSecret(question: string): Promise<string> {
    this.write(question);
    return this.readLine(true);
  }

  /** Asks for a single key, without Enter. */
  async askKey(question: string): Promise<string> {
    this.write(question);
    const key = await this.keyboard.key();
    this.write(`${key === ENTER ? "" : key}\n`);
    return key;
  }

  /** Everything up to a blank line. */
  async paste(invitation: string): Promise<string> {
    this.say(invitation);
    const lines: string[] = [];
    for (;;) {
      const line = (await this.readLine()).trim();
      if (!line) return lines.join("\n");
      lines.push(line);
    }
  }

  /** Writes lines, page by page; `always` also when pagination is off. */
  async page(lines: string[], always = false): Promise<void> {
    if (!this.paginates && !always) return this.write(lines.map((line) => `${line}\n`).join(""));
    let rest = lines;
    let room = this.pageSize;
    for (;;) {
      this.write(rest.slice(0, room).map((line) => `${line}\n`).join(""));
      rest = rest.slice(room);
      if (rest.length === 0) return;
      room = await this.more();
      if (room === 0) return;
    }
  }

  /** Never comes back; throws when the client is gone. */
  async hang(): Promise<never> {
    for (;;) {
      try {
        await this.keyboard.text();
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
      }
    }
  }

  private get pageSize(): number {
    return Math.max(this.screen.rows - 1, 1);
  }

  /** How many lines more. */
  private async more(): Promise<number> {
    const rooms: Record<string, number> = { [ENTER]: 1, " ": this.pageSize, q: 0, Q: 0 };
    this.write(MORE);
    try {
      for (;;) {
        const room = rooms[await this.keyboard.key()];
        if (room !== undefined) return room;
      }
    } finally {
      this.write(ERASE_LINE);
    }
  }
}
