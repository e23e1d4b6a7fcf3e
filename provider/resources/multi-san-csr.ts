import { writeFileSync } from "node:fs";
import { completeQuestion, differences, type Question, shortcomings } from "../../domain/question";
import { leaveOutFailures } from "../../domain/purposes";
import type { Snapshot } from "../../domain/readings";
import { hasCertificateRest, parseRelease } from "../../domain/releases";
import { R23, R24 } from "../../domain/rules/multi-server";
import { REQUEST_RULES } from "../../domain/rules/request";
import { decideAll, type Finding } from "../../domain/rules/rule";
import type { Certificate } from "../../domain/x509/certificate";
import { type CertificateRequest, parseRequest } from "../../domain/x509/request";
import type { MultiSanCsrInputs, MultiSanCsrOutputs } from "../../sdk/multi-san-csr";
import type { Context, Node } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { PlatformError, sentence, unlessPassing } from "../errors";
import { type Failure, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkAccept, checkChain, checkNode, checkPurpose, known } from "./shared/checks";
import { clicks } from "./shared/clicks";
import { coveredBy, requireFit, satisfactionOf } from "./shared/live-rules";
import { snapshotsAlone, snapshotsOf } from "./shared/reading";
import { pollWithProgress } from "./shared/waiting";
import { written } from "./shared/writing";

type Inputs = MultiSanCsrInputs;
type CsrState = State<Inputs, MultiSanCsrOutputs>;

/** What the question is made of is compared as a whole, below: a default that is written down is no change. */
const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  purpose: "replace",
  distribution: "replace",
  commonName: "ignore",
  parentDomain: "ignore",
  otherDomains: "ignore",
  leaveOut: "ignore",
  keyType: "ignore",
  keyLength: "ignore",
  hashAlgorithm: "ignore",
  chain: "replace",
  uses: "replace",
  reusedFor: "takeOver",
  generation: "replace",
  issuedAfter: "takeOver",
  outlives: "takeOver",
  discardPending: "takeOver",
  sso: "takeOver",
  file: "update",
  accept: "takeOver",
};

const QUESTION_INPUTS = ["node", "purpose", "distribution", "commonName", "parentDomain", "otherDomains", "leaveOut", "keyType", "keyLength", "hashAlgorithm"] as const;

/** The question as far as all of it is known. */
function questionOf(inputs: Given<Inputs>): Question | undefined {
  if (QUESTION_INPUTS.some((key) => inputs[key] === UNKNOWN)) return undefined;
  const { node } = inputs as Inputs;
  return completeQuestion(inputs as Inputs, node, node.cluster.nodes);
}

function check(inputs: Given<Inputs>): Failure[] {
  const basics = [...checkNode(inputs.node), ...checkPurpose(inputs.purpose), ...checkChain(inputs.chain), ...checkAccept(inputs.accept)];
  if (inputs.distribution !== UNKNOWN && inputs.distribution !== "multi-server" && inputs.distribution !== "this-server") basics.push({ property: "distribution", reason: `"${String(inputs.distribution)}" is none: write "multi-server" or "this-server"` });
  const question = basics.length === 0 ? questionOf(inputs) : undefined;
  const node = known(inputs.node);
  if (!question || !node) return basics;
  const leftOut = leaveOutFailures(question.purpose, node.cluster.nodes, known(inputs.leaveOut)).map((reason) => ({ property: "leaveOut", reason }));
  const facts = { ...question, names: [question.commonName, ...question.names], node, nodes: node.cluster.nodes, release: node.release };
  return [...leftOut, ...decideAll(REQUEST_RULES, facts).refusals.map(({ id, text }) => ({ property: PROPERTY[id] ?? "purpose", reason: text }))];
}

/** The input that a rule on requests is about. */
const PROPERTY: Record<string, string> = { R4: "keyLength", R5: "keyLength", R7: "hashAlgorithm", R9: "otherDomains", U6: "keyType", R18: "distribution", R22: "node" };

interface Observed {
  node: Node;
  snapshot: Snapshot;
  installed?: Certificate;
  /** The pending request, where it can be read. */
  pending?: CertificateRequest;
}

async function look(inputs: Inputs, context: Context): Promise<Observed[]> {
  const read = await snapshotsOf(inputs.node, coveredBy(inputs), inputs.purpose, context);
  return read.map(({ node, snapshot }) => ({ node, snapshot, installed: snapshot.identities.get(inputs.purpose), pending: readable(snapshot.requests.get(inputs.purpose)) }));
}

