// What Control Center does: platform-interfaces.md 2.2 to 2.4.
import type { VosNode } from "../node";
import type { Service, ServiceState } from "../services";
import { serviceAnswer, serviceItem } from "./control-center-answers";
import { productInformation, staticServices } from "./control-center-lists";
import { child, texts } from "./soap";
import type { XmlElement } from "./xml";

/** Takes the operation's element, gives the element of the answer. */
export type ControlCenterOperation = (node: VosNode, element: XmlElement) => Promise<string>;

interface Change {
  /** The service is there already. */
  idle?: { when: ServiceState; reason: number };
  ends: ServiceState;
  run(node: VosNode, name: string): Promise<void>;
}

const CONTROLS: Record<string, Change> = {
  Start: { idle: { when: "STARTED", reason: -1039 }, ends: "STARTED", run: ({ services }, name) => services.start(name) },
  Stop: { idle: { when: "STOPPED", reason: -1040 }, ends: "STOPPED", run: ({ services }, name) => services.stop(name) },
  Restart: { ends: "STARTED", run: ({ services }, name) => services.restart(name) },
};

async function activate(node: VosNode, name: string): Promise<void> {
  node.record(`activate ${name}`, { service: name });
  Object.assign(node.services.get(name)!, { activated: true, reason: "Component is not running" });
  await node.services.start(name);
}

async function deactivate(node: VosNode, name: string): Promise<void> {
  node.record(`deactivate ${name}`, { service: name });
  if (node.services.started(name)) await node.services.stop(name);
  node.services.set(name, "not activated");
}

const DEPLOYMENTS: Record<string, Change> = {
  Deploy: { ends: "STARTED", run: activate },
  UnDeploy: { ends: "STOPPED", run: deactivate },
};

function reserved(service: Service | undefined): number | undefined {
  if (!service) return -1010;
  if (service.kind === "platform") return -1011;
  return service.state === "STARTING" || service.state === "STOPPING" ? -1029 : undefined;
}

function refuseControl({ services, switches }: VosNode, name: string, { idle }: Change): number | undefined {
  const service = services.get(name);
  const reason = reserved(service);
  if (reason !== undefined || !service) return reason;
  if (service.kind === "network" && !switches.controlCenterNetworkServices) return -1045;
  if (!service.activated) return -1068;
  return service.state === idle?.when ? idle.reason : undefined;
}

function refuseDeployment({ services }: VosNode, name: string, change: Change): number | undefined {
  const service = services.get(name);
  const reason = reserved(service);
  if (reason !== undefined || !service) return reason;
  if (service.kind !== "feature") return -1045;
  return service.activated === (change === DEPLOYMENTS.Deploy) ? -1057 : undefined;
}

/** Only the local node: no name, or one of its own. */
function isLocal({ fqdn, address }: VosNode, name: string): boolean {
  return ["", fqdn, fqdn.split(".")[0], address].some((own) => own?.toLowerCase() === name.toLowerCase());
}

/** What both operations that change something ask for. */
export function changeRequest(element: XmlElement): { nodeName: string; type: string; services: string[] } {
  const asked = child(element, "ControlServiceRequest") ?? child(element, "DeploymentServiceRequest");
  const type = child(asked, "ControlType") ?? child(asked, "DeployType");
  return { nodeName: child(asked, "NodeName")?.text ?? "", type: type?.text ?? "", services: texts(child(asked, "ServiceList"), "item").filter(Boolean) };
}

function changing(changes: Record<string, Change>, refuse: (node: VosNode, name: string, change: Change) => number | undefined): ControlCenterOperation {
  return async (node, element) => {
    const { nodeName, type, services } = changeRequest(element);
    const change = Object.hasOwn(changes, type) ? changes[type] : undefined;
    if (!change || services.length === 0 || !isLocal(node, nodeName)) return serviceAnswer(element.name, [], -1012);
    const items: string[] = [];
    let failure: number | undefined;
    for (const name of services) {
      const refusal = refuse(node, name, change);
      if (refusal === undefined) await change.run(node, name);
      items.push(serviceItem(node, name, refusal));
      failure ??= refusal ?? (node.services.get(name)?.state === change.ends ? undefined : -1007);
    }
    return serviceAnswer(element.name, items, failure);
  };
}

/** The names that are asked for, all of them when none is, or when the list is written in a way that the platform does not read. */
const status: ControlCenterOperation = async (node, element) => {
  const asked = element.children.some(({ children }) => children.length > 0) ? [] : texts(element, "ServiceStatus").filter(Boolean);
  const names = asked.length > 0 ? asked : node.services.list().map(({ name }) => name);
  return serviceAnswer(element.name, names.map((name) => serviceItem(node, name)));
};

export const OPERATIONS: Record<string, ControlCenterOperation> = {
  soapGetServiceStatus: status,
  soapDoControlServices: changing(CONTROLS, refuseControl),
  soapDoServiceDeployment: changing(DEPLOYMENTS, refuseDeployment),
  soapGetStaticServiceList: async (node) => staticServices(node),
  getProductInformationList: async (node) => productInformation(node),
};
