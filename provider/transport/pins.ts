// What servers are trusted: authorities and pinned fingerprints. Nothing is trusted by default.
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import { PlatformError } from "../errors";

/** How the server of one connection is verified, ready to use. */
export interface TlsPolicy {
  /** Name of the connection, for messages. */
  connection: string;
  /** PEM. */
  ca: readonly string[];
  /** SHA-256, upper case, no colons. */
  fingerprints: readonly string[];
  minVersion?: string;
}

function normal(fingerprint: string): string {
  return fingerprint.replace(/^sha-?256[:=]/i, "").replace(/[^0-9a-f]/gi, "").toUpperCase();
}

/** Reads the files among `ca` and brings fingerprints into one form. */
export function tlsPolicy(connection: string, tls: { ca?: string[]; fingerprints?: string[]; minVersion?: string } = {}): TlsPolicy {
  const ca = (tls.ca ?? []).map((entry) => (entry.includes("-----BEGIN") ? entry : readFileSync(entry, "utf8")));
  return { connection, ca, fingerprints: (tls.fingerprints ?? []).map(normal), minVersion: tls.minVersion };
}

/**
 * Verifies the server of an open TLS connection: a pinned fingerprint, or a chain to `ca` and the right name.
 * @throws with the fingerprint that was seen and the line to add.
 */
export function verifyServer(policy: TlsPolicy, host: string, socket: TLSSocket): void {
  const peer = socket.getPeerCertificate(true);
  if (!peer?.raw) throw new PlatformError("connection", { node: host, action: "TLS handshake", answer: "the server shows no certificate" });
  const fingerprint = createHash("sha256").update(peer.raw).digest("hex").toUpperCase();
  if (policy.fingerprints.includes(fingerprint)) return;
  const reason = refusal(policy, host, socket, peer);
  if (!reason) return;
  throw new PlatformError("rejected", {
    node: host,
    action: "verify the server's certificate",
    answer: `${reason}. It is ${describePeer(peer)}, SHA-256 ${colons(fingerprint)}`,
    remedy: `If that is the right server, add it: pulumi config set --path 'uccerts:connections.${policy.connection}.tls.fingerprints[${policy.fingerprints.length}]' ${colons(fingerprint)}`,
  });
}

function refusal(policy: TlsPolicy, host: string, socket: TLSSocket, peer: PeerCertificate): string | undefined {
  if (policy.ca.length === 0 && policy.fingerprints.length === 0) return `the connection "${policy.connection}" trusts no certificate yet (tls.ca, tls.fingerprints)`;
  if (!socket.authorized) return `it is neither pinned nor issued by an authority of the connection "${policy.connection}" (${String(socket.authorizationError)})`;
  return checkServerIdentity(host, peer)?.message;
}

function describePeer(peer: PeerCertificate): string {
  const certificate = new X509Certificate(peer.raw);
  const name = (text: string) => text.replace(/\n/g, ", ");
  return `"${name(certificate.subject)}", issued by "${name(certificate.issuer)}"`;
}

function colons(fingerprint: string): string {
  return fingerprint.replace(/..(?=.)/g, "$&:");
}

/** Whether a certificate, once a server shows it with its intermediates, would be accepted. Used before we install it there. */
export function wouldAccept(policy: TlsPolicy, host: string, certificatePem: string, chainPems: readonly string[]): boolean {
  const leaf = new X509Certificate(certificatePem);
  if (policy.fingerprints.includes(normal(leaf.fingerprint256))) return true;
  if (leaf.checkHost(host) === undefined) return false;
  const anchors = policy.ca.flatMap(splitPem);
  return leads(leaf, chainPems.map((pem) => new X509Certificate(pem)), anchors);
}

function splitPem(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));
}

function leads(certificate: X509Certificate, chain: readonly X509Certificate[], anchors: readonly X509Certificate[]): boolean {
  const issuedBy = (issuer: X509Certificate) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  if (anchors.some((anchor) => anchor.fingerprint256 === certificate.fingerprint256 || issuedBy(anchor))) return true;
  return chain.some((issuer) => issuer.fingerprint256 !== certificate.fingerprint256 && issuedBy(issuer) && leads(issuer, chain.filter((one) => one !== issuer), anchors));
}
