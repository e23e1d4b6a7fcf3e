// An interactive SSH shell on a PTY. Knows no platform: who reads it decides what a prompt is.
import { StringDecoder } from "node:string_decoder";
import type { Client, ClientChannel } from "ssh2";
import { PlatformError } from "../errors";
import { openClient, type SshEndpoint } from "./ssh-client";

const GOODBYE_MS = 1_000;

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
    const decoder = new StringDecoder("utf8");
    channel.on("data", (chunk: Buffer) => this.take(decoder.write(chunk)));
    // Writing into a session that the node has closed is told here, and would otherwise end the whole process.
    channel.on("error", (error: Error) => this.end(`the SSH session was lost (${error.message})`));
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

  /** Says goodbye, and does not wait for a node that does not answer it. */
  close(): void {
    if (this.open) this.channel.end();
    this.client.end();
    setTimeout(() => this.client.destroy(), GOODBYE_MS).unref();
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

/** Opens a shell. `limit` in milliseconds, for all of it. */
export async function openShell(endpoint: SshEndpoint, limit: number): Promise<Shell> {
  const began = Date.now();
  const client = await openClient(endpoint, limit);
  return new Promise((resolve, reject) => {
    const fail = (kind: "connection" | "timeout", answer: string, cause?: Error) => {
      clearTimeout(timer);
      client.destroy();
      reject(new PlatformError(kind, { node: endpoint.host, action: "SSH log-in", answer, cause }));
    };
    const timer = setTimeout(() => fail("timeout", `no SSH session on ${endpoint.address}:${endpoint.port} in time`), Math.max(1, limit - (Date.now() - began)));
    client.once("close", () => fail("connection", `no SSH connection to ${endpoint.address}:${endpoint.port} (the connection was closed)`));
    client.shell({ term: "vt100", cols: 200, rows: 1000 }, (error, channel) => {
      if (error) return fail("connection", `no SSH shell on ${endpoint.address}:${endpoint.port} (${error.message})`, error);
      clearTimeout(timer);
      resolve(new Shell(client, channel, endpoint.host));
    });
  });
}
