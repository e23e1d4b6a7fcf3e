// The gate before phones move to another cluster, as PhoneMigrationPreflight and every writing resource decide it.
import { type Reading, valueOf } from "../../../domain/readings";
import { R103, R98 } from "../../../domain/rules/bulk-live";
import { type PhoneFacts, type TvsCertificate, type TvsWord, U20, U21, U22, U23, U24, U25, U26, U27 } from "../../../domain/rules/migration";
import { R60, R61, R62 } from "../../../domain/rules/phones-live";
import { decideAll, type Report, unite } from "../../../domain/rules/rule";
import { TVS } from "../../../domain/services";
import { parseCertificate } from "../../../domain/x509/certificate";
import type { PhoneMove } from "../../../sdk/phone-migration-preflight";
import type { Context } from "../../context";
import { RefusedError } from "../../errors";
import { isFit } from "./live-rules";
import { askedNodes, isStarted, listedNodes, readSide, type Side, type SideNode, signersOf, signingCertificates, snapshotsOf, stateOf } from "./migration-reading";
import { attempt } from "./reading";

/** What is about to happen; `tftp` where option 150 is among it. */
export type Move = PhoneMove & { tftp?: string[] };

/** The role of who may sign ITL and CTL files. */
const SAST = 0;

/** What TVS of the source's nodes shows, and says of the destination's signers. */
export interface TvsReading {
  words: TvsWord[];
  certificates: TvsCertificate[];
}

/** Asks each TVS of the source for every signer of the destination; of one question the certificate is kept that it shows. */
export async function askTvs(source: Side, destination: Side, move: Pick<Move, "phones">, context: Context): Promise<TvsReading> {
  const signers = signersOf(destination);
  const members = askedNodes(source, move).flatMap(({ node }) => (node ? [node] : []));
  // A port that is closed is a matter of R61.
  const asked = source.nodes.filter((one) => (members.includes(one) || isStarted(one, TVS)) && valueOf(one.portOpen) !== false);
  const all = await Promise.all(asked.map((one) => askOne(one, signers, move.phones[0] ?? "SEP000000000000", context)));
  return { words: all.flatMap(({ words }) => words), certificates: all.flatMap(({ certificates }) => certificates) };
}

async function askOne({ node }: SideNode, signers: ReturnType<typeof signersOf>, device: string, context: Context): Promise<TvsReading> {
  const words: TvsWord[] = [];
  const certificates: TvsCertificate[] = [];
  for (const signer of signers) {
    const read = await attempt(context.vos(node).trustFiles.askTvs({ device, ...signer }));
    words.push({ node, signer, known: map(read, ({ answer }) => (!answer.found ? "no" : answer.roles.includes(SAST) ? "yes" : "as another")) });
    if ("value" in read && certificates.length === 0) certificates.push({ node, shown: parseCertificate(read.value.servedBy) });
  }
  return { words, certificates };
}

function fileFacts(side: Side) {
  return { release: side.publisher.release, nodes: listedNodes(side), mixedMode: side.mixedMode, files: side.nodes.flatMap(({ files }) => files ?? []), snapshots: snapshotsOf(side) };
}

function map<T, R>(reading: Reading<T>, pick: (value: T) => R): Reading<R> {
  return "value" in reading ? { value: pick(reading.value) } : reading;
}

function phoneFacts({ phones }: Move, source: Side, destination: Side): PhoneFacts {
  const names = (side: Side) => map(side.configured, (all) => all.map(({ name }) => name));
  const there = (side: Side) => map(side.registrations, ({ registered }) => registered);
  return {
    source: source.publisher.cluster.name,
    destination: destination.publisher.cluster.name,
    phones,
    configuredAtSource: names(source),
    configuredAtDestination: names(destination),
    registeredAtSource: there(source),
    registeredAtDestination: there(destination),
  };
}

/** R61: the members of the groups that these phones use; every node where no group could be read. */
function tvsFacts(source: Side, move: Move) {
  const of = (one: SideNode) => ({ node: one.node, service: stateOf(one, TVS), portOpen: one.portOpen });
  const asked = askedNodes(source, move);
  if (asked.length === 0) return { nodes: source.nodes.map(of) };
  const unknown = (name: string) => ({ unread: `it is a member of a CallManager group and none of the nodes of cluster "${source.publisher.cluster.name}" (${name})` });
  return { nodes: asked.map(({ name, node }) => (node ? of(node) : { node: { ...source.publisher, fqdn: name }, service: unknown(name), portOpen: unknown(name) })) };
}

function groupFacts(source: Side, move: Move) {
  const used = new Set(askedNodes(source, move).map(({ group }) => group));
  return { groups: map(source.groups, (groups) => groups.map(({ name, members }) => ({ name, members, usedByPhones: used.has(name) }))) };
}

function heldFacts(source: Side) {
  const times = source.nodes.flatMap(({ files }) => (files ? (valueOf(files.itl)?.writtenAt ?? []) : []));
  const writtenAt: Reading<Date> = times.length > 0 ? { value: new Date(Math.min(...times.map((one) => one.getTime()))) } : { unread: "none of its ITL files could be read" };
  const phones = map(source.registrations, ({ registered, words }) => words.filter(({ name }) => registered.includes(name)));
  return { cluster: source.publisher.cluster.name, writtenAt, phones };
}

