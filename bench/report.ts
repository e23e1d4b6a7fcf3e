// What a part of the bench says: rows of a table, each with its limit and whether it is held.

export interface Row {
  what: string;
  /** As a person reads it; empty for what is only told. */
  limit: string;
  measured: string;
  /** Undefined for what is only told. */
  held?: boolean;
}

/** One table. */
export interface Table {
  title: string;
  rows: Row[];
}

/** A row that has no limit. */
export function told(what: string, measured: string | number): Row {
  return { what, limit: "", measured: String(measured) };
}

/** A number that must not be above a limit. */
export function atMost(what: string, limit: number, measured: number, unit = ""): Row {
  return { what, limit: `at most ${shown(limit)}${unit}`, measured: `${shown(measured)}${unit}`, held: measured <= limit };
}

/** A number that must not be below a limit. */
export function atLeast(what: string, limit: number, measured: number, unit = ""): Row {
  return { what, limit: `at least ${shown(limit)}${unit}`, measured: `${shown(measured)}${unit}`, held: measured >= limit };
}

/** Megabytes that must stay below a limit; only told where the system does not tell them. */
export function below(what: string, megabytes: number, measured: number | undefined): Row {
  if (measured === undefined) return told(what, "not told by this system");
  return { what, limit: `below ${megabytes} MB`, measured: `${measured.toFixed(0)} MB`, held: measured < megabytes };
}

/** A number that must be exactly so. */
export function exactly(what: string, limit: number, measured: number): Row {
  return { what, limit: String(limit), measured: String(measured), held: measured === limit };
}

/** A whole number, or two places. */
export function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

const VERDICT = { true: "held", false: "NOT HELD", undefined: "" };

/** Markdown, aligned, so that it can be read here and pasted into docs/performance.md. */
export function textOf({ title, rows }: Table): string {
  const lines = [["what", "limit", "measured", "verdict"], ...rows.map(({ what, limit, measured, held }) => [what, limit, measured, VERDICT[`${held}`]])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`);
  text.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return [`### ${title}`, "", ...text, ""].join("\n");
}

export function allHeld(tables: readonly Table[]): boolean {
  return tables.every(({ rows }) => rows.every(({ held }) => held !== false));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
