// SSH of a node: a port, the host keys, and what can go wrong before a client is let in. What follows is in connection.ts.
import { createServer, type Socket } from "node:net";
import { type Algorithms, Server } from "ssh2";
import type { Occasion } from "../../faults";
import type { Running } from "../../lab";
import { Listening } from "../../listening";
import type { VosNode } from "../node";
import { serveConnection } from "./connection";
import { type HostKeys, hostKeys } from "./host-keys";
import type { CliSettings } from "./host";

/** Those of platform-interfaces.md section 3.1 that ssh2 can serve (it has no server side of group-exchange). */
const ALGORITHMS: Algorithms = {
  kex: ["diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1"],
  cipher: ["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes256-cbc", "aes192-cbc", "aes128-cbc"],
  hmac: ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"],
  serverHostKey: ["ecdsa-sha2-nistp256", "ssh-rsa"],
  compress: ["none"],
};

/** Before OpenSSH 6.2: nothing beyond SHA-1 and CBC. */
const OLD_ALGORITHMS: Algorithms = {
  kex: ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
  cipher: ["aes128-cbc", "3des-cbc"],
  hmac: ["hmac-sha1", "hmac-md5"],
  serverHostKey: ["ssh-rsa"],
  compress: ["none"],
};

/** The SSH port of one node. */
class SshPort implements Running {
  private readonly settings: CliSettings = { sessionLimit: 10, sessionTimeoutMinutes: 30 };
  private readonly sessions = new Set<object>();
  /** By the client's port. */
  private readonly sockets = new Map<number, Socket>();
  private readonly listening: Listening;
  private readonly ssh: Server;
  private refusedLast = false;

  constructor(
    private readonly node: VosNode,
    keys: HostKeys,
  ) {
    this.listening = new Listening(createServer({ noDelay: true }, (socket) => void this.receive(socket)));
    this.ssh = new Server({ hostKeys: keys.pems, algorithms: node.description.oldSsh ? OLD_ALGORITHMS : ALGORITHMS, ident: "uccerts_lab" }, (client, { port }) => {
      const drop = () => this.sockets.get(port)?.destroy();
      serveConnection({ node, settings: this.settings, sessions: this.sessions, drop }, client);
    });
  }

  listen(): Promise<number> {
    return this.listening.listen();
  }

  stop(): Promise<void> {
    return this.listening.stop();
  }

  private async receive(socket: Socket): Promise<void> {
    const occasion: Occasion = { node: this.node.fqdn, interface: "ssh", action: "connect" };
    if (this.node.faults.strike("node down", occasion) || !this.node.services.started("System SSH")) return void socket.destroy();
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(port));
    const { faults, waits } = this.node;
    const delay = faults.delay("slow answer", occasion);
    if (delay > 0) await waits.sleep(delay);
    if (socket.destroyed || faults.strike("no answer", occasion)) return;
    if (faults.strike("dropped connection", occasion) || this.firstTry(occasion)) return void socket.destroy();
    this.ssh.injectSocket(socket);
  }

  /** With the fault `second try` every other connection is refused: a client gets in when it tries again. */
  private firstTry(occasion: Occasion): boolean {
    this.refusedLast = !this.refusedLast && this.node.faults.strike("second try", occasion) !== undefined;
    return this.refusedLast;
  }
}

/** Starts the SSH port of a node, with the platform's command line behind it. */
export async function startSsh(node: VosNode): Promise<Running> {
  const keys = await hostKeys(node.keys);
  const port = new SshPort(node, keys);
  node.sshFingerprints = keys.fingerprints;
  node.ports.ssh = await port.listen();
  return port;
}
