// OpenSSH for Windows: a port, host keys, and what can go wrong before a client is let in.
import { createServer, type Socket } from "node:net";
import { Server } from "ssh2";
import type { Occasion } from "../../faults";
import type { Running } from "../../lab";
import { Listening } from "../../listening";
import { hostKeys } from "../../vos/cli/host-keys";
import type { WindowsHost } from "../host";
import { serveConnection } from "./connection";

class SshPort implements Running {
  private readonly sockets = new Map<number, Socket>();
  private readonly listening: Listening;
  private readonly ssh: Server;
  private refusedLast = false;

  constructor(
    private readonly host: WindowsHost,
    pems: string[],
  ) {
    this.listening = new Listening(createServer({ noDelay: true }, (socket) => void this.receive(socket)));
    this.ssh = new Server({ hostKeys: pems, ident: "OpenSSH_for_Windows_uccerts_lab" }, (client, { port }) => serveConnection({ host, drop: () => this.sockets.get(port)?.destroy() }, client));
  }

  listen(): Promise<number> {
    return this.listening.listen();
  }

  drop(): void {
    this.listening.drop();
  }

  stop(): Promise<void> {
    return this.listening.stop();
  }

  private async receive(socket: Socket): Promise<void> {
    const { faults, waits, fqdn, restarting } = this.host;
    const occasion: Occasion = { node: fqdn, interface: "windows ssh", action: "connect" };
    socket.on("error", () => {});
    if (restarting || faults.strike("node down", occasion)) return void socket.destroy();
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    socket.on("close", () => this.sockets.delete(port));
    const delay = faults.delay("slow answer", occasion);
    if (delay > 0) await waits.sleep(delay);
    if (socket.destroyed || faults.strike("no answer", occasion)) return;
    if (faults.strike("dropped connection", occasion) || this.firstTry(occasion)) return void socket.destroy();
    this.ssh.injectSocket(socket);
  }

  /** With the fault `second try` every other connection is refused. */
  private firstTry(occasion: Occasion): boolean {
    this.refusedLast = !this.refusedLast && this.host.faults.strike("second try", occasion) !== undefined;
    return this.refusedLast;
  }
}

/** Starts the SSH port of a host, with cmd.exe and SFTP behind it. */
export async function startWindowsSsh(host: WindowsHost): Promise<Running & { drop(): void }> {
  const keys = await hostKeys(host.contactCenter.lab.keys);
  const port = new SshPort(host, keys.pems);
  host.sshFingerprints = keys.fingerprints;
  host.ports.ssh = await port.listen();
  return port;
}
