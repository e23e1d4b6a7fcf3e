// Small checks from which a description of a whole document is put together. Every mistake is reported, none is thrown.

export type Path = (string | number)[];
export type Report = (path: Path, mistake: string) => void;

/** Reports what is wrong with a value that is there. */
export type Check = ((value: unknown, path: Path, report: Report) => void) & { required?: boolean };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `clusters[0].nodes[1].fqdn`; the document itself is named by an empty path. */
export function pathText(path: Path): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${part}`)).join("");
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

/** A value of which `matches` says that it is one; `what` completes "must be …". */
export function must(what: string, matches: (value: unknown) => boolean): Check {
  return (value, path, report) => {
    if (!matches(value)) report(path, `must be ${what}, not ${shown(value)}`);
  };
}

export const text = must("a text", (value) => typeof value === "string" && value !== "");
export const flag = must("true or false", (value) => typeof value === "boolean");
export const amount = must("a number, 0 or more", (value) => typeof value === "number" && value >= 0);
export const count = must("a whole number, 0 or more", (value) => Number.isInteger(value) && (value as number) >= 0);
export const fqdn = must("a fully qualified host name", (value) => typeof value === "string" && value.length < 254 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(value));

export function oneOf(...values: readonly (string | number)[]): Check {
  return must(`one of ${values.join(", ")}`, (value) => values.includes(value as string));
}

/** The field may not be left out. */
export function required(check: Check): Check {
  return Object.assign<Check, { required: boolean }>((...args) => check(...args), { required: true });
}

export function listOf(check: Check): Check {
  return (value, path, report) => {
    if (Array.isArray(value)) value.forEach((item, index) => check(item, [...path, index], report));
    else report(path, "must be a list");
  };
}

/** Free names, one and the same kind of value. */
export function mapOf(check: Check): Check {
  return (value, path, report) => {
    if (!isRecord(value)) return report(path, "must be a map");
    for (const [name, item] of Object.entries(value)) check(item, [...path, name], report);
  };
}

/** A record with these fields and no others; the type makes sure that none of `T` is forgotten. */
export function shape<T>(fields: { [Name in keyof Required<T>]: Check }): Check {
  const known = Object.entries<Check>(fields);
  return (value, path, report) => {
    if (!isRecord(value)) return report(path, "must be a map");
    for (const name of Object.keys(value)) if (!(name in fields)) report([...path, name], `is not known here; known are ${known.map(([field]) => field).join(", ")}`);
    for (const [name, check] of known) {
      if (value[name] !== undefined) check(value[name], [...path, name], report);
      else if (check.required) report([...path, name], "is missing");
    }
  };
}
