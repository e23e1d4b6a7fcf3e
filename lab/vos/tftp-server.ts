// HTTP on 6970, where phones fetch their ITL and CTL: open while Cisco Tftp runs.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { FaultName, Occasion } from "../faults";
import { Listening, Port } from "../listening";
import type { VosNode } from "./node";

/** Files of TFTP that are something else. */
const NOT_EMULATED = /\.(cnf\.xml|loads|sbn|xml)(\.enc)?(\.sgn)?$/;

interface Answer {
  status: number;
  body: Buffer;
}

const plain = (status: number, text: string): Answer => ({ status, body: Buffer.from(`${text}\n`) });

export class TftpPort extends Port {
  private readonly server: Server;
  protected readonly listening: Listening;

  constructor(private readonly node: VosNode) {
    super();
    this.server = createServer({ keepAlive: true }, (message, answer) => void this.handle(message, answer));
    this.listening = new Listening(this.server, () => this.open && !node.faults.strike("node down", { node: node.fqdn, interface: "tftp", action: "connect" }));
  }

  private get open(): boolean {
    return !this.node.down && this.node.tftp.running;
  }

  private async handle({ method = "GET", url = "/", socket }: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { node } = this;
    const occasion: Occasion = { node: node.fqdn, interface: "tftp", action: `${method} ${url}` };
    const strike = (name: FaultName) => node.faults.strike(name, occasion) !== undefined;
    const entry = node.history.record(occasion) as { outcome: string };
    await node.waits.sleep(node.timing.latency + node.faults.delay("slow answer", occasion));
    if (strike("no answer")) return;
    if (strike("dropped connection") || !this.open) return void socket.destroy();
    const { status, body } = strike("unavailable") ? plain(503, "503 Service Unavailable") : this.answerTo(method, url);
    if (status !== 200) entry.outcome = String(status);
    if (strike("dropped answer")) return void socket.destroy();
    answer.writeHead(status, { "content-type": status === 200 ? "application/octet-stream" : "text/plain", "content-length": body.length });
    answer.end(method === "HEAD" ? undefined : body);
  }

  private answerTo(method: string, url: string): Answer {
    if (method !== "GET" && method !== "HEAD") return plain(405, "405 Method Not Allowed");
    const name = url.slice(1);
    const found = this.node.tftp.served(name);
    if (found) return { status: 200, body: found.file };
    return NOT_EMULATED.test(name) ? plain(501, `${name} is not emulated by this lab: see lab/README.md`) : plain(404, "404 Not Found");
  }
}
