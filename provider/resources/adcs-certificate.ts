import { rootCertificates } from "node:tls";
import { IDENTITY_RULES } from "../../domain/rules/content";
import { R19 } from "../../domain/rules/multi-server";
import { decideAll, unite } from "../../domain/rules/rule";
import { type Certificate, label, parseCertificate } from "../../domain/x509/certificate";
import { pathTo } from "../../domain/x509/chain";
import { normalPem } from "../../domain/x509/pem";
import { parseRequest } from "../../domain/x509/request";
import type { AdcsCertificateInputs, AdcsCertificateOutputs } from "../../sdk/adcs-certificate";
import type { Context } from "../context";
import { compare, type DifferenceTable } from "../difference";
import { IncompleteError, isLost, PlatformError, RefusedError } from "../errors";
import { type Failure, type Given, type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import type { Submission } from "../platforms/authority";
import { checkChain, checkPurpose } from "./shared/checks";
import { submitted } from "./shared/writing";

type Inputs = AdcsCertificateInputs;
type AdcsState = State<Inputs, AdcsCertificateOutputs>;

/** Authority and template count at the next request: another certificate for an installed key cannot be uploaded. */
const TABLE: DifferenceTable<Inputs> = {
  authority: "takeOver",
  template: "takeOver",
  csrPem: { change: "update", normal: normalPem },
  satisfiedBy: { change: "update", normal: normalPem },
  chain: "takeOver",
  covers: "takeOver",
  purpose: "takeOver",
  release: "takeOver",
  uses: "takeOver",
  outlives: "takeOver",
};

function check({ authority, template, csrPem, purpose, chain, satisfiedBy }: Given<Inputs>): Failure[] {
  const failures = [...checkPurpose(purpose), ...checkChain(chain)];
  if (!authority) failures.push({ property: "authority", reason: "is empty: write the name of a connection with a certsrv log-in" });
  if (typeof template === "string" && !/^[\w.-]+$/.test(template)) failures.push({ property: "template", reason: `"${template}" is no machine name of a template: write it without spaces, such as "WebServer"` });
  if (typeof csrPem === "string" && csrPem !== "" && !satisfiedBy) {
    try {
      parseRequest(csrPem);
    } catch (error) {
      failures.push({ property: "csrPem", reason: `is no certificate signing request: ${error instanceof Error ? error.message : String(error)}` });
    }
  }
  return failures;
}

/** Compares what came back with what was asked, before anybody uploads it. @throws RefusedError with everything that is wrong */
function requireGood(inputs: Inputs, certificate: Certificate, requestId: string, context: Context): void {
  const now = context.clock.now();
  const publicAuthority = rootCertificates.some((pem) => normalPem(pem) === normalPem(inputs.chain[0]!));
  const request = parseRequest(inputs.csrPem);
  const content = { certificate, now, purpose: inputs.purpose, release: inputs.release, uses: inputs.uses, request, publicAuthority };
  const covered = (inputs.covers ?? []).map((fqdn) => ({ fqdn, product: "CUCM", role: "subscriber" }) as const);
  const report = unite([decideAll([R19], { certificate, covered, purpose: inputs.purpose }), decideAll(IDENTITY_RULES, content)]);
  report.warnings.forEach(({ text }) => context.say(`note: ${text}`));
  const wrong = report.refusals.map(({ text }) => text);
  const chain = inputs.chain.map(parseCertificate);
  if (pathTo(certificate, chain)?.at(-1)?.fingerprint !== chain[0]!.fingerprint) wrong.push(`R32 it does not lead to the declared chain: its issuer is ${certificate.issuer}. Declare the chain of the authority that signs`);
  if (certificate.commonName.toLowerCase() !== request.commonName.toLowerCase()) wrong.push(`R10 the authority wrote the common name "${certificate.commonName}" instead of "${request.commonName}". Use a template that takes the subject from the request ("Supply in the request")`);
  if (inputs.outlives && certificate.notAfter <= new Date(inputs.outlives)) wrong.push(`it expires on ${certificate.notAfter.toISOString()}, before its renewal is due on ${inputs.outlives}. Shorten "after" of the Renewal, or use a template with a longer validity`);
  if (wrong.length > 0) throw new RefusedError(`The certificate that ${inputs.authority} issued (request ${requestId}, ${label(certificate)}) is refused; nothing was uploaded. The next "pulumi up" submits the same CSR once more:`, wrong);
}

async function issued(inputs: Inputs, { requestId, certificate }: Extract<Submission, { status: "issued" }>, context: Context): Promise<AdcsState> {
  requireGood(inputs, certificate, requestId, context);
  context.say(`${inputs.authority}: request ${requestId}: issued ${label(certificate)}, valid until ${certificate.notAfter.toISOString()}`);
  const chainPems = await context.authority(inputs.authority).chain().then((chain) => chain.map(({ pem }) => pem)).catch(() => []);
  return { ...inputs, certificatePem: certificate.pem, chainPems, requestId, fingerprint: certificate.fingerprint, notAfter: certificate.notAfter.toISOString(), signature: "issued" };
}

/** Keeps the request id, so that the next run fetches and never asks again (R30). */
function waiting(inputs: Inputs, { requestId, message }: { requestId: string; message: string }): IncompleteError {
  const state: AdcsState = { ...inputs, certificatePem: "", chainPems: [], requestId, fingerprint: "", notAfter: "", signature: "pending" };
  return new IncompleteError(state, [
    `${inputs.authority}: request ${requestId} is pending: ${message}. The CSR stays on the nodes; nothing was uploaded, users notice nothing. Have request ${requestId} issued, then run "pulumi up" again: it fetches the certificate and carries on.`,
  ]);
}

function denied(inputs: Inputs, { requestId, message }: { requestId: string; message: string }): Error {
  return new Error(`${inputs.authority}: request ${requestId} was denied: ${message}. Nothing was uploaded. Correct the reason (template "${inputs.template}", rights of the account); the next "pulumi up" submits the same CSR once more`);
}

/** Denied after it was pending: the id is given up, or the next run would only fetch the denial again. */
function deniedLater(inputs: Inputs, answer: { requestId: string; message: string }): IncompleteError {
  const state: AdcsState = { ...inputs, certificatePem: "", chainPems: [], requestId: "", fingerprint: "", notAfter: "", signature: "denied" };
  return new IncompleteError(state, [denied(inputs, answer).message]);
}

/** The name under which this machine notes a submission: a run that is killed cannot write its request id into the state. */
function note({ authority, template, csrPem }: Inputs): string {
  return `submit ${parseRequest(csrPem).publicKeyFingerprint} to ${authority} with ${template}`;
}

/** Submits, or fetches what a run that was killed has submitted, where its request id is known here. */
async function ask(inputs: Inputs, context: Context): Promise<Submission> {
  const { journal, say, clock } = context;
  const earlier = journal.begun(note(inputs));
  if (earlier?.known) {
    say(`${inputs.authority}: this CSR was submitted on ${earlier.since} already; its request ${earlier.known} is fetched`);
    return context.authority(inputs.authority).fetch(earlier.known);
  }
  if (earlier) say(`${inputs.authority}: an earlier run submitted this CSR on ${earlier.since} and did not learn its request id. The same CSR is submitted once more; the authority may have two requests of it, and only the later one is used`);
  journal.note(note(inputs), "", clock.now());
  const answer = await submit(inputs, context);
  journal.note(note(inputs), answer.requestId, clock.now());
  return answer;
}

async function submit(inputs: Inputs, context: Context): Promise<Submission> {
  context.say(`${inputs.authority}: submit the ${inputs.purpose} CSR with template ${inputs.template}`);
  try {
    const authority = context.authority(inputs.authority);
    const what = `${inputs.authority}: submission of the ${inputs.purpose} CSR`;
    return await submitted({ what, send: () => authority.submit(inputs.csrPem, inputs.template) }, context);
  } catch (error) {
    if (!(error instanceof PlatformError) || !isLost(error)) {
      context.journal.forget(note(inputs));
      throw error;
    }
    throw new PlatformError(error.kind, { ...error.failed, remedy: 'Whether the authority has the request is not known. The next "pulumi up" submits the same CSR once more' });
  }
}

/** What an answer comes to; after a refusal or a denial the next run asks anew. */
async function conclude(inputs: Inputs, answer: Submission, fetching: boolean, context: Context): Promise<AdcsState> {
  if (answer.status === "pending") throw waiting(inputs, answer);
  try {
    if (answer.status === "issued") return await issued(inputs, answer, context);
  } catch (error) {
    context.journal.forget(note(inputs));
    throw error;
  }
  context.journal.forget(note(inputs));
  throw fetching ? deniedLater(inputs, answer) : denied(inputs, answer);
}

/** A signature by AD CS: submitted once, fetched when it is there. */
export const adcsCertificate: Lifecycle<Inputs, AdcsCertificateOutputs> = {
  kind: "AdcsCertificate",

  id: ({ authority, requestId, fingerprint }) => (requestId ? `${authority}/${requestId}` : `${authority}/${fingerprint}`),

  check: (inputs) => ({ failures: check(inputs) }),

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    if (state.signature !== "pending") return difference;
    return { ...difference, notes: [`${state.authority}: request ${state.requestId} was still pending at the last run; the next "pulumi up" fetches it`] };
  },

  async ensure(inputs, prior, context) {
    if (inputs.satisfiedBy) {
      const certificate = parseCertificate(inputs.satisfiedBy);
      return { ...inputs, certificatePem: certificate.pem, chainPems: [], requestId: "", fingerprint: certificate.fingerprint, notAfter: certificate.notAfter.toISOString(), signature: "issued" };
    }
    const same = prior && normalPem(prior.csrPem) === normalPem(inputs.csrPem);
    if (same && prior.signature === "issued") return { ...prior, ...inputs };
    const fetching = same === true && prior?.signature === "pending" && prior.requestId !== "";
    const answer = fetching ? await context.authority(inputs.authority).fetch(prior.requestId) : await ask(inputs, context);
    return conclude(inputs, answer, fetching, context);
  },

  observe: async (state) => state,

  remove: async () => {},

  step({ authority, template, satisfiedBy }) {
    if (satisfiedBy !== UNKNOWN && satisfiedBy) return undefined;
    return { what: `have it signed (template ${String(template)})`, where: String(authority), reason: satisfiedBy === UNKNOWN ? "if a CSR was made" : "a CSR was made", minutes: 1 };
  },
};
