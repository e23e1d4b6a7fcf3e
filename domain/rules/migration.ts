// Before phones move to another cluster: what its files, the TVS of their cluster and both databases say. U20–U27; the rest of the gate is R60–R62, R98, R103.
import type { NodeName } from "../purposes";
import { type Reading, type Snapshot, valueOf } from "../readings";
import { someOf } from "../some-of";
import { ctlRecords, itlRecords, type ListedNode, type ListedRecord, trustListSigner } from "../trust-list/content";
import { sizeOf, type TrustList } from "../trust-list/read";
import { verifyTrustList } from "../trust-list/verify";
import type { Certificate } from "../x509/certificate";
import { type Finding, fromFindings, PASS, type Rule, undecided } from "./rule";

const GUIDE = "Cisco 215539";
const UNLOCKING = "Cisco 213407";

/** A certificate for which TVS is asked, as a file names it. */
export interface AskedSigner {
  subject: string;
  issuer: string;
  serialNumber: string;
  /** The files in which it stands, such as `ITL of cm-pub.example.com`; those that it signed first. */
  files: readonly string[];
}

/** What the TVS of one node of the source said. */
export interface TvsWord {
  node: NodeName;
  signer: AskedSigner;
  /** `as another`: it knows the certificate, and not as one that may sign such files (SAST). */
  known: Reading<"yes" | "no" | "as another">;
}

export const U20: Rule<{ words: readonly TvsWord[] }> = {
  id: "U20",
  title: "TVS of the cluster that phones leave vouches for every signer of the files that they will get",
  severity: "mandatory",
  levels: ["L"],
  source: `${GUIDE}; ${UNLOCKING}`,
  comply: "Exchange the certificates (BulkCertificateExchange), and restart Cisco Trust Verification Service on a node whose trust stores hold them already",
  decide({ words }) {
    if (words.length === 0) return fromFindings([{ found: "no TVS was asked, or no file has a signer" }]);
    return fromFindings(words.flatMap(({ node, signer, known }): Finding[] => {
      const which = `${signer.subject}, serial number ${signer.serialNumber} (${signer.files.join(", ")})`;
      if ("unread" in known) return [{ where: node.fqdn, found: `its TVS could not be asked: ${known.unread}` }];
      if (known.value === "as another") return [{ where: node.fqdn, found: `its TVS knows ${which}, and not as one that signs ITL and CTL files: it is not in Phone-SAST-trust` }];
      return known.value === "yes" ? [] : [{ where: node.fqdn, found: `its TVS does not know ${which}` }];
    }));
  },
};

/** The files of one TFTP node. */
export interface ServedFiles {
  node: NodeName;
  itl: Reading<TrustList | undefined>;
  ctl: Reading<TrustList | undefined>;
}

export interface FileFacts {
  release: string;
  /** Every node, with the services that are active there. */
  nodes: readonly ListedNode[];
  mixedMode: Reading<boolean>;
  files: readonly ServedFiles[];
  /** By FQDN; of a node that is not there, the records are not compared. */
  snapshots: ReadonlyMap<string, Snapshot>;
}

export const U21: Rule<FileFacts> = {
  id: "U21",
  title: "The ITL and CTL files that phones will get are whole, and signed by the cluster that they describe",
  severity: "mandatory",
  levels: ["L"],
  source: `${GUIDE} (destination TFTP nodes serve a valid ITL and CTL); Cisco security guide 14`,
  comply: "Restart Cisco Tftp there, in mixed mode after utils ctl update CTLFile on the publisher, and look at show itl and show ctl",
  decide(facts) {
    if (facts.files.length === 0) return fromFindings([{ found: "Cisco Tftp is started on none of its nodes: phones would get no file" }]);
    const mixed = valueOf(facts.mixedMode) === true;
    const unknown = "unread" in facts.mixedMode ? [{ found: `whether it is in mixed mode could not be read: ${facts.mixedMode.unread}` }] : [];
    return fromFindings([...unknown, ...facts.files.flatMap((one) => [...itlFindings(facts, one), ...(mixed ? ctlFindings(facts, one) : [])].map((found) => ({ where: one.node.fqdn, found })))]);
  },
};

function itlFindings(facts: FileFacts, { node, itl, ctl }: ServedFiles): string[] {
  if ("unread" in itl) return [`its ITL file could not be read: ${itl.unread}`];
  if (!itl.value) return ["it serves no ITL file"];
  const own = fileFindings("ITL", itl.value, facts, () => itlRecords(node.fqdn, facts.nodes));
  const list = valueOf(ctl);
  // Once a phone has taken the CTL, it checks the ITL by that and asks no TVS.
  const byCtl = own.length === 0 && valueOf(facts.mixedMode) && list ? verifyTrustList(itl.value, list.records) : undefined;
  return byCtl && !byCtl.verified ? [`its ITL file is not verified by its CTL file: ${byCtl.reason}`] : own;
}

