// The real Pulumi CLI, engine and Node host from PATH, on one program with a backend of its own.
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a command has said when it has ended. */
export interface Said {
  code: number;
  /** Standard output and standard error as they came, without colours. */
  text: string;
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, text }));
  });
}

/** Writes files below a folder, by their paths. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Our own state, Pulumi's home and its backend, all below `room`. */
export function environment(room: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  for (const name of ["backend", "home", "state"]) mkdirSync(join(room, name), { recursive: true });
  const own = {
    PULUMI_BACKEND_URL: `file://${join(room, "backend")}`,
    PULUMI_HOME: join(room, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    UCCERTS_STATE: join(room, "state"),
    UCCERTS_CONNECTIONS: "",
  };
  return { ...process.env, ...own, ...more };
}

export class Stack {
  private constructor(
    readonly program: string,
    readonly env: NodeJS.ProcessEnv,
    private readonly name: string,
  ) {}

  /** A new stack of the program in `folder`. */
  static async init(folder: string, env: NodeJS.ProcessEnv, name = "test"): Promise<Stack> {
    const stack = new Stack(folder, env, name);
    const { code, text } = await stack.plain("stack", "init", name);
    if (code !== 0) throw new Error(`pulumi stack init ended with ${code}: ${text}`);
    return stack;
  }

  preview(...args: string[]): Promise<Said> {
    return this.plain("preview", "--stack", this.name, ...args);
  }

  up(...args: string[]): Promise<Said> {
    return this.plain("up", "--yes", "--skip-preview", "--stack", this.name, ...args);
  }

  destroy(): Promise<Said> {
    return this.plain("destroy", "--yes", "--skip-preview", "--stack", this.name);
  }

  /** The outputs of the program. */
  async outputs(): Promise<Record<string, unknown>> {
    const { text } = await this.plain("stack", "output", "--json", "--stack", this.name);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async plain(...args: string[]): Promise<Said> {
    const said = await run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: this.program, env: this.env });
    // Beside what it left, to be looked through for secrets.
    appendFileSync(join(dirname(this.env.UCCERTS_STATE!), "printed.txt"), said.text);
    return said;
  }
}
