// From the restart matrix to the order of one cluster: which service on which node, after which, for which certificates.
import type { NodeName, Purpose, Reusable } from "./purposes";
import { CONTACT_CENTER_PRODUCTS, PURPOSE_FACTS, requestingNode } from "./purposes";
import { isAtLeast } from "./releases";
import { chosenSteps, type PhoneRestarts, type RestartRow, type RestartStep, restartRow, SSO_ROUND, type Use, type Where } from "./restarts";

/** A certificate that changes on a cluster. */
export interface PlannedChange extends Reusable {
  uses?: readonly Use[];
  /** The only node that it changes on (distribution "this-server"); absent: every node (multi-server). */
  only?: NodeName;
}

/** One restart, in its place in the order. */
export interface PlannedRestart<N extends NodeName = NodeName, C extends PlannedChange = PlannedChange> extends RestartStep {
  node: N;
  /** What asks for it. */
  changes: readonly C[];
}

const ORDER: readonly string[] = ["CUCM publisher", "CUCM subscriber", "Unity Connection publisher", "Unity Connection subscriber", "IM and Presence publisher", "IM and Presence subscriber", ...CONTACT_CENTER_PRODUCTS.flatMap((product) => [`${product} publisher`, `${product} subscriber`])];

/** CUCM publisher, CUCM subscribers, IM and Presence publisher, its subscribers (R43); within these as declared. */
export function inRestartOrder<N extends NodeName>(nodes: readonly N[]): N[] {
  const rank = ({ product, role }: NodeName) => ORDER.indexOf(`${product} ${role}`);
  return [...nodes].sort((a, b) => rank(a) - rank(b));
}

/**
 * The restarts that these changes ask for: each service once per node, in the platform's order.
 * All `node by node` steps come first (a node's family complete before the next node), then service by service, what serves phones before the rest.
 * @throws when the matrix has no row for a purpose, or no short list where one is wanted.
 */
export function planRestarts<N extends NodeName, C extends PlannedChange>(nodes: readonly N[], release: string, changes: readonly C[], wanted: PhoneRestarts = {}): PlannedRestart<N, C>[] {
  const ordered = inRestartOrder(nodes);
  const rows = changes.flatMap((change) => [change.purpose, ...(change.reusedFor ? [change.reusedFor] : [])].map((purpose) => ({ purpose, change })));
  const [phones, rest] = [true, false].map((touching) => rows.filter(({ purpose }) => PURPOSE_FACTS[purpose].touchesPhones === touching));
  const steps = uniteSteps([...phones!, ...rest!].flatMap(({ purpose, change }) => stepsOf(purpose, change, ordered, release, wanted)));
  const on = (node: N, one: Wanted<C>): PlannedRestart<N, C>[] => {
    const concerned = matches(one.where, node) ? one.changes.filter(({ only }) => !only || only.fqdn === node.fqdn) : [];
    return concerned.length > 0 ? [{ ...one, node, changes: concerned }] : [];
  };
  const byNode = ordered.flatMap((node) => steps.filter(({ rhythm }) => rhythm === "node by node").flatMap((one) => on(node, one)));
  const byService = steps.filter(({ rhythm }) => rhythm === "service by service").flatMap((one) => ordered.flatMap((node) => on(node, one)));
  return [...byNode, ...byService];
}

/** The second round of restarts, after SSO was switched on again: node by node, in the order of the first. */
export function planSsoRound<N extends NodeName>(nodes: readonly N[], release: string): (RestartStep & { node: N })[] {
  const steps = SSO_ROUND.filter(({ service }) => service !== "Cisco UDS Tomcat" || isAtLeast(release, "14"));
  return inRestartOrder(nodes).flatMap((node) => steps.filter(({ where }) => matches(where, node)).map((one) => ({ ...one, node })));
}

type Wanted<C> = RestartStep & { changes: readonly C[] };

/** The short list is of CallManager alone: what its EC certificate asks for is short already (R53). */
function listed(purpose: Purpose, row: RestartRow, { list, tftp }: PhoneRestarts): readonly RestartStep[] {
  if (!PURPOSE_FACTS[purpose].touchesPhones) return row.steps;
  return chosenSteps(row, { tftp, list: purpose === "CallManager" ? list : "long" });
}

/** What a change asks for as one of its purposes. */
function stepsOf<C extends PlannedChange>(purpose: Purpose, change: C, nodes: readonly NodeName[], release: string, wanted: PhoneRestarts): Wanted<C>[] {
  const { uses = [] } = change;
  const product = requestingNode(purpose, nodes)?.product;
  const row = product && restartRow(purpose, product, release);
  if (!row) throw new Error(`the restart matrix has no row for ${purpose} on these nodes at release ${release}`);
  return listed(purpose, row, wanted).filter((one) => !one.onlyFor || uses.includes(one.onlyFor)).map((one) => ({ ...one, changes: [change] }));
}

/** Two changes that ask for the same service get it once; the first row's place counts. */
function uniteSteps<C>(steps: readonly Wanted<C>[]): Wanted<C>[] {
  const united = new Map<string, Wanted<C>>();
  for (const one of steps) {
    const key = `${one.service} on ${one.where}`;
    const known = united.get(key);
    united.set(key, known ? { ...known, changes: [...new Set([...known.changes, ...one.changes])] } : one);
  }
  return [...united.values()];
}

function matches(where: Where, { product, role }: NodeName): boolean {
  if (where === "every node") return true;
  return where === `${product} nodes` || where === `${product} ${role}`;
}
