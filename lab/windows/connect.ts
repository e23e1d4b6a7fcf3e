// What a service of one host makes of the certificate that another server shows: a real handshake, judged by exactly the trust store that the service read when it was started.
import { X509Certificate } from "node:crypto";
import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import type { Lab } from "../lab";
import { isCvp } from "./description";
import { endpointOf } from "./endpoint";
import type { WindowsHost } from "./host";
import { type JavaEntry, readJavaStore } from "./java-store";

export interface Attempt {
  /** FQDN of the Windows host that connects. */
  from: string;
  /** FQDN of any server of the estate, and the port that it has there: 443, 7890, 8111, 8443. */
  to: string;
  port: number;
  /** Short name of the service whose trust store counts. Default `Tomcat9`, on CVP `WebServicesManager`. */
  service?: string;
  /** Which of the server's certificates to ask for. Default: what the two agree on. */
  keyType?: "RSA" | "EC";
}

export interface Outcome {
  trusted: boolean;
  /** Why not, in the words of a Java program; empty when it is. */
  reason: string;
  /** SHA-256 of the certificate that the server showed; empty when there was none. */
  fingerprint: string;
  /** The alias that made it trusted. */
  alias?: string;
}

const SIGNATURES = { RSA: "rsa_pss_rsae_sha256:rsa_pkcs1_sha256", EC: "ecdsa_secp384r1_sha384:ecdsa_secp256r1_sha256" } as const;

const PATH_FAILED = "PKIX path building failed: unable to find valid certification path to requested target";

function handshake(port: number, { to, keyType }: Attempt): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: "127.0.0.1", port, servername: to, rejectUnauthorized: false, sigalgs: keyType && SIGNATURES[keyType] }, () => {
      const chain: X509Certificate[] = [];
      for (let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true); one?.raw && chain.length < 10; one = one.issuerCertificate === one ? undefined : one.issuerCertificate) chain.push(new X509Certificate(one.raw));
      socket.end();
      resolve(chain);
    });
    socket.on("error", reject);
  });
}

interface Anchor {
  alias: string;
  certificate: X509Certificate;
}

function anchorsOf(entries: readonly JavaEntry[]): Anchor[] {
  return entries.filter(({ kind }) => kind === "trustedCert").map(({ alias, certificates }) => ({ alias, certificate: new X509Certificate(certificates[0]!) }));
}

/** As Java does: a certificate in the store is trusted itself, and so is what leads to one. */
function anchorFor(chain: readonly X509Certificate[], anchors: readonly Anchor[]): Anchor | undefined {
  const [leaf, ...others] = chain;
  let at = leaf;
  for (let steps = 0; at && steps < 10; steps++) {
    const current = at;
    const itself = anchors.find(({ certificate }) => certificate.fingerprint256 === current.fingerprint256);
    const above = itself ?? anchors.find(({ certificate }) => current.checkIssued(certificate) && current.verify(certificate.publicKey));
    if (above) return above;
    at = others.find((issuer) => issuer !== current && current.checkIssued(issuer) && current.verify(issuer.publicKey));
  }
  return undefined;
}

/** Why a service would not go on; undefined when it would. */
function objection(leaf: X509Certificate, { to }: Attempt, now: Date): string | undefined {
  if (now > new Date(leaf.validTo)) return `java.security.cert.CertificateExpiredException: NotAfter: ${leaf.validTo}`;
  if (now < new Date(leaf.validFrom)) return `java.security.cert.CertificateNotYetValidException: NotBefore: ${leaf.validFrom}`;
  const names = leaf.toLegacyObject();
  return checkServerIdentity(to, names) ? `java.security.cert.CertificateException: No subject alternative DNS name matching ${to} found` : undefined;
}

async function look(lab: Lab, host: WindowsHost, attempt: Attempt): Promise<Outcome> {
  const refused = (reason: string, fingerprint = ""): Outcome => ({ trusted: false, reason, fingerprint });
  const content = await host.trust.of(attempt.service ?? (isCvp(host.product) ? "WebServicesManager" : "Tomcat9"));
  const found = endpointOf(lab, attempt.to, attempt.port);
  if ("trouble" in found) return refused(found.trouble);
  try {
    const chain = await handshake(found.local, attempt);
    const [leaf] = chain;
    if (!leaf) return refused("no certificate");
    const anchor = anchorFor(chain, anchorsOf(readJavaStore(content, host.storePassword)));
    if (!anchor) return refused(PATH_FAILED, leaf.fingerprint256);
    const reason = objection(leaf, attempt, host.now());
    return reason ? refused(reason, leaf.fingerprint256) : { trusted: true, reason: "", fingerprint: leaf.fingerprint256, alias: anchor.alias };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

export async function connectFrom(lab: Lab, attempt: Attempt): Promise<Outcome> {
  const host = lab.host(attempt.from);
  return host.history.span({ node: host.fqdn, interface: "platform", action: `connect to ${attempt.to}:${attempt.port}` }, async (entry) => {
    const outcome = await look(lab, host, attempt);
    entry.outcome = outcome.reason || "ok";
    return outcome;
  });
}
