// The identity certificates that a program has declared so far: what hangs on them is told when it was forgotten.
import type { Purpose } from "../domain/purposes";
import { currentRun } from "./once";
import type { VosNode } from "./topology";

interface DeclaredIdentity {
  resource: object;
  node: VosNode;
  purpose: Purpose;
}

const declared = new WeakMap<object, DeclaredIdentity[]>();

/** Notes one, as far as its arguments are plain. */
export function noteIdentity(resource: object, args: object): void {
  const { node, purpose } = args as { node?: Partial<VosNode>; purpose?: unknown };
  if (typeof node?.cluster?.name !== "string" || typeof purpose !== "string") return;
  const all = declared.get(currentRun()) ?? [];
  declared.set(currentRun(), all);
  all.push({ resource, node: node as VosNode, purpose: purpose as Purpose });
}

/** Those of one cluster, in the order in which they were declared. */
export function identitiesDeclaredFor(cluster: string): readonly DeclaredIdentity[] {
  return (declared.get(currentRun()) ?? []).filter(({ node }) => node.cluster.name === cluster);
}
