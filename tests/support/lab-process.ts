// "uccerts lab" as a process of its own, as a user starts it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./project";

export interface LabProcess {
  stop(): Promise<void>;
}

/** Starts the estate of A1; its file is in the state folder that `env` names. */
export async function startLabProcess(env: NodeJS.ProcessEnv): Promise<LabProcess> {
  const child = spawn(process.execPath, [join(ROOT, "dist", "cli", "index.js"), "lab", "--json"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended.then(() => Promise.reject(new Error("the lab did not start")))]);
  return {
    async stop() {
      child.kill("SIGINT");
      await ended;
    },
  };
}
