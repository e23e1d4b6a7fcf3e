/** Ctrl-C. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
  }
}

/** There is nobody any more to talk to. */
export class Lost extends Error {
  constructor(why = "connection lost") {
    super(why);
  }
}

export const ENTER = "\r";
const CTRL_C = "\u0003";

/** What a client types, whatever the chunks it comes in. What nobody asked for yet is kept (type-ahead). */
export class Keyboard {
  private typed = "";
  private afterReturn = false;
  private lost = false;
  private reading = false;
  private interrupted = false;
  private wake: () => void = () => {};

  /** Called for Ctrl-C while nobody reads. */
  onInterrupt: () => void = () => {};

  /** CR, LF and CRLF are one Enter each. */
  feed(text: string): void {
    for (const key of text) {
      if (key === "\n" && this.afterReturn) this.afterReturn = false;
      else this.press(key);
    }
    this.wake();
  }

  /** The next key; throws `Interrupted` or `Lost`. */
  async key(): Promise<string> {
    await this.ready();
    return this.take(1);
  }

  /** All that is typed already, up to and with the next Enter; waits when that is nothing. */
  async text(): Promise<string> {
    await this.ready();
    const end = this.typed.indexOf(ENTER);
    return this.take(end < 0 ? this.typed.length : end + 1);
  }

  /** Nothing more will come: whoever reads or will read gets `Lost`. */
  close(): void {
    this.lost = true;
    this.wake();
  }

  private press(key: string): void {
    this.afterReturn = key === ENTER;
    if (key === CTRL_C) return this.interrupt();
    this.typed += key === "\n" ? ENTER : key;
  }

  private interrupt(): void {
    this.typed = "";
    if (this.reading) this.interrupted = true;
    else this.onInterrupt();
  }

  private take(count: number): string {
    const taken = this.typed.slice(0, count);
    this.typed = this.typed.slice(count);
    return taken;
  }

  private async ready(): Promise<void> {
    this.reading = true;
    try {
      for (;;) {
        if (this.lost) throw new Lost();
        if (this.interrupted) throw new Interrupted();
        if (this.typed) return;
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      this.reading = false;
      this.interrupted = false;
    }
  }
}
