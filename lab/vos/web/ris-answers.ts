// What RIS answers: the devices of each node, in the order of elements that strict clients check. certsrv-keystores-ris.md 3.
import { everyPhone, followPhones } from "../../phones/cluster-phones";
import type { Remembered } from "../../phones/registrations";
import type { VosNode } from "../node";
import { activated, callManagers } from "../trust-file";
import { CALL_MANAGER } from "../../phones/network";
import { CRITERIA, RIS_NAMESPACE } from "./ris-wsdl";
import { child, SoapFault, texts } from "./soap";
import { branch, leaf, type XmlElement } from "./xml";

/** A real one gives no more at once. */
const MOST = 1000;

interface Criteria {
  most: number;
  deviceClass: string;
  status: string;
  nodeName: string;
  selectBy: string;
  items: string[];
}

export function criteriaOf(element: XmlElement | undefined): Criteria {
  const text = (name: string) => child(element, name)?.text ?? "";
  const items = (child(element, "SelectItems")?.children ?? []).flatMap((item) => texts(item, "Item"));
  return { most: Math.min(Number(text("MaxReturnedDevices") || MOST), MOST), deviceClass: text("DeviceClass"), status: text("Status"), nodeName: text("NodeName"), selectBy: text("SelectBy"), items };
}

/** Axis2 reads them in their order. */
function refuseDisorder(element: XmlElement | undefined): XmlElement {
  if (!element) throw new SoapFault("org.apache.axis2.databinding.ADBException: CmSelectionCriteria cannot be null!!");
  let last = -1;
  for (const { name } of element.children) {
    const at = CRITERIA.indexOf(name);
    if (at <= last) throw new SoapFault(`org.apache.axis2.databinding.ADBException: Unexpected subelement {${RIS_NAMESPACE}}${name}`);
    last = at;
  }
  return element;
}

/** `*` stands for any text. */
function patternOf(items: readonly string[]): (name: string) => boolean {
  const names = new Set(items.map((item) => item.toUpperCase()));
  const patterns = items.filter((item) => item.includes("*")).map((item) => new RegExp(`^${item.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`, "i"));
  return (name) => names.has(name.toUpperCase()) || patterns.some((pattern) => pattern.test(name));
}

const field = (name: string, text: string | number) => leaf(`ns1:${name}`, String(text));
const group = (name: string, children: string[]) => branch(`ns1:${name}`, children);

interface Device {
  name: string;
  address: string;
  remembered: Remembered;
}

function deviceItem({ name, address, remembered: { status, at } }: Device): string {
  const line = group("item", [field("DirectoryNumber", "1000"), field("Status", status)]);
  const ip = group("item", [field("IP", address), field("IPAddrType", "ipv4"), field("Attribute", "Unknown")]);
  return group("item", [
    field("Name", name),
    field("DirNumber", `1000-${status}`),
    field("DeviceClass", "Phone"),
    field("Model", 683),
    field("Product", 583),
    field("BoxProduct", 0),
    field("Httpd", "No"),
    field("RegistrationAttempts", 0),
    field("IsCtiControllable", "true"),
    field("LoginUserId", ""),
    field("Status", status),
    field("StatusReason", 0),
    field("PerfMonObject", 2),
    field("DChannel", 0),
    field("Description", name),
    field("TimeStamp", Math.floor(at / 1000)),
    field("Protocol", "SIP"),
    field("NumOfLines", 1),
    group("LinesStatus", [line]),
    field("ActiveLoadID", ""),
    field("InactiveLoadID", ""),
    field("DownloadStatus", "Unknown"),
    field("DownloadFailureReason", ""),
    field("DownloadServer", ""),
    group("IPAddress", [ip]),
  ]);
}

/** What one node of the cluster says. */
function devicesOf(node: VosNode, names: readonly string[], { status, deviceClass }: Criteria): Device[] {
  if (!["Any", "Phone", ""].includes(deviceClass)) return [];
  const { registrations } = node.cluster.phones;
  const addresses = new Map(everyPhone(node.cluster.lab).map(({ name, address }) => [name, address]));
  return names.flatMap((name) => {
    const remembered = registrations.of(name).get(node.fqdn);
    const wanted = remembered && (status === "Any" || status === "" || remembered.status === status);
    return wanted ? [{ name, address: addresses.get(name) ?? "", remembered }] : [];
  });
}

function nodeItem(node: VosNode, devices: readonly Device[]): string {
  const code = node.down ? "NodeNotResponding" : devices.length > 0 ? "Ok" : "NotFound";
  return group("item", [field("ReturnCode", code), field("Name", node.fqdn), field("NoChange", "false"), group("CmDevices", node.down ? [] : devices.map(deviceItem))]);
}

function nodesAsked({ cluster }: VosNode, nodeName: string): VosNode[] {
  const nodes = callManagers(cluster).filter((node) => activated(node, CALL_MANAGER));
  return ["", "any"].includes(nodeName.toLowerCase()) ? nodes : nodes.filter(({ fqdn, address }) => [fqdn, address, fqdn.split(".")[0]!].some((own) => own.toLowerCase() === nodeName.toLowerCase()));
}

/** The state that a client may give back; this lab always tells everything. */
function stateInfo(counts: readonly { node: VosNode; devices: readonly Device[] }[]): string {
  const nodes = counts.map(({ node, devices }) => branch("Node", [], { Name: node.fqdn, SubsystemStartTime: "1", StateId: "1", TotalItemsFound: String(devices.length), TotalItemsReturned: String(devices.length) }));
  return branch("StateInfo", nodes, { ClusterId: "" });
}

export function selectCmDevice(node: VosNode, element: XmlElement): string {
  const criteria = criteriaOf(refuseDisorder(child(element, "CmSelectionCriteria")));
  const matches = criteria.selectBy === "Name" || criteria.selectBy === "" ? patternOf(criteria.items) : () => false;
  followPhones(node.cluster.lab);
  const names = node.cluster.phones.registrations.names.filter(matches);
  let left = criteria.most;
  const told = nodesAsked(node, criteria.nodeName).map((one) => {
    const devices = one.down ? [] : devicesOf(one, names, criteria);
    const given = devices.slice(0, left);
    left -= given.length;
    return { node: one, devices: given, found: devices.length };
  });
  const unknown = told.length === 0 ? [group("item", [field("ReturnCode", "InvalidNodeName"), field("Name", criteria.nodeName), field("NoChange", "false"), group("CmDevices", [])])] : [];
  const total = told.reduce((sum, { found }) => sum + found, 0);
  const result = group("SelectCmDeviceResult", [field("TotalDevicesFound", total), group("CmNodes", [...told.map((one) => nodeItem(one.node, one.devices)), ...unknown])]);
  return branch("ns1:selectCmDeviceResponse", [group("selectCmDeviceReturn", [result, field("StateInfo", stateInfo(told))])], { "xmlns:ns1": RIS_NAMESPACE });
}
