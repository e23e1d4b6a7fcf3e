// The rules of level L on a live cluster, as Preflight and every writing resource decide them.
import { asPhonesKnow, coveredNodes, noticedByPhones, without, type NodeName, PURPOSE_FACTS } from "../../../domain/purposes";
import { completeQuestion, type Satisfaction, shortcomings } from "../../../domain/question";
import { type ClusterReading, valueOf } from "../../../domain/readings";
import { INSTALL_RULES, PREPARE_RULES } from "../../../domain/rules";
import { isOn } from "../../../domain/rules/sso";
import type { LiveFacts } from "../../../domain/rules/live";
import { type Acceptances, decideAll, type Report, unite } from "../../../domain/rules/rule";
import { type Certificate, parseCertificate } from "../../../domain/x509/certificate";
import type { QuestionInputs } from "../../../sdk/question";
import type { Context, Node } from "../../context";
import { RefusedError } from "../../errors";
import { decidePhones } from "./phone-rules";
import { readCluster, snapshotsOf } from "./reading";

/** What is about to change, as several resources declare it. */
export interface Intent extends QuestionInputs {
  node: Node;
  chain: readonly string[];
  certificatePem?: string;
  outlives?: string;
  issuedAfter?: string;
  discardPending?: string;
  /** SSO that is on is switched off before the certificate is installed. */
  sso?: "suspend";
  accept?: Acceptances;
}

const DAY = 86_400_000;

/** Nodes that the certificate is for. */
export function coveredBy({ node, purpose, distribution, leaveOut }: Pick<Intent, "node" | "purpose" | "distribution" | "leaveOut">): NodeName[] {
  return distribution === "multi-server" ? without(coveredNodes(purpose, node.cluster.nodes), leaveOut) : [node];
}

/** Whether every node that each of these certificates is for has it already: then nothing has to be prepared for an upload. */
export async function areInstalled(changes: readonly (Pick<Intent, "node" | "purpose" | "distribution" | "leaveOut"> & { certificatePem: string })[], context: Context): Promise<boolean> {
  const all = changes.map(async (change) => {
    const { fingerprint } = parseCertificate(change.certificatePem);
    const read = await snapshotsOf(change.node, coveredBy(change), change.purpose, context);
    return read.every(({ snapshot }) => snapshot.identities.get(change.purpose)?.fingerprint === fingerprint);
  });
  return (await Promise.all(all)).every(Boolean);
}

/** Nodes that would have it, and that the program leaves out. */
function leftOutBy(intent: Intent): NodeName[] {
  const named = coveredBy(intent);
  return coveredBy({ ...intent, leaveOut: undefined }).filter((node) => !named.includes(node));
}

/** What an installed certificate is measured by. */
export function satisfactionOf(intent: Intent, now: Date): Satisfaction {
  const { node, chain, outlives, issuedAfter, uses } = intent;
  return {
    question: completeQuestion(intent, node, node.cluster.nodes),
    commonNameDeclared: intent.commonName !== undefined,
    chain: chain.map(parseCertificate),
    release: node.release,
    uses,
    now,
    outlives: outlives ? new Date(outlives) : undefined,
    issuedAfter: issuedAfter ? new Date(issuedAfter) : undefined,
  };
}

function factsOf(intent: Intent, reading: ClusterReading, context: Context): LiveFacts {
  const { node, purpose, uses, reusedFor, certificatePem, discardPending, sso } = intent;
  const { timing, clock } = context;
  const wanted = satisfactionOf(intent, clock.now());
  return {
    now: clock.now(),
    purpose,
    question: wanted.question,
    release: node.release,
    node,
    nodes: node.cluster.nodes,
    covered: coveredBy(intent),
    reusedFor,
    leftOut: leftOutBy(intent),
    chain: wanted.chain,
    uses,
    reading,
    limits: { clockSkew: timing.clockSkew, backupDays: timing.backupAge / DAY, diskPercent: 95 },
    certificate: certificatePem ? parseCertificate(certificatePem) : undefined,
    discardPending,
    sso,
    connectionAccepts: certificatePem ? coveredBy(intent).every((name) => context.accepts(context.sibling(node, name), certificatePem, intent.chain)) : undefined,
  };
}

/** The certificate that every covered node has installed; undefined when they differ or one could not be read. */
function installedEverywhere(intent: Pick<Intent, "node" | "purpose" | "distribution" | "leaveOut">, reading: ClusterReading): Certificate | undefined {
  const { purpose } = intent;
  const installed = coveredBy(intent).map(({ fqdn }) => {
    const one = reading.nodes.find(({ node }) => node.fqdn === fqdn);
    return one && valueOf(one.snapshot)?.identities.get(purpose);
  });
  const [first] = installed;
  return first && installed.every((one) => one?.fingerprint === first.fingerprint) ? first : undefined;
}

