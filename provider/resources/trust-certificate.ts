import { randomUUID } from "node:crypto";
import { isTrustStore, PURPOSE_FACTS, REPLICATED_STORES, TRUST_STORES } from "../../domain/purposes";
import type { TrustEntry } from "../../domain/readings";
import { TRUST_RULES } from "../../domain/rules/content";
import { decideAll } from "../../domain/rules/rule";
import { R137, R34, R82, type TrustUpload } from "../../domain/rules/trust";
import { type Certificate, label, parseCertificate } from "../../domain/x509/certificate";
import { pathTo } from "../../domain/x509/chain";
import { normalPem } from "../../domain/x509/pem";
import type { TrustCertificateInputs, TrustCertificateOutputs } from "../../sdk/trust-certificate";
import type { Context, Node } from "../context";
import { compare, type DifferenceTable, NODE_AND_SIBLINGS } from "../difference";
import { IncompleteError, RefusedError, together, unlessPassing } from "../errors";
import { type Failure, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkAccept, checkCertificate, checkNode } from "./shared/checks";
import { isFit, trustUpload } from "./shared/live-rules";
import { clusterNodes } from "./shared/reading";
import { type Entries, entriesNow, find, uploadTrustOnce } from "./shared/trust-upload";
import { pollWithProgress } from "./shared/waiting";
import { written } from "./shared/writing";

type TrustState = State<TrustCertificateInputs, TrustCertificateOutputs>;
type Inputs = TrustCertificateInputs;

const TABLE: DifferenceTable<Inputs> = {
  node: NODE_AND_SIBLINGS,
  store: "replace",
  certificatePem: { change: "replace", normal: normalPem },
  description: "ignore",
  retain: "takeOver",
  verify: "takeOver",
  timed: "takeOver",
  accept: "takeOver",
};

/** The nodes that hold the store: those to which the platform copies it, or this one alone. */
function holders({ node, store }: Pick<Inputs, "node" | "store">, context: Context): Node[] {
  if (!REPLICATED_STORES.includes(store)) return [node];
  const products = Object.values(PURPOSE_FACTS).filter(({ trustStore }) => trustStore === store).flatMap((facts) => facts.products);
  return clusterNodes(node, context).filter(({ product }) => products.includes(product));
}

async function uploadFacts(inputs: Inputs, certificate: Certificate, context: Context): Promise<TrustUpload> {
  const snapshots = await together(holders(inputs, context).map(async (one) => ({ fqdn: one.fqdn, snapshot: await context.snapshot(one) })));
  return { certificate, store: inputs.store, snapshots };
}

/** The same from what was read already; else by the one call that reads a store. */
async function entries(node: Node, name: Inputs["store"], context: Context): Promise<Entries> {
  const remembered = await context.remembered(node);
  return remembered ? remembered.trusts.filter((entry) => entry.store === name) : entriesNow(node, name, context);
}

/** The nodes that do not have all the certificates. */
async function lacking(nodes: readonly Node[], fingerprints: readonly string[], read: (node: Node) => Promise<Entries>): Promise<Node[]> {
  const has = (list: Entries) => fingerprints.every((fingerprint) => find(list, fingerprint));
  const found = await together(nodes.map(async (one) => (has(await read(one)) ? [] : [one])));
  return found.flat();
}

/** The rules on displacement, unless a preflight of this run has decided them. @throws RefusedError */
async function requireRules(inputs: Inputs, certificate: Certificate, context: Context): Promise<void> {
  if (isFit(inputs.node, trustUpload(inputs.store, certificate), context)) return;
  const report = decideAll([R34, R137], await uploadFacts(inputs, certificate, context), inputs.accept);
  if (report.refusals.length > 0) throw new RefusedError(`Nothing was changed: ${label(certificate)} cannot go into ${inputs.store}:`, report.refusals.map(({ text }) => text));
  report.accepted.forEach(({ text }) => context.say(text));
}

/** To the declared node, and from there by the platform's replication; where the declared node has it, to those that lack it. */
async function store(inputs: Inputs, certificate: Certificate, missing: readonly Node[], state: TrustState, context: Context): Promise<TrustEntry> {
  await requireRules(inputs, certificate, context);
  const targets = missing.some(({ fqdn }) => fqdn === inputs.node.fqdn) ? [inputs.node] : missing;
  for (const target of targets) await uploadTrustOnce(target, inputs, certificate, context);
  const entry = find(await entriesNow(inputs.node, inputs.store, context), certificate.fingerprint);
  if (entry) return entry;
  throw new IncompleteError(state, [`${inputs.node.fqdn} accepted ${label(certificate)} for ${inputs.store} and does not list it: it may hold another certificate of the same name. The next "pulumi up" looks again.`]);
}

