// Clusters with phones, asked by AXL and RIS as clients ask them.
import { type EstateDescription, type Lab, type NodeDescription, startLab } from "../../../lab";
import type { Phone } from "../../../lab/phones/phone";
import type { VosNode } from "../../../lab/vos/node";
import { type Answer, ask, envelope } from "../../support/soap-lab";
import { type ClusterOptions, PUB, SUB } from "./estates";

export const WEST_PUB = "west-pub.example.com";
export const WEST_SUB = "west-sub.example.com";
/** Names of phones that a test speaks of. */
export const [ONE, TWO] = ["SEP001122334401", "SEP001122334402"] as const;

const TIMING = { tomcatStop: 1, tomcatStart: 1, serviceStop: 1, serviceStart: 1, replication: 1, distribution: 1, pageLag: 0, cliStart: 0, phoneReset: 1, risMinute: 60_000 };
const OPEN = { risRequestsPerMinute: 10_000 };

const pair = (pub: string, sub: string): NodeDescription[] => [
  { fqdn: pub, product: "CUCM", role: "publisher" },
  { fqdn: sub, product: "CUCM", role: "subscriber", services: { "Cisco Tftp": "started" } },
];

/** One cluster of two nodes that both have TFTP, with two phones. */
export function startPhones(cluster: ClusterOptions = {}, { timing, switches, ...more }: Partial<EstateDescription> = {}): Promise<Lab> {
  return startLab({ name: "phones", clusters: [{ name: "hq", nodes: pair(PUB, SUB), phones: { names: [ONE, TWO] }, ...cluster }], timing: { ...TIMING, ...timing }, switches: { ...OPEN, ...switches }, ...more });
}

/** Two clusters; the phones belong to the first and are configured in the second too. */
export function startTwo(cluster: ClusterOptions = {}, other: ClusterOptions = {}): Promise<Lab> {
  const hq = { name: "hq", nodes: pair(PUB, SUB), phones: { names: [ONE, TWO], alsoIn: ["west"] }, ...cluster };
  return startLab({ name: "two", clusters: [hq, { name: "west", nodes: pair(WEST_PUB, WEST_SUB), ...other }], timing: TIMING, switches: OPEN });
}

export function phone(lab: Lab, name: string = ONE): Phone {
  return lab.clusters.flatMap(({ phones }) => phones.phone(name) ?? [])[0]!;
}

/** One operation of AXL on a publisher. */
export function axl(node: VosNode, operation: string, content = "", version = "12.5"): Promise<Answer> {
  return ask(node, "/axl/", { headers: { soapaction: `"CUCM:DB ver=${version} ${operation}"` }, body: envelope(`<axl:${operation} xmlns:axl="http://www.cisco.com/AXL/API/${version}">${content}</axl:${operation}>`) });
}

/** A list of everything, or of what the criteria say. */
export function list(node: VosNode, thing: string, tags: string, criteria = "<name>%</name>", more = ""): Promise<Answer> {
  return axl(node, `list${thing}`, `<searchCriteria>${criteria}</searchCriteria><returnedTags>${tags}</returnedTags>${more}`);
}

/** The texts of all elements of a name. */
export function texts({ body }: Answer, name: string): string[] {
  return [...body.matchAll(new RegExp(`<(?:\\w+:)?${name}(?: [^>]*)?(?:/>|>([^<]*)</)`, "g"))].map(([, text = ""]) => text);
}

/** The body of a question to RIS; every value may be another one. */
export function risQuestion(items: readonly string[] = ["*"], changed: Record<string, string> = {}): string {
  const values = { MaxReturnedDevices: "1000", DeviceClass: "Phone", Model: "255", Status: "Any", NodeName: "", SelectBy: "Name", SelectItems: items.map((item) => `<soap:item><soap:Item>${item}</soap:Item></soap:item>`).join(""), Protocol: "Any", DownloadStatus: "Any", ...changed };
  const fields = Object.entries(values).map(([name, value]) => `<soap:${name}>${value}</soap:${name}>`);
  return envelope(`<soap:selectCmDevice xmlns:soap="http://schemas.cisco.com/ast/soap"><soap:StateInfo/><soap:CmSelectionCriteria>${fields.join("")}</soap:CmSelectionCriteria></soap:selectCmDevice>`);
}

export const RIS = "/realtimeservice2/services/RISService70";

export function askRis(node: VosNode, items?: readonly string[], changed?: Record<string, string>): Promise<Answer> {
  return ask(node, RIS, { headers: { soapaction: "selectCmDevice" }, body: risQuestion(items, changed) });
}

/** Node → the status of each device there. */
export function statuses({ body }: Answer): Record<string, Record<string, string>> {
  const nodes = body.split("<ns1:ReturnCode>").slice(1);
  return Object.fromEntries(
    nodes.map((node) => {
      const devices = [...node.matchAll(/<ns1:item><ns1:Name>(SEP\w+)<.*?<ns1:LoginUserId\/><ns1:Status>(\w+)</g)].map(([, name, status]) => [name!, status!]);
      return [/<ns1:Name>([^<]*)</.exec(node)![1]!, Object.fromEntries(devices) as Record<string, string>];
    }),
  );
}

/** What phones did, in order: action and outcome. */
export function told(lab: Lab, mark = 0): string[] {
  return lab.history.since(mark).filter((entry) => entry.interface === "phone").map(({ action, outcome, node }) => `${action} at ${node}: ${outcome}`);
}
