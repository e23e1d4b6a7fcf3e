// The lab file: how a program in another process finds a running lab. It holds made-up secrets and is gone when the lab is.
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Connections } from "./connections";
import { isRecord } from "./shape";

export { EstateMistakes, parseEstate, readEstate } from "./estate-file";

/** What the lab file says. */
export interface LabFile {
  pid: number;
  name: string;
  /** ISO 8601. */
  started: string;
  management: { url: string; token: string };
  connections: Connections;
}

/** `UCCERTS_STATE`, else `uccerts` below `XDG_STATE_HOME` or `~/.local/state`. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.UCCERTS_STATE || join(environment.XDG_STATE_HOME || join(homedir(), ".local", "state"), "uccerts");
}

export function labFilePath(name: string): string {
  return join(stateFolder(), "lab", `${name}.yaml`);
}

function reading(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The lab file as it is there; undefined when there is none. What is in it is not checked. */
export function readLabFile(name: string): Partial<LabFile> | undefined {
  const text = reading(labFilePath(name));
  if (text === undefined) return undefined;
  const value: unknown = parse(text);
  return isRecord(value) ? value : {};
}

/** Whether a process with this id runs, whosoever it is. */
function alive(pid: unknown): boolean {
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Throws when a lab of this name runs; the file of one that died is no hindrance. */
export function refuseSecondLab(name: string): void {
  const pid = readLabFile(name)?.pid;
  if (alive(pid)) throw new Error(`a lab named "${name}" runs already, as process ${pid}: stop it, give this one another name, or remove ${labFilePath(name)} if that process is none`);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // somebody else was quicker
  }
}

/** Writes the lab file whole or not at all, readable by its owner only. */
export function writeLabFile(content: LabFile): string {
  const path = labFilePath(content.name);
  const draft = `${path}.${process.pid}`;
  mkdirSync(join(stateFolder(), "lab"), { recursive: true, mode: 0o700 });
  refuseSecondLab(content.name);
  removeQuietly(path);
  writeFileSync(draft, stringify(content), { mode: 0o600 });
  try {
    // Unlike a rename, a link fails when another lab has written the file in between.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") refuseSecondLab(content.name);
    throw error;
  } finally {
    removeQuietly(draft);
  }
  return path;
}

/** Removes the lab file, if it is still ours. */
export function removeLabFile({ name, pid }: Pick<LabFile, "name" | "pid">): void {
  if (readLabFile(name)?.pid === pid) removeQuietly(labFilePath(name));
}
