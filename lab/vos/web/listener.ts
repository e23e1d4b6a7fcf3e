// The HTTPS front of a node: two ports that serve the certificate that HAProxy (before 12.5(1)SU3 Cisco Tomcat) has loaded, and the web applications behind them.
import { createServer, type Server, type ServerOptions } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";
import type { FaultName, Occasion } from "../../faults";
import type { Running } from "../../lab";
import { Listening, Port } from "../../listening";
import type { VosNode } from "../node";
import { axl } from "./axl";
import { controlCenter } from "./control-center";
import { certificateRest } from "./rest";
import { productPages } from "./pages";
import { ris } from "./ris";
import type { WebApplication, WebRequest, WebResponse } from "./types";

const APPLICATIONS: WebApplication[] = [certificateRest, controlCenter, axl, ris, productPages];

const LIMIT_BYTES = 1_000_000;

function tlsOptions(node: VosNode): SecureContextOptions {
  const served = node.served;
  return { key: served.map(({ key }) => key), cert: served.map(({ certificate, intermediates }) => [certificate.pem, ...intermediates].join("\n")) };
}

/** Versions below 1.2 need OpenSSL's lowest security level. */
function versionOptions({ description: { highestTls } }: VosNode): ServerOptions {
  const old = highestTls === "TLSv1" || highestTls === "TLSv1.1";
  return { maxVersion: highestTls, ...(old ? { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } : {}) };
}

/** The front is down while Cisco Tomcat restarts: nothing answers a connection. */
function admits(node: VosNode): boolean {
  return node.services.started(node.front) && !node.faults.strike("node down", { node: node.fqdn, interface: "https", action: "connect" });
}

/** Whether a connection that was let in has nobody behind it any more. */
function gone(node: VosNode): boolean {
  return node.down || !node.services.started(node.front);
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

interface Asked {
  application: WebApplication;
  occasion: Occasion;
}

async function applicationAnswer(node: VosNode, request: WebRequest, { application, occasion }: Asked): Promise<WebResponse> {
  if (!node.services.started(application.container(node))) return { status: 503, body: "<html><body>503 Service Unavailable</body></html>" };
  try {
    return await application.answer(node, request, occasion);
  } catch (error) {
    return { status: 500, body: `the lab itself failed: ${error instanceof Error ? error.stack : String(error)}` };
  }
}

/** Does what is asked, unless a fault strikes before; undefined when the connection drops. */
async function perform(node: VosNode, request: WebRequest, asked: Asked, entry: { outcome: string }): Promise<WebResponse | undefined> {
  const { occasion } = asked;
  const strike = (name: FaultName) => node.faults.strike(name, occasion);
  await node.waits.sleep(node.timing.latency + node.faults.delay("slow answer", occasion));
  if (strike("no answer")) {
    entry.outcome = "no answer";
    return new Promise(() => {});
  }
  if (strike("dropped connection")) return void (entry.outcome = "dropped connection");
  if (strike("unavailable")) return { status: 503, body: (entry.outcome = "503") };
  const response = await applicationAnswer(node, request, asked);
  if (response.status >= 400) entry.outcome = String(response.status);
  return strike("dropped answer") ? undefined : response;
}

/** Answers one request; undefined when the connection drops. */
async function respond(node: VosNode, request: WebRequest): Promise<WebResponse | undefined> {
  const application = APPLICATIONS.find((one) => one.serves(request.path));
  if (!application) return { status: 404, body: "<html><body>404 Not Found</body></html>" };
  const occasion = { node: node.fqdn, interface: application.interface, action: application.action(request) };
  return node.history.span(occasion, (entry) => perform(node, request, { application, occasion }, entry));
}

function send(message: ServerResponse, response: WebResponse, now: Date): void {
  message.writeHead(response.status, { date: now.toUTCString(), "content-length": String(Buffer.byteLength(response.body)), ...response.headers });
  message.end(response.body);
}

async function handle(node: VosNode, message: IncomingMessage, answer: ServerResponse): Promise<void> {
  try {
    const request = await readRequest(message);
    const response = gone(node) ? undefined : await respond(node, request);
    if (!response || gone(node)) message.socket.destroy();
    else send(answer, response, node.now());
  } catch {
    message.socket.destroy();
  }
}

/** One of the two ports. */
class WebPort extends Port {
  private readonly server: Server;
  protected readonly listening: Listening;
  /** Ports of clients that have sent a request. */
  private readonly asked = new Set<number | undefined>();

  constructor(private readonly node: VosNode) {
    super();
    this.server = createServer({ ...tlsOptions(node), ...versionOptions(node), keepAlive: true, sessionTimeout: 1 }, (message, answer) => void handle(node, message, answer));
    this.server.on("tlsClientError", () => {});
    this.server.on("request", ({ socket }: IncomingMessage) => this.asked.add(socket.remotePort));
    this.listening = new Listening(this.server, () => admits(node));
    this.server.on("connection", (socket: Socket) => this.watch(socket, socket.remotePort));
  }

  /** A client that leaves without having asked for anything only looked at the certificate. */
  private watch(socket: Socket, port: number | undefined): void {
    if (socket.destroyed) return;
    socket.once("close", () => {
      if (!this.asked.delete(port) && !gone(this.node)) this.node.history.record({ node: this.node.fqdn, interface: "tls", action: "look at the served certificate" });
    });
  }

  /** New connections get what is served now; old ones end when HAProxy went down. */
  refresh(): void {
    this.server.setSecureContext({ ...tlsOptions(this.node), ...versionOptions(this.node) });
  }
}

/** Starts the two HTTPS ports of a node and keeps them serving what its front has loaded. */
export async function startWeb(node: VosNode): Promise<Running> {
  const ports = [new WebPort(node), new WebPort(node)] as const;
  const stop = async () => void (await Promise.all(ports.map((port) => port.stop())));
  try {
    node.ports.https8443 = await ports[0].listen();
    node.ports.https443 = await ports[1].listen();
  } catch (error) {
    await stop();
    throw error;
  }
  node.onServedChange = () => ports.forEach((port) => port.refresh());
  node.onFrontDown = () => ports.forEach((port) => port.drop());
  return { stop };
}
