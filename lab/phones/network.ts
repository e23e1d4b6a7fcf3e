// Whom phones reach, by the names and addresses that they are given.
import type { Occasion } from "../faults";
import type { Lab } from "../lab";
import type { VosNode } from "../vos/node";

export const CALL_MANAGER = "Cisco CallManager";

/** The node of that name, host name or address, of whichever cluster. */
export function nodeNamed({ clusters }: Lab, text: string): VosNode | undefined {
  // Mostly it is the name as the node has it, and there are many phones.
  for (const { nodes } of clusters) for (const node of nodes) if (node.fqdn === text || node.address === text) return node;
  const wanted = text.toLowerCase();
  return clusters.flatMap(({ nodes }) => nodes).find(({ fqdn }) => [fqdn, fqdn.split(".")[0]!].some((own) => own.toLowerCase() === wanted));
}

/** Whether phones can register there. */
export function takesPhones(node: VosNode): boolean {
  return !node.down && node.services.started(CALL_MANAGER);
}

/** Whether phones get files there. */
export function givesFiles(node: VosNode): boolean {
  const occasion: Occasion = { node: node.fqdn, interface: "tftp", action: "connect" };
  return !node.down && node.tftp.running && !node.faults.strike("dropped connection", occasion);
}
