// Reads two clusters between which phones move: nodes, databases, files that phones get, and what each TVS says. What cannot be read is recorded with its reason.
import { BULK_FACTS, type BulkType, exportingNodes } from "../../../domain/bulk";
import { isListedAs } from "../../../domain/names";
import { type NodeReading, type Reading, type ServiceState, type Snapshot, unreadNode, valueOf } from "../../../domain/readings";
import { isAtLeast } from "../../../domain/releases";
import type { RemoteCertificate } from "../../../domain/rules/bulk-live";
import type { AskedSigner, ServedFiles } from "../../../domain/rules/migration";
import { CALL_MANAGER, CAPF, spelling, TFTP } from "../../../domain/services";
import type { ListedNode } from "../../../domain/trust-list/content";
import type { TrustList } from "../../../domain/trust-list/read";
import type { PhoneMove } from "../../../sdk/phone-migration-preflight";
import type { Context, Node } from "../../context";
import type { ConfiguredPhone, PhoneGroup } from "../../platforms/phones";
import { cucmNodes } from "./bulk";
import { isMixedMode, isPreparedForRollback } from "./enterprise-parameters";
import { registered, type Registrations } from "./phones";
import { attempt, servicesOf } from "./reading";

/** One CUCM node, as far as phones have to do with it. */
export interface SideNode {
  node: Node;
  reading: NodeReading;
  portOpen: Reading<boolean>;
  /** Of a node on which Cisco Tftp is started. */
  files?: ServedFiles;
}

/** One of the two clusters. */
export interface Side {
  publisher: Node;
  nodes: readonly SideNode[];
  rollback: Reading<boolean>;
  mixedMode: Reading<boolean>;
  configured: Reading<readonly ConfiguredPhone[]>;
  groups: Reading<readonly PhoneGroup[]>;
  registrations: Reading<Registrations>;
  /** Names and addresses under which the cluster lists its nodes. */
  members: Reading<readonly string[]>;
}

/** The state of a service of a node that was read. */
export function stateOf({ reading }: Pick<SideNode, "reading">, service: string): Reading<ServiceState> {
  if ("unread" in reading.services) return reading.services;
  const all = reading.services.value;
  const name = spelling(service, all.map((one) => one.name));
  return { value: all.find((one) => one.name === name)?.state ?? "Stopped" };
}

export function isStarted(node: Pick<SideNode, "reading">, service: string): boolean {
  return valueOf(stateOf(node, service)) === "Started";
}

async function readNode(node: Node, context: Context): Promise<SideNode> {
  const vos = context.vos(node);
  const [version, snapshot, services, portOpen] = await Promise.all([attempt(vos.system().then((system) => system.version)), attempt(context.snapshot(node)), attempt(servicesOf(node, context)), attempt(vos.trustFiles.tvsPortOpen())]);
  const reading: NodeReading = { ...unreadNode(node, "not asked"), version, snapshot, services };
  if (!isStarted({ reading }, TFTP)) return { node, reading, portOpen };
  const [itl, ctl] = await Promise.all([attempt(vos.trustFiles.served("ITL")), attempt(vos.trustFiles.served("CTL"))]);
  return { node, reading, portOpen, files: { node, itl, ctl } };
}

/** Reads one cluster: all its CUCM nodes side by side, and its publisher about phones. */
export async function readSide(publisher: Node, phones: readonly string[], context: Context): Promise<Side> {
  const vos = context.vos(publisher);
  const [nodes, rollback, mixedMode, configured, groups, registrations, members] = await Promise.all([
    Promise.all(cucmNodes(publisher, context).map((node) => readNode(node, context))),
    attempt(isPreparedForRollback(publisher, context)),
    attempt(isMixedMode(publisher, context)),
    attempt(vos.phones.configured()),
    attempt(vos.phones.groups()),
    attempt(registered(publisher, phones, context)),
    attempt(vos.members().then((all) => all.map(({ name }) => name))),
  ]);
  return { publisher, nodes, rollback, mixedMode, configured, groups, registrations, members };
}

