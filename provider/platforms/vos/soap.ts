// SOAP 1.1 over our HTTPS client. The few calls that we need have fixed shapes, so a template and a parser do; the npm soap client would
// fetch and compile a WSDL per node. It is what the lab's Control Center is tested with.
import { XMLParser } from "fast-xml-parser";
import { PlatformError } from "../../errors";
import type { HttpsClient, HttpsResponse } from "../../transport/https";
import { kindOf, plainText, refusedLogIn } from "./failures";
import type { BasicLogin } from "./certificate-rest";

/** A parsed element: text, or members by local name. One with a uuid has it as its member `@uuid`, and its text as `#text`. */
export type Xml = string | { [name: string]: Xml | Xml[] };

const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: (name) => name !== "uuid", attributeNamePrefix: "@", parseTagValue: false, trimValues: true });

/** Text for an element's content. */
export function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** A member of an element; undefined when it has none of that name. */
export function child(xml: Xml | undefined, ...names: string[]): Xml | undefined {
  let at: Xml | Xml[] | undefined = xml;
  for (const name of names) {
    if (at === undefined || typeof at === "string" || Array.isArray(at)) return undefined;
    at = at[name];
  }
  return Array.isArray(at) ? at[0] : at;
}

/** All members of that name. */
export function children(xml: Xml | undefined, name: string): Xml[] {
  if (xml === undefined || typeof xml === "string") return [];
  const found = xml[name];
  return found === undefined ? [] : Array.isArray(found) ? found : [found];
}

/** The text of a member; empty when there is none. */
export function text(xml: Xml | undefined, name: string): string {
  const found = child(xml, name);
  const own = typeof found === "object" ? child(found, "#text") : found;
  return typeof own === "string" ? own : "";
}

export interface SoapCall {
  path: string;
  soapAction: string;
  /** What is being done, for messages. */
  action: string;
  /** The element inside Body. */
  body: string;
  /** Milliseconds, where an answer takes longer than usual. */
  limit?: number;
}

/** Sends one call and gives the element inside the answer's Body. */
export async function soapCall(https: HttpsClient, login: BasicLogin, { path, soapAction, action, body, limit }: SoapCall): Promise<Xml> {
  const envelope = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
  const headers = { "content-type": "text/xml;charset=UTF-8", soapaction: `"${soapAction}"` };
  const answer = await https.send({ method: "POST", path, action, headers, body: envelope, auth: login, limit });
  const content = bodyOf(answer);
  const fault = child(content, "Fault");
  if (answer.status === 200 && content !== undefined && fault === undefined) return content;
  throw failure(https.endpoint.host, action, answer, fault);
}

function bodyOf({ body }: HttpsResponse): Xml | undefined {
  try {
    return child(parser.parse(body) as Xml, "Envelope", "Body");
  } catch {
    return undefined;
  }
}

function failure(node: string, action: string, { status, body }: HttpsResponse, fault: Xml | undefined): PlatformError {
  if (status === 401) return refusedLogIn(node, action, "the log-in of the application user was refused (401)");
  const words = text(fault, "faultstring") || plainText(body) || `HTTP ${status}`;
  const kind = kindOf(words) ?? (status === 503 ? "busy" : status === 403 ? "permission" : status === 404 ? "notFound" : "unknown");
  return new PlatformError(kind, { node, action, answer: status === 200 || status === 500 ? words : `${words} (HTTP ${status})` });
}
