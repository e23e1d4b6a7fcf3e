// Platform CLI commands, one method per thing that we need; one session per node, opened on first use.
import type { ServiceReading } from "../../../../domain/readings";
import { PlatformError } from "../../../errors";
import { retry } from "../../../transport/retry";
import type { SystemFacts, Watch } from "../../vos";
import * as outputs from "./outputs";
import type { CliSession, Command } from "./session";

const YES = { question: /\((yes|y)[/|](no|n)\)\s*\??\s*:?\s*$/i, answer: "yes" };

export interface CliTimes {
  cliCommand: number;
  serviceRestart: number;
  retryFirst: number;
}

export class PlatformCli {
  private session: Promise<CliSession> | undefined;

  constructor(
    private readonly host: string,
    private readonly open: () => Promise<CliSession>,
    private readonly times: CliTimes,
  ) {}

  async system(): Promise<SystemFacts> {
    const version = outputs.activeVersion(await this.read("show version active", "read the version"));
    if (!version) throw new PlatformError("unknown", { node: this.host, action: "read the version", answer: `"show version active" has no version line` });
    return {
      version,
      diskUsed: outputs.diskUsed(await this.read("show status", "read the disk usage")),
      ntpSynchronised: await this.fact("utils ntp status", outputs.ntpSynchronised),
      fips: await this.fact("utils fips status", outputs.fipsMode),
      sso: await this.fact("utils sso status", outputs.ssoEnabled),
    };
  }

  async unresolved(names: readonly string[]): Promise<string[]> {
    const missing: string[] = [];
    for (const name of names) if (outputs.hostResolved(await this.read(`utils network host ${name}`, `resolve ${name}`)) === false) missing.push(name);
    return missing;
  }

  async unhealthyReplication(): Promise<{ name: string; state: string }[]> {
    const rows = outputs.replicationRows(await this.read("utils dbreplication runtimestate", "read the state of database replication"));
    if (rows.length === 0) throw new PlatformError("unknown", { node: this.host, action: "read the state of database replication", answer: "no row that is understood" });
    return rows.filter(({ healthy }) => !healthy).map(({ name, state }) => ({ name, state }));
  }

  async backups(): Promise<{ last: Date | undefined; running: boolean }> {
    const history = await this.read("utils disaster_recovery history backup", "read the backup history");
    const status = await this.read("utils disaster_recovery status backup", "read the backup status");
    return { last: outputs.lastBackup(history), running: outputs.backupRunning(status) };
  }

  /** Deletes a trust certificate and judges by the listing, not by the text (platform-interfaces.md 3.2). */
  async deleteCertificate(store: string, fileName: string): Promise<void> {
    for (const unit of [store, store.replace(/-trust$/, "")]) {
      if (!(await this.trustFiles()).includes(`${store}/${fileName}`)) return;
      await this.run({ line: `set cert delete ${unit} ${fileName}`, action: `delete ${store}/${fileName}`, replies: [YES] });
    }
    if ((await this.trustFiles()).includes(`${store}/${fileName}`))
      throw new PlatformError("rejected", { node: this.host, action: `delete ${store}/${fileName}`, answer: "it is still listed after the deletion" });
  }

  restartService(name: string, watch: Watch): Promise<void> {
    return this.control("restart", name, watch);
  }

  startService(name: string, watch: Watch): Promise<void> {
    return this.control("start", name, watch);
  }

  /** Closes the session where one is open, never in the middle of a command. */
  async close(): Promise<void> {
    const session = await this.session?.catch(() => undefined);
    await session?.close();
  }

  /** Returns when the prompt is back; the session is never left before that (platform-interfaces.md 3.5). */
  private async control(verb: "restart" | "start", name: string, watch: Watch): Promise<void> {
    let last: ServiceReading | undefined;
    const told = (line: string) => {
      const seen = outputs.serviceLine(line);
      if (seen && seen.state !== last?.state) watch(seen.state.toUpperCase());
      last = seen ?? last;
    };
    const output = await this.run({ line: `utils service ${verb} ${name}`, action: `${verb} ${name}`, idle: this.times.serviceRestart, watch: told, uninterruptible: true });
    const final = last ?? outputs.serviceList(output).at(-1);
    if (!final) throw new PlatformError("rejected", { node: this.host, action: `${verb} ${name}`, answer: output.trim().split("\n").at(-1) ?? "no answer" });
  }

  private async trustFiles(): Promise<string[]> {
    return (await this.read("show cert list trust", "list the trust certificates")).split("\n").map((line) => line.split(":")[0]!.trim());
  }

  private async fact<T>(line: string, read: (output: string) => T | undefined): Promise<{ value: T } | { unread: string }> {
    const value = read(await this.read(line, line));
    return value === undefined ? { unread: `the answer to "${line}" is not understood` } : { value };
  }

  /** A command that only reads may be repeated in a new session. */
  private read(line: string, action: string): Promise<string> {
    return retry(() => this.run({ line, action }), { first: this.times.retryFirst, attempts: 3 });
  }

  private async run(command: Omit<Command, "idle"> & { idle?: number }): Promise<string> {
    const opening = (this.session ??= this.open());
    try {
      return await (await opening).run({ idle: this.times.cliCommand, ...command });
    } catch (error) {
      // Whatever state the shell is in, the next command starts in a new session.
      if (this.session === opening) this.session = undefined;
      if (!command.uninterruptible) void opening.then((session) => session.close()).catch(() => {});
      throw error;
    }
  }
}
