// Facts on which rules decide: each builder gives a set that passes, and takes what a test breaks.
import { coveredNodes, type NodeName, type Purpose } from "../../domain/purposes";
import { completeQuestion } from "../../domain/question";
import type { ClusterReading, NodeReading, ServiceReading, Snapshot, TrustEntry } from "../../domain/readings";
import type { ContentFacts } from "../../domain/rules/content";
import type { LiveFacts } from "../../domain/rules/live";
import type { RequestFacts } from "../../domain/rules/request";
import type { Rule, Verdict } from "../../domain/rules/rule";
import type { Certificate } from "../../domain/x509/certificate";
import type { CertificateRequest } from "../../domain/x509/request";
import { NOW } from "./certificates";

export const PUBLISHER: NodeName = { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher" };
export const SUBSCRIBER: NodeName = { fqdn: "cs-ccm-sub.example.com", product: "CUCM", role: "subscriber" };
export const PRESENCE: NodeName = { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher" };
/** The cluster of the CA-signed multi-server document. */
export const CLUSTER: readonly NodeName[] = [PUBLISHER, SUBSCRIBER, PRESENCE];
/** The names that its tomcat certificate holds: every node and the parent domain. */
export const CLUSTER_NAMES = [...CLUSTER.map(({ fqdn }) => fqdn), "example.com"];
export const RELEASE = "15SU2";

export const UNREAD = { unread: "connection refused" };

export function contentFacts(certificate: Certificate, broken: Partial<ContentFacts> = {}): ContentFacts {
  return { certificate, now: NOW, purpose: "tomcat", release: RELEASE, ...broken };
}

export function requestFacts(broken: Partial<RequestFacts> = {}): RequestFacts {
  return {
    purpose: "tomcat",
    distribution: "multi-server",
    keyType: "RSA",
    keyLength: 2048,
    hashAlgorithm: "SHA256",
    names: ["cs-ccm-pub-ms.example.com"],
    node: PUBLISHER,
    nodes: CLUSTER,
    release: RELEASE,
    ...broken,
  };
}

/** What a node holds for one purpose. */
export interface Holding {
  purpose?: Purpose;
  identity?: Certificate;
  request?: CertificateRequest;
  trusts?: readonly TrustEntry[];
}

export function snapshot({ purpose = "tomcat", identity, request, trusts = [] }: Holding = {}): Snapshot {
  return { identities: new Map(identity ? [[purpose, identity]] : []), requests: new Map(request ? [[purpose, request.pem]] : []), trusts, clock: NOW };
}

export function trustEntry(certificate: Certificate, store = "tomcat-trust"): TrustEntry {
  return { store, fileName: `${certificate.commonName.replace(/ /g, "_")}.pem`, certificate };
}

export function service(name: string, broken: Partial<ServiceReading> = {}): ServiceReading {
  return { name, state: "Started", reason: "", upSeconds: 86_400, ...broken };
}

export function nodeReading(node: NodeName, broken: Partial<NodeReading> = {}): NodeReading {
  return {
    node,
    version: { value: "15.0.1.12900-234" },
    snapshot: { value: snapshot() },
    clockAhead: { value: 0 },
    services: { value: [service("Cisco Tomcat"), service("Platform Administrative Web Service")] },
    sso: { value: { cli: false, database: false } },
    diskUsed: { value: { active: 60, logging: 45 } },
    ntpSynchronised: { value: true },
    fips: { value: false },
    unresolved: { value: [] },
    ...broken,
  };
}

/** One node is as `broken` says, the others are as they should be. */
export function readings(broken: Partial<NodeReading> = {}, on: NodeName = SUBSCRIBER, rest: Partial<NodeReading> = {}): NodeReading[] {
  return CLUSTER.map((node) => nodeReading(node, node === on ? { ...rest, ...broken } : rest));
}

export function clusterReading(broken: Partial<ClusterReading> = {}): ClusterReading {
  return {
    nodes: readings(),
    members: { value: CLUSTER.map(({ fqdn, product, role }) => ({ name: fqdn, product, role })) },
    replication: { value: [] },
    lastBackup: { value: new Date(NOW.getTime() - 86_400_000) },
    backupRunning: { value: false },
    ...broken,
  };
}

export function liveFacts(broken: Partial<LiveFacts> = {}): LiveFacts {
  const purpose = broken.purpose ?? "tomcat";
  return {
    now: NOW,
    purpose,
    question: completeQuestion({ purpose, distribution: "multi-server" }, PUBLISHER, CLUSTER),
    release: RELEASE,
    node: PUBLISHER,
    nodes: CLUSTER,
    covered: coveredNodes(purpose, CLUSTER),
    chain: [],
    reading: clusterReading(),
    limits: { clockSkew: 120_000, backupDays: 7, diskPercent: 95 },
    ...broken,
  };
}

/** `pass`, or the findings as one reads them (`where: found`), or `undecided: reason`. */
export function said(verdict: Verdict): string[] {
  if (verdict.outcome === "pass") return ["pass"];
  if (verdict.outcome === "undecided") return [`undecided: ${verdict.reason}`];
  return verdict.findings.map(({ where, found }) => (where ? `${where}: ${found}` : found));
}

/** What a rule says of facts. */
export function decision<F>(rule: Rule<F>, facts: F): string[] {
  return said(rule.decide(facts));
}
