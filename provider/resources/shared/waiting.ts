// Waiting that is never silent for long.
import { mayBegin, type MaintenanceWindow, nextOpening, windowText } from "../../../domain/windows";
import type { Context } from "../../context";
import { poll } from "../../waiting";

/** Why a step of so many minutes may not begin now; undefined when it may. */
export function closedWindow(window: MaintenanceWindow | undefined, now: Date, minutes: number): string | undefined {
  if (!window || mayBegin(window, now, minutes)) return undefined;
  const opening = nextOpening(window, now);
  return `the maintenance window (${windowText(window)}) ${mayBegin(window, now) ? "is too short for it now" : "is closed"}${opening ? `; it opens at ${opening.toISOString()}` : ""}`;
}

/** Minutes of the window that a step of so many usual minutes needs. */
export function usualMinutes(minutes: number, { timing }: Context): number {
  return (minutes * timing.usualMinute) / 60_000;
}

/** Never longer without a line. */
const HEARTBEAT_MS = 15_000;

export interface Wait<T> {
  /** What is being waited for, as a sentence without its full stop. */
  what: () => string;
  look: () => Promise<T | undefined>;
  /** Milliseconds. */
  limit: number;
  /** Milliseconds between two looks. Default: the usual ones. */
  every?: number;
}

/** Looks until there is a value or the limit has passed; says every 15 seconds what it waits for. */
export async function pollWithProgress<T>({ timing, cancellation, say }: Context, { what, look, limit, every = timing.poll }: Wait<T>): Promise<T | undefined> {
  const begin = Date.now();
  const heartbeat = setInterval(() => say(`${what()} (${Math.round((Date.now() - begin) / 1000)} s)`), HEARTBEAT_MS);
  try {
    return await poll(look, { every, limit, signal: cancellation });
  } finally {
    clearInterval(heartbeat);
  }
}
