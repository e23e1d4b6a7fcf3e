// What phones trust, while it changes: what nodes and phones say. R56, R60–R62, R67 and our own U10, U11. procedures.md 4.6.
import type { NodeName } from "../purposes";
import type { Reading, ServiceState } from "../readings";
import { isAtLeast } from "../releases";
import { someOf } from "../some-of";
import { type Finding, fromFindings, PASS, type Rule, undecided, violatedIf } from "./rule";

const DAY = 86_400_000;

/** Registered phones of a cluster, before a change and after it. */
export interface RegistrationFacts {
  cluster: string;
  before: Reading<number>;
  /** Absent before the change. */
  after?: Reading<number>;
  /** Phones, of a hundred, that may stay away. */
  tolerancePercent: number;
  /** Names of those that were registered before and are not now, as far as known. */
  missing?: readonly string[];
}

function named(names: readonly string[]): string {
  return names.length > 0 ? `: ${someOf(names)}` : "";
}

/** Whether so many phones of these are more than may stay away. */
export function tooMany(count: number, of: number, tolerancePercent: number): boolean {
  return count > Math.floor((of * tolerancePercent) / 100);
}

export const R56: Rule<RegistrationFacts> = {
  id: "R56",
  title: "As many phones are registered after a change as before",
  severity: "mandatory",
  levels: ["L", "P"],
  source: "Cisco 214231",
  comply: "Look at these phones before anything else changes: Status Messages show what they do not trust",
  decide({ cluster, before, after, tolerancePercent, missing = [] }) {
    if ("unread" in before) return undecided(`${cluster}: ${before.unread}`);
    if (!after) return PASS;
    if ("unread" in after) return undecided(`${cluster}: ${after.unread}`);
    const lost = before.value - after.value;
    return violatedIf(tooMany(lost, before.value, tolerancePercent), () => `${lost} of ${before.value} phones are no longer registered${named(missing)}`, cluster);
  },
};

/** Phones that are back, watched for a while. */
export interface StayingFacts {
  cluster: string;
  watched: number;
  tolerancePercent: number;
  /** Names of those that registered anew, and how often. */
  again: ReadonlyMap<string, number>;
  /** How often a phone may: once back, it may go back to the first node of its group; on its way back it may do that, and be reset. */
  allowed: number;
}

export const U11: Rule<StayingFacts> = {
  id: "U11",
  title: "Phones that are back stay registered",
  severity: "mandatory",
  levels: ["P"],
  source: "Cisco 118731 (CSCup28852: phones reset every seven minutes after a multi-server certificate)",
  comply: "Look for CSCup28852 in the release notes of the cluster: an update, or a CallManager certificate for each node (distribution \"this-server\") ends it",
  decide({ cluster, watched, tolerancePercent, again, allowed }) {
    const restless = [...again].filter(([, times]) => times > allowed).map(([name]) => name).sort();
    return violatedIf(tooMany(restless.length, watched, tolerancePercent), () => `${restless.length} of ${watched} phones register again and again${named(restless)}`, cluster);
  },
};

export const R60: Rule<{ cluster: string; rollback: Reading<boolean> }> = {
  id: "R60",
  title: "Prepare Cluster for Rollback to pre 8.0 is False",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 215539; Cisco community, renewal of several certificates",
  comply: "Set the enterprise parameter to False, restart Cisco Trust Verification Service and Cisco Tftp on every node, and let the phones take the new ITL",
  decide: ({ cluster, rollback }) => ("unread" in rollback ? undecided(`${cluster}: ${rollback.unread}`) : violatedIf(rollback.value, () => "Prepare Cluster for Rollback to pre 8.0 is True: TFTP serves empty ITL files", cluster)),
};

/** What the cluster does with its phones when a certificate that they hold changes. */
export interface InteractionFacts {
  cluster: string;
  release: string;
  mixedMode: Reading<boolean>;
  /** Enterprise parameter Phone Interaction on Certificate Update: `0` automatic, `1` manual; undefined where the cluster has none. */
  interaction: Reading<string | undefined>;
}

/** The release from which phones reset at the upload, and a parameter says whether they do. */
export function resetsAtUpload(release: string): boolean {
  return isAtLeast(release, "14");
}

