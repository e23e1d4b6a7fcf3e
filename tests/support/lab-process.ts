// "uccerts lab" as a process of its own, as a user starts it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import { passwordsIn, refuseLeaks, textsBelow } from "./leaks";
import { ROOT } from "./project";

export interface LabProcess {
  /** @throws naming the places where a password of this lab or a private key was left, below the folder that holds the state folder */
  stop(): Promise<void>;
}

/** Starts the estate of A1; its file is in the state folder that `env` names. */
export async function startLabProcess(env: NodeJS.ProcessEnv): Promise<LabProcess> {
  const child = spawn(process.execPath, [join(ROOT, "dist", "cli", "index.js"), "lab", "--json"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended.then(() => Promise.reject(new Error("the lab did not start")))]);
  const own = join(env.UCCERTS_STATE!, "lab", "a1.yaml");
  const secrets = passwordsIn(parse(readFileSync(own, "utf8")));
  return {
    async stop() {
      const left = textsBelow(dirname(env.UCCERTS_STATE!)).filter(([where]) => where !== own);
      child.kill("SIGINT");
      await ended;
      refuseLeaks(left, secrets);
    },
  };
}
