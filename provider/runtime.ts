import type { Clock, Context } from "./context";
import { Report } from "./report";

const clock: Clock = { now: () => new Date() };

/** Wires drivers, locks, log-ins and caches into the contexts that lifecycles work with. */
export class Runtime {
  readonly clock = clock;
  readonly report = new Report((line) => console.log(line));
  private read: (key: string) => string | undefined = () => undefined;
  private listening = false;

  configure(read: (key: string) => string | undefined): void {
    this.read = read;
  }

  context(): Context {
    return { clock: this.clock };
  }

  redact(text: string): string {
    return text;
  }

  /** SIGINT comes at the normal end of every preview and `up`; without a handler the process would end without a word. */
  listenForTheEnd(): void {
    if (this.listening) return;
    this.listening = true;
    process.once("SIGINT", () => {
      this.report.farewell();
      process.exit(0);
    });
  }
}
