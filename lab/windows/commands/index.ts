// Every command of a host, by the names under which cmd.exe finds it.
import { win32 } from "node:path";
import { type Command, type Finder, sayLine, type Shell } from "../shell/shell";
import { FILE_COMMANDS } from "./files";
import { icacls } from "./icacls";
import { keytoolAt } from "./keytool";
import { sc } from "./sc";
import { NOT_EMULATED, notEmulated, SYSTEM_COMMANDS } from "./system";

const COMMANDS: Record<string, Command> = { ...FILE_COMMANDS, ...SYSTEM_COMMANDS, sc, icacls };

/** A program with its path, or in the current folder or one of PATH. */
function programFile({ host, folder, variables }: Shell, name: string): string | undefined {
  const names = /\.\w+$/.test(name) ? [name] : [`${name}.exe`];
  const path = Object.entries(variables).find(([one]) => one.toLowerCase() === "path")?.[1] ?? "";
  const folders = /[\\/:]/.test(name) ? [folder] : [folder, ...path.split(";").filter((one) => /^c:\\/i.test(one))];
  const candidates = folders.flatMap((one) => names.map((file) => host.drive.absolute(file, one)));
  return candidates.find((file) => host.drive.isFile(file));
}

const noPath: Command = ({ host: { words } }, _text, { errors }) => {
  sayLine(errors, words.trouble["no path"]);
  return 1;
};

/** What cmd.exe would run for a name. */
export const findCommand: Finder = (shell, written) => {
  const name = written.replace(/"/g, "").trim();
  const bare = name.toLowerCase().replace(/^c:\\windows\\system32\\/, "").replace(/\.exe$/, "");
  const own = Object.hasOwn(COMMANDS, bare) ? COMMANDS[bare] : undefined;
  if (own) return own;
  if (NOT_EMULATED.includes(bare)) return notEmulated(bare);
  if (/[<>|?*]/.test(name)) return undefined;
  const program = programFile(shell, name);
  if (program && /\\keytool\.exe$/i.test(program)) return keytoolAt(program);
  if (program) return notEmulated(name);
  return /[\\/]/.test(name) && !shell.host.drive.isFolder(win32.dirname(shell.host.drive.absolute(name, shell.folder))) ? noPath : undefined;
};
