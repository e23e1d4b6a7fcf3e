import { PlatformError } from "../errors";

export interface RetryOptions {
  /** Milliseconds before the first repetition; doubled each time. */
  first: number;
  /** How often it is tried in all. Default 4. */
  attempts?: number;
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

/** Repeats what may be repeated, after a lost connection, a timeout or a busy platform; anything else fails at once. */
export async function retry<T>(work: () => Promise<T>, { first, attempts = 4, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof PlatformError && ["connection", "busy", "timeout"].includes(error.kind);
      if (!passing || attempt >= attempts) throw error;
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
