/** What went wrong, in the words that decide what to do next. */
export type PlatformErrorKind =
  | "connection"
  | "authentication"
  | "permission"
  | "notFound"
  | "conflict"
  | "busy"
  | "rejected"
  | "timeout"
  | "unknown";

/** Where something failed, doing what. */
export interface Failed {
  /** The node, host or authority, by its name. */
  node: string;
  /** What was being done, e.g. `upload tomcat certificate`. */
  action: string;
  /** The platform's own words, or what was seen. */
  answer: string;
  /** What to do about it. */
  remedy?: string;
  cause?: unknown;
}

/** A failure at the edge to a platform: who, doing what, and what the platform answered. */
export class PlatformError extends Error {
  constructor(
    readonly kind: PlatformErrorKind,
    readonly failed: Failed,
  ) {
    super(`${failed.node}: ${failed.action}: ${failed.answer}${failed.remedy ? `. ${failed.remedy}` : ""}`, { cause: failed.cause });
    this.name = "PlatformError";
  }
}

/**
 * Work that has begun and is not finished: the state is kept, and the next `up` carries on from it.
 * `reasons` is all that Pulumi prints: what is done, what is not, what users notice, what `up` will do next.
 */
export class IncompleteError extends Error {
  constructor(
    readonly state: object,
    readonly reasons: string[],
    cause?: unknown,
  ) {
    super(reasons.join(" "), { cause });
    this.name = "IncompleteError";
  }
}

/** Several failures, reported together. */
export class RefusedError extends Error {
  constructor(heading: string, findings: string[]) {
    super([heading, ...findings.map((finding) => `  - ${finding}`)].join("\n"));
    this.name = "RefusedError";
  }
}

/** All results; or, when all have ended, what failed on every node in one error of the first one's kind. */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const failures = (await Promise.allSettled(work)).flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  const [first, ...others] = failures.filter((failure) => failure instanceof PlatformError);
  if (!first || others.length === 0) return Promise.all(work);
  const answer = [first.failed.answer, ...others.map(({ failed }) => `${failed.node}: ${failed.action}: ${failed.answer}`)].join("; ");
  throw new PlatformError(first.kind, { ...first.failed, answer });
}

/** For `catch` while waiting: a node that does not answer, or is busy, has nothing yet; anything else is thrown on. */
export function unlessPassing(error: unknown): undefined {
  if (error instanceof PlatformError && ["connection", "timeout", "busy"].includes(error.kind)) return undefined;
  throw error;
}

/** Whether nothing is known of what became of a request: the answer was lost. */
export function isLost(error: unknown): boolean {
  return error instanceof PlatformError && (error.kind === "connection" || error.kind === "timeout");
}

/** The sentence of whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
