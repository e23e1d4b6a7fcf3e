import { randomUUID } from "node:crypto";
import { IDENTITY_INPUT_RULES } from "../../domain/rules/content";
import { noticedByPhones } from "../../domain/purposes";
import type { Snapshot } from "../../domain/readings";
import { R25 } from "../../domain/rules/multi-server";
import type { Finding } from "../../domain/rules/rule";
import { type Certificate, label, parseCertificate } from "../../domain/x509/certificate";
import { normalPem } from "../../domain/x509/pem";
import { parseRequest } from "../../domain/x509/request";
import type { IdentityCertificateInputs, IdentityCertificateOutputs } from "../../sdk/identity-certificate";
import type { Context, Node } from "../context";
import { compare, type DifferenceTable, heavier, NODE } from "../difference";
import { IncompleteError, RefusedError, unlessPassing } from "../errors";
import { type Difference, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkAccept, checkCertificate, checkChain, checkNode, checkPurpose, checkReuse, checkWindow, known } from "./shared/checks";
import { coveredBy, noteUpload, requireFit } from "./shared/live-rules";
import { noteChanged, requireAlone, withoutWindow } from "./shared/phone-changes";
import { snapshotsAlone, snapshotsOf } from "./shared/reading";
import { rememberChange } from "./shared/counted-phones";
import { requireSsoOff } from "./shared/sso";
import { closedWindow, pollWithProgress, usualMinutes } from "./shared/waiting";
import { written } from "./shared/writing";

type Inputs = IdentityCertificateInputs;
type IdentityState = State<Inputs, IdentityCertificateOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  purpose: "replace",
  distribution: "update",
  certificatePem: { change: "update", normal: normalPem },
  chain: "takeOver",
  uses: "takeOver",
  reusedFor: "takeOver",
  leaveOut: "takeOver",
  accept: "takeOver",
  suspension: "takeOver",
  after: "takeOver",
  maintenanceWindow: "takeOver",
};

const MINUTES = 2;

/** R63: without a window a change that phones notice could come at noon. */
function checkPhones({ node, purpose, reusedFor, maintenanceWindow }: Given<Inputs>) {
  if (node === UNKNOWN || purpose === UNKNOWN || reusedFor === UNKNOWN || maintenanceWindow === UNKNOWN) return [];
  return withoutWindow(node, { purpose, reusedFor }, maintenanceWindow).map((reason) => ({ property: "maintenanceWindow", reason }));
}

function check(inputs: Given<Inputs>, now: Date) {
  const failures = [...checkNode(inputs.node), ...checkPurpose(inputs.purpose), ...checkReuse(inputs.purpose, inputs.reusedFor), ...checkChain(inputs.chain), ...checkAccept(inputs.accept), ...checkWindow(inputs.maintenanceWindow)];
  const [purpose, node, uses] = [known(inputs.purpose), known(inputs.node), known(inputs.uses)];
  if (failures.length === 0) failures.push(...checkPhones(inputs));
  // Empty while a signature is pending: with --continue-on-error the engine still asks for a check of what it will skip.
  if (failures.length > 0 || inputs.certificatePem === "") return failures;
  return checkCertificate("certificatePem", inputs.certificatePem, IDENTITY_INPUT_RULES, (certificate) => ({ certificate, now, purpose, release: node?.release, uses }));
}

function nodesOf(inputs: Inputs, context: Context): Node[] {
  return coveredBy(inputs).map((name) => context.sibling(inputs.node, name));
}

/** Nodes whose installed certificate is another one. */
async function lacking(inputs: Inputs, certificate: Certificate, context: Context): Promise<Node[]> {
  const read = await snapshotsOf(inputs.node, coveredBy(inputs), inputs.purpose, context);
  return read.filter(({ snapshot }) => snapshot.identities.get(inputs.purpose)?.fingerprint !== certificate.fingerprint).map(({ node }) => node);
}

/** Nodes on whose port 8443 something else is served; an EC certificate that is served nowhere is only stored (platform-interfaces.md 7.10). */
async function servingElse(inputs: Inputs, certificate: Certificate, context: Context): Promise<{ others: Node[]; stored: boolean }> {
  const served = await Promise.all(nodesOf(inputs, context).map(async (node) => ({ node, seen: await context.vos(node).served(certificate.key.type) })));
  const stored = served.every(({ seen }) => seen === undefined);
  return { others: stored ? [] : served.filter(({ seen }) => seen?.certificate.fingerprint !== certificate.fingerprint).map(({ node }) => node), stored };
}

function stateOf(inputs: Inputs, certificate: Certificate, rest: Pick<IdentityState, "changedAt" | "changeId" | "status" | "nodes">): IdentityState {
  return { ...inputs, fingerprint: certificate.fingerprint, serialNumber: certificate.serialNumber, notAfter: certificate.notAfter.toISOString(), ...rest };
}

