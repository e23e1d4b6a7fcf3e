import { type Certificate, label, normalFingerprint, parseCertificate } from "../../domain/x509/certificate";
import { isFqdn } from "../../domain/names";
import { R16 } from "../../domain/rules/exchanged";
import { decideAll } from "../../domain/rules/rule";
import { storesOf } from "../../domain/stores";
import type { ServedCertificateInputs, ServedCertificateOutputs } from "../../sdk/served-certificate";
import type { Context } from "../context";
import { compare, type DifferenceTable, heavier } from "../difference";
import { PlatformError } from "../errors";
import { type Failure, type Lifecycle, type State, UNKNOWN, type Unknown } from "../lifecycle";
import { checkHost, checkPort, known } from "./shared/checks";
import { keytoolOf } from "./shared/keystore";
import { lookAtServer } from "./shared/looking";

type Inputs = ServedCertificateInputs;
type ServedState = State<Inputs, ServedCertificateOutputs>;

const TABLE: DifferenceTable<Inputs> = {
  server: { change: (old, declared) => (old?.fqdn === declared?.fqdn ? "takeOver" : "replace") },
  port: "replace",
  keyType: "replace",
  approved: "takeOver",
  from: "takeOver",
};

interface Seen {
  certificate: Certificate;
  chainPems: readonly string[];
}

/** What the port serves now. @throws notFound where it serves nothing of this key type */
async function look({ server, port, keyType = "RSA", from }: Inputs, context: Context): Promise<Seen> {
  const seen = await lookAtServer(server, () => (from ? lookFrom(from, server.fqdn, port, keyType, context) : context.served(server, port, keyType)), context);
  if (seen) return seen;
  throw new PlatformError("notFound", { node: server.fqdn, action: `look at the certificate on port ${port}`, answer: `it serves no ${keyType} certificate` });
}

async function lookFrom(host: NonNullable<Inputs["from"]>, fqdn: string, port: number, keyType: "RSA" | "EC", context: Context): Promise<Seen | undefined> {
  const windows = context.windows(host);
  const keytool = await keytoolOf(host, storesOf(host.product, host.release)[0], await windows.facts(), context);
  const certificate = await windows.served(keytool, fqdn, port, keyType);
  return certificate && { certificate, chainPems: [certificate.pem] };
}

function isApproved({ server, approved = [] }: Inputs, { certificate, chainPems }: Seen, context: Context): boolean {
  return approved.map(normalFingerprint).includes(normalFingerprint(certificate.fingerprint)) || context.accepts(server, certificate.pem, chainPems);
}

/** @throws PlatformError for what nobody has approved, with the line to add, or for what does not name the server */
function requireGood(inputs: Inputs, seen: Seen, context: Context): void {
  const { server, port } = inputs;
  const { certificate } = seen;
  const action = `look at the certificate on port ${port}`;
  if (!isApproved(inputs, seen, context))
    throw new PlatformError("rejected", {
      node: server.fqdn,
      action,
      answer: `nobody has approved ${label(certificate)}, issued by ${certificate.issuer}, SHA-256 ${certificate.fingerprint}`,
      remedy: `If that is the right one, add its fingerprint to "approved"; or let "uccerts connect" show the certificates of every port at once and add those that are right to the connection "${server.connection}"`,
    });
  const [wrong] = decideAll([R16], { fqdn: server.fqdn, certificate }).refusals;
  if (wrong) throw new PlatformError("rejected", { node: server.fqdn, action, answer: wrong.text });
}

function stateOf(inputs: Inputs, { pem, subject, fingerprint, notAfter }: Certificate): ServedState {
  return { ...inputs, certificatePem: pem, subject, fingerprint, notAfter: notAfter.toISOString(), unapproved: "" };
}

function checkServer(server: Inputs["server"] | Unknown): Failure[] {
  if (server === UNKNOWN) return [];
  const fail = (reason: string): Failure[] => [{ property: "server", reason }];
  if (!server?.fqdn) return fail("has no fqdn");
  if (!isFqdn(server.fqdn)) return fail(`${server.fqdn} is no fully qualified domain name: servers are exchanged by their names (R123)`);
  return server.connection ? [] : fail("has no connection");
}

/** The certificate that a port serves, once somebody has approved it. */
export const servedCertificate: Lifecycle<Inputs, ServedCertificateOutputs> = {
  kind: "ServedCertificate",

  id: ({ server, port, keyType = "RSA" }) => `${server.fqdn}:${port}/${keyType}`,

  check({ server, port, keyType, approved, from }) {
    const failures = [...checkServer(server), ...checkPort("port", known(port)), ...(from === undefined ? [] : checkHost(from, "from"))];
    if (known(keyType) !== undefined && !["RSA", "EC"].includes(String(keyType))) failures.push({ property: "keyType", reason: `"${String(keyType)}" is neither RSA nor EC` });
    const wrong = (known(approved) ?? []).flatMap((text, index) => (typeof text === "string" && normalFingerprint(text).length === 64 ? [] : [{ property: `approved[${index}]`, reason: "is no SHA-256 fingerprint (64 hexadecimal digits)" }]));
    return { failures: [...failures, ...wrong] };
  },

  diff(state, inputs) {
    const difference = compare(TABLE, state, inputs);
    if (!state.unapproved) return difference;
    return { ...difference, change: heavier(difference.change, "update"), notes: [`${state.server.fqdn}: port ${state.port} serves a certificate that nobody has approved, SHA-256 ${state.unapproved}`] };
  },

  async ensure(inputs, _prior, context) {
    const seen = await look(inputs, context);
    requireGood(inputs, seen, context);
    return stateOf(inputs, seen.certificate);
  },

  async observe(state, context) {
    const seen = await look(state, context);
    if (seen.certificate.fingerprint === parseCertificate(state.certificatePem).fingerprint) return { ...state, unapproved: "" };
    const fit = isApproved(state, seen, context) && R16.decide({ fqdn: state.server.fqdn, certificate: seen.certificate }).outcome === "pass";
    context.say(`${state.server.fqdn}: port ${state.port} serves another certificate now, SHA-256 ${seen.certificate.fingerprint}${fit ? "" : ", which nobody has approved"}`);
    return fit ? stateOf(state, seen.certificate) : { ...state, unapproved: seen.certificate.fingerprint };
  },

  remove: async () => {},
};
