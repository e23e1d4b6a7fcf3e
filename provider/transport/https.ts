import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import axios, { type AxiosInstance } from "axios";
import { PlatformError } from "../errors";
import { contextOf, handshakeOptions, tlsRemedy, type TlsPolicy, verifyServer } from "./pins";
import { Turns } from "./turns";

/** A server, by its own name, and where it is really reached. */
export interface Endpoint {
  host: string;
  /** Address or name to connect to. */
  address: string;
  port: number;
  tls: TlsPolicy;
}

export interface HttpsTimes {
  /** Milliseconds. */
  connect: number;
  /** Milliseconds. */
  request: number;
}

export interface HttpsRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  /** What is being done, in a person's words, for messages. */
  action: string;
  headers?: Record<string, string>;
  body?: string;
  auth?: { username: string; password: string };
  /** Milliseconds, where it differs. */
  limit?: number;
  /** Give the body as bytes in base-64 instead of text. */
  binary?: boolean;
}

export interface HttpsResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The server's clock, from its Date header. */
  date?: Date;
}

/** More than any answer of a platform holds; a snapshot of a large node is about half a megabyte. */
const ANSWER_BYTES = 32_000_000;

/** What to do about a code of Node's network and TLS libraries. */
const REMEDIES: readonly [RegExp, string][] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, "Correct the name, or say where the host is reached: uccerts:connections.<name>.reach"],
];

const TIMEOUTS = ["ETIMEDOUT", "ECONNABORTED", "ERR_CANCELED"];

/** Connects with TLS and verifies the server before anything, also a credential, is sent. */
class VerifiedAgent extends Agent {
  /** Those that are still being connected are not yet known to the agent itself. */
  private readonly connecting = new Set<TLSSocket>();

  constructor(
    private readonly endpoint: Endpoint,
    private readonly connectLimit: number,
    maxSockets: number,
  ) {
    super({ keepAlive: true, maxSockets });
  }

  override createConnection(_options: object, done?: (error: Error | null, stream: Duplex) => void): null {
    const { host, address, port, tls } = this.endpoint;
    // rejectUnauthorized is off only so that a pinned self-signed certificate can be looked at: verifyServer decides, always.
    const socket = tlsConnect({ ...handshakeOptions(host, tls), host: address, port, secureContext: contextOf(tls) });
    this.connecting.add(socket);
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error("no TLS connection in time"), { code: "ETIMEDOUT" })), this.connectLimit);
    const finish = (error: Error | null) => {
      clearTimeout(timer);
      this.connecting.delete(socket);
      if (error) socket.destroy();
      done?.(error, socket);
    };
    socket.once("error", (error: Error) => finish(error));
    socket.once("secureConnect", () => {
      try {
        verifyServer(tls, host, socket);
        finish(null);
      } catch (error) {
        finish(error as Error);
      }
    });
    return null;
  }

  override destroy(): void {
    for (const socket of this.connecting) socket.destroy(new Error("the connection was closed here"));
    super.destroy();
  }
}

/** HTTPS to one server. Every answer is an answer, whatever its status; what is no answer is a PlatformError. */
export class HttpsClient {
  private readonly agent: VerifiedAgent;
  private readonly http: AxiosInstance;
  private closed = false;
  /** The agent counts only connections that stand, so that it would open too many while they are being made. */
  private readonly turns: Turns;

  constructor(
    readonly endpoint: Endpoint,
    private readonly times: HttpsTimes,
    /** How many requests, and so connections, at once; NTLM needs exactly one. */
    atOnce = 4,
  ) {
    this.turns = new Turns(atOnce);
    this.agent = new VerifiedAgent(endpoint, times.connect, atOnce);
    this.http = axios.create({
      httpsAgent: this.agent,
      proxy: false,
      maxRedirects: 0,
      maxContentLength: ANSWER_BYTES,
      validateStatus: () => true,
      responseType: "arraybuffer",
      transformRequest: (data: unknown) => data,
    });
  }

  async send(request: HttpsRequest): Promise<HttpsResponse> {
    return this.turns.with(() => this.sendNow(request));
  }

  private async sendNow({ method, path, action, headers, body, auth, limit, binary }: HttpsRequest): Promise<HttpsResponse> {
    const { host, port } = this.endpoint;
    if (this.closed) throw new PlatformError("connection", { node: host, action, answer: "the run is ending; nothing was sent" });
    try {
      const answer = await this.http.request<Buffer>({ method, url: `https://${host}:${port}${path}`, headers, data: body, auth, signal: AbortSignal.timeout(limit ?? this.times.request) });
      const date = new Date(String(answer.headers.date));
      return {
        status: answer.status,
        headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
        body: answer.data.toString(binary ? "base64" : "utf8"),
        date: Number.isNaN(date.getTime()) ? undefined : date,
      };
    } catch (error) {
      throw this.explain(error, action);
    }
  }

  /** Ends every connection, also those in the middle of a request; nothing is sent any more. */
  close(): void {
    this.closed = true;
    this.agent.destroy();
  }

  private remedy(code: string): string | undefined {
    return tlsRemedy(code, this.endpoint.tls) ?? REMEDIES.find(([pattern]) => pattern.test(code))?.[1];
  }

  private explain(error: unknown, action: string): PlatformError {
    const { host, address, port } = this.endpoint;
    const cause = axios.isAxiosError(error) ? (error.cause ?? error) : error;
    if (cause instanceof PlatformError) return cause;
    if (/maxContentLength/.test(String((cause as Error).message))) return new PlatformError("unknown", { node: host, action, answer: `the answer is longer than ${ANSWER_BYTES} bytes`, cause });
    const code = (cause as NodeJS.ErrnoException).code ?? (error as NodeJS.ErrnoException).code ?? "";
    const timedOut = TIMEOUTS.includes(code);
    const where = address === host ? `port ${port}` : `${address}:${port}`;
    const answer = timedOut ? `no answer from ${where} in time` : `no connection to ${where} (${code || String((cause as Error).message)})`;
    return new PlatformError(timedOut ? "timeout" : "connection", { node: host, action, answer, remedy: this.remedy(code), cause });
  }
}
