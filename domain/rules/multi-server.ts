// CSR and multi-server SAN against the live cluster: R19, R23–R25, R27. procedures.md 4.2.
import { type NodeName, PURPOSE_FACTS } from "../purposes";
import { differences } from "../question";
import { type ClusterReading, type Member, valueOf } from "../readings";
import { CALL_MANAGER } from "../services";
import { normalFingerprint } from "../x509/certificate";
import { type CertificateRequest, parseRequest } from "../x509/request";
import { coveredReadings, type LiveFacts, perNode, readingsOf } from "./live";
import { type Finding, fromFindings, PASS, type Rule, undecided } from "./rule";

function holds(names: readonly string[], name: string): boolean {
  return names.some((other) => other.toLowerCase() === name.toLowerCase());
}

export const R19: Rule<Pick<LiveFacts, "certificate" | "covered" | "purpose">> = {
  id: "R19",
  title: "The certificate names every node that it is for",
  severity: "mandatory",
  levels: ["S", "L", "P"],
  source: "Cisco 118731",
  comply: "Have the whole request signed; the authority must not drop names",
  decide({ certificate, covered }) {
    if (!certificate) return PASS;
    const missing = covered.filter(({ fqdn }) => !holds(certificate.subjectAlternateNames, fqdn));
    return fromFindings(missing.map(({ fqdn }) => ({ where: fqdn, found: "the certificate does not name this node" })));
  },
};

export const R20: Rule<LiveFacts> = {
  id: "R20",
  title: "A CallManager certificate leaves out only nodes on which Cisco CallManager is not active",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 118731",
  comply: "Name the node in the certificate (leaveOut), or deactivate Cisco CallManager there first",
  decide: ({ leftOut = [], reading }) =>
    perNode(readingsOf(leftOut, reading), (node) => node.services, (services) => {
      const service = services.find(({ name }) => name === CALL_MANAGER);
      return service && !/not activated/i.test(service.reason) ? [{ found: `Cisco CallManager is ${service.state} on this node, and the certificate would not name it` }] : [];
    }),
};

/** What stands pending on a node for the purpose. */
export interface PendingRequest {
  fqdn: string;
  request: CertificateRequest;
}

