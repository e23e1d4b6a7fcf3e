// AXL, the administrative SOAP interface of CUCM: platform-interfaces.md section 4.
import type { Occasion } from "../../faults";
import type { VosCluster } from "../cluster";
import type { VosNode } from "../node";
import { AXL_OPERATIONS } from "./axl-operations";
import { axlFault } from "./axl-tables";
import { answerFaults, bodyElement, child, onlyIn, page, refuseLogIn, soapAction, soapAnswer } from "./soap";
import type { WebApplication, WebRequest, WebResponse } from "./types";
import { branch, type XmlElement } from "./xml";

const NAMESPACE = "http://www.cisco.com/AXL/API/";
const SERVICE = "Cisco AXL Web Service";

/** What begins so changes the database, and is what the write throttle holds back. */
const WRITES = /^(add|update|remove|apply|reset|restart|do|assign|unassign|lock|wipe|executeSQLUpdate)/;

/** The schema versions, and how the error page names them. A release knows those up to its own; from 14 on, as 15, none below 12.0. */
const VERSIONS: Record<string, string> = { "10.0": "10.x", "10.5": "10.x", "11.0": "11.x", "11.5": "11.x", "12.0": "12.x", "12.5": "12.x", "14.0": "14.0", "15.0": "15.0" };

function supported({ release }: VosCluster): string[] {
  const own = parseFloat(release);
  return Object.keys(VERSIONS).filter((version) => Number(version) <= own && (own < 14 || Number(version) >= 12));
}

function wrongVersion(cluster: VosCluster): WebResponse {
  const names = [...new Set(supported(cluster).map((version) => VERSIONS[version]!))];
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  const words = `Incorrect axl version. Supported axl versions are ${list}`;
  return page(599, `<div id="content-header">HTTP Status 599 - ${words}</div><p><b>Message:</b> ${words}</p>`);
}

/** The versions that a request speaks of: in its SOAPAction and in its namespace. */
function versionsOf({ headers }: WebRequest, { namespace }: XmlElement): string[] {
  const action = /CUCM:DB ver=([\d.]+)/.exec(headers.soapaction ?? "")?.[1];
  const own = namespace.startsWith(NAMESPACE) ? namespace.slice(NAMESPACE.length) : "";
  return [own, ...(action ? [action] : [])];
}

/** Only the operation's element is qualified. */
function strict(element: XmlElement): void {
  onlyIn("", element);
  element.children.forEach(strict);
}

async function operate(node: VosNode, request: WebRequest, occasion: Occasion): Promise<WebResponse> {
  const { cluster } = node;
  const element = bodyElement(request);
  const { name, namespace } = element;
  if (!versionsOf(request, element).every((version) => supported(cluster).includes(version))) return wrongVersion(cluster);
  if (WRITES.test(name) && node.faults.strike("write throttle", occasion)) return page(503, "503 Service Unavailable");
  const operation = Object.hasOwn(AXL_OPERATIONS, name) ? AXL_OPERATIONS[name] : undefined;
  if (!operation) throw axlFault(name, -1, `${name} is not emulated by this lab: see platform-interfaces section 4.2 and lab/README.md`, "Server");
  strict(element);
  const content = branch("return", await operation(cluster, element));
  return soapAnswer(branch(`ns:${name}Response`, [content], { "xmlns:ns": namespace }));
}

/** The web service is activated per node: on the CUCM publisher, and wherever the estate says so. */
function missing({ services }: VosNode): WebResponse | undefined {
  const service = services.get(SERVICE);
  if (!service?.activated) return page(404, "404 Not Found");
  return service.state === "STARTED" ? undefined : page(503, "503 Service Unavailable");
}

function describe(element: XmlElement): string[] {
  const sql = child(element, "sql")?.text.replace(/\s+/g, " ");
  const named = ["deviceName", "name", "subnetIpAddress", "uuid"].map((tag) => child(element, tag)?.text).find(Boolean);
  return [sql ?? named ?? ""].filter(Boolean);
}

/** AXL of a node; application user, Basic. */
export const axl: WebApplication = {
  interface: "axl",
  serves: (path) => /^\/axl\/?$/.test(path),
  container: ({ services }) => (services.get("Cisco AXL Tomcat") ? "Cisco AXL Tomcat" : "Cisco Tomcat"),
  action: (request) => soapAction(request, describe),
  async answer(node, request, occasion) {
    const refused = missing(node) ?? refuseLogIn(node, request, "axl");
    if (refused) return refused;
    if (request.method !== "POST") return page(200, "The AXL Web Service is working and accepting requests. Use HTTP POST to send a request.");
    return answerFaults(() => operate(node, request, occasion));
  },
};
