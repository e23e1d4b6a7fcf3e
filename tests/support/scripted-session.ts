// Sessions of the platform CLI with a node that plays a script.
import assert from "node:assert/strict";
import { PlatformError } from "../../provider/errors";
import { CliSession, type Command, type SessionTimes } from "../../provider/platforms/vos/cli/session";
import { openShell } from "../../provider/transport/ssh";
import { HOST_KEY, type RunningSsh, startSshServer, type TestShell } from "./ssh-server";

export const NODE = "pub.example.com";
const TIMES: SessionTimes = { cliStart: 4_000, cliQuestion: 60 };
/** So patient that no empty line is sent, however slow the machine is. */
export const PATIENT: Partial<SessionTimes> = { cliStart: 20_000, cliQuestion: 10_000 };
export const SHOW: Command = { line: "show version active", action: "read the version", limit: 4_000 };
export const RESTART: Command = { line: "utils service restart Cisco Tomcat", action: "restart Cisco Tomcat", limit: 4_000, uninterruptible: true };
export const DELETE: Command = { line: "set cert delete tomcat-trust a.pem", action: "delete a.pem", limit: 4_000, replies: [{ question: /\(yes\/no\) \?\s*$/, answer: "yes" }] };

const servers = new Set<RunningSsh>();
const sessions = new Set<CliSession>();

/** After each test: the scripts ran as they were written, and nothing stays open. */
export async function stopAll(): Promise<void> {
  for (const server of servers) assert.deepEqual(server.mistakes, []);
  await Promise.all([...servers].map((server) => server.stop()));
  await Promise.all([...sessions].map((session) => session.close()));
  servers.clear();
  sessions.clear();
}

/** A node whose shell plays a script. */
export async function serve(shell: (shell: TestShell) => Promise<void> | void): Promise<RunningSsh> {
  const server = await startSshServer({ shell });
  servers.add(server);
  return server;
}

/** Logs in and begins a session. */
export async function begin(server: RunningSsh, times: Partial<SessionTimes> = {}): Promise<CliSession> {
  const shell = await openShell({ host: NODE, address: "127.0.0.1", port: server.port, username: "admin", password: "right", hostKeys: [HOST_KEY], connection: "hq" }, 5_000);
  const session = await CliSession.begin(shell, NODE, { ...TIMES, ...times });
  sessions.add(session);
  return session;
}

/** A session in which the script goes on after its beginning. */
export async function started(script: (shell: TestShell) => Promise<void>, times?: Partial<SessionTimes>): Promise<{ session: CliSession; server: RunningSsh }> {
  const server = await serve(async (shell) => {
    await shell.begin();
    await script(shell);
  });
  return { server, session: await begin(server, times) };
}

/** The error of work that must fail. */
export async function failure(work: Promise<unknown>): Promise<PlatformError> {
  const error: unknown = await work.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError, String(error));
  assert.equal(error.failed.node, NODE);
  return error;
}
