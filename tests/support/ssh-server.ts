// A tiny SSH server on a free port of 127.0.0.1 that plays a script: what is logged in with, and what a shell says and is told.
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createHash } from "node:crypto";
import { Server, type KeyboardAuthContext, type ServerChannel, utils } from "ssh2";
import { until } from "./until";

const KEY = utils.generateKeyPairSync("ecdsa", { bits: 256 });
const PARSED = utils.parseKey(KEY.private);

/** As ssh-keygen prints it. */
export const HOST_KEY = `SHA256:${createHash("sha256").update((PARSED as Exclude<typeof PARSED, Error>).getPublicSSH()).digest("base64").replace(/=+$/, "")}`;

/** A shell as the server sees it. */
export class TestShell {
  /** Everything that was ever typed. */
  typed = "";
  ended = false;
  private read = 0;

  constructor(
    private readonly channel: ServerChannel,
    /** Destroys the TCP connection. */
    readonly drop: () => void,
  ) {
    channel.on("data", (chunk: Buffer) => (this.typed += chunk.toString("utf8")));
    for (const end of ["close", "end", "error"]) channel.on(end, () => (this.ended = true));
  }

  write(text: string | Buffer): void {
    this.channel.write(text);
  }

  /** Writes pieces so that each arrives by itself. */
  async pieces(...texts: (string | Buffer)[]): Promise<void> {
    for (const text of texts) {
      this.write(text);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The next line that is typed. */
  async line(): Promise<string> {
    await until(() => this.typed.indexOf("\n", this.read) >= 0, `a line (typed: ${JSON.stringify(this.typed)})`);
    const end = this.typed.indexOf("\n", this.read);
    const line = this.typed.slice(this.read, end);
    this.read = end + 1;
    return line;
  }

  /** The next key that is typed. */
  async key(): Promise<string> {
    await until(() => this.typed.length > this.read, "a key");
    return this.typed[this.read++]!;
  }

  /** Prints the prompt, reads a command and echoes it, as the appliances do. */
  async command(): Promise<string> {
    this.write("admin:");
    return this.echoed();
  }

  /** Reads a command where the prompt stands already, and echoes it. */
  async echoed(): Promise<string> {
    const line = await this.line();
    this.write(`${line}\r\n`);
    return line;
  }

  /** The beginning of every session: prompt, again after every empty line, and what switches pagination off. */
  async begin(): Promise<void> {
    while ((await this.command()) === "");
    this.write("Automatic pagination is turned off\r\n");
  }

  /** Ends the shell as a node does that closes it. */
  end(): void {
    this.channel.exit(0);
    this.channel.end();
    this.channel.close();
  }
}

export interface SshScript {
  password?: string;
  /** Instead of one question for the password. */
  authenticate?: (context: KeyboardAuthContext, drop: () => void) => void;
  shell?: (shell: TestShell) => Promise<void> | void;
  /** Never answers the request for a shell. */
  withoutShell?: boolean;
}

export interface RunningSsh {
  readonly port: number;
  readonly shells: TestShell[];
  /** Passwords that were sent, in their order. */
  readonly passwords: string[];
  readonly open: ReadonlySet<Socket>;
  readonly connections: () => number;
  /** What went wrong in a script. */
  readonly mistakes: unknown[];
  stop(): Promise<void>;
}

function byPassword(password: string, passwords: string[]) {
  return (context: KeyboardAuthContext) =>
    context.prompt([{ prompt: "Password: ", echo: false }], ([answer = ""]) => {
      passwords.push(answer);
      if (answer === password) context.accept();
      else context.reject(["keyboard-interactive"]);
    });
}

/** Starts one; `shell` is run for every shell that is opened. */
export async function startSshServer({ password = "right", shell = () => {}, authenticate, withoutShell }: SshScript = {}): Promise<RunningSsh> {
  const [open, shells, passwords, mistakes] = [new Set<Socket>(), [] as TestShell[], [] as string[], [] as unknown[]];
  const sockets = new Map<number, Socket>();
  let connections = 0;
  const server = new Server({ hostKeys: [KEY.private] }, (client, { port }) => {
    const drop = () => void sockets.get(port)?.destroy();
    client.on("error", () => {});
    client.on("authentication", (context) => {
      if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
      (authenticate ?? byPassword(password, passwords))(context, drop);
    });
    client.on("session", (accept) => {
      const session = accept();
      session.on("pty", (acceptPty) => acceptPty?.());
      session.on("shell", (acceptShell) => {
        if (withoutShell) return;
        const made = new TestShell(acceptShell(), drop);
        shells.push(made);
        void (async () => shell(made))().catch((error) => mistakes.push(error));
      });
    });
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    connections++;
    open.add(socket);
    sockets.set(socket.remotePort ?? 0, socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    shells,
    passwords,
    open,
    mistakes,
    connections: () => connections,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
