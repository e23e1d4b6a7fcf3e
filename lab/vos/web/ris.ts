// RisPort70, which tells with whom devices are registered: certsrv-keystores-ris.md 3.
import type { Occasion } from "../../faults";
import type { VosCluster } from "../cluster";
import type { VosNode } from "../node";
import { criteriaOf, selectCmDevice } from "./ris-answers";
import { RIS_NAMESPACE, risWsdl } from "./ris-wsdl";
import { answerFaults, bodyElement, child, onlyIn, page, refuseLogIn, soapAction, soapAnswer, SoapFault } from "./soap";
import type { WebApplication, WebRequest, WebResponse } from "./types";
import type { XmlElement } from "./xml";

const PATH = "/realtimeservice2/services/RISService70";

/** When a cluster was asked. */
const recent = new WeakMap<VosCluster, number[]>();

/** Counts this request for the whole cluster; whether it is one too many. */
function tooMany({ cluster, switches, timing, faults }: VosNode, occasion: Occasion): boolean {
  const since = Date.now() - timing.risMinute;
  const times = [...(recent.get(cluster) ?? []).filter((time) => time > since), Date.now()];
  recent.set(cluster, times);
  return faults.strike("exceeded rate", occasion) !== undefined || times.length > switches.risRequestsPerMinute;
}

function refusal({ switches }: VosNode): WebResponse {
  if (switches.risOverRate === "503") return page(503, "503 Service Unavailable");
  throw new SoapFault(`Exceeded allowed rate for Reatime information. Current allowed rate for realtime information is ${switches.risRequestsPerMinute} requests per minute.`, "Server");
}

/** Everything below the operation's element is qualified. */
function strict(element: XmlElement): void {
  onlyIn(RIS_NAMESPACE, element);
  element.children.filter(({ name }) => name !== "StateInfo").forEach(strict);
}

function operate(node: VosNode, request: WebRequest, occasion: Occasion): WebResponse {
  if (tooMany(node, occasion)) return refusal(node);
  const element = bodyElement(request);
  if (element.name !== "selectCmDevice" || element.namespace !== RIS_NAMESPACE) throw new SoapFault(`The endpoint reference (EPR) for the Operation not found is ${PATH} and the WSA Action = ${request.headers.soapaction ?? element.name}`);
  strict(element);
  return soapAnswer(selectCmDevice(node, element));
}

/** In the history a long list of names is their number. */
function describe(element: XmlElement): string[] {
  const { status, items } = criteriaOf(child(element, "CmSelectionCriteria"));
  return [status, items.length > 3 ? `${items.length} names` : items.join(", ")].filter(Boolean);
}

/** RIS of a node of CUCM, which answers for the whole cluster; application user, Basic. */
export const ris: WebApplication = {
  interface: "ris",
  serves: (path) => path.startsWith("/realtimeservice2/"),
  container: () => "Cisco Tomcat",
  action: (request) => soapAction(request, describe),
  async answer(node, request, occasion) {
    const refused = refuseLogIn(node, request, "ris");
    if (refused) return refused;
    if (request.path !== PATH || node.product !== "CUCM") return page(404, "404 Not Found");
    if (request.query.has("wsdl")) return { status: 200, headers: { "content-type": "text/xml;charset=UTF-8" }, body: risWsdl(node.fqdn) };
    if (request.method !== "POST") return page(405, "HTTP Status 405 - Method Not Allowed");
    return answerFaults(async () => operate(node, request, occasion));
  },
};
