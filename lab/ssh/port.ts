// The SSH port of any server of the lab: host keys, and what can go wrong before a client is let in. What follows is up to the platform.
import { createServer, type Socket } from "node:net";
import { type Connection, Server, type ServerConfig } from "ssh2";
import type { Faults, Occasion } from "../faults";
import type { KeyPool } from "../keys";
import type { Running } from "../lab";
import { Listening, Port } from "../listening";
import type { Waits } from "../time";
import { hostKeys } from "./host-keys";

/** The server whose port it is. */
export interface SshOwner {
  readonly fqdn: string;
  readonly faults: Faults;
  readonly waits: Waits;
  readonly ports: { ssh?: number };
  sshFingerprints: string[];
}

export interface SshPortParts {
  keys: KeyPool;
  /** Under which faults and history know it. */
  interface: Occasion["interface"];
  /** Nobody is let in while it says so. */
  closed(): boolean;
  server: Omit<ServerConfig, "hostKeys">;
  /** What a client finds; `drop` cuts its connection. */
  serve(client: Connection, drop: () => void): void;
}

class SshPort extends Port {
  /** By the client's port. */
  private readonly sockets = new Map<number, Socket>();
  protected readonly listening: Listening;
  private readonly ssh: Server;
  private refusedLast = false;

  constructor(
    private readonly owner: SshOwner,
    private readonly parts: SshPortParts,
    pems: string[],
  ) {
    super();
    this.listening = new Listening(createServer({ noDelay: true }, (socket) => void this.receive(socket)));
    this.ssh = new Server({ ...parts.server, hostKeys: pems }, (client, { port }) => parts.serve(client, () => this.sockets.get(port)?.destroy()));
  }

  private async receive(socket: Socket): Promise<void> {
    const { fqdn, faults, waits } = this.owner;
    const occasion: Occasion = { node: fqdn, interface: this.parts.interface, action: "connect" };
    socket.on("error", () => {});
    if (this.parts.closed() || faults.strike("node down", occasion)) return void socket.destroy();
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    socket.on("close", () => this.sockets.delete(port));
    const delay = faults.delay("slow answer", occasion);
    if (delay > 0) await waits.sleep(delay);
    if (socket.destroyed || faults.strike("no answer", occasion)) return;
    if (faults.strike("dropped connection", occasion) || this.firstTry(occasion)) return void socket.destroy();
    this.ssh.injectSocket(socket);
  }

  /** With the fault `second try` every other connection is refused: a client gets in when it tries again. */
  private firstTry(occasion: Occasion): boolean {
    this.refusedLast = !this.refusedLast && this.owner.faults.strike("second try", occasion) !== undefined;
    return this.refusedLast;
  }
}

/** Starts the SSH port of a server, with host keys of its own. */
export async function startSshPort(owner: SshOwner, parts: SshPortParts): Promise<Running & { drop(): void }> {
  const { pems, fingerprints } = await hostKeys(parts.keys);
  const port = new SshPort(owner, parts, pems);
  owner.sshFingerprints = fingerprints;
  owner.ports.ssh = await port.listen();
  return port;
}
