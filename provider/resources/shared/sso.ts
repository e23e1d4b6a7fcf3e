// SSO of a cluster as several resources read it, and what they say of it.
import type { Reading, SsoReading } from "../../../domain/readings";
import type { NodeName } from "../../../domain/purposes";
import { isOn, R38, SSO_STEPS } from "../../../domain/rules/sso";
import { valueOf } from "../../../domain/readings";
import type { Context, Node } from "../../context";
import type { InputRule } from "../../difference";
import { RefusedError } from "../../errors";
import { attempt, inDatabase, publisherOf } from "./reading";

/** SSO of one node, from both places. */
export interface NodeSso {
  node: NodeName;
  sso: Reading<SsoReading>;
}

/** A suspension is of a cluster, whichever of its nodes is asked. */
export const CLUSTER: InputRule<Node> = { change: (old, declared) => (old?.cluster.name === declared?.cluster.name ? "takeOver" : "replace") };

/** Looks at the CLI of these nodes and at the database. */
export function readSso(node: Node, names: readonly NodeName[], context: Context): Promise<NodeSso[]> {
  const database = attempt(context.vos(publisherOf(node, context)).ssoInDatabase());
  const one = async (name: NodeName): Promise<NodeSso> => {
    const status = await attempt(context.vos(context.sibling(node, name)).sso());
    const modes = valueOf(await database);
    if ("unread" in status) return { node: name, sso: status };
    const { on, test, metadataExported } = status.value;
    return { node: name, sso: { value: { cli: on, database: modes && inDatabase(modes, name.fqdn), test, metadataExported } } };
  };
  return Promise.all(names.map(one));
}

/** Nodes on which it is on, in either place. */
export function nodesOn(read: readonly NodeSso[]): string[] {
  return read.filter(({ sso }) => isOn(valueOf(sso))).map(({ node }) => node.fqdn);
}

/** Nodes of which it is not known, from both places, that it is off; one sentence each. */
export function notOff(read: readonly NodeSso[]): string[] {
  return read.flatMap(({ node, sso }) => {
    if ("unread" in sso) return [`${node.fqdn}: whether SSO is off could not be read (${sso.unread})`];
    const { cli, database } = sso.value;
    if (database === undefined) return [`${node.fqdn}: SSO is ${cli ? "on" : "off"} by the CLI; the database could not be asked`];
    if (!cli && !database) return [];
    return [`${node.fqdn}: SSO is ${cli === database ? "on" : `${cli ? "on" : "off"} by the CLI and ${database ? "on" : "off"} in the database`}`];
  });
}

/** The last look before an upload, whatever a suspension has recorded. @throws RefusedError */
export async function requireSsoOff({ node, purpose }: { node: Node; purpose: string }, context: Context): Promise<void> {
  const wrong = notOff(await readSso(node, node.cluster.nodes, context));
  if (wrong.length === 0) return;
  throw new RefusedError(`Nothing was changed: the ${purpose} certificate is not uploaded, because SSO, which was suspended for it, is not off:`, [
    ...wrong.map((text) => `${R38.id} ${text}`),
    `Run "pulumi up --refresh": it is suspended again`,
  ]);
}

/** The node's clock, to the second. Every node has a tomcat certificate, and no other answer with its clock is as short. */
export async function clockOf(node: Node, context: Context): Promise<Date> {
  return (await context.vos(node).identity("tomcat"))?.clock ?? context.clock.now();
}

/** The steps for a person, one line each. */
export function steps(): string[] {
  return SSO_STEPS.map((step, index) => `${index + 1}. ${step}.`);
}

/** What a run says at its end of an SSO that is off. */
export function offLine(cluster: string, nodes: readonly string[], since: string): string {
  return `cluster "${cluster}": SSO is off on ${nodes.join(", ")} since ${since}, and users log in with their passwords`;
}

/** A suspension that is forgotten: whoever removes it learns what is off, and that nobody but a person can switch it on. */
export async function tellOfRemoval(state: { node: Node; suspensionId: string; nodes: readonly string[] }, context: Context): Promise<void> {
  const { node, suspensionId, nodes } = state;
  const said = `SSO of suspension ${suspensionId} was told of`;
  if (nodes.length === 0 || context.noted(node, said)) return;
  context.note(node, said);
  const read = await readSso(node, node.cluster.nodes.filter(({ fqdn }) => nodes.includes(fqdn)), context);
  const off = read.filter(({ sso }) => !("value" in sso) || !sso.value.cli || sso.value.database === false).map(({ node: { fqdn }, sso }) => ("unread" in sso ? `${fqdn} (not read: ${sso.unread})` : fqdn));
  if (off.length === 0) return;
  context.say([`Warning: cluster "${node.cluster.name}": SSO was switched off for a certificate and is not on again on ${off.join(", ")}. Nothing but a person can switch it on:`, ...steps().map((step) => `  ${step}`)].join("\n"));
}
