import { OWNED_CERTIFICATES } from "../../domain/exchange";
import { normalAlias } from "../../domain/keystore";
import { type ExchangedFacts, R16, R17 } from "../../domain/rules/exchanged";
import { decideAll, type Report } from "../../domain/rules/rule";
import { parseCertificate } from "../../domain/x509/certificate";
import type { KeystoreCertificateInputs, KeystoreCertificateOutputs } from "../../sdk/keystore-certificate";
import type { Context } from "../context";
import { compare, type DifferenceTable, HOST } from "../difference";
import { PlatformError } from "../errors";
import { type Lifecycle, type State, UNKNOWN } from "../lifecycle";
import { checkHost } from "./shared/checks";
import { checkStore, locate } from "./shared/keystore";

type Inputs = KeystoreCertificateInputs;
type CertificateState = State<Inputs, KeystoreCertificateOutputs>;
type CvpCertificate = Pick<ExchangedFacts, "fqdn" | "kind" | "certificate">;

const TABLE: DifferenceTable<Inputs> = { host: HOST, store: "replace", alias: { change: "replace", normal: normalAlias }, storePassword: "takeOver" };

async function look(inputs: Inputs, context: Context): Promise<CertificateState> {
  const located = await locate(inputs, context);
  // Whoever changes the store first removes what earlier runs have left beside it: that must not be what this look works with.
  const { entries } = await context.onHost(inputs.host, `look at ${located.path}`, () => context.windows(inputs.host).keystore(located));
  const entry = entries.find(({ alias }) => normalAlias(alias) === normalAlias(inputs.alias));
  if (!entry?.pem) {
    const keys = entries.filter(({ kind }) => kind === "private key").map(({ alias }) => alias);
    throw new PlatformError("notFound", { node: inputs.host.fqdn, action: `read alias ${inputs.alias} of ${located.path}`, answer: entry ? `it is a ${entry.kind} entry without a certificate` : "there is no such alias", remedy: keys.length > 0 ? `Its private keys are ${keys.join(", ")}` : undefined });
  }
  const { pem, subject, fingerprint, notAfter } = parseCertificate(entry.pem);
  return { ...inputs, certificatePem: pem, subject, fingerprint, notAfter: notAfter.toISOString() };
}

/** R16, R17: what is wrong with a certificate of CVP's own that others are to trust. */
function judged({ host, alias, certificatePem }: CertificateState): Report {
  const own = OWNED_CERTIFICATES.find(({ keystoreAlias }) => keystoreAlias === normalAlias(alias));
  return decideAll<CvpCertificate>(own ? [R16, R17] : [], { fqdn: host.fqdn, kind: own?.kind ?? "WSM", certificate: parseCertificate(certificatePem) });
}

/** @throws PlatformError for a certificate that does not name its server */
function accepted(seen: CertificateState, context: Context): CertificateState {
  const { refusals, warnings } = judged(seen);
  const [wrong] = refusals;
  if (wrong) throw new PlatformError("rejected", { node: seen.host.fqdn, action: `read alias ${seen.alias}`, answer: wrong.text });
  warnings.forEach(({ text }) => context.say(`Warning: ${text}`));
  return seen;
}

/** The certificate of an alias of a host's store, read so that it can be declared elsewhere. */
export const keystoreCertificate: Lifecycle<Inputs, KeystoreCertificateOutputs> = {
  kind: "KeystoreCertificate",

  id: ({ host, alias }) => `${host.fqdn}/${alias}`,

  check({ host, store, alias }) {
    const failures = [...checkHost(host), ...checkStore(host, store)];
    if (alias !== UNKNOWN && !alias) failures.push({ property: "alias", reason: 'is empty: write one of the store, such as "wsm_certificate"' });
    return { failures };
  },

  diff: (state, inputs) => compare(TABLE, state, inputs),

  ensure: async (inputs, _prior, context) => accepted(await look(inputs, context), context),

  observe: async (state, context) => {
    const seen = await look(state, context);
    if (seen.fingerprint === state.fingerprint) return seen;
    const [wrong] = judged(seen).refusals;
    context.say(`${state.host.fqdn}: alias ${state.alias} holds another certificate now, SHA-256 ${seen.fingerprint}${wrong ? `, which is not taken over: ${wrong.text}` : ""}`);
    return wrong ? state : seen;
  },

  remove: async () => {},
};
