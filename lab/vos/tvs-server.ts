// TLS on 2445, where phones ask whom to trust: open while Cisco Trust Verification Service runs, with the certificate that it read at its start.
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { FaultName, Occasion } from "../faults";
import { Listening, Port } from "../listening";
import { nextMessage, readQuestion, writeAnswer } from "../tvs/messages";
import type { Identity } from "./certificate-store";
import type { VosNode } from "./node";
import { TVS } from "./tvs";

export class TvsPort extends Port {
  private readonly server: Server;
  protected readonly listening: Listening;
  /** Of the identity that is loaded: made at the first connection. */
  private context?: { identity: Identity; secure: SecureContext };

  constructor(private readonly node: VosNode) {
    super();
    this.server = createServer({ noDelay: true });
    this.listening = new Listening(this.server, () => this.admits());
    this.server.on("connection", (socket: Socket) => this.receive(socket));
  }

  private get open(): boolean {
    return !this.node.down && this.node.services.started(TVS);
  }

  /** With the fault `dropped connection` of every connection the port is as good as closed. */
  private admits(): boolean {
    const occasion: Occasion = { node: this.node.fqdn, interface: "tvs", action: "connect" };
    return this.open && !this.node.faults.strike("node down", occasion) && !this.node.faults.strike("dropped connection", occasion);
  }

  /** A phone shows a certificate of its own, if it has one: whose it is nobody asks here. */
  private receive(socket: Socket): void {
    const { identity } = this.node.tvs;
    if (socket.destroyed || !identity) return void socket.destroy();
    socket.on("error", () => {});
    const tls = new TLSSocket(socket, { isServer: true, secureContext: this.secure(identity), requestCert: true, rejectUnauthorized: false });
    tls.on("error", () => socket.destroy());
    this.converse(tls, socket);
  }

  /** Questions are answered one after the other. */
  private converse(tls: TLSSocket, socket: Socket): void {
    let received = Buffer.alloc(0);
    let asked = false;
    let work = Promise.resolve();
    tls.on("data", (chunk: Buffer) => {
      asked = true;
      received = Buffer.concat([received, chunk]);
      for (let next = nextMessage(received); next; next = nextMessage(received)) {
        const { message, rest } = next;
        received = Buffer.from(rest);
        work = work.then(() => this.answer(tls, message));
      }
    });
    tls.on("end", () => void work.then(() => tls.end()));
    socket.once("close", () => {
      const { fqdn, history } = this.node;
      if (!asked && this.open) history.record({ node: fqdn, interface: "tls", action: "look at the served certificate", detail: { service: TVS } });
    });
  }

  private async answer(tls: TLSSocket, message: Buffer): Promise<void> {
    const { node } = this;
    if (tls.destroyed) return;
    const question = readQuestion(message);
    if (!question) {
      node.history.record({ node: node.fqdn, interface: "tvs", action: "something that is no question", outcome: "closed" });
      return void tls.destroy();
    }
    const { device, subject, issuer, serial } = question;
    const occasion: Occasion = { node: node.fqdn, interface: "tvs", action: `ask about ${serial}` };
    const strike = (name: FaultName) => node.faults.strike(name, occasion) !== undefined;
    const entry = node.history.record({ ...occasion, detail: { device, subject, issuer } }) as { outcome: string };
    await node.waits.sleep(node.timing.latency + node.faults.delay("slow answer", occasion));
    if (strike("no answer")) return;
    if (!this.open) return void tls.destroy();
    const found = node.tvs.find(question);
    if (!found) entry.outcome = "not found";
    if (strike("dropped answer")) return void tls.destroy();
    if (tls.writable) tls.write(writeAnswer(question.id, found));
  }

  private secure(identity: Identity): SecureContext {
    if (this.context?.identity !== identity) this.context = { identity, secure: createSecureContext({ key: identity.key, cert: identity.certificate.pem }) };
    return this.context.secure;
  }
}
