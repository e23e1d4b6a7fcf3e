// Commands of cmd.exe that work on files and folders.
import { win32 } from "node:path";
import { fromOem } from "../code-page";
import { DriveError } from "../drive";
import type { WindowsHost } from "../host";
import { type Command, say, sayLine, type Shell } from "../shell/shell";
import { plainWords, switchesOf } from "../shell/words";

function pathsOf(shell: Shell, text: string): { switches: string[]; paths: string[] } {
  const { switches, rest } = switchesOf(plainWords(text));
  return { switches, paths: rest.map((path) => shell.host.drive.absolute(path, shell.folder)) };
}

/** The file itself, or the one of that name in a folder. */
function target({ drive }: WindowsHost, from: string, to: string): string {
  return drive.isFolder(to) ? win32.join(to, win32.basename(drive.spelling(from))) : to;
}

const syntax = ({ host }: Shell, errors: (bytes: Buffer) => void) => (sayLine(errors, host.words.syntax), 1);

const copy: Command = (shell, text, { output, errors }) => {
  const { host } = shell;
  const { switches, paths } = pathsOf(shell, text);
  const [from, to = shell.folder] = paths;
  if (!from || paths.length > 2) return syntax(shell, errors);
  const into = target(host, from, to);
  // Without /Y a session that has no keyboard is asked, and nobody answers.
  if (host.drive.isFile(into) && !switches.includes("/Y")) return 1;
  host.drive.copy(from, into);
  sayLine(output, host.words.copied);
  return 0;
};

const move: Command = (shell, text, { output, errors }) => {
  const { host } = shell;
  const { switches, paths } = pathsOf(shell, text);
  const [from, to] = paths;
  if (!from || !to || paths.length > 2) return syntax(shell, errors);
  const into = target(host, from, to);
  if (host.drive.isFile(into) && !switches.includes("/Y")) return 1;
  host.drive.move(from, into);
  sayLine(output, host.words.moved);
  return 0;
};