export const U10: Rule<InteractionFacts> = {
  id: "U10",
  title: "In mixed mode phones are reset after the CTL file is updated, not by the upload",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco security guide 14; 221070 (the enterprise parameter Phone Interaction on Certificate Update; automatic by default)",
  comply: "Set Phone Interaction on Certificate Update to manual (Cisco Unified CM Administration > System > Enterprise Parameters), and reset the phones when the restarts are over",
  acceptable: true,
  decide({ cluster, release, mixedMode, interaction }) {
    if (!resetsAtUpload(release) || ("value" in mixedMode && !mixedMode.value)) return PASS;
    const unread = [mixedMode, interaction].flatMap((one) => ("unread" in one ? [one.unread] : []));
    if (unread.length > 0 || "unread" in interaction) return undecided(`${cluster}: ${unread.join("; ")}`);
    if (interaction.value === undefined) return undecided(`${cluster}: it has no enterprise parameter Phone Interaction on Certificate Update`);
    return violatedIf(interaction.value !== "1", () => "Phone Interaction on Certificate Update is automatic: phones reset at the upload, and take the old CTL file", cluster);
  },
};

/** TVS of the nodes that phones ask: the members of the CallManager groups. */
export interface TvsFacts {
  nodes: readonly { node: NodeName; service: Reading<ServiceState>; portOpen: Reading<boolean> }[];
}

export const R61: Rule<TvsFacts> = {
  id: "R61",
  title: "Phones can ask TVS on every node of their CallManager groups",
  severity: "mandatory",
  levels: ["L"],
  source: "Cisco 118731; 215539",
  comply: "Start Cisco Trust Verification Service there, and let phones reach TCP 2445",
  decide({ nodes }) {
    const findings = nodes.flatMap(({ node, service, portOpen }): Finding[] => [
      ...("value" in service && service.value !== "Started" ? [{ where: node.fqdn, found: `Cisco Trust Verification Service is ${service.value}` }] : []),
      ...("value" in portOpen && !portOpen.value ? [{ where: node.fqdn, found: "TCP port 2445 is closed" }] : []),
    ]);
    const unread = nodes.flatMap(({ node, service, portOpen }) => [service, portOpen].flatMap((one) => ("unread" in one ? [`${node.fqdn}: ${one.unread}`] : [])));
    if (findings.length > 0) return fromFindings(findings);
    if (nodes.length === 0) return undecided("no node of a CallManager group is known");
    return unread.length > 0 ? undecided([...new Set(unread)].join("; ")) : PASS;
  },
};

/** A CallManager group with its members, in their order. */
export interface CallManagerGroup {
  name: string;
  members: readonly string[];
  usedByPhones: boolean;
}

export const R62: Rule<{ groups: Reading<readonly CallManagerGroup[]> }> = {
  id: "R62",
  title: "Every CallManager group that phones use has more than one node",
  severity: "advisory",
  levels: ["L"],
  source: "Cisco community, renewal of several certificates",
  comply: "Add a second node to the group",
  decide({ groups }) {
    if ("unread" in groups) return undecided(groups.unread);
    const alone = groups.value.filter(({ members, usedByPhones }) => usedByPhones && members.length < 2);
    return fromFindings(alone.map(({ name, members }) => ({ where: name, found: members.length === 0 ? "the group has no node" : `the group has ${members[0]} alone: its phones are away while that restarts` })));
  },
};

/** The ITLRecovery certificate that is to be replaced. */
export interface RecoveryFacts {
  cluster: string;
  now: Date;
  madeAt: Reading<Date>;
  /** Days within which it is not made anew. */
  leastDays: number;
}

export const R67: Rule<RecoveryFacts> = {
  id: "R67",
  title: "ITLRecovery is not made anew again and again",
  severity: "advisory",
  levels: ["L"],
  source: "Cisco security guide 12.5(1)SU3",
  comply: "Keep it, unless its key is lost",
  decide: ({ cluster, now, madeAt, leastDays }) =>
    "unread" in madeAt ? undecided(`${cluster}: ${madeAt.unread}`) : violatedIf(now.getTime() - madeAt.value.getTime() < leastDays * DAY, () => `its ITLRecovery certificate is of ${madeAt.value.toISOString()}, less than ${leastDays} days ago`, cluster),
};
