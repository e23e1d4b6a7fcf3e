// What an ITL or CTL file of a release must hold, and who signs it. platform-interfaces.md 5.1 (Cisco security guide 14; Cisco 214231).
import type { NodeName } from "../purposes";
import { isAtLeast } from "../releases";
import type { TrustRole } from "./format";

/** Purposes whose certificates stand in these files. */
export type ListedPurpose = "CallManager" | "ITLRecovery" | "CAPF" | "TVS";

/** The purpose whose key signs ITL and CTL. */
export function trustListSigner(release: string): "CallManager" | "ITLRecovery" {
  return isAtLeast(release, "12.0") ? "ITLRecovery" : "CallManager";
}

/** A CUCM node, and which services are active there. */
export interface ListedNode extends NodeName {
  callManager?: boolean;
  tftp?: boolean;
  capf?: boolean;
}

/** A record that a file must have. */
export interface ListedRecord {
  node: string;
  purpose: ListedPurpose;
  role: TrustRole;
}

/** The role of a node's CallManager certificate beside SAST; undefined where neither service is active. */
export function callManagerRole({ callManager, tftp }: Pick<ListedNode, "callManager" | "tftp">): TrustRole | undefined {
  if (callManager && tftp) return "CCM+TFTP";
  if (tftp) return "TFTP";
  return callManager ? "CCM" : undefined;
}

/**
 * The records of the ITL file of one TFTP node: each has its own. ITLRecovery, the node's CallManager certificate for its services and as SAST,
 * CAPF, and TVS of every node.
 * @throws when TFTP is not active on the node, or the nodes have no publisher.
 */
export function itlRecords(tftpNode: string, nodes: readonly ListedNode[]): ListedRecord[] {
  const node = nodes.find(({ fqdn }) => fqdn === tftpNode);
  if (!node?.tftp) throw new Error(`${tftpNode} has no ITL file: Cisco Tftp is not active there`);
  const callManagers = cucm(nodes);
  return [
    { node: publisherOf(nodes), purpose: "ITLRecovery", role: "SAST" },
    { node: node.fqdn, purpose: "CallManager", role: "SAST" },
    { node: node.fqdn, purpose: "CallManager", role: callManagerRole(node)! },
    ...capfRecords(callManagers),
    ...callManagers.map(({ fqdn }): ListedRecord => ({ node: fqdn, purpose: "TVS", role: "TVS" })),
  ];
}

/**
 * The records of a tokenless CTL file, the same on every node: SAST of ITLRecovery and of the publisher's CallManager, CallManager of every node
 * that serves phones, CAPF; no TVS. Below 12.0 the SAST of ITLRecovery is assumed.
 * @throws when the nodes have no publisher.
 */
export function ctlRecords(nodes: readonly ListedNode[]): ListedRecord[] {
  const callManagers = cucm(nodes);
  const publisher = publisherOf(nodes);
  const serving = callManagers.flatMap((node): ListedRecord[] => {
    const role = callManagerRole(node);
    return role ? [{ node: node.fqdn, purpose: "CallManager", role }] : [];
  });
  return [{ node: publisher, purpose: "ITLRecovery", role: "SAST" }, { node: publisher, purpose: "CallManager", role: "SAST" }, ...serving, ...capfRecords(callManagers)];
}

function cucm(nodes: readonly ListedNode[]): ListedNode[] {
  return nodes.filter(({ product }) => product === "CUCM");
}

function capfRecords(nodes: readonly ListedNode[]): ListedRecord[] {
  return nodes.filter(({ capf }) => capf).map(({ fqdn }) => ({ node: fqdn, purpose: "CAPF", role: "CAPF" }));
}

function publisherOf(nodes: readonly ListedNode[]): string {
  const publisher = cucm(nodes).find(({ role }) => role === "publisher");
  if (!publisher) throw new Error("these nodes have no CUCM publisher");
  return publisher.fqdn;
}
