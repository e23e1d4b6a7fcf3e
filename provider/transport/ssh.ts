// An interactive SSH shell on a PTY. Knows no platform: who reads it decides what a prompt is.
import { createHash } from "node:crypto";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { PlatformError, type PlatformErrorKind } from "../errors";

export interface SshEndpoint {
  host: string;
  address: string;
  port: number;
  username: string;
  password: string;
  /** `SHA256:…`; a host whose key is none of these is refused. */
  hostKeys: readonly string[];
  /** Name of the connection, for messages. */
  connection: string;
}

/** `SHA256:…` of a host key, as ssh-keygen prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** Text that has come and was not taken yet, and who waits for more. */
export class Shell {
  private buffer = "";
  private ended: PlatformError | undefined;
  private wake: () => void = () => {};

  constructor(
    private readonly client: Client,
    private readonly channel: ClientChannel,
    private readonly host: string,
  ) {
    channel.on("data", (chunk: Buffer) => this.take(chunk.toString("utf8")));
    channel.on("close", () => this.end("the SSH session was closed by the node"));
    client.on("error", (error) => this.end(`the SSH connection was lost (${error.message})`));
    client.on("close", () => this.end("the SSH connection was lost"));
  }

  write(text: string): void {
    this.channel.write(text);
  }

  /**
   * What has come since the last call, as soon as there is something; undefined after `silence` milliseconds without a character.
   * @throws when the session has ended and nothing is left to read.
   */
  async next(action: string, silence: number): Promise<string | undefined> {
    if (this.buffer === "" && !this.ended) await this.more(silence);
    const text = this.buffer;
    this.buffer = "";
    if (text !== "") return text;
    if (this.ended) throw new PlatformError(this.ended.kind, { ...this.ended.failed, action });
    return undefined;
  }

  get open(): boolean {
    return !this.ended;
  }

  close(): void {
    this.channel.end();
    this.client.end();
  }

  private take(text: string): void {
    this.buffer += text;
    this.wake();
  }

  private end(answer: string): void {
    this.ended ??= new PlatformError("connection", { node: this.host, action: "SSH", answer });
    this.wake();
  }

  private more(silence: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, silence);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function explain(endpoint: SshEndpoint, error: Error & { level?: string; code?: string }, seen: string | undefined): PlatformError {
  const { host, hostKeys, connection, address, port, username } = endpoint;
  const fail = (kind: PlatformErrorKind, answer: string, remedy?: string) => new PlatformError(kind, { node: host, action: "SSH log-in", answer, remedy, cause: error });
  if (seen && !hostKeys.includes(seen)) {
    const line = `pulumi config set --path 'uccerts:connections.${connection}.ssh.hostKeys[${hostKeys.length}]' ${seen}`;
    return fail("rejected", `the host key ${seen} is unknown to the connection "${connection}"`, `If that is the right server, add it: ${line}`);
  }
  if (error.level === "client-authentication")
    return fail("authentication", `the log-in of ${username} was refused`, "Nothing more was tried with this account in this run, because three wrong log-ins lock it. Correct the connection's user name and password");
  if (error.level === "client-timeout") return fail("timeout", `no SSH connection to ${address}:${port} in time`);
  return fail("connection", `no SSH connection to ${address}:${port} (${error.code ?? error.message})`);
}

/** Opens a shell. Log-in is keyboard-interactive, which is what the appliances take. `limit` in milliseconds. */
export function openShell(endpoint: SshEndpoint, limit: number): Promise<Shell> {
  const client = new Client();
  let seen: string | undefined;
  const config: ConnectConfig = {
    host: endpoint.address,
    port: endpoint.port,
    username: endpoint.username,
    tryKeyboard: true,
    authHandler: ["keyboard-interactive"],
    readyTimeout: limit,
    keepaliveInterval: 30_000,
    hostVerifier: (key: Buffer) => endpoint.hostKeys.includes((seen = fingerprint(key))),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      client.end();
      reject(explain(endpoint, error, seen));
    };
    client.once("error", fail);
    // A lost connection is told twice; the second time nobody must listen, but an error without a listener would be uncaught.
    client.on("error", () => {});
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => endpoint.password)));
    client.once("ready", () =>
      client.shell({ term: "vt100", cols: 200, rows: 1000 }, (error, channel) => {
        client.removeListener("error", fail);
        if (error) fail(error);
        else resolve(new Shell(client, channel, endpoint.host));
      }),
    );
    client.connect(config);
  });
}
