// A small checkout of its own for tests of the set-up: our tools, one source, npm with a memory.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run, type Said, writeFiles } from "./engine";
import { type Folder, makeFolder, ROOT } from "./project";

/** The file that a shell would run. */
export function which(program: string): string {
  const found = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program)).find((file) => existsSync(file));
  if (!found) throw new Error(`this test needs ${program} on PATH`);
  return found;
}

/** An executable shell script. */
export function script(file: string, ...lines: string[]): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(file, 0o755);
  return file;
}

/** A folder with links to these programs, for a PATH on which nothing else is. */
export function pathOf(folder: string, programs: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  for (const program of programs) symlinkSync(program === "node" ? process.execPath : realpathSync(which(program)), join(folder, program));
  return folder;
}

/** The environment without what the test runner leaves in it for its own children. */
export function cleanEnvironment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, INIT_CWD, ...rest } = process.env;
  void [NODE_TEST_CONTEXT, NODE_OPTIONS, INIT_CWD];
  return { ...rest, ...more };
}

const TSCONFIG = { compilerOptions: { target: "ES2021", module: "nodenext", moduleResolution: "nodenext", rootDir: ".", outDir: "dist", declaration: true, strict: true, incremental: true, tsBuildInfoFile: "dist/.tsbuildinfo", types: [] }, include: ["cli", "domain", "tests"] };

export class Sandbox {
  readonly home: string;
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;

  private constructor(private readonly folder: Folder) {
    this.home = join(folder.path, "home");
    this.root = join(folder.path, "checkout");
    mkdirSync(this.home);
    // An npm that chatters, counts what it is asked, and stops half way when it is told to.
    const bin = join(folder.path, "bin");
    script(
      join(bin, "npm"),
      'echo "npm warn something odd about the configuration"',
      'echo "npm warn and something else" >&2',
      `echo "$@" >> "${join(folder.path, "npm-calls")}"`,
      `if [ -e "${join(folder.path, "hang")}" ]; then mkdir -p node_modules/half; echo $$ > "${join(folder.path, "npm-pid")}"; exec sleep 600; fi`,
      `exec "${which("npm")}" "$@"`,
    );
    // Nothing is installed on this machine, whoever runs the tests.
    script(join(bin, "apt-get"), "exit 1");
    const path = [bin, dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);
    this.env = cleanEnvironment({ PATH: path, HOME: this.home, UCCERTS_CACHE: join(folder.path, "cache"), npm_config_cache: join(folder.path, "npm-cache"), npm_config_userconfig: join(folder.path, "npmrc") });
  }

  /** A fresh clone: nothing is installed, nothing is built. */
  static async make(files: Record<string, string> = {}): Promise<Sandbox> {
    const made = new Sandbox(makeFolder());
    for (const part of ["tools", ".ci"]) cpSync(join(ROOT, part), join(made.root, part), { recursive: true });
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
    const own = { name: "sandbox", version: "1.0.0", private: true, scripts, devDependencies: { typescript: `file:${realpathSync(join(ROOT, "node_modules", "typescript"))}` } };
    writeFiles(made.root, { "package.json": JSON.stringify(own), "tsconfig.json": JSON.stringify(TSCONFIG), "cli/index.ts": "export const one: number = 1;\n", ...files });
    const { code, text } = await run(which("npm"), ["install", "--package-lock-only", "--offline", "--no-audit"], { cwd: made.root, env: made.env });
    if (code !== 0) throw new Error(text);
    return made;
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(file: string, text: string): void {
    writeFiles(this.root, { [file]: text });
  }

  has(file: string): boolean {
    return existsSync(this.path(file));
  }

  /** What npm was asked so far. */
  npmCalls(): string[] {
    const file = join(this.folder.path, "npm-calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** Whether the next npm stops half way. */
  hang(on: boolean): void {
    const file = join(this.folder.path, "hang");
    if (on) writeFileSync(file, "");
    else rmSync(file, { force: true });
  }

  /** The npm that has stopped half way. */
  hungNpm(): number | undefined {
    const file = join(this.folder.path, "npm-pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
  }

  /** Everything in the user's home. */
  inHome(): string[] {
    return readdirSync(this.home);
  }

  run(command: string, ...args: string[]): Promise<Said> {
    return run(command, args, { cwd: this.root, env: this.env });
  }

  /** `node tools/ready.js`, the set-up without anything behind it. */
  ready(...args: string[]): Promise<Said> {
    return this.run(process.execPath, "tools/ready.js", ...args);
  }

  spawn(command: string, ...args: string[]): ChildProcess {
    return spawn(command, args, { cwd: this.root, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
  }

  remove(): void {
    this.folder.remove();
  }
}
