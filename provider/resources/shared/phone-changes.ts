// Changes that phones notice: which of them this run has planned or made, and that no two are made that phones could not follow (R54, R55).
import { asPhonesKnow, type NodeName, noticedByPhones, PURPOSE_FACTS, type Purpose, PURPOSES, type Reusable } from "../../../domain/purposes";
import { type PhoneStep, R54, R55, R63 } from "../../../domain/rules/phones";
import { decideAll, type Line } from "../../../domain/rules/rule";
import type { MaintenanceWindow } from "../../../domain/windows";
import type { Context, Node } from "../../context";
import { RefusedError } from "../../errors";

const TOUCHING = PURPOSES.filter((purpose) => PURPOSE_FACTS[purpose].touchesPhones);

function uploads(node: NodeName, purposes: readonly Purpose[]): PhoneStep[] {
  return purposes.map((purpose) => ({ kind: "upload", purpose, node }));
}

/** A preflight has found that this is going to change. */
export function notePlanned(node: Node, one: Reusable, context: Context): void {
  context.note(node, `plan ${asPhonesKnow(one)}`);
}

/** The upload begins. */
export function noteChanged(node: Node, one: Reusable, context: Context): void {
  context.note(node, `change ${asPhonesKnow(one)}`);
}

const BACK = "phones are back";

/** Phones have followed all that was changed before. */
export function notePhonesBack(node: Node, context: Context): void {
  context.note(node, BACK);
}

/** What this run changes, or is going to change, with no look in between whether the phones are back. */
function changing(node: Node, context: Context): Purpose[] {
  const back = context.noted(node, BACK)?.getTime() ?? -Infinity;
  const since = (what: string) => (context.noted(node, what)?.getTime() ?? -Infinity) > back;
  return TOUCHING.filter((purpose) => since(`change ${purpose}`) || since(`plan ${purpose}`));
}

/** R54 and R55 on this change and those of this run that phones have not followed yet. */
export function notAlone(node: Node, one: Reusable, context: Context): Line[] {
  if (!noticedByPhones(one)) return [];
  const purposes = [...new Set([...changing(node, context), asPhonesKnow(one)])];
  return decideAll([R54, R55], { cluster: node.cluster.name, release: node.release, steps: uploads(node, purposes), mixedMode: { unread: "not asked" } }).refusals;
}

/** The last look before an upload. @throws RefusedError */
export function requireAlone(node: Node, one: Reusable, context: Context): void {
  const wrong = notAlone(node, one, context);
  if (wrong.length > 0) throw new RefusedError(`Nothing was changed: the ${one.purpose} certificate is not uploaded:`, wrong.map(({ text }) => text));
}

/** R63: what resets phones has a window. One sentence each. */
export function withoutWindow(node: Node, one: Reusable, maintenanceWindow: MaintenanceWindow | undefined): string[] {
  const update = { cluster: node.cluster.name, release: node.release, steps: uploads(node, [asPhonesKnow(one)]), mixedMode: { unread: "not asked" }, maintenanceWindow };
  return decideAll([R63], update).refusals.map(({ text }) => text);
}
