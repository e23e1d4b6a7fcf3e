// An interactive SSH shell on a PTY. Knows no platform: who reads it decides what a prompt is.
import { StringDecoder } from "node:string_decoder";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { PlatformError, type PlatformErrorKind } from "../errors";
import { hostKeyFingerprint } from "./host-key";
import { algorithmsOf, type AllowedAlgorithms, Offers } from "./ssh-algorithms";

export interface SshEndpoint {
  host: string;
  address: string;
  port: number;
  username: string;
  password: string;
  /** `SHA256:…`; a host whose key is none of these is refused. */
  hostKeys: readonly string[];
  /** Beyond the usual ones, for old nodes only. */
  algorithms?: AllowedAlgorithms;
  /** Name of the connection, for messages. */
  connection: string;
}

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

const LOCKING = "Nothing more was tried with this account in this run, because three wrong log-ins lock it";

/** What one attempt to log in has come to, for its error. */
interface Attempt {
  /** The host key that was shown. */
  key?: string;
  /** A question of the log-in that is not known, in the node's words. */
  question?: string;
  /** What the node offers. */
  offers: Offers;
}

function explain({ host, hostKeys, connection, address, port, username, algorithms }: SshEndpoint, error: Error & { level?: string; code?: string }, { key, question, offers }: Attempt): PlatformError {
  const fail = (kind: PlatformErrorKind, answer: string, remedy?: string) => new PlatformError(kind, { node: host, action: "SSH log-in", answer, remedy, cause: error });
  if (key && !hostKeys.map(plainKey).includes(key)) {
    const line = `pulumi config set --path 'uccerts:connections.${connection}.ssh.hostKeys[${hostKeys.length}]' ${key}`;
    return fail("rejected", `the host key ${key} is unknown to the connection "${connection}"`, `If that is the right server, add it: ${line}`);
  }
  const missing = offers.missing(error.message, connection, algorithms);
  if (missing) return fail("rejected", missing.answer, missing.remedy);
  if (question !== undefined) return fail("authentication", `the log-in of ${username} asks "${question}", which is not known here; nothing was typed into it`, `${LOCKING}. Log in once by hand and answer it`);
  if (error.level === "client-authentication") return fail("authentication", `the log-in of ${username} was refused`, `${LOCKING}. Correct the connection's user name and password`);
  if (error.level === "client-timeout") return fail("timeout", `no SSH session on ${address}:${port} in time`);
  return fail("connection", `no SSH connection to ${address}:${port} (${error.code ?? error.message})`);
}

/** Some tools print the padding of base-64. */
function plainKey(key: string): string {
  return key.replace(/=+$/, "");
}

/** The one question of a log-in into which a password is typed; not that for a new one, or for a second factor. */
const ASKS_PASSWORD = /^(?!.*\b(new|current|old|retype|again|expired|confirm)\b).*password[^:]*:?\s*$/i;

function configOf(endpoint: SshEndpoint, limit: number, attempt: Attempt): ConnectConfig {
  return {
    host: endpoint.address,
    port: endpoint.port,
    username: endpoint.username,
    tryKeyboard: true,
    authHandler: ["keyboard-interactive"],
    readyTimeout: limit,
    keepaliveInterval: 30_000,
    algorithms: algorithmsOf(endpoint.algorithms),
    debug: attempt.offers.listen,
    hostVerifier: (key: Buffer) => endpoint.hostKeys.map(plainKey).includes((attempt.key = hostKeyFingerprint(key))),
  };
}

/** Opens a shell. Log-in is keyboard-interactive, which is what the appliances take. `limit` in milliseconds, for all of it. */
export function openShell(endpoint: SshEndpoint, limit: number): Promise<Shell> {
  const client = new Client();
  const attempt: Attempt = { offers: new Offers() };
  let answered = false;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      clearTimeout(timer);
      // Stays an error listener of the client, which can tell of more than one error.
      client.destroy();
      reject(explain(endpoint, error, attempt));
    };
    const closed = () => fail(new Error("the connection was closed"));
    const timer = setTimeout(() => fail(Object.assign(new Error("no shell in time"), { level: "client-timeout" })), limit);
    client.on("error", fail);
    client.once("close", closed);
    client.on("keyboard-interactive", (_name, instructions, _language, prompts, finish) => {
      if (prompts.length === 0) return finish([]);
      const known = prompts.length === 1 && ASKS_PASSWORD.test(prompts[0]!.prompt);
      if (known && answered) return fail(Object.assign(new Error("asked for the password again"), { level: "client-authentication" }));
      if (known) {
        answered = true;
        return finish([endpoint.password]);
      }
      attempt.question = [instructions, ...prompts.map(({ prompt }) => prompt)].join(" ").trim().slice(-200);
      fail(new Error("the log-in asks more than a password"));
    });
    client.once("ready", () =>
      client.shell({ term: "vt100", cols: 200, rows: 1000 }, (error, channel) => {
        if (error) return fail(error);
        clearTimeout(timer);
        resolve(new Shell(client, channel, endpoint.host));
        client.removeListener("error", fail).removeListener("close", closed);
      }),
    );
    try {
      client.connect(configOf(endpoint, limit, attempt));
    } catch (error) {
      fail(error as Error);
    }
  });
}
