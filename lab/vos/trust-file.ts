// ITL and CTL files of a cluster: what they hold and who signs them. platform-interfaces.md 5.1 (the lab's own reading, deliberately not the provider's).
import { isIPv4 } from "node:net";
import type { ListKind } from "../trust-list/text";
import { type ListContent, type ListRecord, type ListRole, type ListSigner, writeTrustList } from "../trust-list/write";
import type { VosCluster } from "./cluster";
import type { VosNode } from "./node";

/** Where phones get their files; only nodes on which it is activated have an ITL. */
export const TFTP = "Cisco Tftp";
const CALL_MANAGER = "Cisco CallManager";
const CAPF = "Cisco Certificate Authority Proxy Function";

/** One file. It never changes; its bytes are made when somebody first wants them. */
export class TrustFile {
  private bytes?: Buffer;

  constructor(
    readonly kind: ListKind,
    readonly content: ListContent,
  ) {}

  get file(): Buffer {
    return (this.bytes ??= writeTrustList(this.content));
  }

  /** Whether it says what a file with this content would say. */
  says({ records, signer }: ListContent): boolean {
    const own = this.content;
    return own.signer.certificate === signer.certificate && own.records.length === records.length && own.records.every((one, index) => equal(one, records[index]!));
  }
}

function equal(one: ListRecord, other: ListRecord): boolean {
  return one.role === other.role && one.certificate === other.certificate && one.dnsName === other.dnsName && one.ipAddress === other.ipAddress;
}

export function activated(node: VosNode, service: string): boolean {
  return node.services.get(service)?.activated ?? false;
}

/** The CUCM nodes of a cluster. */
export function callManagers(cluster: VosCluster): VosNode[] {
  return cluster.nodes.filter(({ product }) => product === "CUCM");
}

/** The ITL of a TFTP node: each has its own. Without a record while the cluster is prepared for a rollback. */
export function itlContent(node: VosNode, writtenAt: Date): ListContent {
  const { cluster } = node;
  const rollback = cluster.parameters.get("Prepare Cluster for Rollback to pre 8.0") === "T";
  const records = [
    ...recordsOf(cluster.publisher, "ITLRecovery", "SAST"),
    ...recordsOf(node, "CallManager", "SAST"),
    ...recordsOf(node, "CallManager", servingRole(node)),
    ...capfRecords(cluster),
    ...callManagers(cluster).flatMap((one) => recordsOf(one, "TVS", "TVS")),
  ];
  return { fileName: "ITLFile.tlv", writtenAt, records: rollback ? [] : records, signer: signerOf(node) };
}

/** The tokenless CTL of a cluster, the same on every node. What is in Phone-SAST-trust are the signers of other clusters. */
export function ctlContent(cluster: VosCluster, writtenAt: Date): ListContent {
  const { publisher } = cluster;
  const foreign = publisher.store.entries("Phone-SAST-trust").map(({ certificate: { pem } }): ListRecord => ({ role: "SAST", certificate: pem }));
  const records = [
    ...recordsOf(publisher, "ITLRecovery", "SAST"),
    ...recordsOf(publisher, "CallManager", "SAST"),
    ...servers(cluster),
    ...foreign,
  ];
  return { fileName: "CTLFile.tlv", writtenAt, records: withoutTwins(records), signer: signerOf(publisher) };
}

/** The CTL that a CTL client has written: signed by a token. */
export function tokenContent(cluster: VosCluster, token: ListSigner, writtenAt: Date): ListContent {
  const records = withoutTwins([{ role: "SAST", certificate: token.certificate }, ...servers(cluster)]);
  return { fileName: "CTLFile.tlv", writtenAt, records, signer: token };
}

/** Whom phones register with and get their files and certificates from. */
function servers(cluster: VosCluster): ListRecord[] {
  return [...callManagers(cluster).flatMap((one) => recordsOf(one, "CallManager", servingRole(one))), ...capfRecords(cluster)];
}

/** ITLRecovery of the publisher; below 12.0 the CallManager of the node. */
function signerOf(node: VosNode): ListSigner {
  const { trustListSigner } = node.facts;
  const owner = trustListSigner === "ITLRecovery" ? node.cluster.publisher : node;
  const { key, certificate } = owner.store.identities.get(trustListSigner)!;
  return { key, certificate: certificate.pem };
}

/** What phones may take a node's CallManager certificate for, beside a signer; undefined where they have no business with it. */
function servingRole(node: VosNode): ListRole | undefined {
  const [serves, answers] = [activated(node, TFTP), activated(node, CALL_MANAGER)];
  if (serves) return answers ? "CCM+TFTP" : "TFTP";
  return answers ? "CCM" : undefined;
}

function capfRecords(cluster: VosCluster): ListRecord[] {
  return callManagers(cluster).flatMap((node) => recordsOf(node, "CAPF", activated(node, CAPF) ? "CAPF" : undefined));
}

function recordsOf(node: VosNode, purpose: string, role: ListRole | undefined): ListRecord[] {
  const identity = node.store.identities.get(purpose);
  if (!identity || !role) return [];
  return [{ role, certificate: identity.certificate.pem, dnsName: node.fqdn, ...(isIPv4(node.address) ? { ipAddress: node.address } : {}) }];
}

/** A multi-server certificate stands there once for each role. */
function withoutTwins(records: ListRecord[]): ListRecord[] {
  return records.filter(({ role, certificate }, index) => records.findIndex((other) => other.role === role && other.certificate === certificate) === index);
}
