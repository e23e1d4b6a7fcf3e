// The TLS ports of a Windows host: IIS on 443, Diagnostic Framework Portico on 7890, WSM of CVP on 8111. Each has its own certificate.
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FaultName } from "../faults";
import type { Running } from "../lab";
import { Listening, Port } from "../listening";
import type { WindowsHost } from "./host";
import type { ServiceFacts, WindowsPort } from "./layout";

/** The one page of each: enough for a browser or a probe to see that it is there. */
const PAGES: Record<WindowsPort, RegExp> = { https443: /^\/$/, https7890: /^\/icm-dp\/rest\/DiagnosticPortal\/GetProductVersion$/i, https8111: /^\/cvp-dp\/rest\/DiagnosticPortal\/GetProductVersion$/i };

class WebPort extends Port {
  private readonly server: Server;
  protected readonly listening: Listening;
  /** Ports of clients that have sent a request. */
  private readonly asked = new Set<number | undefined>();

  constructor(
    private readonly host: WindowsHost,
    private readonly service: ServiceFacts,
    private readonly port: WindowsPort,
  ) {
    super();
    this.server = createServer(this.secure(), (message, answer) => void this.handle(message, answer));
    this.server.on("tlsClientError", () => {});
    this.listening = new Listening(this.server, () => this.open && !host.faults.strike("node down", { node: host.fqdn, interface: "https", action: "connect" }));
    this.server.on("connection", (socket: Socket) => this.watch(socket, socket.remotePort));
  }

  refresh(): void {
    this.server.setSecureContext(this.secure());
  }

  private get open(): boolean {
    return !this.host.restarting && this.host.services.running(this.service.name);
  }

  private secure() {
    const identity = this.host.served.get(this.port);
    return identity ? { key: identity.key, cert: identity.certificate.pem } : {};
  }

  /** A client that leaves without having asked for anything only looked at the certificate. */
  private watch(socket: Socket, from: number | undefined): void {
    if (socket.destroyed) return;
    socket.once("close", () => {
      const { fqdn, history } = this.host;
      if (!this.asked.delete(from) && this.open && !this.host.down) history.record({ node: fqdn, interface: "tls", action: "look at the served certificate", detail: { service: this.service.name } });
    });
  }

  private async handle(message: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { host } = this;
    this.asked.add(message.socket.remotePort);
    const [path = "/"] = (message.url ?? "/").split("?");
    const occasion = { node: host.fqdn, interface: "https" as const, action: `${message.method} ${path}` };
    const strike = (name: FaultName) => host.faults.strike(name, occasion) !== undefined;
    const entry = host.history.record(occasion) as { outcome: string };
    await host.waits.sleep(host.timing.latency + host.faults.delay("slow answer", occasion));
    if (strike("no answer")) return;
    if (strike("dropped connection") || strike("dropped answer")) return void message.socket.destroy();
    const found = PAGES[this.port].test(path);
    if (!found) entry.outcome = "404";
    answer.writeHead(found ? 200 : 404, { "content-type": "text/html" });
    answer.end(found ? `<html><body>${host.product}</body></html>` : "<html><body>404 Not Found</body></html>");
  }
}

/** Opens the ports that the host's product has, and keeps them serving what is loaded. */
export async function startWindowsWeb(host: WindowsHost): Promise<Running> {
  const ports = new Map<WindowsPort, WebPort>();
  const stop = async () => void (await Promise.all([...ports.values()].map((port) => port.stop())));
  for (const service of host.layout.services) {
    if (!service.serves) continue;
    const port = new WebPort(host, service, service.serves[0]);
    ports.set(service.serves[0], port);
    host.ports[service.serves[0]] = await port.listen();
  }
  host.onServedChange = () => ports.forEach((port) => port.refresh());
  host.onPortDown = (port) => ports.get(port)?.drop();
  host.onDown = () => ports.forEach((port) => port.drop());
  return { stop };
}
