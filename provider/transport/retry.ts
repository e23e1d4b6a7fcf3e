import { PlatformError, type PlatformErrorKind } from "../errors";

export interface RetryOptions {
  /** Milliseconds before the first repetition; doubled each time. */
  first: number;
  /** How often it is tried in all. Default 4. */
  attempts?: number;
  /** What is repeated. Default: a lost connection, a timeout, a busy platform; right for whatever only reads. */
  kinds?: readonly PlatformErrorKind[];
  signal?: AbortSignal;
}

/** Waits; rejects at once when the run is cancelled. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = () => {
      clearTimeout(timer);
      reject(new Error("cancelled"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", cancelled);
      resolve();
    }, milliseconds);
    if (signal?.aborted) cancelled();
    else signal?.addEventListener("abort", cancelled, { once: true });
  });
}

const PASSING: readonly PlatformErrorKind[] = ["connection", "busy", "timeout"];

/** Repeats what may be repeated after what passes; anything else fails at once. */
export async function retry<T>(work: () => Promise<T>, { first, attempts = 4, kinds = PASSING, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof PlatformError && kinds.includes(error.kind);
      if (!passing || attempt >= attempts || signal?.aborted) throw error;
      await sleep(first * 2 ** (attempt - 1), signal);
    }
  }
}

/**
 * Looks again and again until `look` gives a value.
 * @returns undefined when `limit` milliseconds have passed without one
 */
export async function poll<T>(look: () => Promise<T | undefined>, { every, limit, signal }: { every: number; limit: number; signal?: AbortSignal }): Promise<T | undefined> {
  const deadline = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() + every > deadline) return undefined;
    await sleep(every, signal);
  }
}
