// Control Center Services, the SOAP service that starts and stops what runs on this node: platform-interfaces.md section 2.
import type { Occasion } from "../../faults";
import type { VosNode } from "../node";
import { changeRequest, OPERATIONS } from "./control-center-operations";
import { CONTROL_CENTER_NAMESPACE, controlCenterWsdl } from "./control-center-wsdl";
import { answerFaults, bodyElement, onlyIn, page, refuseLogIn, soapAction, soapAnswer, SoapFault, texts } from "./soap";
import type { WebApplication, WebRequest, WebResponse } from "./types";
import type { XmlElement } from "./xml";

const PATH = "/controlcenterservice2/services/ControlCenterServices";
const MINUTE_MS = 60_000;

const recent = new WeakMap<VosNode, number[]>();

/** Counts this request; over the limit of the last minute it is refused. */
function throttle(node: VosNode, occasion: Occasion): void {
  const allowed = node.switches.controlCenterRequestsPerMinute;
  const since = Date.now() - MINUTE_MS;
  const times = [...(recent.get(node) ?? []).filter((time) => time > since), Date.now()];
  recent.set(node, times);
  const struck = node.faults.strike("exceeded rate", occasion);
  if (!struck && times.length <= allowed) return;
  throw new SoapFault(`Exceeded allowed rate for Reatime information. Current allowed rate for realtime information is ${allowed} requests per minute.`, "Server");
}

/** Everything below the operation's element is qualified; nobody looks into a ServiceStatus, which should hold text only. */
function strict(element: XmlElement): void {
  onlyIn(CONTROL_CENTER_NAMESPACE, element);
  element.children.filter(({ name }) => name !== "ServiceStatus").forEach(strict);
}

function describe(element: XmlElement): string[] {
  const { type, services } = changeRequest(element);
  return element.name === "soapGetServiceStatus" ? texts(element, "ServiceStatus") : [type, services.join(", ")].filter(Boolean);
}

async function operate(node: VosNode, request: WebRequest, occasion: Occasion): Promise<WebResponse> {
  throttle(node, occasion);
  const element = bodyElement(request);
  const operation = element.namespace === CONTROL_CENTER_NAMESPACE && Object.hasOwn(OPERATIONS, element.name) ? OPERATIONS[element.name] : undefined;
  if (!operation) throw new SoapFault(`The endpoint reference (EPR) for the Operation not found is ${PATH} and the WSA Action = ${request.headers.soapaction ?? element.name}`);
  strict(element);
  return soapAnswer(await operation(node, element));
}

/** Control Center of a node; application user, Basic; only for the node that is asked. */
export const controlCenter: WebApplication = {
  interface: "soap",
  serves: (path) => path.startsWith("/controlcenterservice2/"),
  container: () => "Cisco Tomcat",
  action: (request) => soapAction(request, describe),
  async answer(node, request, occasion) {
    const refused = refuseLogIn(node, request, "soap");
    if (refused) return refused;
    if (request.path === `${PATH}Ex`) return page(501, "ControlCenterServicesEx is not emulated by this lab: see platform-interfaces section 2.1 and lab/README.md");
    if (request.path !== PATH) return page(404, "404 Not Found");
    if (request.query.has("wsdl")) return { status: 200, headers: { "content-type": "text/xml;charset=UTF-8" }, body: controlCenterWsdl(node.fqdn) };
    if (request.method !== "POST") return page(405, "HTTP Status 405 - Method Not Allowed");
    return answerFaults(() => operate(node, request, occasion));
  },
};
