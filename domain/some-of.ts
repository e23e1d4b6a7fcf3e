const SHOWN = 10;

/** The first ten: what a sentence, or a state, may hold of a long list. */
export function firstOf<T>(all: readonly T[]): T[] {
  return all.slice(0, SHOWN);
}

/** Names for a sentence: the first ten, and how many more there are. */
export function someOf(names: readonly string[]): string {
  return `${firstOf(names).join(", ")}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ""}`;
}
