// From the restart matrix to the order of one cluster: which service on which node, after which, for which certificates.
import type { NodeName, Purpose } from "./purposes";
import { requestingNode } from "./purposes";
import { type RestartStep, restartRow, type Use, type Where } from "./restarts";

/** A certificate that changes on a cluster. */
export interface PlannedChange {
  purpose: Purpose;
  uses?: readonly Use[];
}

/** One restart, in its place in the order. */
export interface PlannedRestart<N extends NodeName = NodeName> extends RestartStep {
  node: N;
  /** The purposes whose change asks for it. */
  purposes: Purpose[];
}

const ORDER: readonly string[] = ["CUCM publisher", "CUCM subscriber", "Unity Connection publisher", "Unity Connection subscriber", "IM and Presence publisher", "IM and Presence subscriber"];

/** CUCM publisher, CUCM subscribers, IM and Presence publisher, its subscribers (R43); within these as declared. */
export function inRestartOrder<N extends NodeName>(nodes: readonly N[]): N[] {
  const rank = ({ product, role }: NodeName) => ORDER.indexOf(`${product} ${role}`);
  return [...nodes].sort((a, b) => rank(a) - rank(b));
}

/**
 * The restarts that these changes ask for: each service once per node, in the platform's order.
 * All `node by node` steps come first (a node's family complete before the next node), then service by service.
 * @throws when the matrix has no row for a purpose.
 */
export function planRestarts<N extends NodeName>(nodes: readonly N[], release: string, changes: readonly PlannedChange[]): PlannedRestart<N>[] {
  const ordered = inRestartOrder(nodes);
  const steps = uniteSteps(changes.flatMap((change) => stepsOf(change, ordered, release)));
  const byNode = ordered.flatMap((node) => steps.filter((one) => one.rhythm === "node by node" && matches(one.where, node)).map((one) => ({ ...one, node })));
  const byService = steps.filter((one) => one.rhythm === "service by service").flatMap((one) => ordered.filter((node) => matches(one.where, node)).map((node) => ({ ...one, node })));
  return [...byNode, ...byService];
}

type Wanted = RestartStep & { purposes: Purpose[] };

function stepsOf({ purpose, uses = [] }: PlannedChange, nodes: readonly NodeName[], release: string): Wanted[] {
  const product = requestingNode(purpose, nodes)?.product;
  const row = product && restartRow(purpose, product, release);
  if (!row) throw new Error(`the restart matrix has no row for ${purpose} on these nodes at release ${release}`);
  return row.steps.filter((one) => !one.onlyFor || uses.includes(one.onlyFor)).map((one) => ({ ...one, purposes: [purpose] }));
}

/** Two changes that ask for the same service get it once; the first row's place counts. */
function uniteSteps(steps: readonly Wanted[]): Wanted[] {
  const united = new Map<string, Wanted>();
  for (const one of steps) {
    const key = `${one.service} on ${one.where}`;
    const known = united.get(key);
    if (known) known.purposes = [...new Set([...known.purposes, ...one.purposes])];
    else united.set(key, { ...one });
  }
  return [...united.values()];
}

function matches(where: Where, { product, role }: NodeName): boolean {
  if (where === "every node") return true;
  return where === `${product} nodes` || where === `${product} ${role}`;
}
