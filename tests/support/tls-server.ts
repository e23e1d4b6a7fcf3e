// Tiny TLS servers on free ports of 127.0.0.1, for tests of our clients: what they serve, and what they received.
import { createServer as createHttps, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server as TcpServer, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import type { KeyAndCertificate } from "../../lab/pki/make";

/** One request as the server saw it. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface RunningServer {
  readonly port: number;
  /** Every request that arrived, also one that was never answered. */
  readonly received: Received[];
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  /** Connections there have been. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

type Answerer = (request: Received, response: ServerResponse, message: IncomingMessage) => void;

export interface ServerOptions {
  identity: KeyAndCertificate;
  /** Shown after the server's own certificate, PEM. */
  chain?: readonly string[];
  tls?: TlsOptions;
  /** Default: a free one. */
  port?: number;
  answer?: Answerer;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function running(server: Server | TcpServer, received: Received[], port = 0): Promise<RunningServer> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections++;
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    open,
    connections: () => connections,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An HTTPS server; without `answer` every request gets 200 and `hello`. */
export function startHttps({ identity, chain = [], tls, port, answer = (_request, response) => response.end("hello") }: ServerOptions): Promise<RunningServer> {
  const received: Received[] = [];
  const server = createHttps({ key: identity.key, cert: [identity.certificate, ...chain].join("\n"), ...tls }, (message, response) => {
    void bodyOf(message).then((body) => {
      const request = { method: message.method ?? "", url: message.url ?? "", headers: message.headers, body };
      received.push(request);
      answer(request, response, message);
    }, () => {});
  });
  server.on("tlsClientError", () => {});
  return running(server, received, port);
}

/** A TCP server that does with each connection what it is told; silent without. */
export function startTcp(serve: (socket: Socket) => void = () => {}): Promise<RunningServer> {
  // What comes is read, or the end of the connection would never be seen behind it.
  const server = createTcp((socket) => {
    socket.resume();
    serve(socket);
  });
  return running(server, []);
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = await startTcp();
  await server.stop();
  return server.port;
}
