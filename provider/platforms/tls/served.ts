// Which certificate a port serves, by a real handshake. Nothing is sent after it, so nothing has to be trusted for looking.
import { connect, type ConnectionOptions, type DetailedPeerCertificate } from "node:tls";
import { type Certificate, type KeyFacts, parseCertificate } from "../../../domain/x509/certificate";
import { toPem } from "../../../domain/x509/pem";
import { PlatformError } from "../../errors";
import type { Endpoint } from "../../transport/https";
import { handshakeOptions, tlsRemedy } from "../../transport/pins";
import { retry } from "../../transport/retry";
import type { Served } from "../tls";

/** TLS 1.2 and 1.3 signature algorithms by key type: a server that has no such certificate cannot answer. */
const SIGNATURES: Record<KeyFacts["type"], string> = {
  RSA: "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1",
  EC: "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512",
};

/** Alerts and error codes of a server that cannot serve the key type that we offered. */
const NO_SUCH_KEY = /handshake failure|no shared|no suitable signature|sslv3 alert|alert number 40|NO_SHARED/i;

function handshake(options: ConnectionOptions, limit: number): Promise<DetailedPeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const end = (error?: Error) => {
      clearTimeout(timer);
      const peer = error ? undefined : socket.getPeerCertificate(true);
      socket.destroy();
      if (peer?.raw) resolve(peer);
      else reject(error ?? new Error("the server shows no certificate"));
    };
    const timer = setTimeout(() => end(Object.assign(new Error("no TLS connection in time"), { code: "ETIMEDOUT" })), limit);
    socket.once("secureConnect", () => end());
    socket.once("error", end);
  });
}

function chainOf(peer: DetailedPeerCertificate): Certificate[] {
  const chain: Certificate[] = [];
  for (let one: DetailedPeerCertificate | undefined = peer; one?.raw; one = one.issuerCertificate) {
    const certificate = parseCertificate(one.raw);
    if (chain.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) break;
    chain.push(certificate);
  }
  return chain;
}

/** What `endpoint` serves to a client that offers only this key type; undefined when it has nothing for it. A connection that fails is tried once more. */
export function servedCertificate(endpoint: Endpoint, keyType: KeyFacts["type"], times: { connect: number; retryFirst: number }): Promise<Served | undefined> {
  return retry(() => look(endpoint, keyType, times.connect), { first: times.retryFirst, attempts: 2 });
}

async function look({ host, address, port, tls }: Endpoint, keyType: KeyFacts["type"], limit: number): Promise<Served | undefined> {
  // No authorities: nothing is verified, and those that Node brings along take time and memory.
  const options: ConnectionOptions = { ...handshakeOptions(host, tls), host: address, port, ca: [], sigalgs: SIGNATURES[keyType] };
  try {
    const chain = chainOf(await handshake(options, limit));
    // Below TLS 1.2 a server does not learn which signatures we offer, and shows what it has.
    if (chain[0]!.key.type !== keyType) return undefined;
    return { certificate: chain[0]!, chainPems: chain.map(({ x509 }) => toPem("CERTIFICATE", x509.raw)) };
  } catch (error) {
    const { message, code = "" } = error as NodeJS.ErrnoException;
    if (NO_SUCH_KEY.test(message)) return undefined;
    throw new PlatformError(code === "ETIMEDOUT" ? "timeout" : "connection", { node: host, action: `look at the certificate on port ${port}`, answer: code || message, remedy: tlsRemedy(code, tls), cause: error });
  }
}
