// XML with namespaces resolved, as the SOAP services need it: they are strict about which element is qualified.
import { XMLParser, XMLValidator } from "fast-xml-parser";

export interface XmlElement {
  name: string;
  /** Empty when the element has none. */
  namespace: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** Its own text, without the white space around it. */
  text: string;
}

type RawNode = Record<string, unknown>;

const NAMESPACES = { xml: "http://www.w3.org/XML/1998/namespace" };

const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: "", parseTagValue: false, trimValues: false, ignoreDeclaration: true, ignorePiTags: true });

function resolve(name: string, scope: Record<string, string>): { name: string; namespace: string } {
  const [prefix, local] = name.includes(":") ? (name.split(":") as [string, string]) : ["", name];
  if (prefix && scope[prefix] === undefined) throw new Error(`undeclared namespace prefix ${prefix}`);
  return { name: local, namespace: scope[prefix] ?? "" };
}

function elementOf(raw: RawNode, outer: Record<string, string>): XmlElement | undefined {
  const tag = Object.keys(raw).find((key) => key !== ":@" && !key.startsWith("#"));
  if (!tag) return undefined;
  const attributes = (raw[":@"] ?? {}) as Record<string, string>;
  const declared = Object.entries(attributes).flatMap(([name, value]) => (/^xmlns(:|$)/.test(name) ? [[name.slice(6), value]] : []));
  const scope = { ...outer, ...(Object.fromEntries(declared) as Record<string, string>) };
  const content = raw[tag] as RawNode[];
  const text = content.map((node) => node["#text"]).filter((one) => typeof one === "string");
  const children = content.flatMap((node) => elementOf(node, scope) ?? []);
  return { ...resolve(tag, scope), attributes, children, text: text.join("").trim() };
}

/** The root element; throws when the text is not well-formed. */
export function parseXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(valid.err.msg);
  const [root] = (parser.parse(text) as RawNode[]).flatMap((node) => elementOf(node, NAMESPACES) ?? []);
  if (!root) throw new Error("no root element");
  return root;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);
}

/** An element with text in it. */
export function leaf(name: string, text: string): string {
  return text === "" ? `<${name}/>` : `<${name}>${escapeXml(text)}</${name}>`;
}

/** An element with elements in it. */
export function branch(name: string, children: string[], attributes: Record<string, string> = {}): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}