function readable(pem: string | undefined): CertificateRequest | undefined {
  try {
    return pem ? parseRequest(pem) : undefined;
  } catch {
    return undefined;
  }
}

/** The certificate that every node has and that satisfies the declaration, or why there is none. */
function satisfying(inputs: Inputs, observed: readonly Observed[], ownKey: string | undefined, now: Date): { certificate: Certificate } | { why: string } {
  const [first] = observed;
  if (!first?.installed) return { why: `${first?.node.fqdn ?? "no node"} has no ${inputs.purpose} certificate` };
  const other = observed.find(({ installed }) => installed?.fingerprint !== first.installed!.fingerprint);
  if (other) return { why: `${other.node.fqdn} has ${other.installed ? `another certificate (serial number ${other.installed.serialNumber}, issued by ${other.installed.issuer})` : "no certificate"} than ${first.node.fqdn}` };
  // What was issued for our own request belongs to its generation, however far the authority backdates it.
  const ours = first.installed.publicKeyFingerprint === ownKey;
  const found = shortcomings(first.installed, satisfactionOf(ours ? { ...inputs, issuedAfter: undefined } : inputs, now));
  return found.length === 0 ? { certificate: first.installed } : { why: `the installed certificate does not satisfy: ${found.join("; ")}` };
}

/** A pending request that asks exactly this, on every node with the same key; undefined otherwise. */
function adoptable(observed: readonly Observed[], question: Question): CertificateRequest | undefined {
  const [first] = observed;
  if (!first?.pending || differences(first.pending, question).length > 0) return undefined;
  return observed.every(({ pending }) => pending?.publicKeyFingerprint === first.pending!.publicKeyFingerprint) ? first.pending : undefined;
}

/** What is pending and asks something else, in the words of R23. */
function foreignRequest(inputs: Inputs, observed: readonly Observed[], question: Question): Finding | undefined {
  const verdict = R23.decide({ purpose: inputs.purpose, covered: coveredBy(inputs), reading: snapshotsAlone(observed), question, discardPending: inputs.discardPending });
  return verdict.outcome === "violated" ? verdict.findings[0] : undefined;
}

/** A foreign request is never overwritten unless its key is named. @throws */
function refuseForeign(inputs: Inputs, observed: readonly Observed[], question: Question): void {
  const foreign = foreignRequest(inputs, observed, question);
  if (foreign) throw new Error(`R23 ${foreign.where}: ${foreign.found}. A new request would destroy its key. ${R23.comply}. If it was made by hand for this declaration, make it again so:\n${clicks(question)}`);
}

/** Another run may have made a request while this one waited for its turn; a new one would destroy its key (R23, R134). @returns what is pending, PEM @throws */
async function requireUntouched(inputs: Inputs, observed: readonly Observed[], context: Context): Promise<string | undefined> {
  const { node, purpose } = inputs;
  const pending = await context.vos(node).pendingRequest(purpose);
  const now = readable(pending);
  const seen = observed.find((one) => one.node.fqdn === node.fqdn)?.pending;
  if (!now || now.publicKeyFingerprint === seen?.publicKeyFingerprint) return pending;
  throw new Error(`R134 ${node.fqdn}: another run made a ${purpose} request while this one waited for its turn; nothing was changed. When that run has ended, run "pulumi up" again`);
}

/** What was pending as it was decided to make a request: on every node, and on the one that makes it. */
interface Before {
  observed: readonly Observed[];
  pending: string | undefined;
}

async function generate(inputs: Inputs, question: Question, before: Before, context: Context): Promise<CertificateRequest> {
  const { node, leaveOut = [] } = inputs;
  if (leaveOut.length > 0) throw new Error(`${node.fqdn}: no interface of the platform makes a request that leaves out ${leaveOut.join(", ")}. ${byHand(question)}`);
  context.say(`${node.fqdn}: generate a ${inputs.purpose} CSR for ${question.names.length} names`);
  const request = parseRequest(await asked(inputs, question, before, context));
  const wrong = differences(request, question);
  if (wrong.length === 0) return request;
  throw new Error(`${node.fqdn} made a request that is not what is declared: ${wrong.join("; ")}. The platform does not let us say it on this way. ${byHand(question)}`);
}

