// The least that the restart matrix asks for, from its rows and from what runs on the nodes; the planner of domain/rollout.ts has no part in it.
import { RESTART_MATRIX, type Where } from "../domain/restarts";
import type { Lab } from "../lab";

/** `<fqdn>: <service>`, sorted. */
export type ExpectedRestarts = readonly string[];

const ON: Record<Where, (product: string, role: string) => boolean> = {
  "every node": () => true,
  "CUCM nodes": (product) => product === "CUCM",
  "CUCM publisher": (product, role) => product === "CUCM" && role === "publisher",
  "IM and Presence nodes": (product) => product === "IM and Presence",
  "Unity Connection nodes": () => false,
  "Unity Connection publisher": () => false,
};

/** For a change of tomcat at release 14 and later: each service of the row once on each node on which it runs. */
export function minimumOf(lab: Lab): ExpectedRestarts {
  const row = RESTART_MATRIX.find(({ purposes, product, from }) => purposes.includes("tomcat") && product === "CUCM" && from === "14");
  if (!row) throw new Error("the restart matrix has no row for tomcat from release 14 on");
  const nodes = lab.clusters.flatMap((cluster) => cluster.nodes);
  const steps = row.steps.filter(({ onlyFor }) => onlyFor === undefined);
  return nodes
    .flatMap((node) => steps.filter(({ where, service }) => ON[where](node.description.product, node.description.role) && node.services.started(service)).map(({ service }) => `${node.fqdn}: ${service}`))
    .sort();
}