/** Under which this machine notes that it uploads what no port 8443 tells of: a run that is killed cannot write its state. */
function note({ node, purpose }: Pick<Inputs, "node" | "purpose">, { fingerprint }: Pick<Certificate, "fingerprint">): string {
  return `upload of ${fingerprint} as ${purpose} on ${node.fqdn}`;
}

/** Of an EC certificate, whether port 8443 serves it at all; that of CallManager never is there. */
async function statusOf({ node, purpose }: Inputs, certificate: Certificate, context: Context): Promise<"stored" | "installed"> {
  const web = certificate.key.type === "EC" && !noticedByPhones({ purpose });
  return web && (await context.vos(node).served("EC")) === undefined ? "stored" : "installed";
}

/** No port that we may ask serves it, so what has run since before it was issued, or since before we uploaded it, has not loaded it. */
async function adoptForPhones(inputs: Inputs, certificate: Certificate, nodes: string[], context: Context): Promise<IdentityState> {
  const since = context.journal.begun(note(inputs, certificate))?.since ?? certificate.notBefore.toISOString();
  context.say(`${inputs.purpose}: ${label(certificate)} is installed; a service that was started before ${since} has not loaded it`);
  return stateOf(inputs, certificate, { changedAt: since, changeId: randomUUID(), status: await statusOf(inputs, certificate, context), nodes });
}

/** The nodes have it already. It only has to be restarted for where some node does not serve it yet. */
async function adopt(inputs: Inputs, certificate: Certificate, prior: IdentityState | undefined, context: Context): Promise<IdentityState> {
  const nodes = nodesOf(inputs, context).map(({ fqdn }) => fqdn);
  if (prior?.fingerprint === certificate.fingerprint && prior.changeId && prior.status !== "due") return stateOf(inputs, certificate, { changedAt: prior.changedAt, changeId: prior.changeId, status: prior.status, nodes });
  if (noticedByPhones(inputs)) return adoptForPhones(inputs, certificate, nodes, context);
  const { others, stored } = await servingElse(inputs, certificate, context);
  const { clock } = await context.snapshot(inputs.node);
  if (others.length > 0) context.say(`${inputs.purpose}: ${label(certificate)} is installed; not yet served by ${others.map(({ fqdn }) => fqdn).join(", ")}`);
  return stateOf(inputs, certificate, { changedAt: others.length > 0 ? clock.toISOString() : "", changeId: randomUUID(), status: stored ? "stored" : "installed", nodes });
}

/** R10 on what is pending now, and U5: we must not lock ourselves out. @throws */
async function requireUploadable(inputs: Inputs, certificate: Certificate, context: Context): Promise<void> {
  const pem = (await context.snapshot(inputs.node)).requests.get(inputs.purpose);
  const wrong: string[] = [];
  if (!pem) wrong.push(`R10 ${inputs.node.fqdn} has no pending ${inputs.purpose} request that this certificate could answer. Declare a MultiSanCsr, or have a new request signed`);
  else if (parseRequest(pem).publicKeyFingerprint !== certificate.publicKeyFingerprint) wrong.push(`R10 ${inputs.node.fqdn}: the certificate is for another key than the pending request (it answers another CSR, or an older one). Have the pending request signed`);
  const refusing = nodesOf(inputs, context).filter((node) => !context.accepts(node, certificate.pem, inputs.chain));
  if (refusing.length > 0)
    wrong.push(`U5 the connection "${inputs.node.connection}" would refuse ${label(certificate)} on ${refusing.map(({ fqdn }) => fqdn).join(", ")}, and the next run would be locked out. Add its root to tls.ca: pulumi config set --path 'uccerts:connections.${inputs.node.connection}.tls.ca[0]' <file>`);
  if (wrong.length > 0) throw new RefusedError(`Nothing was changed: ${label(certificate)} is not uploaded as ${inputs.purpose}:`, wrong);
}

/** Uploads leaf, intermediates and root; a lost answer is settled by reading. @returns the node's clock */
async function upload(inputs: Inputs, certificate: Certificate, context: Context): Promise<Date> {
  const vos = context.vos(inputs.node);
  const pems = [certificate.pem, ...[...inputs.chain].reverse()];
  context.say(`${inputs.node.fqdn}: upload ${label(certificate)} as ${inputs.purpose}: from here on the old key is gone, the way back is a new request`);
  const messages = await written<string[]>(
    {
      what: `${inputs.node.fqdn}: upload of the ${inputs.purpose} certificate`,
      send: () => vos.uploadIdentity(inputs.purpose, pems),
      look: async () => ((await vos.identity(inputs.purpose))?.certificate.fingerprint === certificate.fingerprint ? { done: [] } : "nothing"),
    },
    context,
  );
  messages.forEach((message) => context.say(`${inputs.node.fqdn}: ${message}`));
  return (await vos.identity(inputs.purpose).catch(unlessPassing))?.clock ?? context.clock.now();
}

