// A write to a device whose answer is lost: it is looked up, said, and sent again only where nothing of it is there.
import type { Context } from "../../context";
import { isLost, PlatformError, sentence } from "../../errors";
import { sleep } from "../../waiting";
import { pollWithProgress } from "./waiting";

/** How often a write is sent in all: a device that loses one connection in five takes it by then. */
const SENDINGS = 5;

/** What a look at the device finds of a write: what it has come to, that it goes on, or nothing. */
export type Found<T> = { done: T } | "under way" | "nothing";

export interface Writing<T> {
  /** What is written and where: `pub.example.com: upload the tomcat certificate`. */
  what: string;
  send: () => Promise<T>;
  /** Reads only. A device that does not answer is looked at again. */
  look: () => Promise<Found<T>>;
  /** Milliseconds until what goes on, or a device that does not answer, must have come to an end. Default: the usual wait after a lost answer. */
  limit?: number;
}

/**
 * Writes, at best once. A refusal is final; one of what was sent again is looked up, because the first sending may have been done late.
 * @throws what the device said; where nobody can tell what became of the write, that this is not known
 */
export async function written<T>(writing: Writing<T>, context: Context): Promise<T> {
  for (let sending = 1; ; sending++) {
    try {
      return await writing.send();
    } catch (error) {
      if (!isPassing(error) && sending === 1) throw error;
      const found = await lookedUp(writing, error, context);
      if (found !== "nothing") {
        context.say(`${writing.what}: the answer was lost (${answerOf(error)}); it is found done and not sent again`);
        return found.done;
      }
      if (!isPassing(error) || sending >= SENDINGS) throw error;
      context.say(`${writing.what}: it failed (${answerOf(error)}), and is not done; it is sent again`);
    }
  }
}

/** For what leaves no trace that can be looked up: sent again as often, each time said. */
export async function submitted<T>({ what, send }: Pick<Writing<T>, "what" | "send">, context: Context): Promise<T> {
  for (let sending = 1; ; sending++) {
    try {
      return await send();
    } catch (error) {
      if (!isPassing(error) || sending >= SENDINGS) throw error;
      context.say(`${what}: ${answerOf(error)}; ${isLost(error) ? "whether it arrived cannot be looked up" : "nothing was done"}; it is sent once more`);
      await sleep(context.timing.retryFirst * 2 ** (sending - 1), context.cancellation);
    }
  }
}

/** A lost connection, a limit of time, a busy device. */
function isPassing(error: unknown): boolean {
  return isLost(error) || (error instanceof PlatformError && error.kind === "busy");
}

/** One look; a device that does not answer is no answer to the question. */
async function glance<T>(look: Writing<T>["look"]): Promise<Found<T> | { unread: unknown }> {
  try {
    return await look();
  } catch (error) {
    if (!isPassing(error)) throw error;
    return { unread: error };
  }
}

/** Looks until it is found, or for so long that it would have been. @throws where nobody can tell what became of it */
async function lookedUp<T>({ what, look, limit = 0 }: Writing<T>, error: unknown, context: Context): Promise<{ done: T } | "nothing"> {
  const { lostAnswer, poll } = context.timing;
  const settled = Date.now() + lostAnswer;
  let seen: Found<T> | { unread: unknown } = "nothing";
  const found = await pollWithProgress(context, {
    what: () => `${what}: the answer was lost; looking what became of it`,
    limit: Math.max(limit, lostAnswer) + 2 * poll,
    look: async () => {
      seen = await glance(look);
      if (typeof seen === "object") return "done" in seen ? seen : undefined;
      return seen === "nothing" && Date.now() >= settled ? seen : undefined;
    },
  });
  return found ?? notKnown(error, seen);
}

function notKnown(error: unknown, seen: unknown): never {
  const why = typeof seen === "object" ? `could not be looked up (${sentence((seen as { unread: unknown }).unread)})` : "is not known: it still goes on";
  if (!(error instanceof PlatformError)) throw error;
  throw new PlatformError(error.kind, { ...error.failed, answer: `${error.failed.answer}. What became of it ${why}` });
}

function answerOf(error: unknown): string {
  return error instanceof PlatformError ? error.failed.answer : sentence(error);
}
