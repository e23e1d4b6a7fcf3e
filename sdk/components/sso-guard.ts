import * as pulumi from "@pulumi/pulumi";
import { planSsoRound } from "../../domain/rollout";
import { concernsSso } from "../../domain/rules/sso";
import type { Preflight } from "../preflight";
import { ServiceRestart } from "../service-restart";
import { SsoResumption } from "../sso-resumption";
import { SsoSuspension } from "../sso-suspension";
import type { Cluster } from "../topology";
import { slug } from "./component";
import type { CertificateChange } from "./rollout";

/** Options of a child that comes after others. */
type After = (...before: pulumi.Resource[]) => pulumi.CustomResourceOptions;

/** Switches SSO off once for all changes that ask for it; undefined when none does. */
export function suspendSso(name: string, cluster: Cluster, changes: readonly CertificateChange[], preflights: readonly Preflight[], after: After): SsoSuspension | undefined {
  const concerned = changes.filter(({ purpose, sso }) => concernsSso(purpose) && sso === "suspend");
  const [first] = concerned;
  if (!first) return undefined;
  const args = {
    node: cluster.publisher("CUCM") ?? first.node,
    changes: concerned.map(({ purpose, node, certificatePem, chain, question, accept }) => ({ node, purpose, distribution: question.distribution, certificatePem, chain, uses: question.uses, accept })),
    wasOn: pulumi.all(preflights.map(({ ssoOn }) => ssoOn)).apply((all) => [...new Set(all.flat())]),
    maintenanceWindow: cluster.maintenanceWindow,
  };
  return new SsoSuspension(`${name}-sso-suspension`, args, after(...preflights));
}

/** After all restarts: a person switches SSO on again, then a second round of restarts, node by node. */
export function resumeSso(name: string, cluster: Cluster, suspension: SsoSuspension, restarts: readonly ServiceRestart[], after: After): ServiceRestart[] {
  const { node, suspensionId, nodes, suspendedAt } = suspension;
  const statuses = pulumi.all(restarts.map(({ status }) => status));
  const args = { node, suspensionId, nodes, suspendedAt, after: statuses.apply((all) => (all.includes("due") ? "due" : "done")) };
  const resumption = new SsoResumption(`${name}-sso-resumption`, args, after(suspension, ...restarts.slice(-1)));
  const made: ServiceRestart[] = [];
  for (const { node: one, service, onlyWhereActive, notice, minutes } of planSsoRound(cluster.nodes, cluster.release)) {
    const before = made.at(-1);
    const facts = { node: one, service, onlyWhereActive, notice, minutes, reason: "after SSO was switched on again" };
    const triggers = { triggers: [resumption.resumptionId], changedAt: resumption.resumedAt, after: before?.status, maintenanceWindow: cluster.maintenanceWindow };
    made.push(new ServiceRestart(`${name}-${one.fqdn.split(".")[0]}-${slug(service)}-after-sso`, { ...facts, ...triggers }, after(before ?? resumption)));
  }
  return made;
}
