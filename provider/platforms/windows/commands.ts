// What is said to cmd.exe, and how its tools answer. They speak the host's language, so only what is the same in every language is read.
import { decode } from "iconv-lite";
import { PlatformError } from "../../errors";
import type { Ended, Remote } from "../../transport/remote";
import type { WindowsService } from "../windows";

/** A path or name as one word of a command. @throws for characters that cmd.exe would take for its own, also between quotes */
export function word(text: string): string {
  if (/["%!\r\n\0]/.test(text)) throw new Error(`"${text.replace(/[\r\n\0]/g, " ")}" cannot be said to a Windows command: it holds one of " % ! or a line break`);
  return `"${text}"`;
}

/** Commands of which each runs only when the one before it went well. */
export function allOf(...commands: string[]): string {
  return commands.join(" && ");
}

/** A Windows path as SFTP names it. */
export function sftpPath(path: string): string {
  return `/${path.replace(/\\/g, "/")}`;
}

/** The folder of a path. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("\\"));
}

/** Console programs of Windows write in the OEM code page; those of Western languages have the same letters as 850. Node knows none of them. */
export function textOf({ output }: Ended): string {
  return decode(output, "cp850").replace(/\r+\n/g, "\n");
}

/** Commands of one host. */
export class Commands {
  constructor(
    readonly fqdn: string,
    readonly remote: Remote,
  ) {}

  /** What a command prints. @throws PlatformError rejected, with the host's own words, when it fails */
  async run(command: string, action: string, limit?: number): Promise<string> {
    const ended = await this.remote.run(command, action, limit);
    if (ended.code === 0) return textOf(ended);
    throw this.refusal(action, ended);
  }

  refusal(action: string, ended: Ended): PlatformError {
    const said = textOf(ended).trim().split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 3).join(" ");
    return new PlatformError(/access is denied|acc\S+ refus|acceso denegado/i.test(said) ? "permission" : "rejected", { node: this.fqdn, action, answer: said || `it ended with ${ended.code}` });
  }
}

/** S-1-16-12288 is the high integrity level, S-1-16-16384 that of the system. */
export function isElevated(groups: string): boolean {
  return /S-1-16-(12288|16384)\b/.test(groups);
}

/** `reg query` of one key: the names in capitals, `%NAME%` in values replaced. */
export function registryValues(text: string): Record<string, string> {
  const raw = Object.fromEntries([...text.matchAll(/^ {4}(\S.*?) {4}REG_(?:EXPAND_)?SZ {4}(.*?)\s*$/gm)].map(([, name, value]) => [name!.toUpperCase(), value!]));
  const expand = (value: string, depth: number): string => (depth === 0 ? value : value.replace(/%([^%]+)%/g, (whole, name: string) => (raw[name.toUpperCase()] === undefined ? whole : expand(raw[name.toUpperCase()]!, depth - 1))));
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, expand(value, 5)]));
}

const STATES: Record<string, WindowsService["state"]> = { "1": "Stopped", "2": "Starting", "3": "Stopping", "4": "Started", "5": "Starting", "6": "Paused", "7": "Paused" };

/** `sc query`: the labels are in the host's language, their order and the numbers are not. */
export function servicesIn(text: string): WindowsService[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const [first, second, type, state] = block.trim().split("\n").map((line) => /^[^:]+: ?(.*?)\s*$/.exec(line)?.[1]);
    const number = /^(\d)\b/.exec(state ?? "")?.[1];
    return first && second && type && number ? [{ name: first, displayName: second, state: STATES[number]! }] : [];
  });
}

/** The process of a service in `sc queryex`; undefined when it has none. */
export function processIn(text: string): number | undefined {
  const pid = Number(/^\s*PID\s*:\s*(\d+)/m.exec(text)?.[1] ?? 0);
  return pid > 0 ? pid : undefined;
}

/** A time as WMI writes it: `20261123141502.500000+060`, minutes from UTC at the end. */
export function wmiTime(text: string, name: string): Date | undefined {
  const parts = new RegExp(`^${name}=(\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)\\.(\\d{3})\\d*([+-]\\d+)`, "m").exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second, millisecond, offset] = parts.slice(1).map(Number) as [number, number, number, number, number, number, number, number];
  return new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second, millisecond));
}
