// SOAP 1.1, document/literal: what Control Center and AXL have in common.
import type { VosNode } from "../node";
import { basicCredential, type WebApplication, type WebRequest, type WebResponse } from "./types";
import { branch, leaf, parseXml, type XmlElement } from "./xml";

const ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/";

/** A SOAP fault; HTTP 500. */
export class SoapFault extends Error {
  constructor(
    message: string,
    readonly code: "Client" | "Server" | "VersionMismatch" = "Client",
    /** XML inside `detail`. */
    readonly detail: string[] = [],
  ) {
    super(message);
  }
}

/** The element in the body; throws a fault when the request is not SOAP 1.1. */
export function bodyElement(request: WebRequest): XmlElement {
  let root: XmlElement;
  try {
    root = parseXml(request.body);
  } catch (error) {
    throw new SoapFault(`The request is not well-formed XML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (root.name !== "Envelope" || root.namespace !== ENVELOPE) throw new SoapFault("Only SOAP 1.1 is supported", "VersionMismatch");
  const element = root.children.find(({ name, namespace }) => name === "Body" && namespace === ENVELOPE)?.children[0];
  if (!element) throw new SoapFault("The SOAP body is empty");
  return element;
}

/** For the history: the name of the operation with what `describe` reads from it. */
export function soapAction(request: WebRequest, describe: (element: XmlElement) => string[]): string {
  if (request.method !== "POST") return `${request.method} ${request.path}${request.query.has("wsdl") ? "?wsdl" : ""}`;
  try {
    const element = bodyElement(request);
    return [element.name, ...describe(element)].join(" ");
  } catch (error) {
    return `no SOAP request: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Refuses children that are in another namespace than the schema says. */
export function onlyIn(namespace: string, { children }: XmlElement): void {
  const stranger = children.find((child) => child.namespace !== namespace);
  if (stranger) throw new SoapFault(`org.apache.axis2.databinding.ADBException: Unexpected subelement {${stranger.namespace}}${stranger.name}`);
}

/** The child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one) => one.name === name);
}

/** The texts of all children of that name. */
export function texts(element: XmlElement | undefined, name: string): string[] {
  return element?.children.filter((one) => one.name === name).map(({ text }) => text) ?? [];
}

/** An answer in an envelope. */
export function soapAnswer(content: string, status = 200): WebResponse {
  const envelope = branch("soapenv:Envelope", [branch("soapenv:Body", [content])], { "xmlns:soapenv": ENVELOPE });
  return { status, headers: { "content-type": "text/xml;charset=UTF-8" }, body: `<?xml version='1.0' encoding='UTF-8'?>${envelope}` };
}

function faultAnswer({ message, code, detail }: SoapFault): WebResponse {
  return soapAnswer(branch("soapenv:Fault", [leaf("faultcode", `soapenv:${code}`), leaf("faultstring", message), branch("detail", detail)]), 500);
}

/** Does the work; a fault that it throws becomes the answer. */
export async function answerFaults(work: () => Promise<WebResponse>): Promise<WebResponse> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SoapFault) return faultAnswer(error);
    throw error;
  }
}

/** An HTML page of the web server. */
export function page(status: number, words: string): WebResponse {
  return { status, headers: { "content-type": "text/html;charset=UTF-8" }, body: `<html><body>${words}</body></html>` };
}

/** Basic with the application user of the cluster; the answer when that fails. */
export function refuseLogIn(node: VosNode, request: WebRequest, at: WebApplication["interface"]): WebResponse | undefined {
  const { username, password } = basicCredential(request);
  if (node.cluster.applicationUser.logIn(username, password, at) === "accepted") return undefined;
  const refused = page(401, "HTTP Status 401 - Unauthorized");
  return { ...refused, headers: { ...refused.headers, "www-authenticate": 'Basic realm="Cisco Web Services Realm"' } };
}
