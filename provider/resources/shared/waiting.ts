// Waiting that is never silent for long.
import type { Context } from "../../context";
import { poll } from "../../waiting";

/** Never longer without a line. */
const HEARTBEAT_MS = 15_000;

export interface Wait<T> {
  /** What is being waited for, as a sentence without its full stop. */
  what: () => string;
  look: () => Promise<T | undefined>;
  /** Milliseconds. */
  limit: number;
}

/** Looks until there is a value or the limit has passed; says every 15 seconds what it waits for. */
export async function pollWithProgress<T>({ timing, cancellation, say }: Context, { what, look, limit }: Wait<T>): Promise<T | undefined> {
  const begin = Date.now();
  const heartbeat = setInterval(() => say(`${what()} (${Math.round((Date.now() - begin) / 1000)} s)`), HEARTBEAT_MS);
  try {
    return await poll(look, { every: timing.poll, limit, signal: cancellation });
  } finally {
    clearInterval(heartbeat);
  }
}
