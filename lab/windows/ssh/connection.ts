// One SSH client of a Windows host: how it logs in, and what it may open.
import { timingSafeEqual } from "node:crypto";
import { type AuthContext, type AuthenticationType, type Connection, type KeyboardAuthContext, type PublicKeyAuthContext, type Session, utils } from "ssh2";
import { serveSftp } from "../../ssh/sftp";
import type { WindowsHost } from "../host";
import { serveExec } from "./exec";
import { DriveFiles } from "./sftp";

/** What a connection is served with. */
export interface Link {
  readonly host: WindowsHost;
  /** Ends the connection at once. */
  readonly drop: () => void;
}

const METHODS: AuthenticationType[] = ["publickey", "password", "keyboard-interactive"];

function record({ host }: Link, action: string, detail: Record<string, unknown>, outcome = "ok"): void {
  host.history.record({ node: host.fqdn, interface: "windows ssh", action, detail, outcome });
}

function refuse(link: Link, what: string, reject: (() => void) | undefined): void {
  record(link, `open ${what}`, {}, "refused");
  reject?.();
}

function admitted(link: Link, context: AuthContext): void {
  record(link, "log in", { username: context.username, method: context.method });
  if (link.host.faults.strike("dropped answer", { node: link.host.fqdn, interface: "windows ssh", action: "log in" })) return link.drop();
  context.accept();
}

function checkPassword(link: Link, context: AuthContext, password: string | undefined): void {
  const { account } = link.host.contactCenter;
  const name = context.username.replace(/^.*\\/, "").replace(/@.*$/, "");
  if (account.logIn(name, password, "windows ssh") === "accepted") admitted(link, context);
  else context.reject(METHODS);
}

function knows({ host }: Link, { username, key }: PublicKeyAuthContext): boolean {
  const { account, description } = host.contactCenter;
  const parsed = (description.authorizedKeys ?? []).map((line) => utils.parseKey(line));
  const same = (bytes: Buffer) => bytes.length === key.data.length && timingSafeEqual(bytes, key.data);
  return username === account.credential.username && parsed.some((one) => !(one instanceof Error) && same(one.getPublicSSH()));
}

function checkKey(link: Link, context: PublicKeyAuthContext): void {
  if (!knows(link, context)) return context.reject(METHODS);
  if (!context.signature) return context.accept();
  const key = utils.parseKey(`${context.key.algo} ${context.key.data.toString("base64")}`);
  const verified = !(key instanceof Error) && key.verify(context.blob!, context.signature, context.hashAlgo);
  if (verified === true) admitted(link, context);
  else context.reject(METHODS);
}

function authenticate(link: Link, context: AuthContext): void {
  if (context.method === "password") return checkPassword(link, context, context.password);
  if (context.method === "publickey") return checkKey(link, context);
  if (context.method === "keyboard-interactive") {
    const keyboard: KeyboardAuthContext = context;
    return keyboard.prompt([{ prompt: `${keyboard.username}@${link.host.computer}'s password: `, echo: false }], (answers) => checkPassword(link, keyboard, answers[0]));
  }
  context.reject(METHODS);
}

/** `MaxSessions` of sshd: so many channels of one connection at once. */
const MAX_SESSIONS = 10;

function serveSession(link: Link, session: Session, ended: AbortSignal): void {
  session.on("pty", (accept) => accept?.());
  session.on("env", (accept) => accept?.());
  session.on("exec", (accept, _reject, { command }) => serveExec(link, command, accept(), ended));
  session.on("sftp", (accept) => serveSftp({ owner: link.host, files: new DriveFiles(link.host), drop: link.drop }, accept()));
  session.on("shell", (_accept, reject) => refuse(link, "a shell", reject));
}

/** Lets a client in by password or key, and serves its commands and files. */
export function serveConnection(link: Link, client: Connection): void {
  const ended = new AbortController();
  client.on("error", () => {});
  client.on("close", () => ended.abort());
  client.on("authentication", (context) => authenticate(link, context));
  let open = 0;
  client.on("session", (accept, reject) => {
    if (open >= MAX_SESSIONS) return refuse(link, "an eleventh channel", reject);
    open++;
    const session = accept();
    session.on("close", () => open--);
    serveSession(link, session, ended.signal);
  });
  client.on("tcpip", (_accept, reject) => reject?.());
  client.on("openssh.streamlocal", (_accept, reject) => reject?.());
  client.on("request", (_accept, reject) => reject?.());
}
