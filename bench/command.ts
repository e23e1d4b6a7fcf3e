// Programs of the machine that the bench runs.
import { spawn, type SpawnOptions } from "node:child_process";

/** Runs a program. @returns what it printed @throws with that, when it fails or is not there */
export function command(file: string, args: readonly string[], options: Pick<SpawnOptions, "cwd" | "env"> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const text = Buffer.concat(said).toString("utf8");
      if (code === 0) resolve(text);
      else reject(new Error(`${file} ended with ${code}:\n${text}`));
    });
  });
}
