// The HTTPS front of a node: two ports that serve the certificate that HAProxy has loaded, and the web applications behind them.
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Fault } from "../../faults";
import { sleep } from "../../time";
import type { VosNode } from "../node";
import { axl } from "./axl";
import { controlCenter } from "./control-center";
import { certificateRest } from "./rest";
import { productPages } from "./pages";
import type { WebApplication, WebRequest, WebResponse } from "./types";

const APPLICATIONS: WebApplication[] = [certificateRest, controlCenter, axl, productPages];

const LIMIT_BYTES = 1_000_000;

function tlsOptions(node: VosNode): SecureContextOptions {
  const served = node.served;
  return { key: served.map(({ key }) => key), cert: served.map(({ certificate, intermediates }) => [certificate.pem, ...intermediates].join("\n")) };
}

/** HAProxy is down while Cisco Tomcat restarts: nothing answers a connection. */
function refuses(node: VosNode): boolean {
  return node.down || !node.services.started("Cisco HAProxy");
}

async function readRequest(message: IncomingMessage): Promise<WebRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new Error("request too large");
    chunks.push(chunk);
  }
  const url = new URL(message.url ?? "/", "https://node");
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]));
  return { method: message.method ?? "GET", path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(chunks).toString("utf8") };
}

async function applicationAnswer(node: VosNode, application: WebApplication, request: WebRequest): Promise<WebResponse> {
  if (!node.services.started(application.container(node))) return { status: 503, body: "<html><body>503 Service Unavailable</body></html>" };
  try {
    return await application.answer(node, request);
  } catch (error) {
    return { status: 500, body: `the lab itself failed: ${error instanceof Error ? error.stack : String(error)}` };
  }
}

/** Answers one request; undefined when a fault drops the connection. */
async function respond(node: VosNode, request: WebRequest): Promise<WebResponse | undefined> {
  const application = APPLICATIONS.find((one) => one.serves(request.path));
  if (!application) return { status: 404, body: "<html><body>404 Not Found</body></html>" };
  const action = application.action(request);
  const occasion = { node: node.fqdn, interface: application.interface, action };
  const strike = (name: Fault["fault"]) => node.faults.strike(name, occasion);
  const entry = node.history.record(occasion) as { outcome: string };
  const slow = strike("slow answer");
  await sleep(node.timing.latency + (slow ? (slow.milliseconds ?? 2000) : 0));
  if (strike("no answer")) return new Promise(() => {});
  if (strike("dropped connection")) return void (entry.outcome = "dropped connection");
  if (strike("unavailable")) return { status: 503, body: (entry.outcome = "503") };
  const response = await applicationAnswer(node, application, request);
  entry.outcome = response.status < 400 ? "ok" : String(response.status);
  return strike("dropped answer") ? undefined : response;
}

function send(message: ServerResponse, response: WebResponse, now: Date): void {
  message.writeHead(response.status, { date: now.toUTCString(), "content-length": String(Buffer.byteLength(response.body)), ...response.headers });
  message.end(response.body);
}

async function handle(node: VosNode, message: IncomingMessage, answer: ServerResponse): Promise<void> {
  try {
    const response = await respond(node, await readRequest(message));
    if (!response || refuses(node)) message.socket.destroy();
    else send(answer, response, node.now());
  } catch {
    message.socket.destroy();
  }
}

/** One listening port with the sockets that are open on it. */
class Port {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly node: VosNode) {
    this.server = createServer({ ...tlsOptions(node), keepAlive: true, sessionTimeout: 1 }, (message, answer) => void handle(node, message, answer));
    this.server.on("connection", (socket: Socket) => {
      if (refuses(node)) return void socket.destroy();
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    this.server.on("tlsClientError", () => {});
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** New connections get what is served now; old ones end when HAProxy went down. */
  refresh(): void {
    this.server.setSecureContext(tlsOptions(this.node));
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Starts the two HTTPS ports of a node and keeps them serving what its HAProxy has loaded. */
export async function startWeb(node: VosNode): Promise<{ stop(): Promise<void> }> {
  createSecureContext(tlsOptions(node));
  const [main, short] = [new Port(node), new Port(node)];
  [node.ports.https8443, node.ports.https443] = await Promise.all([main.listen(), short.listen()]);
  node.onServedChange = () => [main, short].forEach((port) => port.refresh());
  node.onFrontDown = () => [main, short].forEach((port) => port.dropConnections());
  return { stop: async () => void (await Promise.all([main.close(), short.close()])) };
}
