import type { VosNode } from "../../node";
import { Refusal } from "../../refusal";

/** Refuses what is no certificate unit of this node, before anything is asked. */
export function requireUnit(node: VosNode, unit: string): void {
  if (!node.purposes.includes(unit)) throw new Refusal(`Invalid service ${unit}`);
}

/** Whether an answer to `(yes|no)?` means yes. */
export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer);
}
