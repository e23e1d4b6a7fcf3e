// What servers are trusted: authorities and pinned fingerprints. Nothing is trusted by default.
import { constants, createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { createSecureContext, checkServerIdentity, type ConnectionOptions, type PeerCertificate, type SecureVersion, type TLSSocket, type SecureContext } from "node:tls";
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
  /** Every certificate is accepted. */
  insecure?: boolean;
}

function normal(fingerprint: string): string {
  return fingerprint.replace(/^sha-?256[:=]/i, "").replace(/[^0-9a-f]/gi, "").toUpperCase();
}

/**
 * Reads the files among `ca` and brings fingerprints into one form.
 * @throws naming the entry that cannot be read or holds no certificate
 */
export function tlsPolicy(connection: string, tls: { ca?: string[]; fingerprints?: string[]; minVersion?: string; insecure?: boolean } = {}): TlsPolicy {
  const ca = (tls.ca ?? []).map((entry, index) => authority(entry, `uccerts:connections.${connection}.tls.ca[${index}]`));
  return { connection, ca, fingerprints: (tls.fingerprints ?? []).map(normal), minVersion: tls.minVersion, insecure: tls.insecure === true };
}

/**
 * How a connection to `host` begins, by name and version; it verifies nothing by itself.
 * OpenSSL 3 speaks versions below 1.2 only without its security level, and old nodes renegotiate in the old way.
 */
export function handshakeOptions(host: string, { minVersion }: TlsPolicy): ConnectionOptions {
  const old = minVersion === "TLSv1" || minVersion === "TLSv1.1";
  const options: ConnectionOptions = { servername: isIP(host) ? undefined : host, rejectUnauthorized: false, minVersion: minVersion as SecureVersion | undefined };
  return old ? { ...options, ciphers: "DEFAULT:@SECLEVEL=0", secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT } : options;
}

const contexts = new WeakMap<TlsPolicy, SecureContext>();

/** What all connections of one policy share: a large cluster has many, and each context of OpenSSL is large. */
export function contextOf(policy: TlsPolicy): SecureContext {
  const known = contexts.get(policy);
  if (known) return known;
  const { minVersion, ciphers, secureOptions } = handshakeOptions("", policy);
  const made = createSecureContext({ ca: [...policy.ca], minVersion, ciphers, secureOptions });
  contexts.set(policy, made);
  return made;
}

/** What to do where no version of TLS is common; undefined when the code speaks of something else. */
export function tlsRemedy(code: string, { connection, minVersion }: TlsPolicy): string | undefined {
  if (!/PROTOCOL|WRONG_VERSION|NO_CIPHER|EPROTO/.test(code)) return undefined;
  const none = "The server speaks no TLS that is accepted here";
  const older = minVersion === "TLSv1" ? undefined : minVersion === "TLSv1.1" ? "TLSv1" : "TLSv1.1";
  return older ? `${none}. For an old node allow an older one, which is weak: pulumi config set --path 'uccerts:connections.${connection}.tls.minVersion' ${older}` : none;
}

function authority(entry: string, where: string): string {
  const text = entry.includes("-----BEGIN") ? entry : readPem(entry, where);
  try {
    if (splitPem(text).length > 0) return text;
  } catch {
    // said below
  }
  throw new Error(`${where} holds no certificate that can be read: write PEM, or the path of a PEM file`);
}

function readPem(path: string, where: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${where}: the file "${path}" cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/**
 * Verifies the server of an open TLS connection: a pinned fingerprint, or a chain to `ca` and the right name.
 * @throws with the fingerprint that was seen and the line to add.
 */
export function verifyServer(policy: TlsPolicy, host: string, socket: TLSSocket): void {
  const peer = socket.getPeerCertificate(true);
  if (!peer?.raw) throw new PlatformError("connection", { node: host, action: "TLS handshake", answer: "the server shows no certificate" });
  if (policy.insecure) return;
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
  const code = String(socket.authorizationError);
  // The name is asked here and not left to Node, which would compare it with the address that was connected to.
  const chainIsGood = socket.authorized || code === "ERR_TLS_CERT_ALTNAME_INVALID";
  return chainIsGood ? checkServerIdentity(host, peer)?.message : unauthorized(policy, code, peer);
}

/** What OpenSSL found, by its code. */
function unauthorized({ connection }: TlsPolicy, code: string, { valid_from, valid_to }: PeerCertificate): string {
  if (code === "CERT_HAS_EXPIRED") return `the server's certificate or one of its chain has expired (its own is valid until ${valid_to}), and it is not pinned`;
  if (code === "CERT_NOT_YET_VALID") return `the server's certificate or one of its chain is not yet valid (its own from ${valid_from}), and it is not pinned`;
  return `it is neither pinned nor issued by an authority of the connection "${connection}" (${code})`;
}

function describePeer(peer: PeerCertificate): string {
  const certificate = new X509Certificate(peer.raw);
  const name = (text: string) => text.replace(/\n/g, ", ");
  return `"${name(certificate.subject)}", issued by "${name(certificate.issuer)}"`;
}

function colons(fingerprint: string): string {
  return fingerprint.replace(/..(?=.)/g, "$&:");
}

/**
 * Whether a certificate, once a server shows it with its intermediates, would be accepted. Used before we install it there.
 * It asks what the handshake of `verifyServer` asks: the name, and a path of valid authorities to a self-signed one of `ca`.
 */
export function wouldAccept(policy: TlsPolicy, host: string, certificatePem: string, chainPems: readonly string[], now = new Date()): boolean {
  const leaf = new X509Certificate(certificatePem);
  if (policy.insecure || policy.fingerprints.includes(normal(leaf.fingerprint256))) return true;
  if (checkServerIdentity(host, leaf.toLegacyObject()) !== undefined || !serves(leaf)) return false;
  const anchors = policy.ca.flatMap(splitPem);
  return leads(leaf, [...chainPems.map((pem) => new X509Certificate(pem)), ...anchors], new Set(anchors.map(({ fingerprint256 }) => fingerprint256)), now);
}

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const ANY_USAGE = "2.5.29.37.0";

/** A certificate without extended key usages may be used for everything (Node calls them `keyUsage`). */
function serves({ keyUsage }: X509Certificate): boolean {
  const usages = keyUsage as string[] | undefined;
  return !usages || usages.includes(SERVER_AUTH) || usages.includes(ANY_USAGE);
}

function splitPem(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));
}

function isValid({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return new Date(validFrom) <= now && now <= new Date(validTo);
}

function signedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function leads(certificate: X509Certificate, others: readonly X509Certificate[], anchors: ReadonlySet<string>, now: Date): boolean {
  if (!isValid(certificate, now)) return false;
  const isSelfSigned = certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
  if (isSelfSigned) return anchors.has(certificate.fingerprint256);
  return others.some((issuer) => issuer.ca && serves(issuer) && signedBy(certificate, issuer) && leads(issuer, others.filter((one) => one !== issuer), anchors, now));
}