/** A pending request; what is wrong with it when it cannot be read. */
function requestOf(pem: string | undefined): CertificateRequest | string | undefined {
  try {
    return pem && parseRequest(pem);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The pending requests of the purpose on the covered nodes. */
export function pendingRequests(facts: Pick<LiveFacts, "purpose" | "covered" | "reading">): PendingRequest[] {
  const { purpose, covered, reading } = facts;
  return reading.nodes.flatMap(({ node, snapshot }) => {
    const pem = valueOf(snapshot)?.requests.get(purpose);
    return pem && covered.some(({ fqdn }) => fqdn === node.fqdn) ? [{ fqdn: node.fqdn, request: parseRequest(pem) }] : [];
  });
}

export const R23: Rule<Pick<LiveFacts, "purpose" | "covered" | "reading" | "question" | "discardPending">> = {
  id: "R23",
  title: "No other request is awaiting its certificate",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731: a new CSR replaces the pending one and its key",
  comply: "Install its certificate first, or give it up: discardPending with its public key fingerprint",
  decide(facts) {
    const allowed = facts.discardPending ? normalFingerprint(facts.discardPending) : undefined;
    return perNode(coveredReadings(facts), (node) => node.snapshot, ({ requests }): Finding[] => {
      const request = requestOf(requests.get(facts.purpose));
      if (typeof request === "string") return [{ found: `a ${facts.purpose} request is pending that cannot be read: ${request}` }];
      if (!request || normalFingerprint(request.publicKeyFingerprint) === allowed) return [];
      const found = differences(request, facts.question);
      if (found.length === 0) return [];
      return [{ found: `a ${facts.purpose} request is pending that asks something else (${found.join("; ")}); its public key fingerprint is ${request.publicKeyFingerprint}` }];
    });
  },
};

export const R24: Rule<Pick<LiveFacts, "purpose" | "covered" | "reading" | "request">> = {
  id: "R24",
  title: "The request is on every node",
  severity: "mandatory",
  levels: ["P"],
  source: "Cisco 118731: CSR export operation successful on the nodes […]",
  comply: "Bring the node back with Cisco Tomcat and Platform Administrative Web Service running; a new request is then made",
  decide(facts) {
    const { request, purpose } = facts;
    if (!request) return undecided("no request was made");
    return perNode(coveredReadings(facts), (node) => node.snapshot, ({ requests }): Finding[] => {
      const held = requestOf(requests.get(purpose));
      return typeof held === "object" && held.publicKeyFingerprint === request.publicKeyFingerprint ? [] : [{ found: "the request did not reach this node" }];
    });
  },
};

export const R25: Rule<Pick<LiveFacts, "purpose" | "covered" | "reading" | "certificate">> = {
  id: "R25",
  title: "The certificate is on every node",
  severity: "mandatory",
  levels: ["P"],
  source: "Cisco 118731: Certificate upload operation successful for the nodes …",
  comply: "Look at the node's Platform Administrative Web Service and at the log IPT Platform CertMgr",
  decide(facts) {
    const { certificate, purpose } = facts;
    if (!certificate) return undecided("there is no certificate yet");
    return perNode(coveredReadings(facts), (node) => node.snapshot, ({ identities }): Finding[] => {
      const installed = identities.get(purpose);
      return installed?.fingerprint === certificate.fingerprint ? [] : [{ found: `it has ${installed ? `serial number ${installed.serialNumber}` : "no certificate"} instead of ${certificate.serialNumber}` }];
    });
  },
};

export const R27: Rule<Pick<LiveFacts, "nodes" | "purpose"> & { reading: Pick<ClusterReading, "members"> }> = {
  id: "R27",
  title: "The declared nodes are the cluster's nodes",
  severity: "mandatory",
  levels: ["S", "L"],
  source: "Cisco 118731: renew when a node was added or renamed",
  comply: "Change the list of nodes in the program (the nodes of the Cluster)",
  decide({ reading: { members }, nodes, purpose }) {
    if ("unread" in members) return undecided(members.unread);
    const products = PURPOSE_FACTS[purpose].products;
    const live = members.value.filter(({ product }) => !product || products.includes(product));
    const byAddress = live.filter(({ name }) => /^[\d.]+$|:/.test(name));
    if (byAddress.length > 0) return undecided(`the cluster lists ${byAddress.map(({ name }) => name).join(", ")} by IP address, not by name`);
    const gone = nodes.filter(({ fqdn, product }) => products.includes(product) && !live.some(({ name }) => sameHost(name, fqdn)));
    const added = live.filter(({ name }) => !nodes.some(({ fqdn }) => sameHost(name, fqdn)));
    const has = live.map(({ name }) => name).join(", ");
    return fromFindings([
      ...gone.map((node) => ({ where: node.fqdn, found: `the cluster has no such node; it has ${has}${renamed(node, gone, added)}` })),
      ...added.map(({ name }) => ({ where: name, found: "the cluster has this node, and the program does not declare it" })),
    ]);
  },
};

/** Where one node is gone and another one of its product is there, it got another name: the line of the program that says so. */
function renamed({ fqdn, product, role }: NodeName, gone: readonly NodeName[], added: readonly Member[]): string {
  const candidates = added.filter((one) => !one.product || one.product === product);
  if (candidates.length !== 1 || gone.filter((one) => one.product === product).length !== 1) return "";
  const { name } = candidates[0]!;
  const line = (written: string) => `{ fqdn: "${written}", product: "${product}", role: "${role}" }`;
  return `. It was renamed: write ${line(name.includes(".") ? name : `${name}.${fqdn.split(".").slice(1).join(".")}`)} instead of ${line(fqdn)}`;
}

/** The cluster may list a node by its host name alone. */
function sameHost(listed: string, fqdn: string): boolean {
  const [a, b] = [listed.toLowerCase(), fqdn.toLowerCase()];
  return a === b || (!a.includes(".") && b.startsWith(`${a}.`));
}
