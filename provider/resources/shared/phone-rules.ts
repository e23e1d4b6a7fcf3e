// The rules of level L on what phones trust, before a certificate that they notice changes: CTL file, TVS, CallManager groups, enterprise parameters.
import { type ClusterReading, type Reading, valueOf } from "../../../domain/readings";
import { isListedAs } from "../../../domain/names";
import type { NodeName, Purpose } from "../../../domain/purposes";
import { CALL_MANAGER, TVS } from "../../../domain/services";
import { LISTED, type PhoneStep, R59 } from "../../../domain/rules/phones";
import { type CallManagerGroup, R60, R61, R62, resetsAtUpload, type TvsFacts, U10 } from "../../../domain/rules/phones-live";
import { type Acceptances, decideAll, emptyReport, type Report, unite } from "../../../domain/rules/rule";
import type { Context, Node } from "../../context";
import { ctlUpdateOf, readCtl } from "./ctl-file";
import { isPreparedForRollback, phoneInteraction } from "./enterprise-parameters";
import { notAlone } from "./phone-changes";
import { attempt, publisherOf } from "./reading";


interface Intent {
  node: Node;
  purpose: Purpose;
  accept?: Acceptances;
}

/** The groups with what is known of their phones. */
async function readGroups(node: Node, context: Context): Promise<CallManagerGroup[]> {
  const { phones } = context.vos(publisherOf(node, context));
  const [groups, configured] = await Promise.all([phones.groups(), phones.configured()]);
  const pools = new Set(configured.map(({ devicePool }) => devicePool));
  return groups.map(({ name, members, devicePools }) => ({ name, members, usedByPhones: devicePools.some((pool) => pools.has(pool)) }));
}

/** The nodes whose TVS phones ask: the members of groups with phones; where the groups are not known, every node on which Cisco CallManager runs. */
function askedByPhones(node: Node, groups: Reading<readonly CallManagerGroup[]>, reading: ClusterReading): NodeName[] {
  const nodes = node.cluster.nodes.filter(({ product }) => product === "CUCM");
  const used = valueOf(groups)?.filter(({ usedByPhones }) => usedByPhones) ?? [];
  if (used.length > 0) return nodes.filter((one) => used.some(({ members }) => members.some((member) => isListedAs(member, one))));
  const running = (one: NodeName) => valueOf(servicesOn(one, reading))?.some(({ name, state }) => name === CALL_MANAGER && state === "Started");
  return nodes.filter(running);
}

function servicesOn({ fqdn }: NodeName, reading: ClusterReading) {
  return reading.nodes.find(({ node }) => node.fqdn === fqdn)?.services ?? { unread: "nothing was read of this node" };
}

async function readTvs(node: Node, groups: Reading<readonly CallManagerGroup[]>, reading: ClusterReading, context: Context): Promise<TvsFacts> {
  const nodes = askedByPhones(node, groups, reading).map(async (name) => {
    const services = servicesOn(name, reading);
    const service = "unread" in services ? services : { value: services.value.find((one) => one.name === TVS)?.state ?? ("Stopped" as const) };
    return { node: name, service, portOpen: await attempt(portOpen(context.sibling(node, name), context)) };
  });
  return { nodes: await Promise.all(nodes) };
}

async function portOpen(node: Node, context: Context): Promise<boolean> {
  return context.vos(node).trustFiles.tvsPortOpen();
}

/** What a CTL update would meet: R59 before the upload, because afterwards only a person could help. */
async function decideCtl({ node, purpose, accept }: Intent, ctl: Awaited<ReturnType<typeof readCtl>>, context: Context): Promise<Report> {
  if (!LISTED.includes(purpose) || valueOf(ctl.mixedMode) === false) return emptyReport();
  const publisher = publisherOf(node, context);
  const steps: PhoneStep[] = [{ kind: "upload", purpose, node }, { kind: "CTL update", node: publisher }];
  return decideAll([R59], ctlUpdateOf(publisher, ctl, steps), accept);
}

function interactionNote({ node }: Intent, interaction: Reading<string | undefined>): string[] {
  if (!resetsAtUpload(node.release) || "unread" in interaction || interaction.value === undefined) return [];
  const manual = interaction.value === "1";
  return [`${node.cluster.name}: Phone Interaction on Certificate Update is ${manual ? "manual: phones are reset by a person" : "automatic: phones reset at the upload"}`];
}

/** Reads what phones depend on and decides what this change would do to them. */
export async function decidePhones(phase: "prepare" | "install", intent: Intent, reading: ClusterReading, context: Context): Promise<{ report: Report; notes: string[] }> {
  const { node, purpose, accept } = intent;
  const cluster = node.cluster.name;
  const [ctl, rollback, interaction, groups] = await Promise.all([readCtl(node, context), attempt(isPreparedForRollback(node, context)), attempt(phoneInteraction(node, context)), attempt(readGroups(node, context))]);
  const report = unite([
    await decideCtl(intent, ctl, context),
    decideAll([R60], { cluster, rollback }, accept),
    decideAll([R61], await readTvs(node, groups, reading, context), accept),
    decideAll([R62], { groups }, accept),
    decideAll([U10], { cluster, release: node.release, mixedMode: ctl.mixedMode, interaction }, accept),
  ]);
  const alone = phase === "install" ? notAlone(node, { purpose }, context) : [];
  return { report: { ...report, refusals: [...report.refusals, ...alone] }, notes: interactionNote(intent, interaction) };
}
