// keytool.exe of a host: the real one of a JDK, with the paths of the drive.
import { truncateSync } from "node:fs";
import { win32 } from "node:path";
import type { Trouble } from "../drive";
import { endpointOf } from "../endpoint";
import type { WindowsHost } from "../host";
import { runKeytool } from "../jdk";
import type { Command, Shell } from "../shell/shell";
import { programWords } from "../shell/words";

/** Options whose next word is a file. */
const FILES = ["-keystore", "-destkeystore", "-srckeystore", "-file", "-infile", "-outfile"];

/** What is written, by the command: a store, or a file. */
const WRITES: Record<string, string> = {
  "-importkeystore": "-destkeystore",
  "-importcert": "-keystore",
  "-import": "-keystore",
  "-delete": "-keystore",
  "-genkeypair": "-keystore",
  "-genkey": "-keystore",
  "-genseckey": "-keystore",
  "-importpass": "-keystore",
  "-changealias": "-keystore",
  "-storepasswd": "-keystore",
  "-keypasswd": "-keystore",
  "-exportcert": "-file",
  "-export": "-file",
  "-certreq": "-file",
};

const ENCODING = ["-J-Dfile.encoding=UTF-8", "-J-Dstdout.encoding=UTF-8", "-J-Dstderr.encoding=UTF-8", "-J-Dsun.stdout.encoding=UTF-8", "-J-Dsun.stderr.encoding=UTF-8"];

/** A Java error as keytool prints it. */
class JavaTrouble extends Error {}

function localPath({ host, folder }: Shell, path: string): string {
  return host.drive.local(host.drive.absolute(path, folder));
}

function server({ host }: Shell, text: string): string {
  const [, name, port = "443"] = /^(.*?)(?::(\d+))?$/.exec(text)!;
  const found = endpointOf(host.contactCenter.lab, name!, Number(port));
  if ("trouble" in found) throw new JavaTrouble(found.trouble);
  return `127.0.0.1:${found.local}`;
}

/** The arguments with local paths; `-cacerts` is the store of the host's own Java home. */
function localArguments(shell: Shell, words: readonly string[], javaHome: string): string[] {
  return words.flatMap((word, index) => {
    const before = words[index - 1]?.toLowerCase() ?? "";
    if (FILES.includes(before) || before.endsWith(":file")) return [localPath(shell, word)];
    if (before === "-sslserver") return [server(shell, word)];
    if (word.toLowerCase() === "-cacerts") return ["-keystore", localPath(shell, `${javaHome}\\lib\\security\\cacerts`)];
    return [word];
  });
}

function valueOf(words: readonly string[], option: string): string | undefined {
  const at = words.findIndex((word) => word.toLowerCase() === option);
  return at < 0 ? undefined : words[at + 1];
}

/** The file that a command is about to write, as a Windows path. */
function written({ host, folder }: Shell, words: readonly string[], javaHome: string): string | undefined {
  const option = words.map((word) => WRITES[word.toLowerCase()]).find(Boolean);
  if (!option) return undefined;
  const cacerts = option === "-keystore" && words.some((word) => word.toLowerCase() === "-cacerts");
  const value = cacerts ? `${javaHome}\\lib\\security\\cacerts` : valueOf(words, option);
  return value === undefined ? undefined : host.drive.absolute(value, folder);
}

function refuse({ words }: WindowsHost, path: string, trouble: Trouble | undefined): void {
  if (trouble) throw new JavaTrouble(`java.io.FileNotFoundException: ${path} (${words.trouble[trouble].replace(/\.$/, "")})`);
}

function language({ description }: WindowsHost, words: readonly string[]): string[] {
  return words.some((word) => word.startsWith("-J-Duser.language=")) ? [] : [`-J-Duser.language=${description.language ?? "en"}`];
}

/** As a Java of Windows writes: code page 1252, CR LF. */
function printed(host: WindowsHost, bytes: Buffer, own: boolean): Buffer {
  const text = host.drive.translated(bytes.toString("utf8")).replace(/\r?\n/g, "\r\n");
  const worded = own ? host.words.keytool.reduce((whole, [english, other]) => whole.replaceAll(english, other), text) : text;
  return Buffer.from(worded.replace(/[^\u0000-\u00ff]/gu, "?"), "latin1");
}

/** @param program where keytool.exe is */
export function keytoolAt(program: string): Command {
  const javaHome = win32.dirname(win32.dirname(program));
  return async (shell, text, { output, errors: warn }) => {
    const { host, signal } = shell;
    const words = programWords(text);
    const own = language(host, words);
    try {
      const target = written(shell, words, javaHome);
      for (const store of [valueOf(words, "-keystore"), valueOf(words, "-srckeystore")]) if (store !== undefined) refuse(host, store, host.drive.hindrance(host.drive.absolute(store, shell.folder), "read"));
      if (target) refuse(host, target, host.drive.hindrance(target));
      const given = [...ENCODING, `-J-Duser.home=${host.drive.local(host.home)}`, ...own, ...localArguments(shell, words, javaHome)];
      const { code, output: said, errors } = await runKeytool(host.jdk, given, { signal, folder: host.drive.local(shell.folder) });
      output(printed(host, said, own.length > 0));
      warn(printed(host, errors, own.length > 0));
      if (code === 0 && target) fillUp(host, target);
      return answered(host, text, code);
    } catch (error) {
      if (!(error instanceof JavaTrouble)) throw error;
      output(printed(host, Buffer.from(`keytool error: ${error.message}\n`), own.length > 0));
      return answered(host, text, 1);
    }
  };
}

/** On a full disk a part of the file is there. */
function fillUp(host: WindowsHost, path: string): void {
  if (!host.drive.hindrance(path, "fill")) return;
  truncateSync(host.drive.local(path), Math.floor((host.drive.stat(path)?.size ?? 0) / 2));
  throw new JavaTrouble(`java.io.IOException: ${host.words.trouble.full.replace(/\.$/, "")}`);
}

function answered(host: WindowsHost, text: string, code: number): number {
  return code !== 0 && host.faults.strike("keytool answers 0", { node: host.fqdn, interface: "windows ssh", action: `keytool${text}` }) ? 0 : code;
}
