// Waiting that ends when the run is cancelled. Imports nothing, so that every part of the provider may stand on it.

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
