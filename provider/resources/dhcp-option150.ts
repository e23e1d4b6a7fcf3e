import { randomUUID } from "node:crypto";
import type { DhcpOption150Inputs, DhcpOption150Outputs, SubnetTftp } from "../../sdk/dhcp-option150";
import type { Context, Node } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { IncompleteError, RefusedError, sentence } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import type { DhcpSubnet } from "../platforms/phones";
import { checkAccept, checkWindow } from "./shared/checks";
import { diffDue, waitsFor } from "./shared/due";
import { requireMigration } from "./shared/migration-rules";
import { checkClusters, checkOptionalPublisher, checkPhones, checkPublisher, checkTftp } from "./shared/migration-checks";
import { attempt } from "./shared/reading";
import { usualMinutes } from "./shared/waiting";
import { written } from "./shared/writing";

type Inputs = DhcpOption150Inputs;
type OptionState = State<Inputs, DhcpOption150Outputs>;

const MINUTES = 1;

const TABLE: DifferenceTable<Inputs> = {
  node: { change: (old, declared) => (old?.fqdn === declared?.fqdn ? "takeOver" : "replace") },
  source: NODE,
  destination: NODE,
  phones: "takeOver",
  tftp: "update",
  subnets: "update",
  confirmed: "update",
  triggers: "update",
  maintenanceWindow: "takeOver",
  accept: "takeOver",
};

/** `10.1.0.11 and 10.1.0.12`. */
function text([primary, secondary]: readonly (string | undefined)[]): string {
  return [primary, secondary].filter(Boolean).join(" and ") || "nothing";
}

function dueLine({ node, source, tftp }: Pick<Inputs, "node" | "source" | "tftp">, why: string): string {
  return `${node?.fqdn ?? `the phones of cluster "${source.cluster.name}"`}: set DHCP option 150 to ${text(tftp)}: ${why}`;
}

function told({ id: _, server: __, subnetIpAddress, primaryTftp, secondaryTftp }: DhcpSubnet): SubnetTftp {
  return { subnet: subnetIpAddress, primary: primaryTftp ?? "", secondary: secondaryTftp ?? "" };
}

function isSet({ tftp: [primary, secondary] }: Pick<Inputs, "tftp">, subnet: Pick<SubnetTftp, "primary" | "secondary">): boolean {
  return subnet.primary === primary && subnet.secondary === (secondary ?? "");
}

/** The subnets that are meant. @throws naming those that the server does not have */
async function subnetsOf({ subnets }: Inputs, node: Node, context: Context): Promise<DhcpSubnet[]> {
  const all = await context.vos(node).phones.dhcpSubnets();
  const known = all.map(({ subnetIpAddress }) => subnetIpAddress).join(", ") || "none";
  const elsewhere = `Where DHCP is elsewhere, write option150: { confirmed: "" }: the run then says what a person has to set`;
  if (!subnets && all.length === 0) throw new RefusedError("Nothing was changed: option 150 is not moved:", [`${node.fqdn}: the DHCP server of CUCM has no subnet. ${elsewhere}`]);
  const missing = (subnets ?? []).filter((name) => !all.some(({ subnetIpAddress }) => subnetIpAddress === name));
  if (missing.length > 0) throw new RefusedError("Nothing was changed: option 150 is not moved:", missing.map((name) => `${node.fqdn}: the DHCP server of CUCM has no subnet ${name} (it has ${known}). ${elsewhere}`));
  return subnets ? all.filter(({ subnetIpAddress }) => subnets.includes(subnetIpAddress)) : all;
}

function state(inputs: Inputs, prior: OptionState | undefined, rest: Partial<DhcpOption150Outputs>): OptionState {
  const { before = [], now = [], changeId = "", changedAt = "" } = prior ?? {};
  return { ...inputs, before, now, changeId, changedAt, status: "done", remark: "", ...rest };
}

/** What each subnet had before the first change of ours. */
function merged(before: readonly SubnetTftp[], found: readonly SubnetTftp[]): SubnetTftp[] {
  return [...before, ...found.filter(({ subnet }) => !before.some((one) => one.subnet === subnet))];
}

