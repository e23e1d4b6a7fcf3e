// Two TFTP nodes, what their files must hold by domain/, and what a person sees of them.
import { createHash } from "node:crypto";
import type { ListedNode, ListedRecord } from "../../../domain/trust-list/content";
import { readShownTrustList, type ShownTrustList } from "../../../domain/trust-list/text";
import type { EstateDescription, Lab, NodeDescription } from "../../../lab";
import type { VosNode } from "../../../lab/vos/node";
import { CliClient } from "./cli-client";
import { type ClusterOptions, IMP, PUB, startNodes, SUB } from "./estates";
import { serialOf } from "./phone-client";

/** CAPF on the publisher alone. */
const TWO_TFTP: NodeDescription[] = [
  { fqdn: PUB, product: "CUCM", role: "publisher" },
  { fqdn: SUB, product: "CUCM", role: "subscriber", services: { "Cisco Tftp": "started", "Cisco CallManager": "not activated" } },
  { fqdn: IMP, product: "IM and Presence", role: "publisher" },
];

/** The same as domain/ takes them. */
export const LISTED: ListedNode[] = [
  { fqdn: PUB, product: "CUCM", role: "publisher", callManager: true, tftp: true, capf: true },
  { fqdn: SUB, product: "CUCM", role: "subscriber", tftp: true },
  { fqdn: IMP, product: "IM and Presence", role: "publisher" },
];

export function startTftp(cluster: ClusterOptions = {}, more: Partial<EstateDescription> = {}): Promise<Lab> {
  return startNodes(more, { nodes: TWO_TFTP, ...cluster });
}

/** The rows of a file as the platform's documents have it. */
export function wanted(lab: Lab, records: readonly ListedRecord[]): string[] {
  return records.map(({ node, purpose, role }) => `${role} ${serialOf(lab.node(node), purpose)}`);
}

export function sha1(bytes: Buffer): string {
  return createHash("sha1").update(bytes).digest("hex");
}

/** What `show itl` or `show ctl` says. */
export async function shown(node: VosNode, kind: "itl" | "ctl"): Promise<ShownTrustList | undefined> {
  return readShownTrustList(await CliClient.once(node, `show ${kind}`));
}
