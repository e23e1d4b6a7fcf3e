// From what a cluster lists of itself to the nodes of a program.
import type { NodeName } from "./purposes";
import type { Member } from "./readings";

/** The members as nodes; `domain` is appended to those that the cluster lists by host name alone. */
export function nodesOf(members: readonly Member[], domain: string): NodeName[] {
  return withPublishers(members.map(({ name, product = "CUCM", role }) => ({ fqdn: name.includes(".") ? name : `${name}.${domain}`, product, role })));
}

/** AXL shows the publisher of IM and Presence as a subscriber of the cluster: the first one listed is its publisher. */
function withPublishers(nodes: NodeName[]): NodeName[] {
  if (nodes.some(({ product, role }) => product === "IM and Presence" && role === "publisher")) return nodes;
  const first = nodes.find(({ product }) => product === "IM and Presence");
  return nodes.map((node) => (node === first ? { ...node, role: "publisher" } : node));
}
