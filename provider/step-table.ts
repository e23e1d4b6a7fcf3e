// The table at the end of a preview: what will run, in order, what users notice, how long it usually takes.
import { columns } from "../domain/columns";
import { minutesLeft, nextOpening, type MaintenanceWindow, windowText } from "../domain/windows";
import type { Step } from "./lifecycle";

const HEADINGS = ["#", "step", "where", "why", "away meanwhile", "min"];

function row(step: Step, index: number): string[] {
  return [String(index + 1), step.what, step.where, step.reason, step.notice ?? "", step.minutes === undefined ? "" : String(step.minutes)];
}

/** The numbered table with the sum and, where a window is declared, the expected end against it. */
export function stepTable(steps: readonly Step[], now: Date): string {
  const minutes = steps.reduce((sum, step) => sum + (step.minutes ?? 0), 0);
  const window = steps.find((step) => step.window)?.window;
  const restarts = steps.filter((step) => step.notice).length;
  const sum = `${steps.length} steps, usually ${minutes} minutes; ${restarts === 0 ? "users notice nothing" : `users notice ${restarts} of them`}.`;
  return ["Steps that this would take, in order:", columns([HEADINGS, ...steps.map(row)]), sum, ...(window ? [windowSentence(window, steps, now)] : [])].join("\n");
}

function windowSentence(window: MaintenanceWindow, steps: readonly Step[], now: Date): string {
  const inside = steps.filter((step) => step.window).reduce((sum, step) => sum + (step.minutes ?? 0), 0);
  const left = minutesLeft(window, now);
  if (left === 0) {
    const opening = nextOpening(window, now);
    return `The maintenance window (${windowText(window)}) is closed${opening ? ` until ${opening.toISOString()}` : ""}: the steps that users notice would be left due.`;
  }
  const end = new Date(now.getTime() + inside * 60_000).toISOString();
  const fits = inside <= left ? "inside" : "after the end of";
  return `Begun now, the steps that users notice end at about ${end}, ${fits} the maintenance window (${windowText(window)}, ${Math.floor(left)} minutes left).`;
}
