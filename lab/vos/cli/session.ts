// One shell from its banner to its end: prompt, command, answer, and what the faults make of it.
import { StringDecoder } from "node:string_decoder";
import type { ServerChannel } from "ssh2";
import type { FaultName, Occasion } from "../../faults";
import { Refusal } from "../refusal";
import type { Call } from "./command";
import type { Host } from "./host";
import { Interrupted, Lost } from "./keyboard";
import { findCommand, NotEmulated, UnknownCommand } from "./registry";
import { type Screen, Terminal } from "./terminal";

const PROMPT = "admin:";
const BANNER = ["", "   Welcome to the Platform Command Line Interface", "", "VMware Installation:", "\t2 vCPU: emulated by the uccerts lab", "\tDisk 1: 110GB, Partitions aligned", "\t8192 Mbytes RAM", ""];
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const UNSUCCESSFUL = "Executed command unsuccessfully";

/** A fault that leaves the client waiting for ever. */
class Hanging extends Error {}

class ShellSession {
  private readonly terminal: Terminal;
  private work = new AbortController();
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: Host,
    private readonly username: string,
    channel: ServerChannel,
    screen: Screen,
  ) {
    this.terminal = new Terminal(channel, screen);
    this.terminal.keyboard.onInterrupt = () => this.work.abort(new Interrupted());
    const decoder = new StringDecoder("utf8");
    const minutes = host.settings.sessionTimeoutMinutes;
    channel.on("data", (chunk: Buffer) => {
      if (host.node.down) return host.drop();
      this.awake(minutes);
      this.terminal.keyboard.feed(decoder.write(chunk));
    });
    channel.on("error", () => {});
    for (const end of ["close", "end"]) channel.on(end, () => this.close());
    this.awake(minutes);
  }

  /** Runs until `exit`; throws `Lost` when the client is gone before. */
  async run(): Promise<void> {
    await this.greet();
    for (;;) {
      this.terminal.write(PROMPT);
      const line = await this.readCommand();
      if (line === "exit" || line === "quit") return;
      if (line) await this.answer(line);
    }
  }

  close(): void {
    clearTimeout(this.idle);
    this.terminal.keyboard.close();
    this.work.abort(new Lost());
  }

  /** Begins to count the idle minutes anew. */
  private awake(minutes: number): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.host.drop(), Math.min(minutes * 60_000, LONGEST_TIMER_MS)).unref();
  }

  private async greet(): Promise<void> {
    const { timing, switches, waits } = this.host.node;
    this.terminal.say("Command Line Interface is starting up, please wait ...");
    await waits.sleep(timing.cliStart);
    for (const line of BANNER) this.terminal.say(line);
    this.terminal.write("\u001b[0m");
    if (switches.firstPrompt === "twice") this.terminal.write(`${PROMPT}\n\r`);
    if (switches.firstPrompt === "after newline") await this.readCommand();
  }

  private async readCommand(): Promise<string> {
    try {
      return (await this.terminal.readLine()).trim().replace(/\s+/g, " ");
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.terminal.say("^C");
      return "";
    }
  }

  private async answer(line: string): Promise<void> {
    const { node } = this.host;
    const action = line.replaceAll(node.osAdministrator.credential.password, "********");
    const occasion: Occasion = { node: node.fqdn, interface: "cli", action };
    const strike = (name: FaultName) => node.faults.strike(name, occasion);
    this.work = new AbortController();
    let lines: string[];
    try {
      lines = await node.history.span(occasion, () => this.perform(line, occasion));
    } catch (error) {
      if (error instanceof Hanging) return this.terminal.hang();
      lines = complaint(error);
    }
    if (node.down) this.cut("node down");
    if (strike("dropped answer")) this.cut("dropped answer");
    await this.print(line, lines);
    if (strike("lost prompt")) await this.terminal.hang();
  }

  private async perform(line: string, occasion: Occasion): Promise<string[]> {
    const { node, settings } = this.host;
    const strike = (name: FaultName) => node.faults.strike(name, occasion);
    await node.waits.sleep(node.timing.latency + node.faults.delay("slow answer", occasion));
    if (strike("no answer")) throw new Hanging("no answer");
    if (strike("dropped connection")) this.cut("dropped connection");
    this.work.signal.throwIfAborted();
    const { command, words } = findCommand(line);
    if (command.notDuringUpgrade && node.health.upgradeRunning) throw new Refusal("This command is not allowed while an upgrade is in progress");
    const call: Call = { node, settings, terminal: this.terminal, username: this.username, words, lost: this.work.signal };
    return (await command.run(call)) ?? [];
  }

  private async print(line: string, lines: string[]): Promise<void> {
    try {
      await this.terminal.page(lines, / page$/.test(line));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  private cut(why: string): never {
    this.host.drop();
    throw new Lost(why);
  }
}

/** What the platform prints when a command did not do its work. */
function complaint(error: unknown): string[] {
  if (error instanceof Lost) throw error;
  if (error instanceof Interrupted) return ["^C"];
  if (error instanceof UnknownCommand) return ["No valid command entered"];
  if (error instanceof NotEmulated) return [error.words];
  if (error instanceof Refusal) return [error.words, UNSUCCESSFUL];
  return `the lab itself failed: ${error instanceof Error ? error.stack : String(error)}`.split("\n");
}

/** Serves one shell; it is in the history with its begin and end. */
export async function runSession(host: Host, username: string, channel: ServerChannel, screen: Screen): Promise<void> {
  const { node, sessions } = host;
  const session = new ShellSession(host, username, channel, screen);
  sessions.add(session);
  try {
    await node.history.span({ node: node.fqdn, interface: "ssh", action: "session", detail: { username } }, () => session.run());
  } catch (error) {
    if (!(error instanceof Lost)) host.drop();
  } finally {
    sessions.delete(session);
    session.close();
    if (channel.writable) {
      channel.exit(0);
      channel.end();
    }
  }
}