/** Whether anything is going to be written: not when what is installed everywhere is what is wanted. */
function changesAnything(intent: Intent, reading: ClusterReading, now: Date): boolean {
  const installed = installedEverywhere(intent, reading);
  if (!installed) return true;
  if (intent.certificatePem) return installed.fingerprint !== parseCertificate(intent.certificatePem).fingerprint;
  return shortcomings(installed, satisfactionOf(intent, now)).length > 0;
}

/** What the rules say, and whether anything is about to change at all. */
export interface LiveReport extends Report {
  changes: boolean;
  /** Nodes on which SSO is on, by CLI or database. */
  ssoOn: string[];
  /** What was read and is worth knowing, whatever the rules say of it. */
  notes: string[];
}

/** Reads the cluster and decides every rule of the phase. */
export async function decideLive(phase: "prepare" | "install", intent: Intent, context: Context): Promise<LiveReport> {
  const names = coveredBy(intent).map(({ fqdn }) => fqdn);
  const reading = await readCluster(intent.node, phase === "prepare" ? names : [], context);
  const ssoOn = reading.nodes.filter(({ sso }) => isOn(valueOf(sso))).map(({ node }) => node.fqdn);
  const phones = noticedByPhones(intent) ? await decidePhones(phase, { ...intent, purpose: asPhonesKnow(intent) }, reading, context) : undefined;
  const own = decideAll(phase === "prepare" ? PREPARE_RULES : INSTALL_RULES, factsOf(intent, reading, context), intent.accept);
  const [report, notes] = [phones ? unite([own, phones.report]) : own, phones?.notes ?? []];
  const changes = changesAnything(intent, reading, context.clock.now());
  // On an estate that is already as declared nothing is written: what would refuse a change is only told.
  // Not so that CallManager is said to use it and does not: the CTL file would be written anew, and never hold it.
  const remains = ({ id }: { id: string }) => changes || id === "U1" || (id === "U7" && intent.reusedFor !== undefined);
  const [refusals, told] = [report.refusals.filter(remains), report.refusals.filter((one) => !remains(one))];
  return { ...report, changes, ssoOn, notes, warnings: [...report.warnings, ...told], refusals };
}

/** The sentence with which a run refuses. */
export function refusal(report: Report, purpose: string, cluster: string): RefusedError {
  const count = report.refusals.length;
  return new RefusedError(`Nothing was changed: ${count === 1 ? "a rule refuses" : `${count} findings refuse`} to change ${purpose} on cluster "${cluster}":`, report.refusals.map(({ text }) => text));
}

/**
 * Decides the rules again before a first write, when the last preflight of this run is too old or was not made.
 * @throws RefusedError
 */
export async function requireFit(phase: "prepare" | "install", intent: Intent, context: Context): Promise<void> {
  const { node, purpose } = intent;
  if (isFit(node, fitness(phase, intent), context)) return;
  const report = await decideLive(phase, intent, context);
  if (report.refusals.length > 0) throw refusal(report, purpose, node.cluster.name);
  noteFit(phase, intent, context);
}

/** Whether a preflight of this run, not too old, found the cluster fit for `what`. */
export function isFit(node: Node, what: string, { noted, clock, timing }: Context): boolean {
  const passed = noted(node, what);
  return passed !== undefined && clock.now().getTime() - passed.getTime() < timing.preflightAge;
}

/** A preflight has passed: for the phase, and for uploading each authority of the chain. */
export function noteFit(phase: "prepare" | "install", intent: Intent, context: Context): void {
  const { node, purpose, chain } = intent;
  context.note(node, fitness(phase, intent));
  for (const pem of chain) context.note(node, trustUpload(PURPOSE_FACTS[purpose].trustStore, parseCertificate(pem)));
}

/** What a preflight has found a cluster fit for. One that reckons with a suspension has not seen that SSO is off. */
function fitness(phase: "prepare" | "install", { purpose, sso }: Intent): string {
  return `${purpose} ${phase}${sso ? " with SSO suspended" : ""}`;
}

/** What a preflight is asked about before a trust upload. */
export function trustUpload(store: string, { fingerprint }: Certificate): string {
  return `${store} ${fingerprint}`;
}

/** An upload begins: until a service is restarted, it cannot have loaded this certificate. */
export function noteUpload(node: Node, fingerprint: string, context: Context): void {
  context.note(node, `upload ${fingerprint}`);
}

/** When this run began to upload a certificate; undefined when it did not. */
export function uploadedAt(node: Node, fingerprint: string, context: Context): Date | undefined {
  return context.noted(node, `upload ${fingerprint}`);
}