function ctlFindings(facts: FileFacts, { ctl }: ServedFiles): string[] {
  if ("unread" in ctl) return [`its CTL file could not be read: ${ctl.unread}`];
  if (!ctl.value) return ["the cluster is in mixed mode, and it serves no CTL file"];
  return fileFindings("CTL", ctl.value, facts, () => ctlRecords(facts.nodes));
}

function fileFindings(kind: "ITL" | "CTL", list: TrustList, facts: FileFacts, records: () => ListedRecord[]): string[] {
  const verification = verifyTrustList(list);
  if (!verification.verified) return [`its ${kind} file is not verified: ${verification.reason}`];
  const { certificates, bytes, tooLarge } = sizeOf(list);
  const size = tooLarge ? [`its ${kind} file is too large for phones: ${certificates} certificates, ${bytes} bytes`] : [];
  return [...size, ...foreignSigner(kind, list, facts), ...lacking(kind, list, facts, records)];
}

/** Who should have signed by the release; a file that was signed by another key of the same cluster is one of before an update. */
function foreignSigner(kind: "ITL" | "CTL", { signer }: TrustList, { release, nodes, snapshots }: FileFacts): string[] {
  const purpose = trustListSigner(release);
  const known = nodes.flatMap(({ fqdn }) => snapshots.get(fqdn)?.identities.get(purpose) ?? []);
  if (known.length === 0 || known.some(({ serialNumber }) => serialNumber === signer.serialNumber)) return [];
  return [`its ${kind} file is signed by ${signer.name}, serial number ${signer.serialNumber}, which is the ${purpose} certificate of none of its nodes now`];
}

function lacking(kind: "ITL" | "CTL", list: TrustList, { snapshots }: FileFacts, records: () => ListedRecord[]): string[] {
  return records().flatMap(({ node, purpose, role }) => {
    const certificate = snapshots.get(node)?.identities.get(purpose);
    if (!certificate || list.records.some((record) => record.role === role && record.serialNumber === certificate.serialNumber)) return [];
    return [`its ${kind} file lacks the ${purpose} certificate of ${node} as ${role} (serial number ${certificate.serialNumber})`];
  });
}

/** Phones by name, as both clusters know them. */
export interface PhoneFacts {
  source: string;
  destination: string;
  phones: readonly string[];
  configuredAtSource: Reading<readonly string[]>;
  configuredAtDestination: Reading<readonly string[]>;
  registeredAtSource: Reading<readonly string[]>;
  registeredAtDestination: Reading<readonly string[]>;
}

function without(names: readonly string[], known: readonly string[]): string[] {
  const there = new Set(known.map((name) => name.toUpperCase()));
  return names.filter((name) => !there.has(name.toUpperCase()));
}

export const U22: Rule<PhoneFacts> = {
  id: "U22",
  title: "Both clusters have the phones configured: the one that resets them, and the one that they move to",
  severity: "mandatory",
  levels: ["L"],
  source: `${GUIDE}; ${UNLOCKING}`,
  comply: "Add these phones there, or leave them out",
  acceptable: true,
  decide({ source, destination, phones, configuredAtSource, configuredAtDestination, registeredAtDestination }) {
    const unread = [configuredAtSource, configuredAtDestination].flatMap((one) => ("unread" in one ? [one.unread] : []));
    const moved = valueOf(registeredAtDestination) ?? [];
    const unknown = (where: string, reading: Reading<readonly string[]>, names: readonly string[]): Finding[] => {
      const missing = "value" in reading ? without(names, reading.value) : [];
      return missing.length > 0 ? [{ where, found: `it does not know ${missing.length} of ${phones.length} phones: ${someOf(missing)}` }] : [];
    };
    const findings = [...unknown(destination, configuredAtDestination, phones), ...unknown(source, configuredAtSource, without(phones, moved))];
    return findings.length === 0 && unread.length > 0 ? fromFindings(unread.map((found) => ({ found: `its phones could not be read: ${found}` }))) : fromFindings(findings);
  },
};

export const U23: Rule<{ source: Reading<boolean>; destination: Reading<boolean> }> = {
  id: "U23",
  title: "Both clusters are in mixed mode, or none",
  severity: "advisory",
  levels: ["L"],
  source: `${UNLOCKING} (the CTL file stays on phones that came from mixed mode)`,
  comply: "Try it with one phone; phones that hold a CTL file and find none at their new cluster keep the old one until a person deletes it",
  decide({ source, destination }) {
    const unread = [source, destination].flatMap((one) => ("unread" in one ? [one.unread] : []));
    if (unread.length > 0) return undecided(unread.join("; "));
    if (valueOf(source) === valueOf(destination)) return PASS;
    return fromFindings([{ found: valueOf(source) ? "the phones leave a cluster in mixed mode for one that is not" : "the phones go into a cluster in mixed mode from one that is not" }]);
  },
};

