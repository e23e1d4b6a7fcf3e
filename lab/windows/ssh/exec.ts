// One command of a client: what sshd hands to `cmd.exe /c`.
import type { ServerChannel } from "ssh2";
import type { FaultName } from "../../faults";
import { findCommand } from "../commands";
import { LineRunner, SessionLost, type Shell } from "../shell/shell";
import type { Link } from "./connection";

interface Ended {
  code: number;
}

/** Does what is asked, unless a fault strikes before; undefined when nobody is to learn of it. */
async function perform(link: Link, line: string, channel: ServerChannel, signal: AbortSignal): Promise<Ended | undefined> {
  const { host } = link;
  const occasion = { node: host.fqdn, interface: "windows ssh" as const, action: line };
  const strike = (name: FaultName) => host.faults.strike(name, occasion) !== undefined;
  await host.waits.sleep(host.timing.latency + host.faults.delay("slow answer", occasion));
  if (strike("no answer")) return undefined;
  if (strike("dropped connection")) return void link.drop();
  await host.ready();
  const before = (command: string) => {
    const lost = host.faults.strike("session lost", { ...occasion, action: command }) !== undefined;
    if (lost) link.drop();
    return !lost;
  };
  const shell: Shell = { host, variables: { ...host.variables }, folder: host.home, signal, before };
  const open = (write: (bytes: Buffer) => unknown) => (bytes: Buffer) => void (signal.aborted || write(bytes));
  const code = await new LineRunner(shell, findCommand).run(line, { output: open((bytes) => channel.write(bytes)), errors: open((bytes) => channel.stderr.write(bytes)) });
  return strike("dropped answer") ? void link.drop() : { code };
}

/** A command ends with its session: the process is killed, what it has done stays. */
export function serveExec(link: Link, line: string, channel: ServerChannel, connection: AbortSignal): void {
  const { host } = link;
  const own = new AbortController();
  const signal = AbortSignal.any([connection, own.signal]);
  channel.on("close", () => own.abort());
  channel.on("error", () => {});
  channel.resume();
  const run = host.history.span({ node: host.fqdn, interface: "windows ssh", action: line }, async (entry) => {
    try {
      const ended = await perform(link, line, channel, signal);
      entry.outcome = !ended ? "no answer" : ended.code === 0 ? "ok" : `exit ${ended.code}`;
      if (!ended || signal.aborted) return;
      channel.exit(ended.code);
      channel.end();
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      entry.outcome = "session lost";
    }
  });
  host.follow(run.catch((error: unknown) => failed(channel, error)));
}

function failed(channel: ServerChannel, error: unknown): void {
  if (!channel.destroyed) channel.stderr.write(`the lab itself failed: ${error instanceof Error ? error.stack : String(error)}`, () => channel.close());
}