async function setSubnet(inputs: Inputs, node: Node, subnet: DhcpSubnet, context: Context): Promise<void> {
  const { phones } = context.vos(node);
  const [primary, secondary] = inputs.tftp;
  context.say(`${node.fqdn}: subnet ${subnet.subnetIpAddress}: DHCP option 150 from ${text([subnet.primaryTftp, subnet.secondaryTftp])} to ${text(inputs.tftp)}`);
  const look = async () => ((await phones.dhcpSubnets()).some((one) => one.id === subnet.id && isSet(inputs, told(one))) ? { done: undefined } : ("nothing" as const));
  await written<void>({ what: `${node.fqdn}: set option 150 of ${subnet.subnetIpAddress}`, send: () => phones.setOption150(subnet, primary!, secondary), look }, context);
}

async function byAxl(inputs: Inputs, node: Node, prior: OptionState | undefined, context: Context): Promise<OptionState> {
  const found = await subnetsOf(inputs, node, context);
  const wrong = found.filter((subnet) => !isSet(inputs, told(subnet)));
  const id = prior?.changeId && prior.changeId !== "due" ? prior.changeId : randomUUID();
  if (wrong.length === 0) {
    context.say(`${node.fqdn}: DHCP option 150 of ${found.map(({ subnetIpAddress }) => subnetIpAddress).join(", ")} is ${text(inputs.tftp)} already`);
    return state(inputs, prior, { now: found.map(told), changeId: id, remark: "it was so already" });
  }
  const why = waitsFor(inputs, context.clock.now(), usualMinutes(MINUTES, context));
  if (why) return due(inputs, prior, why, context);
  await requireMigration(inputs, context);
  return context.exclusively(node, "set DHCP option 150", () => set(inputs, node, { wrong, prior }, context));
}

/** From the first subnet on a failure keeps what they had. */
async function set(inputs: Inputs, node: Node, { wrong, prior }: { wrong: DhcpSubnet[]; prior: OptionState | undefined }, context: Context): Promise<OptionState> {
  const begun = state(inputs, prior, { before: merged(prior?.before ?? [], wrong.map(told)), status: "setting" });
  try {
    for (const subnet of wrong) await setSubnet(inputs, node, subnet, context);
    const now = await subnetsOf(inputs, node, context);
    const still = now.filter((subnet) => !isSet(inputs, told(subnet)));
    if (still.length > 0) throw new Error(`${node.fqdn}: AXL took the change, and option 150 of ${still.map(({ subnetIpAddress, primaryTftp, secondaryTftp }) => `${subnetIpAddress} is ${text([primaryTftp, secondaryTftp])}`).join(", ")}`);
    return { ...begun, now: now.map(told), changeId: randomUUID(), changedAt: context.clock.now().toISOString(), status: "done" };
  } catch (error) {
    throw new IncompleteError(begun, [`${sentence(error)}. No phone was reset. The next "pulumi up" looks again and carries on.`, `Before, option 150 was: ${begun.before.map(({ subnet, primary, secondary }) => `${subnet}: ${text([primary, secondary])}`).join("; ")}.`], error);
  }
}

/** DHCP is elsewhere: nothing can be looked up, and a person says that it is done. @throws IncompleteError with what to set, until then */
async function byPerson(inputs: Inputs, prior: OptionState | undefined, context: Context): Promise<OptionState> {
  const { confirmed, tftp, source } = inputs;
  const why = waitsFor({ ...inputs, maintenanceWindow: undefined }, context.clock.now(), 0);
  if (why) return due(inputs, prior, why, context);
  if (prior?.status === "done" && prior.confirmed === confirmed && isSame(prior.tftp, tftp)) return state(inputs, prior, {});
  await requireMigration(inputs, context);
  if (confirmed) {
    context.say(`${source.cluster.name}: DHCP option 150 of the phones is ${text(tftp)}: not verified (R136), confirmed: ${confirmed}`);
    return state(inputs, prior, { changeId: randomUUID(), changedAt: context.clock.now().toISOString(), remark: `confirmed: ${confirmed}` });
  }
  const steps = ["In the DHCP server of the phones' subnets, set", `  option 150 = ${tftp.join(", ")}`, `(the TFTP servers of cluster "${inputs.destination.cluster.name}"; keep what it is now for the way back).`];
  throw new IncompleteError(state(inputs, prior, { status: "pending", remark: "a person has to set it" }), [
    `Everything is ready: every TVS of cluster "${source.cluster.name}" vouches for the files that the phones will get. Only option 150 is missing, and DHCP is not served by CUCM.`,
    steps.join("\n"),
    'Then write confirmed: "<who says so, or the ticket>" in the program, and run "pulumi up" again: one phone is tried, then the others follow. No phone was reset.',
  ]);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.join() === other.join();
}