/** What the node makes. @throws with the clicks where it refuses: then a person has to make the request */
async function asked({ node, purpose }: Inputs, question: Question, { observed, pending: before }: Before, context: Context): Promise<string> {
  try {
    const vos = context.vos(node);
    const send = () => vos.generateRequest(question, { pending: before });
    const look = async () => {
      const made = await vos.pendingRequest(purpose);
      return made && made !== before ? { done: made } : "nothing";
    };
    return await written<string>({ what: `${node.fqdn}: generate a ${purpose} CSR`, send, look }, context);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== "rejected") throw error;
    const held = observed.find(({ pending }) => pending)?.pending;
    const lacking = held ? observed.filter(({ pending }) => pending?.publicKeyFingerprint !== held.publicKeyFingerprint) : [];
    const partly = lacking.length > 0 ? ` The one that is pending did not reach ${lacking.map((one) => one.node.fqdn).join(", ")} (R24): ${R24.comply.split(";")[0]!}, and make it again.` : "";
    throw new Error(`${sentence(error)}. No ${purpose} request was made, users notice nothing.${partly} ${byHand(question)}`, { cause: error });
  }
}

function byHand(question: Question): string {
  return `Make it by hand, then run "pulumi up" again, which adopts it:\n${clicks(question)}`;
}

/** R24: the private key must be on every node before an authority is asked. @throws with the rule's findings */
async function requireEverywhere(inputs: Inputs, request: CertificateRequest, context: Context): Promise<void> {
  const covered = coveredBy(inputs);
  let missing: readonly Finding[] = [];
  // The declared node has just answered with the request; a node that has it is not asked again.
  const held = new Map([[inputs.node.fqdn, pendingReading(inputs.node, inputs.purpose, request.pem, context)]]);
  const ask = async (node: Node) => held.get(node.fqdn) ?? pendingOn(node, inputs.purpose, context);
  const everywhere = await pollWithProgress(context, {
    what: () => `the CSR is not on every node yet: ${missing.map(({ where }) => where).join(", ")}`,
    limit: context.timing.distribution,
    look: async () => {
      const reading = await Promise.all(covered.map((name) => ask(context.sibling(inputs.node, name))));
      const verdict = R24.decide({ purpose: inputs.purpose, covered, reading: snapshotsAlone(reading), request });
      missing = verdict.outcome === "violated" ? verdict.findings : [];
      for (const one of reading) if (!missing.some(({ where }) => where === one.node.fqdn)) held.set(one.node.fqdn, one);
      return verdict.outcome === "pass" ? true : undefined;
    },
  });
  if (everywhere) return;
  const nodes = missing.map(({ where }) => where).join(", ");
  throw new Error(
    `R24 ${nodes}: the CSR did not reach ${missing.length === 1 ? "this node" : "these nodes"}, so its certificate could not be installed there. No authority was asked, users notice nothing. ${R24.comply}.`,
  );
}

/** What is pending on a node, by the one call that reads it; a node that does not answer has not got it yet. */
async function pendingOn(node: Node, purpose: Inputs["purpose"], context: Context): Promise<Pending> {
  return pendingReading(node, purpose, await context.vos(node).pendingRequest(purpose).catch(unlessPassing), context);
}

interface Pending {
  node: Node;
  snapshot: Snapshot;
}

function pendingReading(node: Node, purpose: Inputs["purpose"], pem: string | undefined, { clock }: Context): Pending {
  return { node, snapshot: { identities: new Map(), requests: new Map(pem ? [[purpose, pem]] : []), trusts: [], clock: clock.now() } };
}

function fromRequest(inputs: Inputs, request: CertificateRequest, prior: CsrState | undefined, now: Date): CsrState {
  const { pem, publicKeyFingerprint, subject, subjectAlternateNames } = request;
  if (inputs.file) writeFileSync(inputs.file, pem);
  const createdAt = prior?.publicKeyFingerprint === publicKeyFingerprint ? prior.createdAt : now.toISOString();
  return { ...inputs, csrPem: pem, satisfiedBy: "", publicKeyFingerprint, subject, subjectAlternateNames: [...subjectAlternateNames], nodes: coveredBy(inputs).map(({ fqdn }) => fqdn), createdAt, drift: "" };
}

function fromCertificate(inputs: Inputs, certificate: Certificate, prior: CsrState | undefined, now: Date): CsrState {
  const { pem, publicKeyFingerprint, subject, subjectAlternateNames } = certificate;
  return { ...inputs, csrPem: "", satisfiedBy: pem, publicKeyFingerprint, subject, subjectAlternateNames: [...subjectAlternateNames], nodes: coveredBy(inputs).map(({ fqdn }) => fqdn), createdAt: prior?.createdAt ?? now.toISOString(), drift: "" };
}

