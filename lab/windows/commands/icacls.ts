// icacls.exe: shows, saves, restores and changes access lists.
import { win32 } from "node:path";
import { type Ace, type Acl, fromSddl, sddl, trusteeOf, WELL_KNOWN } from "../acl";
import { DriveError } from "../drive";
import type { WindowsHost } from "../host";
import { type Command, sayLine, type Shell, type Streams } from "../shell/shell";
import { plainWords } from "../shell/words";

const FLAGS: Record<string, string> = { OICI: "(OI)(CI)", "": "" };

function aceText(host: WindowsHost, { trustee, rights, inherited, flags }: Ace): string {
  const name = WELL_KNOWN[trustee]?.[host.description.language ?? "en"] ?? trustee;
  return `${name}:${inherited ? "(I)" : ""}${FLAGS[flags] ?? ""}(${rights})`;
}

function show(host: WindowsHost, path: string, { output }: Streams): void {
  const shown = host.drive.spelling(path);
  host.drive.acl(path).aces.forEach((ace, index) => sayLine(output, `${index === 0 ? shown : " ".repeat(shown.length)} ${aceText(host, ace)}`));
  sayLine(output, "");
}

/** `BUILTIN\Users:(OI)(CI)(RX)`, `*S-1-5-32-544:F`. */
function aceOf(text: string): Ace | undefined {
  const [, trustee, flags, rights] = /^(.+?):((?:\((?:OI|CI|IO|NP|I)\))*)\(?([A-Z,]+)\)?$/i.exec(text) ?? [];
  return trustee === undefined ? undefined : { trustee: trusteeOf(trustee), rights: rights!.toUpperCase(), inherited: false, flags: /OI/i.test(flags!) ? "OICI" : "" };
}

/** Takes what an option needs from the words behind it, and changes the list. */
type Option = (acl: Acl, words: string[], host: WindowsHost, path: string) => void;

class Unknown extends Error {}

function grant(acl: Acl, words: string[], replace: boolean): void {
  while (words[0] !== undefined && !words[0].startsWith("/")) {
    const ace = aceOf(words[0]);
    if (!ace || !(ace.trustee in WELL_KNOWN || /\\|^S-1-/.test(ace.trustee))) throw new Unknown(words[0].split(":")[0]);
    words.shift();
    acl.aces = [...acl.aces.filter((other) => !(replace && !other.inherited && other.trustee === ace.trustee)), ace];
  }
}

const OPTIONS: Record<string, Option> = {
  "/grant": (acl, words) => grant(acl, words, false),
  "/grant:r": (acl, words) => grant(acl, words, true),
  "/inheritance:r": (acl) => void (acl.aces = acl.aces.filter(({ inherited }) => !inherited)),
  "/inheritance:d": (acl) => void (acl.aces = acl.aces.map((ace) => ({ ...ace, inherited: false }))),
  "/inheritance:e": (acl, _words, host, path) => {
    const above = host.drive.acl(win32.dirname(path));
    acl.aces = [...acl.aces.filter(({ inherited }) => !inherited), ...above.aces.filter(({ flags }) => flags === "OICI").map((ace) => ({ ...ace, inherited: true, flags: "" }))];
  },
  "/setowner": (acl, words) => void (acl.owner = trusteeOf(words.shift() ?? "")),
  "/remove": (acl, words) => {
    const gone = trusteeOf(words.shift() ?? "");
    acl.aces = acl.aces.filter(({ trustee, inherited }) => inherited || trustee !== gone);
  },
};

const QUIET = ["/q", "/c", "/l", "/t"];

function change(host: WindowsHost, path: string, words: string[]): void {
  const acl = host.drive.acl(path);
  while (words.length > 0) {
    const option = words.shift()!.toLowerCase();
    if (QUIET.includes(option)) continue;
    if (option === "/reset") {
      host.drive.resetAcl(path);
      return;
    }
    const apply = OPTIONS[option];
    if (!apply) throw new Unknown(option);
    apply(acl, words, host, path);
  }
  host.drive.setAcl(path, acl);
}

/** A line with the name and one with its list, UTF-16 without a mark. */
function save({ host, folder }: Shell, path: string, file: string): void {
  host.drive.write(host.drive.absolute(file, folder), Buffer.from(`${win32.basename(host.drive.spelling(path))}\r\n${sddl(host.drive.acl(path))}\r\n`, "utf16le"));
}

/** @returns how many, and how many not */
function restore({ host, folder }: Shell, into: string, file: string): [number, number] {
  const lines = host.drive.read(host.drive.absolute(file, folder)).toString("utf16le").split("\r\n").filter(Boolean);
  let done = 0;
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const path = win32.join(into, lines[at]!);
    const aces = fromSddl(lines[at + 1]!);
    if (!aces || !host.drive.stat(path)) continue;
    host.drive.setAcl(path, { ...host.drive.acl(path), aces });
    done++;
  }
  return [done, lines.length / 2 - done];
}

function perform(shell: Shell, path: string, words: string[], streams: Streams): [number, number] {
  const { host } = shell;
  const [option = "", file = ""] = words.filter((word) => !QUIET.includes(word.toLowerCase()));
  if (option.toLowerCase() === "/restore") return restore(shell, path, file);
  if (!option) show(host, path, streams);
  else if (option.toLowerCase() === "/save") save(shell, path, file);
  else {
    const trouble = host.drive.hindrance(path);
    if (trouble === "denied") throw new DriveError(trouble, path);
    change(host, path, [...words]);
  }
  if (option && !words.some((word) => word.toLowerCase() === "/q")) sayLine(streams.output, host.words.processedFile(host.drive.spelling(path)));
  return [1, 0];
}

/** ERROR_NONE_MAPPED, ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED. */
export const icacls: Command = (shell, text, streams) => {
  const { host, folder } = shell;
  const [written = "", ...words] = plainWords(text);
  const path = host.drive.absolute(written, folder);
  const fail = (line: string, code: number) => {
    sayLine(streams.errors, line);
    sayLine(streams.output, host.words.processed(0, 1));
    return code;
  };
  if (!host.drive.stat(path)) return fail(`${written}: ${host.words.trouble["no file"]}`, 2);
  try {
    sayLine(streams.output, host.words.processed(...perform(shell, path, words, streams)));
    return 0;
  } catch (error) {
    if (error instanceof Unknown) return fail(host.words.noMapping(error.message), 1332);
    if (error instanceof DriveError) return fail(`${written}: ${host.words.trouble[error.trouble]}`, 5);
    throw error;
  }
};
