// What Pulumi is handed when a call fails.
import { sentence } from "./errors";

/** What Pulumi's SDK has no type for: an error that keeps the resource in the state. */
export interface PartialFailure extends Error {
  id: string;
  properties: Record<string, unknown>;
  reasons: string[];
}

/** Errors of the language itself: nothing that a platform or a user did, but a slip in this package. */
const SLIPS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** What was thrown, in words that are never empty; a slip of ours says where it is. */
export function words(error: unknown): string {
  if (SLIPS.some((slip) => error instanceof slip)) return `${sentence(error)} (a mistake in pulumi-uccerts: please report it${frame(error as Error)})`;
  if (error instanceof AggregateError && !error.message) return error.errors.map(words).join("; ");
  return sentence(error) || (error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : "failed without a reason");
}

/** The innermost place of ours in the stack, without the folder in which the package lies. */
function frame({ stack = "" }: Error): string {
  const found = /(?:^|[/\\])((?:provider|domain|sdk)[/\\][\w./\\-]+:\d+):\d+/m.exec(stack);
  return found ? `, ${found[1]}` : "";
}

/** An error of which Pulumi's SDK, which prints `${error}: ${error.stack}`, prints one line. */
export function told(message: string, call: string): Error {
  const error = new Error(message);
  error.name = "";
  error.stack = call;
  return error;
}
