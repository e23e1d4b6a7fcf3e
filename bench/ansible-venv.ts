// Ansible in a throw-away virtual environment.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command";

/** Ansible as it was installed; everything that it writes stays in its folder. */
export interface Ansible {
  version: string;
  /** Runs a playbook. @returns what it printed */
  play(playbook: string): Promise<string>;
}

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`bench ansible: ${what}: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
}

/** Installs the PyPI package `ansible` from wherever the machine's pip takes its packages. @throws with one sentence where python3, venv or the package cannot be had */
export async function installAnsible(folder: string): Promise<Ansible> {
  const venv = join(folder, "venv");
  const bin = (name: string) => join(venv, "bin", name);
  await step("python3 with its module venv is needed, and could not be used", () => command("python3", ["-m", "venv", venv]));
  await step("the package `ansible` could not be installed", () => command(bin("python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "ansible"]));
  if (!existsSync(bin("ansible-playbook"))) throw new Error("bench ansible: the package `ansible` was installed, but has no ansible-playbook");
  mkdirSync(join(folder, "home"));
  const own = { HOME: join(folder, "home"), ANSIBLE_HOME: join(folder, "home"), ANSIBLE_LOCAL_TEMP: join(folder, "home"), ANSIBLE_REMOTE_TEMP: join(folder, "home") };
  const env = { ...process.env, ...own, LC_ALL: "C.UTF-8", ANSIBLE_NOCOLOR: "1", ANSIBLE_NOCOWS: "1", ANSIBLE_LOCALHOST_WARNING: "False", ANSIBLE_INVENTORY_UNPARSED_WARNING: "False" };
  const version = await step("it does not start", () => command(bin("ansible-community"), ["--version"], { env, cwd: folder }));
  return {
    version: version.trim(),
    play: (playbook) => step("the playbook failed", () => command(bin("ansible-playbook"), ["--extra-vars", `ansible_python_interpreter=${bin("python")}`, playbook], { env, cwd: folder })),
  };
}
