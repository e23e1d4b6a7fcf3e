// How AXL lists and finds things: search criteria, returned tags, pages, keys.
import { child, SoapFault } from "./soap";
import { branch, leaf, type XmlElement } from "./xml";

/** A fault of AXL, with its own element in the detail. */
export function axlFault(request: string, code: number, message: string, who: "Client" | "Server" = "Client"): SoapFault {
  return new SoapFault(message, who, [branch("axlError", [leaf("axlcode", String(code)), leaf("axlmessage", message), leaf("request", request)])]);
}

/** What AXL knows of one kind of thing. */
export interface Table<Row> {
  /** The element of one of them. */
  element: string;
  /** Tag → text of it, in the order of the schema. */
  tags: Record<string, (row: Row) => string>;
  /** By which tags may be searched. */
  search: string[];
  /** Primary key, lower case, without braces. */
  key: (row: Row) => string;
}

export function uuid(key: string): string {
  return `{${key.toUpperCase()}}`;
}

/** `%` stands for any text; case does not count. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("%").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
}

export function required(element: XmlElement, name: string): XmlElement {
  const found = child(element, name);
  if (!found) throw axlFault(element.name, -1, `Expected element '${name}' is missing in ${element.name}`);
  return found;
}

/** The tags that are known; refuses one that is not. */
export function known(operation: string, { children }: XmlElement, tags: string[]): string[] {
  const stranger = children.find(({ name }) => !tags.includes(name));
  if (stranger) throw axlFault(operation, -1, `Unexpected element '${stranger.name}' in ${operation}`);
  return children.map(({ name }) => name);
}

export function notFound(operation: string, what: string): SoapFault {
  return axlFault(operation, 5007, `Item not valid: The specified ${what} was not found`);
}

/** What a list operation answers. */
export function listed<Row>({ element: name, tags, search, key }: Table<Row>, rows: readonly Row[], element: XmlElement): string[] {
  const criteria = required(element, "searchCriteria");
  known(element.name, criteria, search);
  const asked = known(element.name, required(element, "returnedTags"), Object.keys(tags));
  const wanted = Object.keys(tags).filter((tag) => asked.includes(tag));
  const found = rows.filter((row) => criteria.children.every(({ name: tag, text }) => matches(text, tags[tag]!(row))));
  const skip = Number(child(element, "skip")?.text || 0);
  const first = Number(child(element, "first")?.text || found.length);
  return found.slice(skip, skip + first).map((row) => branch(name, wanted.map((tag) => leaf(tag, tags[tag]!(row))), { uuid: uuid(key(row)) }));
}

/** The one with the uuid, or with the tags, that the element names. */
export function found<Row>({ element: name, tags, key }: Table<Row>, rows: readonly Row[], element: XmlElement, keys: string[]): Row {
  const asked = child(element, "uuid")?.text;
  const named = keys.map((tag) => [tag, child(element, tag)?.text ?? ""] as const);
  const fits = (row: Row) => (asked === undefined ? named.every(([tag, text]) => tags[tag]!(row).toLowerCase() === text.toLowerCase()) : uuid(key(row)) === asked.toUpperCase());
  const one = rows.find(fits);
  if (!one) throw notFound(element.name, name[0]!.toUpperCase() + name.slice(1));
  return one;
}
