// An SSH connection with its log-in. Knows no platform; what runs over it is in ssh.ts (a shell) and remote.ts (commands and files).
import { type AuthenticationType, Client, type ConnectConfig } from "ssh2";
import { PlatformError, type PlatformErrorKind } from "../errors";
import { hostKeyFingerprint } from "./host-key";
import { algorithmsOf, type AllowedAlgorithms, Offers } from "./ssh-algorithms";

export interface SshEndpoint {
  host: string;
  address: string;
  port: number;
  username: string;
  /** Given, unless there is a key. */
  password?: string;
  /** PEM or OpenSSH's format; taken instead of a password. */
  privateKey?: string;
  /** How the password is given: in a dialogue, as the appliances ask for it, plainly, as OpenSSH for Windows takes it, or in the one of both that the server says it takes. Default `"dialogue"`. */
  logIn?: "dialogue" | "password" | "as offered";
  /** `SHA256:…`; a host whose key is none of these is refused. */
  hostKeys: readonly string[];
  /** Beyond the usual ones, for old nodes only. */
  algorithms?: AllowedAlgorithms;
  /** Name of the connection, for messages. */
  connection: string;
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

/** The sentence for a person. */
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

/** One method, tried once. */
function credentialsOf({ privateKey, password, logIn }: SshEndpoint): ConnectConfig {
  if (privateKey !== undefined) return { authHandler: ["publickey"], privateKey };
  if (logIn === "as offered") return { authHandler: offered(), password, tryKeyboard: true };
  return logIn === "password" ? { authHandler: ["password"], password } : { authHandler: ["keyboard-interactive"], tryKeyboard: true };
}

/** Asks first, without a credential, what the server takes: so a password is given once, plainly if it may be. */
function offered(): (left: AuthenticationType[] | null) => AuthenticationType | false {
  let tried = 0;
  return (left) => {
    if (left === null) return "none";
    if (tried++ > 0) return false;
    return (["password", "keyboard-interactive"] as const).find((method) => left.includes(method)) ?? false;
  };
}

function configOf(endpoint: SshEndpoint, limit: number, attempt: Attempt): ConnectConfig {
  return {
    host: endpoint.address,
    port: endpoint.port,
    username: endpoint.username,
    ...credentialsOf(endpoint),
    readyTimeout: limit,
    keepaliveInterval: 30_000,
    algorithms: algorithmsOf(endpoint.algorithms),
    debug: attempt.offers.listen,
    hostVerifier: (key: Buffer) => endpoint.hostKeys.map(plainKey).includes((attempt.key = hostKeyFingerprint(key))),
  };
}

/**
 * Connects and logs in, keyboard-interactive or with a key. `limit` in milliseconds, for all of it.
 * Whoever takes the client listens to its errors.
 */
export function openClient(endpoint: SshEndpoint, limit: number): Promise<Client> {
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
    const timer = setTimeout(() => fail(Object.assign(new Error("no session in time"), { level: "client-timeout" })), limit);
    client.on("error", fail);
    client.once("close", closed);
    client.on("keyboard-interactive", (_name, instructions, _language, prompts, finish) => {
      if (prompts.length === 0) return finish([]);
      const known = prompts.length === 1 && ASKS_PASSWORD.test(prompts[0]!.prompt);
      if (known && answered) return fail(Object.assign(new Error("asked for the password again"), { level: "client-authentication" }));
      if (known) {
        answered = true;
        return finish([endpoint.password ?? ""]);
      }
      attempt.question = [instructions, ...prompts.map(({ prompt }) => prompt)].join(" ").trim().slice(-200);
      fail(new Error("the log-in asks more than a password"));
    });
    client.once("ready", () => {
      clearTimeout(timer);
      client.removeListener("close", closed);
      // Commands are small and wait for one another.
      client.setNoDelay(true);
      resolve(client);
    });
    try {
      client.connect(configOf(endpoint, limit, attempt));
    } catch (error) {
      fail(error as Error);
    }
  });
}
