// Time that the lab's history tells.

/** What lasted, or a moment. */
export interface Span {
  readonly at: number;
  readonly until?: number;
}

/** Milliseconds in which at least one of these was under way. */
export function covered(spans: readonly Span[]): number {
  let [sum, end] = [0, 0];
  for (const { at, until = at } of [...spans].sort((a, b) => a.at - b.at)) {
    sum += Math.max(0, until - Math.max(at, end));
    end = Math.max(end, until);
  }
  return sum;
}
