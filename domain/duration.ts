const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of a duration such as `"300d"`, `"90m"` or `"250ms"`; undefined when it is none, or not above zero. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/.exec(text.trim());
  const unit = match && UNITS[match[2]!];
  const value = match && unit ? Math.round(Number(match[1]) * unit) : 0;
  return value > 0 && Number.isSafeInteger(value) ? value : undefined;
}
