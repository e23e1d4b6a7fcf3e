// A Pulumi program with a stack of its own, run by the real engine as a user runs it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionsOf, type Lab } from "../../lab";
import { isOwn, passwordsIn, type Place, refuseLeaks, textsBelow } from "./leaks";
import { type Run, Running } from "./running";

export type { Run } from "./running";

const ROOT = join(__dirname, "..", "..", "..");

/** Short waits, so that a story takes seconds; meanings and defaults in provider/timing.ts. */
const TIMING = { poll: "50ms", retryFirst: "20ms", lostAnswer: "300ms", connect: "5s", cliStart: "10s", replication: "10s", distribution: "10s", serviceRestart: "20s", webReady: "20s", phonesBack: "10s", phonesWatch: "300ms", phonePoll: "100ms", risMinute: "1s" };

/** A resource as the state holds it. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
  dependencies?: string[];
}

export interface StackOptions {
  lab: Lab;
  /** JavaScript: the body of an async function; `uccerts` and `live` are at hand, what it returns becomes the outputs. */
  program: string;
  /** Instead of those of the lab. */
  connections?: object;
  timing?: Record<string, string>;
  env?: Record<string, string>;
}

export class TestStack {
  readonly folder = mkdtempSync(join(tmpdir(), "uccerts-e2e-"));
  readonly env: NodeJS.ProcessEnv;
  /** Everything that may stand nowhere: of the lab, and of every set of connections that was used. */
  readonly secrets = new Set<string>();
  private readonly said: Place[] = [];
  private readonly lab: Lab;

  private constructor(options: StackOptions) {
    this.lab = options.lab;
    for (const name of ["backend", "home", "state"]) mkdirSync(join(this.folder, name));
    this.env = {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      UCCERTS_STATE: join(this.folder, "state"),
      UCCERTS_CONNECTIONS: join(this.folder, "connections.json"),
      ...options.env,
    };
    passwordsIn(connectionsOf(options.lab)).forEach((secret) => this.secrets.add(secret));
    this.setConnections(options.connections ?? connectionsOf(options.lab));
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ name: "story", private: true, main: "index.js" }));
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: story\nruntime: nodejs\n");
    writeFileSync(join(this.folder, "Pulumi.test.yaml"), JSON.stringify({ config: { "uccerts:timing": { ...TIMING, ...options.timing } } }));
    this.write(options.program);
  }

  static async create(options: StackOptions): Promise<TestStack> {
    const stack = new TestStack(options);
    const made = await stack.run("stack", "init", "test");
    if (made.code !== 0) throw new Error(made.output);
    return stack;
  }

  /** Replaces the connections, for instance after a node has joined. */
  setConnections(connections: object): void {
    passwordsIn(connections, this.env).forEach((secret) => this.secrets.add(secret));
    writeFileSync(join(this.folder, "connections.json"), JSON.stringify(connections));
  }

  /** Replaces the program. */
  write(program: string): void {
    const text = `const uccerts = require("pulumi-uccerts"), live = require("pulumi-uccerts/live"), pulumi = require("@pulumi/pulumi");\nmodule.exports = async () => {\n${program}\n};\n`;
    writeFileSync(join(this.folder, "index.js"), text);
  }

  preview(...args: string[]): Promise<Run> {
    return this.run("preview", ...args);
  }

  up(...args: string[]): Promise<Run> {
    return this.run("up", "--yes", "--skip-preview", ...args);
  }

  refresh(...args: string[]): Promise<Run> {
    return this.run("refresh", "--yes", "--skip-preview", ...args);
  }

  destroy(...args: string[]): Promise<Run> {
    return this.run("destroy", "--yes", "--skip-preview", ...args);
  }

  /** Resources of the state, in its order. */
  resources(): StateResource[] {
    return (JSON.parse(this.checkpoint) as { checkpoint: { latest: { resources?: StateResource[] } } }).checkpoint.latest.resources ?? [];
  }

  /** Resources of one of our kinds. */
  ofKind(kind: string): StateResource[] {
    return this.resources().filter(({ type }) => type === `pulumi-nodejs:dynamic/uccerts:${kind}`);
  }

  /** The text of everything that a run leaves on disk, for searches. */
  stateText(): string {
    return this.checkpoint;
  }

  /**
   * Removes everything. So that the whole suite is one search for secrets, all that was printed and every file that was left is looked through.
   * @throws naming the places where a password or a private key stands
   */
  dispose(): void {
    try {
      refuseLeaks([...this.said, ...textsBelow(this.folder).filter((place) => !isOwn(place, ["connections.json"]))], this.secrets);
    } catch (error) {
      // Who called does not come to it any more, and the lab would keep the process alive.
      void this.lab.stop();
      throw error;
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  /** Any command of the CLI in the program's folder. */
  run(...args: string[]): Promise<Run> {
    return this.begin(...args).ended;
  }

  /** The `uccerts` command in the program's folder. */
  uccerts(...args: string[]): Promise<Run> {
    return this.watched(args, process.execPath, join(ROOT, "dist", "cli", "index.js"), ...args).ended;
  }

  /** Any command of the CLI, to be interfered with while it runs. */
  begin(...args: string[]): Running {
    return this.watched(args, "pulumi", ...args, "--non-interactive", "--color", "never");
  }

  /** What the backend holds of the stack, as text: state, and what was going on as it was written. */
  get checkpoint(): string {
    return readFileSync(this.checkpointFile, "utf8");
  }

  set checkpoint(text: string) {
    writeFileSync(this.checkpointFile, text);
  }

  /** Our own state folder (`UCCERTS_STATE`). */
  get state(): string {
    return join(this.folder, "state");
  }

  private get checkpointFile(): string {
    return join(this.folder, "backend", ".pulumi", "stacks", "story", "test.json");
  }

  /** Its output is among what is looked through for secrets. */
  private watched(what: readonly string[], program: string, ...args: string[]): Running {
    const running = new Running(program, args, { cwd: this.folder, env: this.env });
    running.ended.then(({ output }) => this.said.push([`the output of ${what.join(" ").slice(0, 200)}`, output]), () => {});
    return running;
  }
}