/** The nodes with the services that decide what stands in ITL and CTL files. */
export function listedNodes({ nodes }: Side): ListedNode[] {
  return nodes.map((one) => ({ ...one.node, callManager: isStarted(one, CALL_MANAGER), tftp: isStarted(one, TFTP), capf: isStarted(one, CAPF) }));
}

export function snapshotsOf({ nodes }: Side): Map<string, Snapshot> {
  return new Map(nodes.flatMap(({ node, reading }) => ("value" in reading.snapshot ? [[node.fqdn, reading.snapshot.value] as const] : [])));
}

/** What phones of this cluster are signed for by: CallManager of every node, and ITLRecovery where the release signs with it. */
export function signingCertificates(side: Side): RemoteCertificate[] {
  const { release, cluster } = side.publisher;
  const types: BulkType[] = isAtLeast(release, "12.0") ? ["tftp", "ITLRecovery"] : ["tftp"];
  const snapshots = snapshotsOf(side);
  return types.flatMap((type) =>
    exportingNodes(type, side.nodes.map(({ node }) => node), release).flatMap(({ fqdn }) => {
      const certificate = snapshots.get(fqdn)?.identities.get(BULK_FACTS[type].purpose);
      return certificate ? [{ cluster: cluster.name, node: fqdn, type, certificate }] : [];
    }),
  );
}

const keyOf = ({ issuer, serialNumber }: Pick<AskedSigner, "issuer" | "serialNumber">) => `${serialNumber} ${issuer}`;

/** For whom TVS must vouch: the signers of all files of a cluster, and its other signing certificates in the words of these files. */
export function signersOf(side: Side): AskedSigner[] {
  const lists = side.nodes.flatMap(({ node, files }) => (files ? (["ITL", "CTL"] as const).flatMap((kind) => listed(kind, node.fqdn, kind === "ITL" ? files.itl : files.ctl)) : []));
  const signers = new Map<string, AskedSigner>();
  for (const { file, list } of lists) {
    const { name, issuer, serialNumber } = list.signer;
    const known = signers.get(keyOf(list.signer));
    signers.set(keyOf(list.signer), { subject: name, issuer, serialNumber, files: [...(known?.files ?? []), `signer of the ${file}`] });
  }
  const records = lists.flatMap(({ list }) => list.records);
  for (const { node, type, certificate } of signingCertificates(side)) {
    const { serialNumber } = certificate;
    if ([...signers.values()].some((signer) => signer.serialNumber === serialNumber)) continue;
    const { subject, issuer } = records.find((record) => record.serialNumber === serialNumber) ?? certificate;
    signers.set(keyOf({ issuer, serialNumber }), { subject, issuer, serialNumber, files: [`${BULK_FACTS[type].purpose} of ${node}`] });
  }
  return [...signers.values()];
}

function listed(kind: "ITL" | "CTL", fqdn: string, reading: Reading<TrustList | undefined>): { file: string; list: TrustList }[] {
  const list = valueOf(reading);
  return list ? [{ file: `${kind} of ${fqdn}`, list }] : [];
}

/** The nodes whose TVS these phones ask: members of the CallManager groups of their device pools. A member that the program does not know stands there alone. */
export function askedNodes(side: Side, { phones }: Pick<PhoneMove, "phones">): { name: string; node?: SideNode; group: string }[] {
  const groups = valueOf(side.groups) ?? [];
  const wanted = new Set(phones.map((name) => name.toUpperCase()));
  const pools = new Set((valueOf(side.configured) ?? []).filter(({ name }) => wanted.has(name.toUpperCase())).map(({ devicePool }) => devicePool));
  const used = groups.filter(({ devicePools }) => devicePools.some((pool) => pools.has(pool)));
  const members = (used.length > 0 ? used : groups).flatMap(({ name: group, members: names }) => names.map((name) => ({ name, group, node: side.nodes.find((one) => isListedAs(name, one.node)) })));
  return members.filter(({ name }, index) => members.findIndex((one) => one.name === name) === index);
}
