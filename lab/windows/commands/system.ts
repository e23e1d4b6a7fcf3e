// Programs of Windows that tell of the host, and `shutdown`.
import { createHash } from "node:crypto";
import type { WindowsHost } from "../host";
import { type Command, say, sayLine } from "../shell/shell";
import { plainWords, programWords } from "../shell/words";

type Row = readonly [name: string, type: string, sid: string, attributes: string];

function groupRows({ words: { groups }, elevated }: WindowsHost): Row[] {
  return [
    [groups.everyone, groups.wellKnown, "S-1-1-0", groups.usual],
    [groups.administrators, groups.alias, "S-1-5-32-544", elevated ? groups.owner : groups.denyOnly],
    [groups.users, groups.alias, "S-1-5-32-545", groups.usual],
    [elevated ? groups.high : groups.medium, groups.label, elevated ? "S-1-16-12288" : "S-1-16-8192", ""],
  ];
}

function table(rows: readonly Row[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" ");
  const [head, ...rest] = rows;
  return [line(head!), widths.map((width) => "=".repeat(width)).join(" "), ...rest.map(line)];
}

const whoami: Command = ({ host }, text, { output }) => {
  const words = plainWords(text).map((word) => word.toLowerCase());
  const { username } = host.contactCenter.account.credential;
  if (!words.includes("/groups")) {
    sayLine(output, `${host.fqdn.split(".")[1] ?? "lab"}\\${username}`);
    return 0;
  }
  const { title, columns } = host.words.groups;
  say(output, `\n${title}\n${"-".repeat(title.length)}\n\n`);
  for (const line of table([columns, ...groupRows(host)])) sayLine(output, line);
  return 0;
};

/** `HKLM` is short for `HKEY_LOCAL_MACHINE`. */
function wholeKey(key: string): string {
  return key.replace(/^HKLM\b/i, "HKEY_LOCAL_MACHINE");
}

const reg: Command = ({ host }, text, { output, errors }) => {
  const [verb = "", key = "", ...rest] = programWords(text);
  if (verb.toLowerCase() !== "query") {
    sayLine(errors, `"reg ${verb}" is not emulated by this lab`);
    return 1;
  }
  const name = rest[rest.findIndex((word) => word.toLowerCase() === "/v") + 1];
  const wanted = rest.some((word) => word.toLowerCase() === "/v") ? name?.toLowerCase() : undefined;
  const found = [...host.registry].find(([one]) => one.toLowerCase() === wholeKey(key).toLowerCase());
  const values = [...(found?.[1] ?? [])].filter(([one]) => wanted === undefined || one.toLowerCase() === wanted);
  if (!found || values.length === 0) {
    sayLine(errors, host.words.registryMissing);
    return 1;
  }
  say(output, `\n${found[0]}\n${values.map(([one, { type, data }]) => `    ${one}    ${type}    ${data}\n`).join("")}\n`);
  return 0;
};

/** `20261123141502.500000+000`; the hosts' clocks are set to UTC. */
function wmiTime(date: Date): string {
  const [day, time] = date.toISOString().replace(/[-:Z]/g, "").split("T") as [string, string];
  return `${day}${time.slice(0, 6)}.${date.getUTCMilliseconds().toString().padStart(3, "0")}000+000`;
}

function operatingSystem(host: WindowsHost): Record<string, string> {
  return { CSName: host.computer, LastBootUpTime: wmiTime(host.bootedAt), LocalDateTime: wmiTime(host.now()) };
}

/** `wmic os get …` and `wmic process where ProcessId=… get …`, with /value. Its lines end in CR CR LF. */
const wmic: Command = ({ host }, text, { output, errors }) => {
  const pid = /^\s*process\s+where\s+"?\(?ProcessId\s*=\s*'?(\d+)'?\)?"?\s+get\b/i.exec(text)?.[1];
  const asked = /\bget\s+([\w,\s]+?)\s*\/(?:value|format:list)/i.exec(text)?.[1]?.split(/\s*,\s*/).map((name) => name.toLowerCase());
  const process = host.services.list().find((one) => one.pid !== 0 && String(one.pid) === pid);
  const os = /^\s*os\s/i.test(text);
  if (!asked || (!os && pid === undefined)) {
    sayLine(errors, `"wmic${text}" is not emulated by this lab`);
    return 1;
  }
  if (!os && !process) {
    say(errors, `${host.words.noInstances}\r\n`);
    return 0;
  }
  const facts = os ? operatingSystem(host) : { CreationDate: wmiTime(process!.startedAt), Name: `${process!.name}.exe`, ProcessId: pid! };
  const lines = Object.entries(facts).filter(([name]) => asked.includes(name.toLowerCase())).map(([name, value]) => `${name}=${value}\r\r\n`);
  output(Buffer.from(`\r\r\n\r\r\n${lines.join("")}\r\r\n\r\r\n`, "latin1"));
  return 0;
};

const certutil: Command = (shell, text, { output, errors }) => {
  const [verb = "", file, algorithm = "SHA1"] = programWords(text);
  if (!/^[-/]hashfile$/i.test(verb) || file === undefined) {
    sayLine(errors, `"certutil ${verb}" is not emulated by this lab`);
    return 1;
  }
  const { host, folder } = shell;
  const path = host.drive.absolute(file, folder);
  const digest = createHash(algorithm.toLowerCase()).update(host.drive.read(path)).digest("hex");
  say(output, `${host.words.hash(algorithm.toUpperCase(), file)}\n${digest}\n${host.words.hashDone}\n`);
  return 0;
};

/** The answer comes before the server goes down. */
const shutdown: Command = ({ host }, text, { errors }) => {
  const words = programWords(text).map((word) => word.toLowerCase());
  if (!words.includes("/r") && !words.includes("-r")) {
    sayLine(errors, `"shutdown${text}" is not emulated by this lab`);
    return 1;
  }
  if (!host.elevated) {
    sayLine(errors, `${host.words.trouble.denied}(5)`);
    return 5;
  }
  if (host.goingDown) {
    sayLine(errors, `${host.words.goingDown}(1115)`);
    return 1115;
  }
  host.goingDown = true;
  const at = words.findIndex((word) => /^[-/]t$/.test(word));
  const seconds = at < 0 ? 30 : Number(words[at + 1] ?? 30);
  host.follow(host.waits.sleep(seconds * 1000 + ANSWER_FIRST).then(() => host.restart()));
  return 0;
};

/** Milliseconds in which the answer gets out. */
const ANSWER_FIRST = 20;

export const SYSTEM_COMMANDS: Record<string, Command> = {
  whoami,
  reg,
  wmic,
  certutil,
  shutdown,
  hostname: ({ host }, _text, { output }) => (sayLine(output, host.computer), 0),
  ver: (_shell, _text, { output }) => (say(output, "\nMicrosoft Windows [Version 10.0.14393]\n"), 0),
};

/** There on Windows Server, and no part of what the lab emulates. */
export const NOT_EMULATED = ["powershell", "pwsh", "net", "netsh", "tasklist", "taskkill", "robocopy", "xcopy", "attrib", "cacls", "takeown", "schtasks", "for", "call", "start", "timeout", "ping", "where", "fc", "comp", "icmutil", "setx", "cmdkey", "runas", "ren", "rename", "mklink"];

export function notEmulated(name: string): Command {
  return (_shell, _text, { errors }) => {
    sayLine(errors, `"${name}" is not emulated by this lab`);
    return 1;
  };
}
