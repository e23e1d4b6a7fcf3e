// One SSH client: how it logs in, and what it may open. Only a shell on a terminal works.
import type { AuthContext, Connection, KeyboardAuthContext, ServerChannel, Session } from "ssh2";
import type { Host } from "./host";
import { runSession } from "./session";
import type { Screen } from "./terminal";

type Reject = (() => void) | undefined;

function record({ node }: Host, action: string, detail: Record<string, unknown>, outcome = "ok"): void {
  node.history.record({ node: node.fqdn, interface: "ssh", action, detail, outcome });
}

function refuse(host: Host, what: string, reject: Reject): void {
  record(host, `open ${what}`, {}, "refused");
  reject?.();
}

function checkPassword(host: Host, context: KeyboardAuthContext, password: string | undefined): void {
  const { node } = host;
  const { username } = context;
  if (node.osAdministrator.logIn(username, password, "ssh") !== "accepted") return context.reject(["keyboard-interactive"]);
  record(host, "log in", { username });
  if (node.faults.strike("dropped answer", { node: node.fqdn, interface: "ssh", action: "log in" })) return host.drop();
  context.accept();
}

function authenticate(host: Host, context: AuthContext): void {
  if (context.method === "keyboard-interactive") {
    return context.prompt([{ prompt: "Password: ", echo: false }], (answers) => checkPassword(host, context, answers[0]));
  }
  if (context.method !== "none") record(host, "log-in refused", { username: context.username, method: context.method }, "refused");
  context.reject(["keyboard-interactive"]);
}

function openShell(host: Host, username: string, channel: ServerChannel, screen: Screen): void {
  if (host.sessions.size >= host.settings.sessionLimit) {
    record(host, "session", { username }, "too many sessions");
    channel.write(`Too many logins for '${username}'.\r\n`);
    channel.exit(254);
    channel.end();
    return;
  }
  void runSession(host, username, channel, screen);
}

function serveSession(host: Host, username: string, session: Session): void {
  let screen: Screen | undefined;
  session.on("pty", (accept, _reject, { rows }) => {
    screen = { rows: rows || 24 };
    accept?.();
  });
  session.on("window-change", (accept, _reject, { rows }) => {
    if (screen) screen.rows = rows || 24;
    accept?.();
  });
  session.on("shell", (accept, reject) => {
    if (!screen) return refuse(host, "shell without a terminal", reject);
    openShell(host, username, accept(), screen);
  });
  session.on("exec", (_accept, reject) => refuse(host, "exec", reject));
  session.on("subsystem", (_accept, reject, { name }) => refuse(host, `subsystem ${name}`, reject));
}

/** Lets a client in with user name and password, by keyboard-interactive only, and serves its sessions. */
export function serveConnection(host: Host, client: Connection): void {
  let username = "";
  client.on("error", () => {});
  client.on("authentication", (context) => {
    username = context.username;
    authenticate(host, context);
  });
  client.on("session", (accept) => serveSession(host, username, accept()));
  client.on("tcpip", (_accept, reject) => refuse(host, "forwarding", reject));
  client.on("openssh.streamlocal", (_accept, reject) => refuse(host, "forwarding", reject));
  client.on("request", (_accept, reject) => refuse(host, "forwarding", reject));
}