function tftpFacts(destination: Side, tftp: readonly string[]) {
  const nodes = destination.nodes.map((one) => ({ names: [one.node.fqdn, one.node.fqdn.split(".")[0]!, ...(one.node.address ? [one.node.address] : [])], serves: one.files !== undefined }));
  return { destination: destination.publisher.cluster.name, tftp, nodes };
}

/** Without these the gate stays shut: what could not be read is no proof. */
const PROOFS = ["R60", "R61", "R98"];

function withProofs(report: Report): Report {
  const missing = report.undecided.filter(({ id }) => PROOFS.includes(id));
  return { ...report, refusals: [...report.refusals, ...missing.map(({ id, text }) => ({ id, text: `${text}. Option 150 does not move before it is proved` }))], undecided: report.undecided.filter((line) => !missing.includes(line)) };
}

/** What the rules say, and where the phones are. */
export interface MigrationReport extends Report {
  atSource: number;
  atDestination: number;
  nowhere: string[];
}

/** Reads both clusters and decides every rule. On phones that are all at the destination already nothing is going to be written: what would refuse is only told. */
export async function decideMigration(move: Move, context: Context): Promise<MigrationReport> {
  const [source, destination] = await Promise.all([readSide(move.source, move.phones, context), readSide(move.destination, move.phones, context)]);
  const { words, certificates } = await askTvs(source, destination, move, context);
  const phones = phoneFacts(move, source, destination);
  const clusters = [source, destination].map((side) => ({ cluster: side.publisher.cluster.name, rollback: side.rollback }));
  const report = withProofs(unite([
    decideAll([R103], { nodes: [...source.nodes, ...destination.nodes].map(({ reading }) => reading) }),
    ...clusters.map((one) => decideAll([R60], one)),
    decideAll([R61], tvsFacts(source, move)),
    decideAll([R62], groupFacts(source, move)),
    decideAll([R98], { remote: signingCertificates(destination), local: source.nodes.map(({ reading }) => ({ cluster: source.publisher.cluster.name, reading })) }),
    // Files that are empty because a rollback is prepared are a matter of R60.
    ...[destination, source].filter(({ rollback }) => valueOf(rollback) !== true).map((side) => decideAll([U21], fileFacts(side))),
    decideAll([U20], { words }),
    decideAll([U27], { certificates, files: fileFacts(source).files }),
    decideAll([U22, U25], phones, move.accept),
    decideAll([U23], { source: source.mixedMode, destination: destination.mixedMode }),
    decideAll([U24], heldFacts(source)),
    ...(move.tftp ? [decideAll([U26], tftpFacts(destination, move.tftp))] : []),
  ]));
  return { ...told(report, phones), ...whereabouts(phones) };
}

function whereabouts({ phones, registeredAtSource, registeredAtDestination }: PhoneFacts) {
  const [here, there] = [valueOf(registeredAtSource) ?? [], valueOf(registeredAtDestination) ?? []];
  const known = new Set([...here, ...there]);
  return { atSource: here.length, atDestination: there.length, nowhere: phones.filter((name) => !known.has(name)) };
}

function told(report: Report, { phones, registeredAtDestination }: PhoneFacts): Report {
  const moved = valueOf(registeredAtDestination)?.length === new Set(phones).size;
  return moved ? { ...report, warnings: [...report.warnings, ...report.refusals], refusals: [] } : report;
}

/** The sentence with which a run refuses. What several nodes have in common stands there once. */
export function migrationRefusal({ refusals }: Report, { source, destination }: Pick<Move, "source" | "destination">): RefusedError {
  const [from, to] = [source.cluster.name, destination.cluster.name];
  const lines = united(refusals.map(({ text }) => text));
  return new RefusedError(`Nothing was changed: ${lines.length === 1 ? "a rule refuses" : `${lines.length} findings refuse`} to move phones from cluster "${from}" to "${to}":`, lines);
}

/** `R98 a: …` and `R98 b: …` of the same words become `R98 a, b: …`. */
function united(texts: readonly string[]): string[] {
  const byWords = new Map<string, { id: string; where: string[]; words: string }>();
  for (const text of texts) {
    const [, id = "", where, words = text] = /^(\w+) (\S+): (.*)$/s.exec(text) ?? [];
    const known = byWords.get(`${id} ${words}`) ?? { id, where: [], words };
    byWords.set(`${id} ${words}`, { ...known, where: where === undefined ? known.where : [...known.where, where] });
  }
  return [...byWords.values()].map(({ id, where, words }) => (where.length > 0 ? `${id} ${where.join(", ")}: ${words}` : words));
}

/** What a preflight has found both clusters fit for. */
function fitness({ destination, phones }: Pick<Move, "destination" | "phones">): string[] {
  return phones.map((name) => `move of ${name} to ${destination.cluster.name}`);
}

export function noteMigration(move: Move, context: Context): void {
  for (const one of fitness(move)) context.note(move.source, one);
}

/**
 * Decides the rules again before a first write, when the last preflight of this run for these phones is too old or was not made.
 * @throws RefusedError
 */
export async function requireMigration(move: Move, context: Context): Promise<void> {
  if (fitness(move).every((one) => isFit(move.source, one, context))) return;
  const report = await decideMigration(move, context);
  if (report.refusals.length > 0) throw migrationRefusal(report, move);
  noteMigration(move, context);
}
