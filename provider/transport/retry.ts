import { PlatformError, type PlatformErrorKind } from "../errors";
import { sleep } from "../waiting";

export interface RetryOptions {
  /** Milliseconds before the first repetition; doubled each time. */
  first: number;
  /** How often it is tried in all. Default 4. */
  attempts?: number;
  /** What is repeated. Default: a lost connection, a timeout, a busy platform; right for whatever only reads. */
  kinds?: readonly PlatformErrorKind[];
  signal?: AbortSignal;
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