/** R25: read back on every node. From here on a failure keeps the state. */
async function awaitEverywhere(inputs: Inputs, certificate: Certificate, state: IdentityState, context: Context): Promise<void> {
  const covered = coveredBy(inputs);
  let missing: readonly Finding[] = [];
  const everywhere = await pollWithProgress(context, {
    what: () => `${inputs.purpose}: the certificate is not on every node yet: ${missing.map(({ where }) => where).join(", ")}`,
    limit: context.timing.distribution,
    look: async () => {
      const reading = snapshotsAlone(await Promise.all(nodesOf(inputs, context).map((node) => installedOn(node, inputs.purpose, context))));
      const verdict = R25.decide({ purpose: inputs.purpose, covered, reading, certificate });
      missing = verdict.outcome === "violated" ? verdict.findings : [];
      return verdict.outcome === "pass" ? true : undefined;
    },
  });
  if (everywhere) return;
  const nodes = state.nodes.filter((fqdn) => !missing.some(({ where }) => where === fqdn));
  throw new IncompleteError({ ...state, nodes }, [
    ...missing.map(({ where, found }) => `R25 ${where}: ${found}.`),
    `The ${inputs.purpose} certificate is installed on ${nodes.join(", ") || "no node"}. No service was restarted, so every node still serves its old certificate and users notice nothing.`,
    `${R25.comply}. The next "pulumi up" looks again; if it never arrives, a new request for all nodes is needed (pulumi up --refresh).`,
  ]);
}

/** What is installed on a node, by the one call that reads it; a node that does not answer has not got it yet. */
async function installedOn(node: Node, purpose: Inputs["purpose"], context: Context): Promise<{ node: Node; snapshot: Snapshot }> {
  const installed = await context.vos(node).identity(purpose).catch(unlessPassing);
  return { node, snapshot: { identities: new Map(installed ? [[purpose, installed.certificate]] : []), requests: new Map(), trusts: [], clock: installed?.clock ?? context.clock.now() } };
}

/** @throws RefusedError where another certificate that phones need has just changed (R54, R55) */
function prepareForPhones(inputs: Inputs, certificate: Certificate, context: Context): void {
  requireAlone(inputs.node, inputs, context);
  noteChanged(inputs.node, inputs, context);
  rememberChange(inputs.node, context);
  context.journal.note(note(inputs, certificate), "", context.clock.now());
}

async function install(inputs: Inputs, certificate: Certificate, context: Context): Promise<IdentityState> {
  await requireFit("install", { ...inputs, sso: inputs.suspension === undefined ? undefined : "suspend" }, context);
  if (inputs.suspension !== undefined) await requireSsoOff(inputs, context);
  await requireUploadable(inputs, certificate, context);
  if (noticedByPhones(inputs)) prepareForPhones(inputs, certificate, context);
  noteUpload(inputs.node, certificate.fingerprint, context);
  const changedAt = await upload(inputs, certificate, context);
  const nodes = coveredBy(inputs).map(({ fqdn }) => fqdn);
  const state = stateOf(inputs, certificate, { changedAt: changedAt.toISOString(), changeId: randomUUID(), status: "installed", nodes });
  await awaitEverywhere(inputs, certificate, state, context);
  const status = await statusOf(inputs, certificate, context);
  if (status === "stored") context.say(`${inputs.purpose}: the HTTPS ciphers of the cluster are RSA only: the certificate is stored and not served`);
  return { ...state, status };
}

function dueLine({ node, purpose }: Pick<Inputs, "node" | "purpose">, why: string): string {
  return `${node.fqdn}: upload the ${purpose} certificate: ${why}`;
}

/** Why it must wait; undefined when it may be uploaded now. */
function waitsFor({ suspension, after, purpose, reusedFor, maintenanceWindow }: Pick<Inputs, "suspension" | "after" | "purpose" | "reusedFor" | "maintenanceWindow">, now: Date, minutes: number): string | undefined {
  if (suspension === "due") return "the suspension of SSO before it is due";
  if (after === "due") return "the step before it is due";
  return noticedByPhones({ purpose, reusedFor }) ? closedWindow(maintenanceWindow, now, minutes) : undefined;
}

/** What is installed stays until the upload may be. */
async function wait(inputs: Inputs, why: string, context: Context): Promise<IdentityState> {
  const installed = (await context.snapshot(inputs.node)).identities.get(inputs.purpose);
  context.due(dueLine(inputs, why));
  return { ...inputs, fingerprint: installed?.fingerprint ?? "", serialNumber: installed?.serialNumber ?? "", notAfter: installed?.notAfter.toISOString() ?? "", nodes: [], changedAt: "", changeId: "due", status: "due" };
}

