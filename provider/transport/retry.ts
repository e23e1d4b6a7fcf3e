import { PlatformError, type PlatformErrorKind } from "../errors";
import { sleep } from "../waiting";

export interface RetryOptions {
  /** Milliseconds before the first repetition; doubled each time, up to eight times as long. */
  first: number;
  /** How often it is tried in all. */
  attempts?: number;
  /** What is repeated. Default: a lost connection, a timeout, a busy platform; right for whatever only reads. */
  kinds?: readonly PlatformErrorKind[];
  /** What is not repeated whatever its kind. */
  final?: (error: unknown) => boolean;
  signal?: AbortSignal;
}

const PASSING: readonly PlatformErrorKind[] = ["connection", "busy", "timeout"];

/** A device that answers four requests out of five is read without an error, as long as it does not fail six times in a row. */
const ATTEMPTS = 6;
/** A device that comes back is not waited for much longer than it takes. */
const LONGEST = 8;

/** Repeats what may be repeated after what passes; anything else fails at once. */
export async function retry<T>(work: () => Promise<T>, { first, attempts = ATTEMPTS, kinds = PASSING, final, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof PlatformError && kinds.includes(error.kind);
      if (!passing || attempt >= attempts || final?.(error) || signal?.aborted) throw error;
      await sleep(pause(first, attempt), signal);
    }
  }
}

/** Milliseconds before the next repetition, when it was tried so often. */
export function pause(first: number, attempt: number): number {
  return first * Math.min(2 ** (attempt - 1), LONGEST);
}
