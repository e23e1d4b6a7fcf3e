// Which phones a cluster knows, and which of them are registered with it: by AXL and RIS of its CUCM publisher.
import type { Registration } from "../../platforms/phones";
import type { Context, Node } from "../../context";
import { unlessPassing } from "../../errors";
import { publisherOf } from "./reading";
import { pollWithProgress } from "./waiting";

/** What RIS of one cluster says of named phones. */
export interface Registrations {
  /** In the order in which they were asked for. */
  registered: string[];
  missing: string[];
  /** The newest word on each that RIS knows at all. */
  words: readonly Registration[];
}

/** Every phone that a cluster has configured. */
export async function configuredNames(node: Node, context: Context): Promise<string[]> {
  return (await context.vos(publisherOf(node, context)).phones.configured()).map(({ name }) => name);
}

/** Which of these phones are registered with a cluster. A phone whose lines are registered in part has come back: it trusts the cluster. */
export async function registered(node: Node, names: readonly string[], context: Context): Promise<Registrations> {
  const asked = [...new Set(names)];
  const words = asked.length > 0 ? await context.vos(publisherOf(node, context)).phones.registrations(asked) : [];
  const there = new Set(words.filter(({ status }) => status === "Registered" || status === "PartiallyRegistered").map(({ name }) => name.toUpperCase()));
  const has = (name: string) => there.has(name.toUpperCase());
  return { registered: asked.filter(has), missing: asked.filter((name) => !has(name)), words };
}

/** Of so many phones, how many may stay away. */
export function tolerated(count: number, tolerancePercent: number): number {
  return Math.floor((count * tolerancePercent) / 100);
}

export interface PhonesWait {
  cluster: string;
  /** How many are waited for. */
  count: number;
  tolerancePercent: number;
  look: () => Promise<Pick<Registrations, "registered" | "missing">>;
}

/** Looks until no more phones are missing than the tolerance allows; a cluster that does not answer is asked again. @returns what the last look found */
export async function awaitPhones({ cluster, count, tolerancePercent, look }: PhonesWait, context: Context): Promise<Pick<Registrations, "registered" | "missing">> {
  let seen: Pick<Registrations, "registered" | "missing"> | undefined;
  await pollWithProgress(context, {
    what: () => `${cluster}: ${seen?.registered.length ?? 0} of ${count} phones are registered; waiting for ${seen ? namesText(seen.missing) : "its answer"}`,
    limit: context.timing.phoneRegistration,
    look: async () => {
      seen = (await look().catch(unlessPassing)) ?? seen;
      return seen && seen.missing.length <= tolerated(count, tolerancePercent) ? true : undefined;
    },
  });
  return seen ?? look();
}

/** Waits until these phones, but for those that the tolerance allows, are registered with a cluster. @returns who was missing at the last look */
export async function awaitRegistered(node: Node, names: readonly string[], tolerancePercent: number, context: Context): Promise<Pick<Registrations, "registered" | "missing">> {
  const count = new Set(names).size;
  return awaitPhones({ cluster: node.cluster.name, count, tolerancePercent, look: () => registered(node, names, context) }, context);
}

const SHOWN = 10;

/** Names of phones for a sentence: the first ten, and how many more. */
export function namesText(names: readonly string[]): string {
  return `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`;
}
