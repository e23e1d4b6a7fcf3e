// Phones reset one after the other, each once, also when a run broke off in between.
import type { Context, Node } from "../../context";
import { PlatformError, sentence, unlessPassing } from "../../errors";
import { publisherOf } from "./reading";

interface Wanted {
  triggers: readonly string[];
  before: readonly string[];
}

/** What was recorded of an earlier look. */
interface Earlier extends Wanted {
  resetAt: string;
}

const note = ({ cluster }: Node, { triggers }: Wanted) => `reset of the phones of ${cluster.name} for ${triggers.join(" ")}`;

/** Once for the same triggers. @returns when it was over, ISO 8601 */
export async function resetPhones(node: Node, wanted: Wanted, earlier: Earlier | undefined, context: Context): Promise<string> {
  const again = earlier?.resetAt && earlier.triggers.join() === wanted.triggers.join();
  if (again) return earlier.resetAt;
  await context.exclusively(node, "reset phones", () => resetEach(node, wanted, context));
  return context.clock.now().toISOString();
}

async function resetEach(node: Node, wanted: Wanted, context: Context): Promise<void> {
  const { journal, clock, say } = context;
  const done = new Set(journal.begun(note(node, wanted))?.known.split("\n"));
  const left = wanted.before.filter((name) => !done.has(name));
  say(`${node.cluster.name}: reset ${left.length} phones${done.size > 0 ? `; ${done.size} were reset by a run that broke off` : ""}`);
  for (const [index, name] of left.entries()) {
    await resetOne(node, name, context);
    journal.note(note(node, wanted), [...done.add(name)].join("\n"), clock.now());
    if ((index + 1) % 100 === 0) say(`${node.cluster.name}: ${index + 1} of ${left.length} phones were reset`);
  }
  journal.forget(note(node, wanted));
}

/** A reset whose answer was lost is not sent again, and a phone that is gone is none: what became of both, the look afterwards tells. */
async function resetOne(node: Node, name: string, context: Context): Promise<void> {
  try {
    await context.vos(publisherOf(node, context)).phones.reset(name);
  } catch (error) {
    if (!(error instanceof PlatformError && error.kind === "notFound")) unlessPassing(error);
    context.say(`${name}: whether it was reset is not known (${sentence(error)})`);
  }
}
