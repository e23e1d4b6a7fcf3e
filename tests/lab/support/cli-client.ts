// A plain SSH client that waits for what it sees, for tests of the lab's command line.
import { createHash } from "node:crypto";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import type { VosNode } from "../../../lab/vos/node";

const PROMPT = /(?<=^|[\r\n]|\u001b\[K|\u001b\[0m)admin:$/;
const DEADLINE_MS = 5000;

export interface ClientOptions {
  password?: string;
  rows?: number;
  config?: ConnectConfig;
}

/** Logs in by keyboard-interactive; fails as ssh2 says when it is refused. */
export async function logIn(node: VosNode, { password, config }: ClientOptions = {}): Promise<Client> {
  const { osAdministrator } = node.cluster;
  const client = new Client();
  client.on("keyboard-interactive", (_name, _instructions, _language, _prompts, finish) => finish([password ?? osAdministrator.password]));
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client));
    client.on("error", (error) => {
      client.destroy();
      reject(error);
    });
    client.once("close", () => reject(new Error("the connection was closed")));
    client.connect({ host: "127.0.0.1", port: node.ports.ssh, username: osAdministrator.username, tryKeyboard: true, authHandler: ["keyboard-interactive"], readyTimeout: DEADLINE_MS, ...config });
    // Otherwise every question waits for a delayed acknowledgement, some 40 ms.
    client.setNoDelay(true);
  });
}

/** `SHA256:…` of the host key that is shown when a client prefers this algorithm. */
export async function hostKeyOf(node: VosNode, algorithm: "ecdsa-sha2-nistp256" | "ssh-rsa"): Promise<string> {
  let seen = "";
  const hostVerifier = (key: Buffer): boolean => {
    seen = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
    return true;
  };
  const client = await logIn(node, { config: { hostVerifier, algorithms: { serverHostKey: [algorithm] } } });
  client.end();
  return seen;
}

/** A shell on a terminal. */
export class CliClient {
  /** All that was ever received. */
  transcript = "";
  private unread = "";
  private over = false;
  private wake: () => void = () => {};

  private constructor(
    readonly client: Client,
    private readonly channel: ClientChannel,
  ) {
    channel.on("data", (chunk: Buffer) => this.received(chunk.toString("utf8")));
    channel.on("close", () => this.ended());
    client.on("close", () => this.ended());
  }

  /** Logs in and opens a shell; 1000 rows, so that nothing is paged, unless said otherwise. */
  static async open(node: VosNode, options: ClientOptions = {}): Promise<CliClient> {
    const client = await logIn(node, options);
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell({ rows: options.rows ?? 1000, cols: 200, term: "vt100" }, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    return new CliClient(client, channel);
  }

  /** Opens a shell, runs one command and leaves. */
  static async once(node: VosNode, command: string): Promise<string> {
    const cli = await CliClient.open(node);
    try {
      return await cli.run(command);
    } finally {
      cli.close();
    }
  }

  /** Waits for a text or pattern; gives what came before it. */
  async see(wanted: string | RegExp): Promise<string> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const found = typeof wanted === "string" ? this.unread.indexOf(wanted) : this.unread.search(wanted);
      if (found >= 0) {
        const before = this.unread.slice(0, found);
        const length = typeof wanted === "string" ? wanted.length : wanted.exec(this.unread)![0].length;
        this.unread = this.unread.slice(found + length);
        return before;
      }
      if (this.over) throw new Error(`the connection ended before "${String(wanted)}"; seen: ${this.unread}`);
      if (Date.now() > deadline) throw new Error(`no "${String(wanted)}"; seen: ${this.unread}`);
      await this.more();
    }
  }

  send(text: string): void {
    this.channel.write(text);
  }

  /** Types a command and waits for the next prompt; gives what was printed between, with plain line ends. */
  async run(command: string): Promise<string> {
    this.send(`${command}\n`);
    await this.see(`${command}\r\n`);
    return this.answer();
  }

  /** What is printed up to the next prompt. */
  async answer(): Promise<string> {
    return plain(await this.see(PROMPT));
  }

  /** Waits for the end of the connection. */
  async end(): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!this.over) {
      if (Date.now() > deadline) throw new Error("the connection is still open");
      await this.more();
    }
  }

  /** Whether nothing comes for a while. */
  async silent(milliseconds = 150): Promise<boolean> {
    const before = this.transcript.length;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return this.transcript.length === before && !this.over;
  }

  close(): void {
    this.client.destroy();
  }

  private received(text: string): void {
    this.transcript += text;
    this.unread += text;
    this.wake();
  }

  private ended(): void {
    this.over = true;
    this.wake();
  }

  private async more(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 500);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Without terminal sequences and with plain line ends. */
export function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").replace(/\r\n/g, "\n").replace(/\r/g, "");
}
