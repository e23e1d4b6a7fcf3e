// A command of the Pulumi CLI while it runs, with the processes that it has started.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** What one command of the CLI did. */
export interface Run {
  code: number | null;
  /** Everything that it printed. */
  output: string;
}

const PATIENCE_MS = 60_000;

export class Running {
  output = "";
  /** When it has ended and nobody can write to it any more, or when it was killed. */
  readonly ended: Promise<Run>;
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    // A group of its own, as a terminal gives to a command: Ctrl-C reaches all of it.
    this.child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code) => resolve({ code, output: this.output }));
      this.child.on("exit", (code, signal) => signal && resolve({ code, output: this.output }));
    });
  }

  /** Ctrl-C at the terminal, or another signal to the CLI's own process group; its plugins are in groups of their own. */
  signal(signal: NodeJS.Signals): void {
    process.kill(-this.child.pid!, signal);
  }

  /** Ends the engine at once: it writes nothing down and says nothing to anybody. */
  async killEngine(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Waits until it has printed `text`. */
  async prints(text: string): Promise<void> {
    const tooEarly = this.ended.then(({ output }) => (output.includes(text) ? undefined : Promise.reject(new Error(`it ended without "${text}": ${output}`))));
    while (!this.output.includes(text)) await Promise.race([once(this.child.stdout!, "data"), once(this.child.stderr!, "data"), tooEarly]);
  }
}

interface Process {
  pid: number;
  /** Its command line with its environment. */
  text: string;
}

/** The living processes in whose command line or environment `folder` stands: those of a stack, whoever their parent is now. */
export function processesOf(folder: string): Process[] {
  const { stdout } = spawnSync("ps", ["axeww", "-o", "pid=,stat=,command="], { encoding: "utf8", maxBuffer: 1 << 28 });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, stat, text] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid && text!.includes(folder) && !stat!.startsWith("Z") ? [{ pid: Number(pid), text: text! }] : [];
  });
}

const PROVIDER = /^\S*(node|sh)\S* \S*(dynamic-provider|pulumi-resource-pulumi-nodejs)/;

/** The provider process of a stack whose folder this is. */
export function providerOf(folder: string): number {
  const found = processesOf(folder).filter(({ text }) => /^\S*node\S* \S*dynamic-provider/.test(text));
  if (found.length !== 1) throw new Error(`${found.length} provider processes of ${folder}`);
  return found[0]!.pid;
}

/** Waits until no provider process of a stack lives any more. @throws naming those that do after a minute */
export async function providersGone(folder: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  const living = () => processesOf(folder).filter(({ text }) => PROVIDER.test(text));
  for (let left = living(); left.length > 0; left = living()) {
    if (Date.now() > deadline) throw new Error(`still alive: ${left.map(({ pid, text }) => `${pid} ${text.slice(0, 120)}`).join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ends what a killed engine has left of a stack: Pulumi's own language host does not notice that it is gone. */
export function endLeftovers(folder: string): void {
  for (const { pid } of processesOf(folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