/** What this run notes of a certificate that nobody has looked for on the other nodes yet. */
function travelling({ store: name }: Inputs, { fingerprint }: Certificate): string {
  return `${name} ${fingerprint} on its way`;
}

/** This certificate, and its issuers that were uploaded before it in this run: one may overtake the other. */
async function travellers(inputs: Inputs, certificate: Certificate, context: Context): Promise<string[]> {
  const held = (await entriesNow(inputs.node, inputs.store, context)).map((entry) => entry.certificate);
  const path = pathTo(certificate, held) ?? [certificate];
  return [...new Set([certificate, ...path.filter((one) => context.noted(inputs.node, travelling(inputs, one)))].map(({ fingerprint }) => fingerprint))];
}

/** R36. What was uploaded to the declared node alone (verify: "node") travels with what comes behind it, and is looked at there. */
async function awaitReplication(inputs: Inputs, certificate: Certificate, state: TrustState, context: Context): Promise<void> {
  if (inputs.verify === "node") return context.note(inputs.node, travelling(inputs, certificate));
  const wanted = await travellers(inputs, certificate, context);
  let missing = holders(inputs, context).filter(({ fqdn }) => fqdn !== inputs.node.fqdn);
  // A node that does not answer has not got it yet.
  const read = async (one: Node) => (await entriesNow(one, inputs.store, context).catch(unlessPassing)) ?? [];
  const arrived = await pollWithProgress(context, {
    what: () => `${inputs.store}: ${state.subject} has not reached ${missing.map(({ fqdn }) => fqdn).join(", ")} yet`,
    limit: context.timing.replication,
    look: async () => ((missing = await lacking(missing, wanted, read)).length === 0 ? true : undefined),
  });
  if (arrived) return;
  throw new IncompleteError(state, [
    `${state.subject} is in ${inputs.store} of ${inputs.node.fqdn} and has not reached ${missing.map(({ fqdn }) => fqdn).join(", ")} (R36). Users notice nothing. Look at database replication; the next "pulumi up" uploads it there directly.`,
  ]);
}

/** Under which the journal knows an upload whose run was perhaps killed before it was recorded. */
function uploadNote({ node, store: name }: Pick<Inputs, "node" | "store">, fingerprint: string): string {
  return `${node.cluster.name}: upload of ${fingerprint} to ${name}`;
}

/** The node's clock before the upload, noted in case the run is killed: a service that started before it has not read the certificate. */
async function begin(inputs: Inputs, { fingerprint }: Certificate, context: Context): Promise<string> {
  if (!inputs.timed) return "";
  const { clock } = (await context.vos(inputs.node).identity("tomcat")) ?? { clock: context.clock.now() };
  context.journal.note(uploadNote(inputs, fingerprint), clock.toISOString(), context.clock.now());
  return clock.toISOString();
}

function outputs(inputs: Inputs, certificate: Certificate, prior: TrustState | undefined, present: boolean, begun: string): TrustState {
  const { subject, issuer, serialNumber, fingerprint } = certificate;
  const unchanged = present && prior?.fingerprint === fingerprint;
  return {
    ...inputs,
    subject,
    issuer,
    serialNumber,
    fingerprint,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    fileName: prior?.fileName ?? "",
    adopted: prior ? prior.adopted : present && begun === "",
    changeId: unchanged ? prior.changeId : randomUUID(),
    changedAt: unchanged ? (prior.changedAt ?? "") : begun,
  };
}

function check({ node, store: name, certificatePem, accept }: Given<Inputs>, now: Date): Failure[] {
  const failures = [...checkNode(node), ...checkAccept(accept)];
  if (name !== UNKNOWN && !isTrustStore(name)) failures.push({ property: "store", reason: `"${String(name)}" is no trust store (known: ${TRUST_STORES.join(", ")})` });
  return [...failures, ...checkCertificate("certificatePem", certificatePem, TRUST_RULES, (certificate) => ({ certificate, now }))];
}

