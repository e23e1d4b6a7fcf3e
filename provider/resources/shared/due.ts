// What waits for its moment: a maintenance window, a step before it, what it is for.
import type { MaintenanceWindow } from "../../../domain/windows";
import { type Difference, type Given, UNKNOWN } from "../../lifecycle";
import { closedWindow } from "./waiting";

/** A step that may have to wait. */
export interface Waiting {
  triggers: string[];
  after?: string;
  hold?: boolean;
  maintenanceWindow?: MaintenanceWindow;
}

/** Why it must wait; undefined when it may run now. `minutes` is how much of the window it usually takes. */
export function waitsFor({ hold, after, triggers, maintenanceWindow }: Waiting, now: Date, minutes: number): string | undefined {
  if (triggers.includes("due")) return "what it is for is due";
  if (hold) return "the rollout stops after the upload (stopAfter)";
  if (after === "due") return "the restart before it is due";
  return closedWindow(maintenanceWindow, now, minutes);
}

/** A step that is due runs when nothing makes it wait any more; until then it is no change, and the run says that it is due. */
export function diffDue<I extends Waiting>(inputs: Given<I>, now: Date, difference: Difference, line: (why: string) => string): Difference {
  const unknown = [inputs.hold, inputs.after, inputs.triggers, inputs.maintenanceWindow].includes(UNKNOWN);
  const why = unknown ? undefined : waitsFor(inputs as I, now, 0);
  if (why === undefined) return { ...difference, change: difference.change === "replace" ? "replace" : "update" };
  return { ...difference, due: line(why) };
}
