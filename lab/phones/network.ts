// Whom phones reach, by the names and addresses that they are given.
import type { Occasion } from "../faults";
import type { Lab } from "../lab";
import type { VosNode } from "../vos/node";

export const CALL_MANAGER = "Cisco CallManager";

/** The node of that name, host name or address, of whichever cluster. */
export function nodeNamed({ clusters }: Lab, text: string): VosNode | undefined {
  const wanted = text.toLowerCase();
  for (const { nodes } of clusters) for (const node of nodes) if (node.fqdn === wanted || node.address === wanted || node.fqdn.toLowerCase() === wanted || node.fqdn.split(".")[0]!.toLowerCase() === wanted) return node;
  return undefined;
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