function due(inputs: Inputs, prior: OptionState | undefined, why: string, context: Context): OptionState {
  context.due(dueLine(inputs, why));
  return state(inputs, prior, { changeId: "due", status: "due", remark: why });
}

function checkWhere({ node, subnets, confirmed }: Partial<Record<"node" | "subnets" | "confirmed", unknown>>) {
  const both = node !== undefined && node !== UNKNOWN && confirmed !== undefined;
  const neither = node === undefined && confirmed === undefined;
  return [
    ...(both ? [{ property: "confirmed", reason: "has no meaning where CUCM serves DHCP (node): option 150 is read back there" }] : []),
    ...(neither ? [{ property: "node", reason: 'is missing: name the publisher that serves DHCP, or write confirmed: "" where DHCP is elsewhere' }] : []),
    ...(node === undefined && subnets !== undefined ? [{ property: "subnets", reason: "can only be named where CUCM serves DHCP (node)" }] : []),
    ...(Array.isArray(subnets) && subnets.length === 0 ? [{ property: "subnets", reason: "is empty: leave it out for every subnet of the server" }] : []),
  ];
}

/** Option 150 of the subnets of phones, once everything else is ready. */
export const dhcpOption150: Lifecycle<Inputs, DhcpOption150Outputs> = {
  kind: "DhcpOption150",

  id: ({ node, source }) => `${node?.fqdn ?? source.cluster.name}/option 150`,

  check({ node, source, destination, phones, tftp, subnets, confirmed, maintenanceWindow, accept }) {
    const clusters = [...checkOptionalPublisher("node", node), ...checkPublisher("source", source), ...checkPublisher("destination", destination), ...checkClusters(source, destination)];
    return { failures: [...clusters, ...checkPhones(phones), ...checkTftp(tftp), ...checkWhere({ node, subnets, confirmed }), ...checkWindow(maintenanceWindow), ...checkAccept(accept)] };
  },

  diff(prior, inputs, now) {
    const difference = compare(TABLE, prior, inputs);
    if (prior.status === "due") return diffDue<Inputs>(inputs, now, difference, (why) => dueLine(prior, why));
    const drifted = inputs.tftp !== UNKNOWN && prior.now.some((subnet) => !isSet({ tftp: inputs.tftp as string[] }, subnet));
    return prior.status !== "done" || drifted ? { ...difference, change: heavier(difference.change, "update") } : difference;
  },

  async ensure(inputs, prior, context) {
    if (inputs.triggers.includes("due")) return due(inputs, prior, "what it is for is due", context);
    return inputs.node ? byAxl(inputs, inputs.node, prior, context) : byPerson(inputs, prior, context);
  },

  async observe(prior, context) {
    if (!prior.node || prior.status !== "done") return prior;
    const now = (await context.vos(prior.node).phones.dhcpSubnets()).map(told);
    return { ...prior, now: now.filter(({ subnet }) => prior.now.some((one) => one.subnet === subnet)) };
  },

  async remove(prior, context) {
    const { node, before, tftp, source } = prior;
    const now = node && prior.now.length > 0 ? await attempt(context.vos(node).phones.dhcpSubnets()) : undefined;
    const stays = !now || "unread" in now || now.value.some((subnet) => prior.now.some((one) => one.subnet === subnet.subnetIpAddress) && isSet({ tftp }, told(subnet)));
    // Set back meanwhile, as a migration in the other direction does.
    if (!stays || prior.status === "pending" || prior.status === "due") return;
    const was = before.map(({ subnet, primary, secondary }) => `${subnet} had ${text([primary, secondary])}`).join("; ");
    context.say(`Warning: cluster "${source.cluster.name}": DHCP option 150 stays ${text(tftp)}${was ? ` (before: ${was})` : ""}. To bring the phones back, declare a PhoneMigration in the other direction`);
  },

  step({ node, tftp, confirmed, source, maintenanceWindow }, prior) {
    if (source === UNKNOWN || tftp === UNKNOWN) return undefined;
    const person = node === undefined && !confirmed;
    return {
      what: `${person ? "a person sets" : confirmed ? "take as set" : "set"} DHCP option 150 to ${text(tftp)}`,
      where: node && node !== UNKNOWN ? node.fqdn : source.cluster.name,
      reason: prior ? "it changes" : "if it is not so already",
      minutes: MINUTES,
      window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow,
    };
  },
};
