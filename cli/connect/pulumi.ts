// The Pulumi CLI, as far as first contact needs it: the stack's configuration, and a preview that tells the nodes.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Misuse } from "../misuse";
import type { Connections } from "./draft";

interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What a preview says, as far as it is used here. */
export interface Preview {
  steps?: { newState?: { type?: string; inputs?: unknown } }[];
  diagnostics?: { message?: string; severity?: string }[];
}

export class Pulumi {
  constructor(private readonly stack?: string) {}

  /** Texts of the stack's configuration by key, secrets in the clear: they stay in this process. */
  async configuration(): Promise<Record<string, string>> {
    const { code, stdout, stderr } = await this.run(["config", "--json", "--show-secrets"]);
    if (code !== 0) throw new Misuse(`the configuration of the stack cannot be read: ${words(stderr)}. Run it in the folder of your program, with a stack selected; or name a publisher: uccerts connect <publisher>`);
    const all = JSON.parse(stdout) as Record<string, { value?: string }>;
    return Object.fromEntries(Object.entries(all).flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])));
  }

  /** A preview whose program may use these connections, from a file that only this user can read and that is gone afterwards. */
  async preview(connections: Connections): Promise<Preview> {
    const folder = mkdtempSync(join(tmpdir(), "uccerts-connect-"));
    try {
      const file = join(folder, "connections.json");
      writeFileSync(file, JSON.stringify(connections), { mode: 0o600 });
      const { stdout, stderr } = await this.run(["preview", "--json", "--show-sames"], { UCCERTS_CONNECTIONS: file });
      return previewOf(stdout, stderr);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Sets single values by their paths. */
  async set(values: readonly [path: string, value: string][]): Promise<void> {
    if (values.length === 0) return;
    const { code, stderr, stdout } = await this.run(["config", "set-all", "--path", ...values.flatMap(([path, value]) => ["--plaintext", `${path}=${value}`])]);
    if (code !== 0) throw new Error(`the stack configuration was not written: ${words(stderr || stdout)}`);
  }

  private run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Said> {
    const all = [...args, "--non-interactive", "--color", "never", ...(this.stack ? ["--stack", this.stack] : [])];
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", all, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
      const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
      for (const stream of ["stdout", "stderr"] as const) child[stream].on("data", (chunk: Buffer) => chunks[stream].push(chunk));
      child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new Misuse("pulumi is not on PATH; name a publisher to do without it: uccerts connect <publisher>") : error));
      child.on("close", (code) => resolve({ code, stdout: Buffer.concat(chunks.stdout).toString(), stderr: Buffer.concat(chunks.stderr).toString() }));
    });
  }
}

function previewOf(stdout: string, stderr: string): Preview {
  try {
    return JSON.parse(stdout) as Preview;
  } catch {
    throw new Error(`pulumi preview failed: ${words(stderr || stdout)}`);
  }
}

function words(text: string): string {
  return text.replace(/^error: /, "").trim().slice(-1_000);
}
