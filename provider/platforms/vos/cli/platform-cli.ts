// Platform CLI commands, one method per thing that we need; one session per node, opened on first use.
import type { ServiceReading } from "../../../../domain/readings";
import { isLost, PlatformError } from "../../../errors";
import { retry } from "../../../transport/retry";
import type { SsoStatus, SystemFacts, Uptime, Watch } from "../../vos";
import * as outputs from "./outputs";
import { type CliSession, type Command, NotSent } from "./session";

export const YES = { question: /\((yes|y)[/|](no|n)\)\s*\??\s*:?\s*$/i, answer: "yes" };

export interface CliTimes {
  cliCommand: number;
  serviceRestart: number;
  retryFirst: number;
}

/** In how many sessions a command is tried that a session did not take any more. */
const SESSIONS = 3;

export class PlatformCli {
  private session: Promise<CliSession> | undefined;
  /** Sessions in which a service was restarting when its prompt did not come back: left alone until the end. */
  private readonly abandoned: CliSession[] = [];
  private closed = false;
  /** Why no session could be opened, at last. */
  private unopened: unknown;
  /** Restarts that have begun and whose prompt is not back. */
  private restarting = 0;

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

  async sso(): Promise<SsoStatus> {
    const action = "read the SSO status";
    const output = await this.read("utils sso status", action);
    const on = outputs.ssoEnabled(output);
    if (on === undefined) throw new PlatformError("unknown", { node: this.host, action, answer: `the answer to "utils sso status" is not understood` });
    return { on, test: outputs.ssoTest(output), metadataExported: outputs.ssoMetadataExported(output) };
  }

