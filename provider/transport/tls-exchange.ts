// One question and one answer over TLS with whoever is there. Nothing secret is told, and the certificate that was shown is given to who asks: that is who decides.
import { connect, type TLSSocket } from "node:tls";
import { PlatformError } from "../errors";
import type { Endpoint } from "./https";
import { handshakeOptions, tlsRemedy } from "./pins";

export interface ExchangeTimes {
  /** Milliseconds. */
  connect: number;
  /** Milliseconds. */
  request: number;
}

export interface Exchanged {
  answer: Buffer;
  /** DER of the certificate that was shown. */
  shown: Buffer;
}

/** Codes of a connection that nobody takes, or that is ended before anybody speaks TLS. */
const NOBODY = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/;
/** More than one message ever has: its length is told in two bytes. */
const ANSWER_BYTES = 100_000;

/** A socket whose handshake is done, or why not. */
function handshake({ host, address, port, tls }: Endpoint, limit: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // No authorities: nothing is verified, and those that Node brings along take time and memory.
    const socket = connect({ ...handshakeOptions(host, tls), host: address, port, ca: [] });
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error("no TLS connection in time"), { code: "ETIMEDOUT" })), limit);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.on("error", (error: Error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** Whether somebody takes a connection there and speaks TLS, whatever is shown and accepted. @throws PlatformError when the name is not known */
export async function speaksTls(endpoint: Endpoint, limit: number): Promise<boolean> {
  try {
    (await handshake(endpoint, limit)).destroy();
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (NOBODY.test(code)) return false;
    if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return true;
    throw failure(endpoint, `look at port ${endpoint.port}`, error);
  }
}

/** Sends `question` and reads until `lengthOf` says that the answer is whole. @throws PlatformError connection, timeout */
export async function exchange(endpoint: Endpoint, question: Buffer, lengthOf: (received: Buffer) => number | undefined, action: string, times: ExchangeTimes): Promise<Exchanged> {
  try {
    const socket = await handshake(endpoint, times.connect);
    try {
      const shown = socket.getPeerCertificate().raw;
      if (!shown) throw new Error("the server shows no certificate");
      socket.write(question);
      return { shown, answer: await whole(socket, lengthOf, times.request) };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    throw failure(endpoint, action, error);
  }
}

function whole(socket: TLSSocket, lengthOf: (received: Buffer) => number | undefined, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const end = (work: () => void) => {
      clearTimeout(timer);
      work();
    };
    const timer = setTimeout(() => end(() => reject(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }))), limit);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const length = lengthOf(received);
      if (length !== undefined && received.length >= length) end(() => resolve(received.subarray(0, length)));
      else if (received.length > ANSWER_BYTES) end(() => reject(new Error("what comes is no answer")));
    });
    socket.on("error", (error: Error) => end(() => reject(error)));
    socket.on("close", () => end(() => reject(new Error("the connection was closed before the answer was whole"))));
  });
}

function failure({ host, address, port, tls }: Endpoint, action: string, error: unknown): PlatformError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const timedOut = code === "ETIMEDOUT";
  const where = address === host ? `port ${port}` : `${address}:${port}`;
  const answer = timedOut ? `no answer from ${where} in time` : `no answer from ${where} (${code || message})`;
  return new PlatformError(timedOut ? "timeout" : "connection", { node: host, action, answer, remedy: tlsRemedy(code, tls), cause: error });
}
