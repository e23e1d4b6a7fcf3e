// The types of Bulk Certificate Management: what each carries, and where an import puts it (Cisco 215539; the lab's own table, deliberately not the domain's).
import type { VosNode } from "../node";

export interface BulkFacts {
  purposes: readonly string[];
  stores: readonly string[];
}

const PHONES = ["Phone-SAST-trust", "CallManager-trust"];

export const BULK_TYPES: Readonly<Record<string, BulkFacts>> = {
  tomcat: { purposes: ["tomcat"], stores: ["tomcat-trust"] },
  tftp: { purposes: ["CallManager"], stores: PHONES },
  capf: { purposes: ["CAPF"], stores: ["CallManager-trust"] },
  ITLRecovery: { purposes: ["ITLRecovery"], stores: PHONES },
};

/** The types that a cluster exports. */
export function exportedTypes({ facts, switches }: VosNode): string[] {
  const own = facts.itlRecoveryInBulk && switches.bulkItlRecovery === "own type";
  return Object.keys(BULK_TYPES).filter((type) => type !== "ITLRecovery" || own);
}

/** The purposes whose certificates a type carries. */
export function carriedBy(type: string, { switches }: VosNode): readonly string[] {
  const { purposes } = BULK_TYPES[type]!;
  return type === "tftp" && switches.bulkItlRecovery === "in tftp" ? [...purposes, "ITLRecovery"] : purposes;
}
