import { UNKNOWN } from "./lifecycle";

/** How Pulumi writes a value that is not known yet. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The state's own member that names our code; Pulumi must find it in everything that we hand back. */
export const PROVIDER = "__provider";

/** Set on a state whose work has begun and is not finished. */
export const INCOMPLETE = "incomplete";

type Bag = Record<string, unknown>;

/** Inputs as a lifecycle sees them: without our marks, unknowns as one sentinel. */
export function incoming(bag: Bag): Bag {
  const plain = Object.entries(bag).filter(([key]) => key !== PROVIDER && key !== INCOMPLETE);
  return Object.fromEntries(plain.map(([key, value]) => [key, holdsUnknown(value) ? UNKNOWN : value]));
}

function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN_TEXT) return true;
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(holdsUnknown);
}

/** What the wire can hold of `state`: no undefined at any depth, no Date, no bytes, no big integers, no functions. */
export function outgoing(state: object): Bag {
  return plain(state) as Bag;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return typeof value === "function" || typeof value === "symbol" ? undefined : value;
  const members = Object.entries(value).map(([key, member]) => [key, plain(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}