/** An upload that is due runs when nothing makes it wait any more; until then it is no change. */
function diffDue(state: IdentityState, inputs: Given<Inputs>, now: Date, difference: Difference): Difference {
  const { suspension, after, maintenanceWindow } = inputs;
  const unknown = suspension === UNKNOWN || after === UNKNOWN || maintenanceWindow === UNKNOWN;
  const why = unknown ? undefined : waitsFor({ suspension, after, maintenanceWindow, purpose: state.purpose, reusedFor: state.reusedFor }, now, 0);
  return why === undefined ? { ...difference, change: heavier(difference.change, "update") } : { ...difference, due: dueLine(state, why) };
}

/** A node's own certificate: adopted where it is installed, uploaded once where it is not. */
export const identityCertificate: Lifecycle<Inputs, IdentityCertificateOutputs> = {
  kind: "IdentityCertificate",

  id: ({ node, purpose }) => `${node.fqdn}/${purpose}`,

  check: (inputs, { now }) => ({ failures: check(inputs, now) }),

  diff(state, inputs, now) {
    const difference = compare(TABLE, state, inputs);
    if (state.status === "due") return diffDue(state, inputs, now, difference);
    const declared = known(inputs.certificatePem);
    // What is declared anew may be just what was found installed.
    const drifted = declared !== undefined && declared !== "" && state.fingerprint !== parseCertificate(declared).fingerprint && difference.change !== "update";
    if (!drifted) return difference;
    return { ...difference, notes: [`${state.node.cluster.name}: ${state.purpose}: another certificate than the declared one is installed (serial number ${state.serialNumber}); it is never uploaded again, because its key may be gone: a new request replaces it`] };
  },

  async ensure(inputs, prior, context) {
    const certificate = parseCertificate(inputs.certificatePem);
    const { missing, adopted } = await context.undisturbed(inputs.node, `look at the ${inputs.purpose} certificates`, async (): Promise<{ missing: Node[]; adopted?: IdentityState }> => {
      const missing = await lacking(inputs, certificate, context);
      return missing.length > 0 ? { missing } : { missing, adopted: await adopt(inputs, certificate, prior, context) };
    });
    if (adopted) return adopted;
    const why = waitsFor(inputs, context.clock.now(), usualMinutes(MINUTES, context));
    if (why && missing.some(({ fqdn }) => fqdn === inputs.node.fqdn)) return wait(inputs, why, context);
    if (missing.some(({ fqdn }) => fqdn === inputs.node.fqdn)) return context.exclusively(inputs.node, `install the ${inputs.purpose} certificate`, () => install(inputs, certificate, context));
    // An earlier run uploaded it, and it is still on its way to some nodes.
    const known = prior?.fingerprint === certificate.fingerprint && prior.status !== "due" ? prior : undefined;
    const changedAt = known?.changedAt || (await context.snapshot(inputs.node)).clock.toISOString();
    const state = stateOf(inputs, certificate, { changedAt, changeId: known?.changeId ?? randomUUID(), status: "installed", nodes: coveredBy(inputs).map(({ fqdn }) => fqdn) });
    await awaitEverywhere(inputs, certificate, state, context);
    return state;
  },

  async observe(state, context) {
    const read = await snapshotsOf(state.node, coveredBy(state), state.purpose, context);
    const installed = read.map(({ node, snapshot }) => ({ node, certificate: snapshot.identities.get(state.purpose) }));
    const own = installed.find(({ node }) => node.fqdn === state.node.fqdn)?.certificate;
    if (!own) return undefined;
    const nodes = installed.filter(({ certificate }) => certificate?.fingerprint === own.fingerprint).map(({ node }) => node.fqdn);
    return { ...state, fingerprint: own.fingerprint, serialNumber: own.serialNumber, notAfter: own.notAfter.toISOString(), nodes };
  },

  async remove(state, context) {
    context.journal.forget(note(state, state));
    context.say(`${state.node.fqdn}: an identity certificate cannot be removed; the ${state.purpose} certificate stays and is only forgotten`);
  },

  step({ node, purpose, reusedFor, distribution, maintenanceWindow }) {
    if (node === UNKNOWN || purpose === UNKNOWN) return undefined;
    const count = distribution === "multi-server" ? coveredBy({ node, purpose, distribution }).length : 1;
    const phones = noticedByPhones({ purpose, reusedFor: known(reusedFor) }) ? { notice: "phones reset, from release 14 on", window: maintenanceWindow === UNKNOWN ? undefined : maintenanceWindow } : {};
    return { what: `upload the ${purpose} certificate`, where: node.fqdn, reason: `reaches ${count} nodes; from here on the old key is gone`, minutes: MINUTES, ...phones };
  },
};