/** A certificate in a trust store: observe, upload where it is missing, read it back on every node. */
export const trustCertificate: Lifecycle<Inputs, TrustCertificateOutputs> = {
  kind: "TrustCertificate",

  id: ({ node, store: name, fingerprint }) => `${node.cluster.name}/${name}/${fingerprint}`,

  check: (inputs, { now }) => ({ failures: check(inputs, now) }),

  diff: (state, inputs) => compare(TABLE, state, inputs),

  async ensure(inputs, prior, context) {
    const certificate = parseCertificate(inputs.certificatePem);
    const read = (one: Node) => entries(one, inputs.store, context);
    const missing = await context.undisturbed(inputs.node, `look at ${inputs.store}`, () => lacking(holders(inputs, context), [certificate.fingerprint], read));
    const begun = inputs.timed ? context.journal.begun(uploadNote(inputs, certificate.fingerprint))?.known : undefined;
    const state = outputs(inputs, certificate, prior, missing.length === 0, begun ?? "");
    if (missing.length === 0) return { ...state, fileName: find(await read(inputs.node), certificate.fingerprint)!.fileName };
    const changedAt = await begin(inputs, certificate, context);
    const entry = await context.exclusively(inputs.node, `upload to ${inputs.store}`, () => store(inputs, certificate, missing, { ...state, changedAt }, context));
    const stored = { ...state, fileName: entry.fileName, changedAt };
    await awaitReplication(inputs, certificate, stored, context);
    return stored;
  },

  async observe(state, context) {
    const trusts = async (one: Node) => (await context.snapshot(one)).trusts.filter((entry) => entry.store === state.store);
    return (await lacking(holders(state, context), [state.fingerprint], trusts)).length === 0 ? state : undefined;
  },

  async remove(state, context) {
    context.journal.forget(uploadNote(state, state.fingerprint));
    if (state.adopted || state.retain) return context.say(`${state.node.fqdn}: ${state.subject} stays in ${state.store} (${state.adopted ? "it was there before" : "retain"}); it is only forgotten`);
    await context.exclusively(state.node, `delete from ${state.store}`, () => removeEverywhere(state, context));
  },

  step({ node, store: name, certificatePem }) {
    if (node === UNKNOWN || certificatePem === UNKNOWN) return undefined;
    return { what: `upload ${parseCertificate(certificatePem).commonName} to ${String(name)}`, where: node.fqdn, reason: "the chain comes before the certificate", minutes: 1 };
  },
};

/** Deletes by fingerprint, once: replication takes it from the other nodes, and where it does not, it is deleted there too. What is still needed stays, with a warning, so that a destroy always ends. */
async function removeEverywhere(state: TrustState, context: Context): Promise<void> {
  const certificate = parseCertificate(state.certificatePem);
  const verdict = R82.decide(await uploadFacts(state, certificate, context));
  if (verdict.outcome === "violated") {
    const [first] = verdict.findings;
    return context.say(`Warning: R82 ${first!.where}: ${first!.found}. It stays in ${state.store} and is only forgotten. ${R82.comply}.`);
  }
  const [first, ...others] = await holding(holders(state, context), state, context);
  if (!first) return;
  await removeFrom(first, state, context);
  for (const node of await awaitRemoval(others, state, context)) await removeFrom(node, state, context);
}

async function removeFrom(node: Node, state: TrustState, context: Context): Promise<void> {
  const entry = find(await entriesNow(node, state.store, context), state.fingerprint);
  if (!entry) return;
  const what = `${node.fqdn}: delete ${state.store}/${entry.fileName}`;
  context.say(what);
  const look = async () => (find(await entriesNow(node, state.store, context), state.fingerprint) ? "nothing" : { done: undefined });
  await written<void>({ what, send: () => context.vos(node).deleteTrust(entry), look }, context);
}

/** Waits until replication has taken it from these nodes. @returns those from which it must have, and has not */
async function awaitRemoval(nodes: readonly Node[], state: TrustState, context: Context): Promise<readonly Node[]> {
  let left = nodes;
  await pollWithProgress(context, {
    what: () => `${state.store}: ${state.subject} is deleted and has not left ${left.map(({ fqdn }) => fqdn).join(", ")} yet`,
    limit: context.timing.replication,
    look: async () => ((left = await holding(left, state, context)).length === 0 ? true : undefined),
  });
  return left;
}

/** Of these nodes, those that hold it; one that does not answer holds it as far as anybody knows. */
async function holding(nodes: readonly Node[], { store: name, fingerprint }: TrustState, context: Context): Promise<Node[]> {
  const held = nodes.map(async (node) => {
    const list = await entriesNow(node, name, context).catch(unlessPassing);
    return list === undefined || find(list, fingerprint) ? [node] : [];
  });
  return (await together(held)).flat();
}
