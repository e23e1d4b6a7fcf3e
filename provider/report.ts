import type { Step } from "./lifecycle";

/** What a run has to say: notes as they come, and at the end the table of a preview or the list of what is due. */
export class Report {
  private readonly notes = new Set<string>();
  private readonly steps: Step[] = [];
  private worked = false;

  constructor(private readonly print: (line: string) => void) {}

  /** Says a thing once per process. */
  note(text: string): void {
    if (this.notes.has(text)) return;
    this.notes.add(text);
    this.print(text);
  }

  plan(step: Step): void {
    this.steps.push(step);
  }

  /** A preview never works; once work has begun the table would come too late. */
  workBegan(): void {
    this.worked = true;
  }

  /** Printed when the engine ends the process, at the end of every preview and `up`. */
  farewell(): void {
    if (this.worked || this.steps.length === 0) return;
    this.print(this.steps.map((step, index) => `${index + 1}. ${step.what} ${step.where}`).join("\n"));
  }
}
