// Scenario A1 as tests start from it: the cluster, the program, what happened.
import { readChain } from "../../domain/rules/encoding";
import type { HistoryEntry, Lab } from "../../lab";
import { Cluster } from "../../sdk/topology";

export const PUB = "cs-ccm-pub.example.com";
export const SUB = "cs-ccm-sub.example.com";
export const IMP = "cs-imp.example.com";

/** The cluster of A1, as JavaScript text; `more` are further members of its arguments. */
export function cluster(more = ""): string {
  return `const hq = new uccerts.Cluster("hq", { release: "15", nodes: [
    { fqdn: "${PUB}", product: "CUCM", role: "publisher" },
    { fqdn: "${SUB}", product: "CUCM", role: "subscriber" },
    { fqdn: "${IMP}", product: "IM and Presence", role: "publisher" },
  ], ${more} });`;
}

/** The certificate of A1, signed by the lab's AD CS; `more` are further members of its arguments. */
export function certificate(more = ""): string {
  return `const tomcat = new uccerts.MultiServerCertificate("tomcat", { cluster: hq, purpose: "tomcat", chain: await live.getAuthorityChain("ca"),
    authority: { connection: "ca", template: "WebServerClient" }, ${more} });`;
}

/** The whole program of A1. */
export function program(certificateArgs = "", clusterArgs = ""): string {
  return `${cluster(clusterArgs)}\n${certificate(certificateArgs)}\nreturn { fingerprint: tomcat.fingerprint, nodes: tomcat.nodes, notAfter: tomcat.notAfter };`;
}

/** Things that were written to a device since a mark of the history. */
export function writes(lab: Lab, since = 0): HistoryEntry[] {
  const writing = /^(generate CSR|install|store trust|delete trust|regenerate|restart|stop|start) /;
  return lab.history.since(since).filter(({ interface: at, action }) => at === "platform" && writing.test(`${action} `));
}

/** `cs-ccm-pub: restart Cisco Tomcat`, in order. */
export function restarts(lab: Lab, since = 0): string[] {
  return writes(lab, since)
    .filter(({ action }) => action.startsWith("restart "))
    .map(({ node, action }) => `${node.split(".")[0]}: ${action.slice("restart ".length)}`);
}

/** Every service of the matrix once, publisher, subscriber, IM and Presence. */
export const RESTARTS_OF_15 = [
  "cs-ccm-pub: Cisco Tomcat",
  "cs-ccm-pub: Cisco UDS Tomcat",
  "cs-ccm-pub: Cisco AXL Tomcat",
  "cs-ccm-pub: Cisco SSOSP Tomcat",
  "cs-ccm-sub: Cisco Tomcat",
  "cs-ccm-sub: Cisco UDS Tomcat",
  "cs-ccm-sub: Cisco AXL Tomcat",
  "cs-ccm-sub: Cisco SSOSP Tomcat",
  "cs-imp: Cisco Tomcat",
  "cs-ccm-pub: Cisco DRF Master",
  "cs-ccm-pub: Cisco DRF Local",
  "cs-ccm-sub: Cisco DRF Local",
  "cs-imp: Cisco DRF Local",
  "cs-ccm-pub: Cisco Tftp",
];

/** The SHA-256 that each node serves now. */
export function served(lab: Lab): Set<string> {
  return new Set(lab.clusters.flatMap((one) => one.nodes.map((node) => node.served[0]!.certificate.parsed.fingerprint256)));
}

/** The cluster of A1 as values, for tests without the engine. */
export const HQ = new Cluster("hq", {
  release: "15",
  nodes: [
    { fqdn: PUB, product: "CUCM", role: "publisher" },
    { fqdn: SUB, product: "CUCM", role: "subscriber" },
    { fqdn: IMP, product: "IM and Presence", role: "publisher" },
  ],
});

/** The chain of the lab's authority, PEM, root first. */
export function chainOf(lab: Lab): string[] {
  return readChain(lab.authority("ca").hierarchy.chain()).authorities.map(({ pem }) => pem);
}
