import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { connect as tlsConnect, type ConnectionOptions, type SecureVersion } from "node:tls";
import axios, { type AxiosInstance } from "axios";
import { PlatformError, type PlatformErrorKind } from "../errors";
import { type TlsPolicy, verifyServer } from "./pins";

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

const KINDS: Record<string, PlatformErrorKind> = { ETIMEDOUT: "timeout", ECONNABORTED: "timeout" };

/** Connects with TLS and verifies the server before anything, also a credential, is sent. */
class VerifiedAgent extends Agent {
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
    const options: ConnectionOptions = { host: address, port, servername: host, ca: [...tls.ca], rejectUnauthorized: false, minVersion: tls.minVersion as SecureVersion | undefined };
    const socket = tlsConnect(options);
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error("no TLS connection in time"), { code: "ETIMEDOUT" })), this.connectLimit);
    const finish = (error: Error | null) => {
      clearTimeout(timer);
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
}

/** HTTPS to one server. Every answer is an answer, whatever its status; what is no answer is a PlatformError. */
export class HttpsClient {
  private readonly agent: VerifiedAgent;
  private readonly http: AxiosInstance;

  constructor(
    readonly endpoint: Endpoint,
    private readonly times: HttpsTimes,
    /** How many connections at once; NTLM needs exactly one. */
    maxSockets = 4,
  ) {
    this.agent = new VerifiedAgent(endpoint, times.connect, maxSockets);
    this.http = axios.create({ httpsAgent: this.agent, proxy: false, maxRedirects: 0, validateStatus: () => true, responseType: "arraybuffer", transformRequest: (data: unknown) => data });
  }

  async send({ method, path, action, headers, body, auth, limit, binary }: HttpsRequest): Promise<HttpsResponse> {
    const { host, port } = this.endpoint;
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

  close(): void {
    this.agent.destroy();
  }

  private explain(error: unknown, action: string): PlatformError {
    const { host, address, port } = this.endpoint;
    const cause = axios.isAxiosError(error) ? error.cause ?? error : error;
    if (cause instanceof PlatformError) return cause;
    const code = (cause as NodeJS.ErrnoException).code ?? (error as NodeJS.ErrnoException).code ?? "";
    const timedOut = code === "ERR_CANCELED" || code === "ETIMEDOUT";
    const where = address === host ? `port ${port}` : `${address}:${port}`;
    const answer = timedOut ? `no answer from ${where} in time` : `no connection to ${where} (${code || String((cause as Error).message)})`;
    return new PlatformError(timedOut ? "timeout" : (KINDS[code] ?? "connection"), { node: host, action, answer, cause });
  }
}
