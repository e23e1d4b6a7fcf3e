// The port of an SFTP server, as sshd with internal-sftp: a password, then files and nothing else.
import type { AuthContext, Connection, Session } from "ssh2";
import type { Running } from "../lab";
import { startSshPort } from "../ssh/port";
import { serveSftp } from "../ssh/sftp";
import type { SftpServer } from "./server";

interface Link {
  readonly server: SftpServer;
  readonly drop: () => void;
}

function record({ server }: Link, action: string, detail: Record<string, unknown>, outcome = "ok"): void {
  server.history.record({ node: server.fqdn, interface: "sftp", action, detail, outcome });
}

function authenticate(link: Link, context: AuthContext): boolean {
  const { server } = link;
  const { username } = context;
  const user = server.users.find(({ account }) => account.credential.username === username);
  const known = context.method === "password" && (user ?? server.userNamed()).account.logIn(username, context.password, "sftp") === "accepted";
  if (!known) context.reject(["password"]);
  else {
    record(link, "log in", { username });
    context.accept();
  }
  return known;
}

function refuse(link: Link, what: string, reject: (() => void) | undefined): void {
  record(link, `open ${what}`, {}, "refused");
  reject?.();
}

function serveSession(link: Link, username: string, session: Session): void {
  const { server: owner, drop } = link;
  session.on("sftp", (accept) => serveSftp({ owner, files: owner.userNamed(username).files, drop }, accept()));
  // As sshd does: a terminal is granted, what would run on it is not.
  session.on("pty", (accept) => accept?.());
  session.on("exec", (_accept, reject) => refuse(link, "a command", reject));
  session.on("shell", (_accept, reject) => refuse(link, "a shell", reject));
}

function serve(link: Link, client: Connection): void {
  let username = "";
  client.on("error", () => {});
  client.on("authentication", (context) => {
    if (authenticate(link, context)) username = context.username;
  });
  client.on("session", (accept) => serveSession(link, username, accept()));
  client.on("tcpip", (_accept, reject) => reject?.());
  client.on("openssh.streamlocal", (_accept, reject) => reject?.());
  client.on("request", (_accept, reject) => reject?.());
}

export function startSftp(server: SftpServer): Promise<Running & { drop(): void }> {
  return startSshPort(server, {
    keys: server.lab.keys,
    interface: "sftp",
    closed: () => server.down,
    server: { ident: "OpenSSH_uccerts_lab" },
    serve: (client, drop) => serve({ server, drop }, client),
  });
}