/** A certificate signing request: what is installed and satisfies, what is pending and equal, or a new one. */
export const multiSanCsr: Lifecycle<Inputs, MultiSanCsrOutputs> = {
  kind: "MultiSanCsr",

  id: ({ node, purpose, publicKeyFingerprint }) => `${node.fqdn}/${purpose}/${publicKeyFingerprint}`,

  check: (inputs) => ({ failures: check(inputs) }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    const [old, declared] = [questionOf(state), questionOf(inputs)];
    const asksElse = declared === undefined || JSON.stringify(old) !== JSON.stringify(declared);
    if (!asksElse && !state.drift) return difference;
    const notes = state.drift ? [`${state.node.cluster.name}: ${state.purpose}: ${state.drift}; a new request is needed`] : [];
    return { change: heavier(difference.change, "replace"), replaces: [...difference.replaces, ...(difference.replaces.length === 0 ? ["node"] : [])], notes };
  },

  async ensure(inputs, prior, context) {
    const now = context.clock.now();
    const question = completeQuestion(inputs, inputs.node, inputs.node.cluster.nodes);
    const observed = await context.undisturbed(inputs.node, `look at the ${inputs.purpose} requests`, () => look(inputs, context));
    const awaited = prior?.csrPem && observed.every(({ pending }) => pending?.publicKeyFingerprint === prior.publicKeyFingerprint);
    const fits = satisfying(inputs, observed, prior?.publicKeyFingerprint, now);
    if ("certificate" in fits && !awaited) {
      context.say(`${inputs.node.cluster.name}: ${inputs.purpose}: the installed certificate satisfies the declaration (serial number ${fits.certificate.serialNumber}, until ${fits.certificate.notAfter.toISOString()})`);
      return fromCertificate(inputs, fits.certificate, prior, now);
    }
    const pending = adoptable(observed, question);
    if (pending) {
      context.say(`${inputs.node.fqdn}: a pending ${inputs.purpose} CSR asks exactly this; it is adopted`);
      return fromRequest(inputs, pending, prior, now);
    }
    refuseForeign(inputs, observed, question);
    if ("why" in fits) context.say(`${inputs.node.cluster.name}: ${inputs.purpose}: ${fits.why}`);
    const request = await context.exclusively(inputs.node, `generate a ${inputs.purpose} CSR`, async () => {
      const pending = await requireUntouched(inputs, observed, context);
      await requireFit("prepare", inputs, context);
      const made = await generate(inputs, question, { observed, pending }, context);
      await requireEverywhere(inputs, made, context);
      return made;
    });
    return fromRequest(inputs, request, prior, now);
  },

  async observe(state, context) {
    const observed = await look(state, context);
    const question = completeQuestion(state, state.node, state.node.cluster.nodes);
    const fits = satisfying(state, observed, state.publicKeyFingerprint, context.clock.now());
    if ("certificate" in fits) return observedCertificate(state, fits.certificate);
    const awaited = state.csrPem && observed.every(({ pending }) => pending?.publicKeyFingerprint === state.publicKeyFingerprint);
    if (awaited) return { ...state, drift: "" };
    const foreign = state.csrPem && foreignRequest(state, observed, question);
    return { ...state, drift: foreign ? `${foreign.where}: ${foreign.found}` : fits.why };
  },

  async remove(state, context) {
    if (state.csrPem) context.say(`${state.node.fqdn}: a CSR cannot be removed; it is only forgotten`);
  },

  step({ node, purpose, distribution }, state) {
    if (node === UNKNOWN) return undefined;
    const byHand = distribution === "multi-server" && parseRelease(node.release) && !hasCertificateRest(node.release);
    return { what: byHand ? `adopt a ${String(purpose)} CSR that a person makes` : `generate a ${String(purpose)} CSR`, where: node.fqdn, reason: state ? "what is installed no longer satisfies, or is due" : "if no installed certificate satisfies the declaration", minutes: 1 };
  },
};

/** Ours is installed: nothing has changed. Another one that satisfies was put there by hand: it is passed on. */
function observedCertificate(state: CsrState, certificate: Certificate): CsrState {
  if (certificate.publicKeyFingerprint === state.publicKeyFingerprint) return { ...state, drift: "" };
  const { pem, publicKeyFingerprint, subject, subjectAlternateNames } = certificate;
  return { ...state, csrPem: "", satisfiedBy: pem, publicKeyFingerprint, subject, subjectAlternateNames: [...subjectAlternateNames], drift: "" };
}