  /** Judged by the status, not by the text: after a lost answer too. */
  async disableSso(): Promise<void> {
    const action = "switch SSO off";
    try {
      await this.write({ line: "utils sso disable", action, replies: [YES] });
    } catch (error) {
      if (!isLost(error) || (await this.sso()).on) throw error;
    }
    if ((await this.sso()).on) throw new PlatformError("rejected", { node: this.host, action, answer: "utils sso status says that it is on, after utils sso disable" });
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

  /** Deletes a trust certificate and judges by the listing, not by the text (platform-interfaces.md 3.2): after a lost answer too. */
  async deleteCertificate(store: string, fileName: string): Promise<void> {
    const action = `delete ${store}/${fileName}`;
    const listed = async () => (await this.trustFiles()).includes(`${store}/${fileName}`);
    for (const unit of [store, store.replace(/-trust$/, "")]) {
      if (!(await listed())) return;
      try {
        await this.write({ line: `set cert delete ${unit} ${fileName}`, action, replies: [YES] });
      } catch (error) {
        if (isLost(error) && !(await listed())) return;
        throw error;
      }
    }
    if (await listed()) throw new PlatformError("rejected", { node: this.host, action, answer: "it is still listed after the deletion" });
  }

  restartService(name: string, watch: Watch): Promise<void> {
    return this.holding(() => this.control("restart", name, watch));
  }

  startService(name: string, watch: Watch): Promise<void> {
    return this.holding(() => this.control("start", name, watch));
  }

  async uptime(): Promise<Uptime> {
    const action = "read the uptime";
    const uptime = outputs.uptime(await this.read("show status", action));
    if (!uptime) throw new PlatformError("unknown", { node: this.host, action, answer: `"show status" has no uptime that is understood` });
    return uptime;
  }

  /** Ordered once; what fails before the order is confirmed has done nothing, and is tried again. The session ends with the node. */
  async restartNode(): Promise<void> {
    const action = "restart the node";
    let confirmed = false;
    const confirm = { ...YES, typed: () => void (confirmed = true) };
    const order = () => this.write({ line: "utils system restart", action, replies: [confirm], limit: this.times.serviceRestart });
    let output = "";
    try {
      output = await retry(order, { first: this.times.retryFirst, final: () => confirmed });
    } catch (error) {
      if (!confirmed || !isLost(error)) throw error;
    }
    if (!confirmed) throw new PlatformError("rejected", { node: this.host, action, answer: lastLine(output) });
  }

  /** Whether a service restarts in a session of ours: it could stay down when that ends. */
  get holdsRestart(): boolean {
    return this.restarting > 0;
  }

  /** Closes every session, never in the middle of a command; none is opened any more. */
  async close(): Promise<void> {
    this.closed = true;
    const session = await this.session?.catch(() => undefined);
    await Promise.all([...this.abandoned, ...(session ? [session] : [])].map((one) => one.close()));
  }

  /** Every service of the node, without how long it has been running. */
  async services(): Promise<ServiceReading[]> {
    const services = outputs.serviceList(await this.read("utils service list", "list the services"));
    if (services.length === 0) throw new PlatformError("unknown", { node: this.host, action: "list the services", answer: "the answer names none" });
    return services;
  }

  /** Returns when the prompt is back; the session is never left before that (platform-interfaces.md 3.5). */
  private async control(verb: "restart" | "start", name: string, watch: Watch): Promise<void> {
    let last: ServiceReading | undefined;
    const told = (line: string) => {
      const seen = outputs.serviceLine(line);
      if (seen && seen.state !== last?.state) watch(seen.state.toUpperCase());
      last = seen ?? last;
    };
    const output = await this.write({ line: `utils service ${verb} ${name}`, action: `${verb} ${name}`, limit: this.times.serviceRestart, watch: told, uninterruptible: true });
    const final = last ?? outputs.serviceList(output).at(-1);
    if (!final) throw new PlatformError("rejected", { node: this.host, action: `${verb} ${name}`, answer: output.trim().split("\n").at(-1) ?? "no answer" });
  }

  private async holding<T>(work: () => Promise<T>): Promise<T> {
    this.restarting++;
    try {
      return await work();
    } finally {
      this.restarting--;
    }
  }

  private async trustFiles(): Promise<string[]> {
    return outputs.trustFiles(await this.read("show cert list trust", "list the trust certificates")).map(({ store, fileName: file }) => `${store}/${file}`);
  }

  private async fact<T>(line: string, read: (output: string) => T | undefined): Promise<{ value: T } | { unread: string }> {
    const value = read(await this.read(line, line));
    return value === undefined ? { unread: `the answer to "${line}" is not understood` } : { value };
  }

  /** A command that only reads may be repeated in a new session; where none could be had, it was tried often enough. */
  read(line: string, action: string): Promise<string> {
    return retry(() => this.run({ line, action }), { first: this.times.retryFirst, final: (error) => error === this.unopened });
  }

  /** A command that changes something is sent once. */
  write(command: Asked): Promise<string> {
    return this.run(command);
  }

  private async run(command: Asked): Promise<string> {
    for (let opening = 1; ; opening++) {
      const session = await this.ready();
      try {
        return await session.run({ limit: this.times.cliCommand, ...command });
      } catch (error) {
        // Whatever state the shell is in, the next command starts in a new session.
        if (command.uninterruptible && !(error instanceof NotSent)) this.abandoned.push(session);
        else void session.close();
        if (!(error instanceof NotSent) || opening >= SESSIONS) throw error;
      }
    }
  }

  /** A session that may need more than one try: nothing has been asked then, so this is safe before a write too. */
  private async ready(): Promise<CliSession> {
    try {
      return await retry(() => this.opened(), { first: this.times.retryFirst });
    } catch (error) {
      throw (this.unopened = error);
    }
  }

  /** The session, a new one when there is none, or when it has ended (after 30 idle minutes the node ends it). */
  private opened(): Promise<CliSession> {
    if (this.closed) throw new PlatformError("connection", { node: this.host, action: "open a CLI session", answer: "the run is ending; nothing was sent" });
    const opening = this.session ? this.session.then((session) => (session.open ? session : this.open())) : this.open();
    this.session = opening;
    // A failed opening is not remembered.
    opening.catch(() => this.session === opening && (this.session = undefined));
    return opening;
  }
}

/** The platform's own words, without the line that follows every failure. */
function lastLine(output: string): string {
  return output.split("\n").map((line) => line.trim()).filter((line) => line !== "" && line !== "Executed command unsuccessfully").at(-1) ?? "no answer";
}

/** A command with the usual limit, unless it says another. */
export type Asked = Omit<Command, "limit"> & { limit?: number };
