import type { AddressInfo, Server, Socket } from "node:net";
import type { Running } from "./lab";

/** A server on a free port of 127.0.0.1 with the connections that are open on it, so that it can be closed at once. */
export class Listening {
  private readonly sockets = new Set<Socket>();
  private closed = false;

  /** `admits` is asked for every connection; one that it refuses ends without a word. */
  constructor(
    private readonly server: Server,
    admits: () => boolean = () => true,
  ) {
    server.on("connection", (socket: Socket) => {
      if (this.closed || !admits()) return void socket.destroy();
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  /** The port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every open connection; new ones are still welcome. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.closed = true;
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** One port of a device. */
export abstract class Port implements Running {
  protected abstract readonly listening: Listening;

  /** The port's number. */
  listen(): Promise<number> {
    return this.listening.listen();
  }

  /** Ends every open connection. */
  drop(): void {
    this.listening.drop();
  }

  stop(): Promise<void> {
    return this.listening.stop();
  }
}
