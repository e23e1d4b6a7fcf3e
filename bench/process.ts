// The provider process of a stack: how much memory it ever had. Linux tells the peak; elsewhere nothing is measured.
import { readdirSync, readFileSync } from "node:fs";
import type { TestStack } from "../tests/support/stack";

const EVERY_MS = 250;

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Peak in bytes of every process of the stack that runs dynamic providers; a stack is known by its own state folder. */
function peaks({ folder }: TestStack): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).includes("dynamic-provider") && read(`/proc/${name}/environ`).includes(folder))
    .map((name) => Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0) * 1024);
}

/** Runs `work`. @returns its result, and the highest peak in MB; undefined where the system does not tell. */
export async function withPeak<T>(stack: TestStack, work: () => Promise<T>): Promise<{ result: T; megabytes: number | undefined }> {
  let highest = 0;
  const look = () => (highest = Math.max(highest, ...peaks(stack)));
  const timer = process.platform === "linux" ? setInterval(look, EVERY_MS) : undefined;
  try {
    const result = await work();
    return { result, megabytes: highest > 0 ? highest / 1e6 : undefined };
  } finally {
    clearInterval(timer);
  }
}
