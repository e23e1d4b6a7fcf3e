import { type Change, type Difference, type Given, UNKNOWN } from "./lifecycle";

/** How one input counts: what its change means, and how it is compared when equal text is not the question. */
export interface InputRule<T = unknown> {
  change: Exclude<Change, "none"> | "ignore" | ((old: T | undefined, declared: T | undefined) => Exclude<Change, "none">);
  /** A normal form to compare by: PEM without white space, names sorted and in lower case. */
  normal?: (value: T) => unknown;
}

/** One row per declared input. */
export type DifferenceTable<I> = { [K in keyof Required<I>]: InputRule<NonNullable<I[K]>> | InputRule["change"] };

const WEIGHT: Record<Change, number> = { none: 0, takeOver: 1, update: 2, replace: 3 };

/** Compares declared inputs with what the state holds, row by row. */
export function compare<I extends object>(table: DifferenceTable<I>, state: I, inputs: Given<I>): Difference {
  let change: Change = "none";
  const replaces: string[] = [];
  for (const key of Object.keys(table) as (keyof I & string)[]) {
    const rule = asRule(table[key] as InputRule | InputRule["change"]);
    if (rule.change === "ignore" || same(rule, state[key], inputs[key])) continue;
    const weight = typeof rule.change !== "function" ? rule.change : inputs[key] === UNKNOWN ? "replace" : rule.change(state[key], inputs[key]);
    if (weight === "replace") replaces.push(key);
    change = heavier(change, weight);
  }
  return { change, replaces, notes: [] };
}

/** A node: another FQDN is another resource; address, connection, release and the list of nodes are only taken over. */
export const NODE: InputRule<{ fqdn: string }> = { change: (old, declared) => (old?.fqdn === declared?.fqdn ? "takeOver" : "replace") };

/** The same for a Windows host. */
export const HOST: InputRule<{ fqdn: string }> = NODE;

/** The heavier of two changes. */
export function heavier(left: Change, right: Change): Change {
  return WEIGHT[right] > WEIGHT[left] ? right : left;
}

/** The same for what must be on every node: another list of nodes is looked at. */
export const NODE_AND_SIBLINGS: InputRule<{ fqdn: string; cluster: { nodes: { fqdn: string }[] } }> = {
  change: (old, declared) => {
    const names = (node: typeof old) => canonical(node?.cluster.nodes.map(({ fqdn }) => fqdn).sort());
    return old?.fqdn !== declared?.fqdn ? "replace" : names(old) === names(declared) ? "takeOver" : "update";
  },
};

function asRule(row: InputRule | InputRule["change"]): InputRule {
  return typeof row === "object" ? row : { change: row };
}

function same(rule: InputRule, old: unknown, declared: unknown): boolean {
  if (declared === UNKNOWN) return false;
  const normal = (value: unknown) => (value === undefined || value === null ? undefined : rule.normal ? rule.normal(value) : value);
  return canonical(normal(old)) === canonical(normal(declared));
}

/** JSON with sorted keys and without absent members: equal values give equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "";
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return `{${members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
}
