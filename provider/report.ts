// What a run has to say: notes as they come, and at its end the table of a preview or the list of what is due.
import type { Clock } from "./context";
import type { Step } from "./lifecycle";
import { stepTable } from "./step-table";

export class Report {
  private readonly notes = new Set<string>();
  private readonly steps: Step[] = [];
  private readonly waiting: string[] = [];
  private readonly switchedOff = new Map<string, string>();
  private readonly switchedBack = new Set<string>();
  private worked = false;

  constructor(
    private readonly print: (text: string) => void,
    private readonly clock: Clock,
  ) {}

  /** Says a thing once per process. */
  note(text: string): void {
    if (this.notes.has(text)) return;
    this.notes.add(text);
    this.print(text);
  }

  plan(step: Step): void {
    this.steps.push(step);
  }

  /** Something that waits for its maintenance window. */
  due(line: string): void {
    if (!this.waiting.includes(line)) this.waiting.push(line);
  }

  /** Something that is switched off and has to be on again; a later line about the same replaces the earlier. */
  off(key: string, line: string): void {
    this.switchedOff.set(key, line);
  }

  /** It is on again, whatever was or will be said of it. */
  back(key: string): void {
    this.switchedBack.add(key);
  }

  /** A preview never works; once work has begun the table would come too late. */
  workBegan(): void {
    this.worked = true;
  }

  /** Printed when the engine ends the process, at the end of every preview and `up`. */
  farewell(): void {
    if (!this.worked && this.steps.length > 0) this.print(stepTable(this.steps, this.clock.now()));
    const off = [...this.switchedOff].filter(([key]) => !this.switchedBack.has(key)).map(([, line]) => line);
    if (off.length > 0) this.print([`Switched off, and to be switched on again:`, ...off.map((line) => `  - ${line}`)].join("\n"));
    if (this.waiting.length > 0) this.print([`Due, and waiting for the maintenance window:`, ...this.waiting.map((line) => `  - ${line}`)].join("\n"));
  }
}
