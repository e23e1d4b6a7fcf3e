// The machine that was measured, without its name or any path.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { told, type Table } from "./report";

function system(): string {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    return `${name ?? type()} (${type()} ${release().split("-")[0]})`;
  } catch {
    return `${type()} ${release()}`;
  }
}

function sdkVersion(): string {
  const file = join(__dirname, "..", "..", "node_modules", "@pulumi", "pulumi", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

export function machine(): Table {
  const engine = execFileSync("pulumi", ["version"], { encoding: "utf8", env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" } }).trim();
  return {
    title: "The machine",
    rows: [
      told("cores", `${availableParallelism()} (${cpus()[0]?.model.trim() || "model not told"})`),
      told("memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`),
      told("system", system()),
      told("Node.js", process.version),
      told("Pulumi engine", engine),
      told("Pulumi SDK", sdkVersion()),
    ],
  };
}
