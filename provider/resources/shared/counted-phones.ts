// The phones of a cluster, by RIS, and what this machine remembers of them from a change to the look after it.
import type { Context, Node } from "../../context";
import { configuredNames, registered } from "./phones";
import { attempt, publisherOf } from "./reading";

/** Of a hundred phones, how many may stay away. */
export const TOLERANCE_PERCENT = 2;

/** The phones that are registered now, by name, and how many are configured. */
export async function countPhones(node: Node, context: Context): Promise<{ registered: string[]; configured: number }> {
  const names = await configuredNames(node, context);
  return { registered: (await registered(node, names, context)).registered.sort(), configured: names.length };
}

/** Whether phones reset when a person says so, and not at the upload: the enterprise parameter is manual. Not where it cannot be read. */
export async function isManual(node: Node, context: Context): Promise<boolean> {
  const value = await attempt(context.vos(publisherOf(node, context)).parameter(INTERACTION));
  return "value" in value && value.value === "1";
}

/** Enterprise parameter Phone Interaction on Certificate Update, by its name in the database. */
export const INTERACTION = "PhoneInteractionOnCertificateUpdate";

const counted = ({ cluster }: Node) => `phones of ${cluster.name} were counted`;
const changed = ({ cluster }: Node) => `phones of ${cluster.name} met a change`;

/** Phones were counted before a change. */
export function rememberCount(node: Node, names: readonly string[], { journal, clock }: Context): void {
  journal.note(counted(node), names.join("\n"), clock.now());
}

/** The change has begun: from here on phones may be lost. */
export function rememberChange(node: Node, { journal, clock }: Context): void {
  if (journal.begun(counted(node))) journal.note(changed(node), "", clock.now());
}

/** Phones were seen to be back, or nobody asks any more. */
export function forgetPhones(node: Node, { journal }: Context): void {
  journal.forget(counted(node));
  journal.forget(changed(node));
}

/** Phones that were registered before a change after which nobody has seen them back; undefined when there was none. */
export function unseenSince(node: Node, { journal }: Context): string[] | undefined {
  const before = journal.begun(counted(node));
  return before && journal.begun(changed(node)) ? before.known.split("\n").filter(Boolean) : undefined;
}
