// Which phones a cluster knows, and which of them are registered with it: by AXL and RIS of its CUCM publisher.
import { tooMany } from "../../../domain/rules/phones-live";
import { someOf } from "../../../domain/some-of";
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

/** Of a hundred phones, how many may stay away. */
export const TOLERANCE_PERCENT = 2;

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

/** The phones that are registered now, by name, and how many are configured. */
export async function countPhones(node: Node, context: Context): Promise<{ registered: string[]; configured: number }> {
  const names = await configuredNames(node, context);
  return { registered: (await registered(node, names, context)).registered.sort(), configured: names.length };
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
    what: () => `${cluster}: ${seen?.registered.length ?? 0} of ${count} phones are registered; waiting for ${seen ? someOf(seen.missing) : "its answer"}`,
    limit: context.timing.phoneRegistration,
    every: context.timing.phonePoll,
    look: async () => {
      seen = (await look().catch(unlessPassing)) ?? seen;
      return seen && !tooMany(seen.missing.length, count, tolerancePercent) ? true : undefined;
    },
  });
  return seen ?? look();
}