/** Files of a folder whose names fit, where the last part has `*`; else the path itself. */
function matching(host: WindowsHost, folder: string, written: string): string[] {
  if (!/[*?]/.test(written)) return [host.drive.absolute(written, folder)];
  const parent = host.drive.absolute(win32.dirname(written), folder);
  const pattern = new RegExp(`^${win32.basename(written).replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "i");
  return host.drive.isFolder(parent) ? host.drive.list(parent).filter((name) => pattern.test(name)).map((name) => win32.join(parent, name)) : [];
}

/** What is not there is said, and is no failure. */
const remove: Command = (shell, text, { errors }) => {
  const { host } = shell;
  for (const written of switchesOf(plainWords(text)).rest) {
    const files = matching(host, shell.folder, written).filter((path) => host.drive.isFile(path));
    if (files.length === 0) sayLine(errors, host.words.couldNotFind(win32.resolve(shell.folder, written)));
    for (const path of files) {
      try {
        host.drive.removeFile(path);
      } catch (error) {
        if (!(error instanceof DriveError)) throw error;
        sayLine(errors, `${path}\n${host.words.trouble[error.trouble]}`);
      }
    }
  }
  return 0;
};

const makeFolder: Command = (shell, text, { errors }) => {
  const { host } = shell;
  for (const path of pathsOf(shell, text).paths) {
    if (host.drive.stat(path)) {
      sayLine(errors, host.words.folderExists(path));
      return 1;
    }
    host.drive.makeFolder(path);
  }
  return 0;
};

const removeFolder: Command = (shell, text, { errors }) => {
  const { host } = shell;
  const { switches, paths } = pathsOf(shell, text);
  for (const path of paths) {
    try {
      host.drive.removeFolder(path, switches.includes("/S"));
    } catch (error) {
      if (!(error instanceof DriveError)) throw error;
      sayLine(errors, host.words.trouble[error.trouble]);
      return { "no file": 2, "not empty": 145 }[error.trouble as string] ?? 5;
    }
  }
  return 0;
};

/** Only bare (`/B`): names, a line each. */
const list: Command = (shell, text, { output, errors }) => {
  const { host } = shell;
  const { switches, rest } = switchesOf(plainWords(text));
  if (!switches.some((one) => one === "/B")) {
    sayLine(errors, '"dir" without /B is not emulated by this lab');
    return 1;
  }
  const [written = "."] = rest;
  const path = /[*?]/.test(written) ? undefined : host.drive.absolute(written, shell.folder);
  const names = path !== undefined && host.drive.isFolder(path) ? host.drive.list(path) : matching(host, shell.folder, written).filter((one) => host.drive.stat(one)).map((one) => win32.basename(host.drive.spelling(one)));
  const wanted = names.filter((name) => !switches.includes("/A-D") || host.drive.isFile(win32.join(path ?? host.drive.absolute(win32.dirname(written), shell.folder), name)));
  if (wanted.length === 0) {
    sayLine(errors, host.words.fileNotFound);
    return 1;
  }
  for (const name of wanted) sayLine(output, name);
  return 0;
};

const type: Command = (shell, text, { output, errors }) => {
  const { paths } = pathsOf(shell, text);
  if (paths.length === 0) return syntax(shell, errors);
  for (const path of paths) output(shell.host.drive.read(path));
  return 0;
};

const echo: Command = (_shell, text, { output }) => {
  sayLine(output, text.replace(/^[\s.:]/, ""));
  return 0;
};

const changeFolder: Command = (shell, text, { output }) => {
  const { rest } = switchesOf(plainWords(text));
  if (rest.length === 0) sayLine(output, shell.folder);
  else {
    const path = shell.host.drive.absolute(rest.join(" "), shell.folder);
    if (!shell.host.drive.isFolder(path)) throw new DriveError("no path", path);
    shell.folder = shell.host.drive.spelling(path);
  }
  return 0;
};

const set: Command = (shell, text, { output }) => {
  const [, name, value] = /^\s*"?([^="]+)=([^"]*)"?\s*$/.exec(text) ?? [];
  if (name !== undefined) {
    if (value) shell.variables[name] = value;
    else delete shell.variables[name];
    return 0;
  }
  const wanted = Object.entries(shell.variables).filter(([one]) => one.toLowerCase().startsWith(text.trim().toLowerCase())).sort(([a], [b]) => a.localeCompare(b));
  for (const [one, its] of wanted) sayLine(output, `${one}=${its}`);
  return wanted.length > 0 ? 0 : 1;
};

/** `find "text"` and `findstr /I /C:"text"`: the lines that hold it. */
const find: Command = (shell, text, { input, output }) => {
  const words = plainWords(text);
  const { switches, rest } = switchesOf(words);
  const literal = words.find((word) => /^\/C:/i.test(word))?.slice(3);
  const [wanted = "", file] = literal === undefined ? rest : [literal, ...rest];
  const bytes = file === undefined ? (input ?? Buffer.alloc(0)) : shell.host.drive.read(shell.host.drive.absolute(file, shell.folder));
  const fold = (line: string) => (switches.includes("/I") ? line.toLowerCase() : line);
  const hits = fromOem(bytes).split(/\r?\n/).filter((line) => fold(line).includes(fold(wanted)));
  for (const line of hits) say(output, `${line}\n`);
  return hits.length > 0 ? 0 : 1;
};

export const FILE_COMMANDS: Record<string, Command> = {
  copy,
  move,
  del: remove,
  erase: remove,
  mkdir: makeFolder,
  md: makeFolder,
  rmdir: removeFolder,
  rd: removeFolder,
  dir: list,
  type,
  more: type,
  echo,
  cd: changeFolder,
  chdir: changeFolder,
  set,
  find,
  findstr: find,
  rem: () => 0,
  exit: (_shell, text) => Number(/(\d+)/.exec(text)?.[1] ?? 0),
};
