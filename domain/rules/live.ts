import type { NodeName, Purpose, Reuse } from "../purposes";
import type { Question } from "../question";
import { type ClusterReading, type NodeReading, type Reading, unreadNode } from "../readings";
import type { Use } from "../restarts";
import type { Certificate } from "../x509/certificate";
import type { CertificateRequest } from "../x509/request";
import { type Finding, fromFindings, undecided, type Verdict } from "./rule";

/** Limits that a person may set in `uccerts:timing`. */
export interface Limits {
  /** Milliseconds that a node's clock may differ from ours (R135). */
  clockSkew: number;
  /** Days after which a backup is too old (R64). */
  backupDays: number;
  /** Per cent of a partition in use from which a write is refused. */
  diskPercent: number;
}

/** The live cluster, and what is about to change on it. */
export interface LiveFacts {
  now: Date;
  purpose: Purpose;
  question: Question;
  release: string;
  /** The node on which the request is made and the certificate uploaded. */
  node: NodeName;
  /** Every declared node of the cluster. */
  nodes: readonly NodeName[];
  /** Nodes that the certificate covers. */
  covered: readonly NodeName[];
  /** The program says that CallManager uses it too. */
  reusedFor?: Reuse;
  /** Nodes that it would cover, and that the program leaves out. */
  leftOut?: readonly NodeName[];
  /** Declared authorities, root first. */
  chain: readonly Certificate[];
  uses?: readonly Use[];
  reading: ClusterReading;
  limits: Limits;
  /** The signed certificate, once it is there. */
  certificate?: Certificate;
  request?: CertificateRequest;
  /** SSO that is on is going to be switched off before the certificate is installed. */
  sso?: "suspend";
  /** Public key fingerprint of a pending request that may be discarded. */
  discardPending?: string;
  /** Whether our connection would accept the new certificate; undefined before it is there. */
  connectionAccepts?: boolean;
}

/** Decides per node; a node that could not be read makes the rule undecided, unless something is wrong elsewhere already. */
export function perNode<T>(nodes: readonly NodeReading[], pick: (node: NodeReading) => Reading<T>, decide: (value: T, node: NodeReading) => readonly Finding[]): Verdict {
  const findings: Finding[] = [];
  const unread: string[] = [];
  for (const node of nodes) {
    const reading = pick(node);
    if ("unread" in reading) unread.push(`${node.node.fqdn}: ${reading.unread}`);
    else findings.push(...decide(reading.value, node).map((finding) => ({ where: node.node.fqdn, ...finding })));
  }
  if (findings.length > 0 || unread.length === 0) return fromFindings(findings);
  return undecided(unread.join("; "));
}

/** The readings of those nodes that the certificate covers. */
export function coveredReadings({ reading, covered }: Pick<LiveFacts, "reading" | "covered">): NodeReading[] {
  return readingsOf(covered, reading);
}

/** One reading for each of these nodes; a node that nobody looked at is unread, never passed over. */
export function readingsOf(nodes: readonly NodeName[], reading: ClusterReading): NodeReading[] {
  return nodes.map((node) => reading.nodes.find((one) => one.node.fqdn === node.fqdn) ?? unreadNode(node, "nothing was read of this node"));
}