export interface HeldFacts {
  cluster: string;
  /** When the oldest of its ITL files was written. */
  writtenAt: Reading<Date>;
  phones: Reading<readonly { name: string; at: Date }[]>;
}

export const U24: Rule<HeldFacts> = {
  id: "U24",
  title: "The phones hold the ITL file that their cluster serves now",
  severity: "advisory",
  levels: ["L"],
  source: `${GUIDE} (source phones hold a valid ITL)`,
  comply: "What a phone holds cannot be read from outside. Compare its web page or Status Messages with show itl, or reset these phones before they move",
  decide({ cluster, writtenAt, phones }) {
    if ("unread" in writtenAt) return undecided(`${cluster}: ${writtenAt.unread}`);
    if ("unread" in phones) return undecided(`${cluster}: ${phones.unread}`);
    const older = phones.value.filter(({ at }) => at <= writtenAt.value).map(({ name }) => name);
    if (older.length === 0) return undecided("a phone's own ITL and CTL cannot be read from outside; all registered after its cluster wrote the present file");
    return fromFindings([{ where: cluster, found: `${older.length} of ${phones.value.length} phones registered before its ITL file of ${writtenAt.value.toISOString()} was written, and may hold an older one: ${someOf(older)}` }]);
  },
};

export const U25: Rule<PhoneFacts> = {
  id: "U25",
  title: "Every phone is registered before it moves",
  severity: "advisory",
  levels: ["L"],
  source: `${GUIDE} (the phones can reach both clusters)`,
  comply: "Look whether these phones are switched on: what is registered nowhere cannot be reset, and counts as left behind",
  decide({ phones, registeredAtSource, registeredAtDestination }) {
    const unread = [registeredAtSource, registeredAtDestination].flatMap((one) => ("unread" in one ? [one.unread] : []));
    if (unread.length > 0) return undecided(unread.join("; "));
    const nowhere = without(phones, [...(valueOf(registeredAtSource) ?? []), ...(valueOf(registeredAtDestination) ?? [])]);
    return fromFindings(nowhere.length > 0 ? [{ found: `${nowhere.length} of ${phones.length} phones are registered with neither cluster: ${someOf(nowhere)}` }] : []);
  },
};

/** An address of option 150, and the nodes as program and cluster name them. */
export interface TftpFacts {
  destination: string;
  tftp: readonly string[];
  nodes: readonly { names: readonly string[]; serves: boolean }[];
}

export const U26: Rule<TftpFacts> = {
  id: "U26",
  title: "Option 150 names nodes that serve files by TFTP",
  severity: "mandatory",
  levels: ["L"],
  source: GUIDE,
  comply: "Name the addresses of nodes on which Cisco Tftp is started",
  decide({ destination, tftp, nodes }) {
    const found = tftp.map((address) => ({ address, node: nodes.find(({ names }) => names.includes(address)) }));
    const idle = found.filter(({ node }) => node && !node.serves).map(({ address, node }) => ({ where: destination, found: `${address} is ${node!.names[0]}, on which Cisco Tftp is not started` }));
    if (idle.length > 0) return fromFindings(idle);
    const unknown = found.filter(({ node }) => !node).map(({ address }) => address);
    return unknown.length > 0 ? undecided(`${unknown.join(" and ")}: which node that is, neither the program (address of a node) nor the cluster's list of nodes says`) : PASS;
  },
};

/** The certificate that TVS of a node showed. */
export interface TvsCertificate {
  node: NodeName;
  shown: Certificate;
}

export const U27: Rule<{ certificates: readonly TvsCertificate[]; files: readonly ServedFiles[] }> = {
  id: "U27",
  title: "TVS shows the certificate that the ITL files of its cluster name",
  severity: "mandatory",
  levels: ["L"],
  source: `${GUIDE} (a phone compares the certificate of TVS with its ITL)`,
  comply: "Restart Cisco Trust Verification Service and Cisco Tftp on that node, and let the phones take the new ITL before they move",
  decide({ certificates, files }) {
    const lists = files.flatMap(({ node, itl }) => (valueOf(itl)?.records.length ? [{ node, records: valueOf(itl)!.records }] : []));
    return fromFindings(certificates.flatMap(({ node, shown }) => {
      const without = lists.filter(({ records }) => !records.some(({ role, serialNumber }) => role === "TVS" && serialNumber === shown.serialNumber));
      return without.length > 0 ? [{ where: node.fqdn, found: `its TVS shows a certificate of serial number ${shown.serialNumber}, which is not in the ITL of ${without.map((one) => one.node.fqdn).join(", ")}: no phone would believe it` }] : [];
    }));
  },
};

export const MIGRATION_RULES = [U20, U21, U22, U23, U24, U25, U26, U27] as const;
