// How the tests of the lab's SOAP services speak to a node: TLS is verified against the certificate that the node serves.
import { Agent, request } from "node:https";
import { type EstateDescription, startLab } from "../../lab";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";

export const PUBLISHER = "cs-ccm-pub.example.com";
export const SUBSCRIBER = "cs-ccm-sub.example.com";
export const PRESENCE = "cs-imp.example.com";

const NODES: EstateDescription["clusters"][number]["nodes"] = [
  { fqdn: PUBLISHER, product: "CUCM", role: "publisher", address: "10.0.0.11" },
  { fqdn: SUBSCRIBER, product: "CUCM", role: "subscriber", address: "10.0.0.12", services: { "Cisco CTIManager": "stopped" } },
  { fqdn: PRESENCE, product: "IM and Presence", role: "publisher", address: "10.0.0.13" },
];

/** One cluster of three nodes that is quick to restart. */
export function startSoapLab(more: Partial<EstateDescription> = {}, cluster: Partial<EstateDescription["clusters"][number]> = {}): Promise<Lab> {
  const timing = { serviceStop: 5, serviceStart: 5, replication: 1, distribution: 1 };
  return startLab({ name: "soap", clusters: [{ name: "hq", nodes: NODES, ...cluster }], timing, ...more });
}

/** Verifies that the other side is this node, whatever address it has here. */
export function agentFor(node: VosNode): Agent {
  return new Agent({ ca: node.served.map(({ certificate }) => certificate.pem), servername: node.fqdn });
}

export function basicOf(node: VosNode, password = node.cluster.applicationUser.credential.password): string {
  return `Basic ${Buffer.from(`${node.cluster.applicationUser.credential.username}:${password}`).toString("base64")}`;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One request to a node, as the application user unless another authorization is given. */
export function ask(node: VosNode, path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  const { method = "POST", headers = {}, body = "" } = options;
  const agent = agentFor(node);
  const all = { authorization: basicOf(node), "content-type": "text/xml;charset=UTF-8", ...headers };
  return new Promise<Answer>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: node.ports.https8443, path, method, headers: all, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString("utf8") }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** `content` in a SOAP 1.1 envelope. */
export function envelope(content: string): string {
  return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
}
