// What this machine remembers of the phones of a cluster, from a change to the look after it.
import type { Context, Node } from "../../context";

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
