// The estates on which is measured.
import { ESTATE_A1, type EstateDescription, type NodeDescription } from "../lab";

/** 1 + 20 CUCM and 6 IM and Presence nodes, every answer 50 ms late. */
export function bigEstate(subscribers = 20, presence = 6): EstateDescription {
  const nodes: NodeDescription[] = [
    { fqdn: "cs-ccm-pub.example.com", product: "CUCM", role: "publisher" },
    ...numbers(subscribers).map((index): NodeDescription => ({ fqdn: `cs-ccm-sub-${index}.example.com`, product: "CUCM", role: "subscriber" })),
    ...numbers(presence).map((index): NodeDescription => ({ fqdn: `cs-imp-${index}.example.com`, product: "IM and Presence", role: index === 1 ? "publisher" : "subscriber" })),
  ];
  return { ...ESTATE_A1, name: "big", clusters: [{ name: "hq", nodes }], timing: { latency: 50 } };
}

/** The cluster of an estate as text of a program. */
export function clusterText({ clusters }: EstateDescription): string {
  const nodes = clusters[0]!.nodes.map(({ fqdn, product, role }) => `    ${JSON.stringify({ fqdn, product, role })},`);
  return ["  const hq = new uccerts.Cluster(\"hq\", { release: \"15\", nodes: [", ...nodes, "  ] });"].join("\n");
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
