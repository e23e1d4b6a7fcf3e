// Java keystores of a host, changed by the host's own keytool: on a copy that is checked, with a backup, and with a way back at every step.
import { createHash, randomBytes } from "node:crypto";
import { keystoreType, type KeystoreType, normalAlias, stagingStore } from "../../../domain/keystore";
import { parseCertificate } from "../../../domain/x509/certificate";
import { PlatformError } from "../../errors";
import { retry } from "../../transport/retry";
import type { StoreChange, StoreContent, StoreEntry, StoreLocation } from "../windows";
import { allOf, type Commands, folderOf, sftpPath, textOf, word } from "./commands";
import { deleteCommand, entriesIn, entriesOfFile, importCommand, listCommand, type OpenStore, remedyFor } from "./keytool";

/** How many backups of a store are kept. */
const BACKUPS = 5;

/** Administrators and the system; by their identifiers, since their names are in the host's language. */
const ONLY_ADMINISTRATORS = "/inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F /Q";

/** What a run writes down beside the store before it replaces it: with this the next one can finish or undo. */
interface Replacing {
  backup: string;
  /** SHA-256 of the store before and after. */
  before: string;
  after: string;
}

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Sorts by name as by time. */
function stamp(now: Date): string {
  return now.toISOString().replace(/[-:.]/g, "");
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("\\") + 1);
}

export class Keystores {
  /** Working folders that the next run needs. */
  private readonly halfWritten = new Set<string>();

  constructor(
    private readonly commands: Commands,
    private readonly times: { retryFirst: number },
    private readonly now: () => Date = () => new Date(),
  ) {}

  async read(location: StoreLocation): Promise<StoreContent> {
    const { content, digest, type } = await this.file(location.path);
    const entries = entriesOfFile(content, location.password) ?? (await this.inFolder(location, (folder) => this.list(location, { path: location.path, type, passwordFile: `${folder}\\password` })));
    return { type, entries, digest };
  }

  change(location: StoreLocation, seen: StoreContent, change: StoreChange): Promise<string> {
    return this.inFolder(location, async (folder) => {
      const backup = await this.backUp(location.path, folder, seen);
      const copy: OpenStore = { path: `${folder}\\copy`, type: seen.type, passwordFile: `${folder}\\password` };
      // Begun anew where the connection is lost in between: nothing but the copy is touched.
      await this.again(() => this.edit(location, copy, folder, change));
      const { content, digest: after } = await this.file(copy.path);
      this.requireAsWanted(location, entriesOfFile(content, location.password) ?? (await this.list(location, copy)), seen, change);
      await this.replace(location.path, folder, { backup, before: seen.digest, after });
      await this.prune(location.path).catch(() => {});
      return backup;
    });
  }

  async repair(location: StoreLocation): Promise<string | undefined> {
    const { path } = location;
    const listed = await this.again(() => this.commands.remote.run(`dir /B /AD ${word(`${folderOf(path)}\\uccerts-${nameOf(path)}-*`)}`, `look for what an earlier run has left beside ${path}`));
    const folders = listed.code === 0 ? textOf(listed).split("\n").map((line) => line.trim()).filter((line) => line.startsWith("uccerts-")) : [];
    let restored: string | undefined;
    for (const name of folders) restored = (await this.finish(location, `${folderOf(path)}\\${name}`)) ?? restored;
    return restored;
  }

  /** Undoes a replacement that was cut, and removes the folder of its run. @returns the backup that was put back */
  private async finish(location: StoreLocation, folder: string): Promise<string | undefined> {
    const note = await this.content(`${folder}\\replacing`);
    const replacing = note && parse(note);
    const half = replacing && (await this.isHalfWritten(location, replacing));
    if (half) await this.putBack(location.path, replacing);
    await this.remove(folder);
    return half ? replacing.backup : undefined;
  }

  /** Neither what was nor what was to be, nor a whole store that somebody else has made of it since. */
  private async isHalfWritten(location: StoreLocation, { before, after }: Replacing): Promise<boolean> {
    const now = await this.content(location.path);
    if (now && [before, after].includes(digestOf(now))) return false;
    const opened = await this.read(location).catch((error: unknown) => error);
    if (opened instanceof PlatformError && ["notFound", "rejected", "unknown"].includes(opened.kind)) return true;
    if (opened instanceof Error) throw opened;
    return false;
  }

  /** Works in a folder beside the store that only administrators can open, with the password in a file; removes it unless the store is half written, which the next run repairs with it. */
  private async inFolder<T>(location: StoreLocation, work: (folder: string) => Promise<T>): Promise<T> {
    const folder = `${folderOf(location.path)}\\uccerts-${nameOf(location.path)}-${stamp(this.now())}-${randomBytes(4).toString("hex")}`;
    const made = word(folder);
    try {
      await this.again(() => this.commands.run(allOf(`(if not exist ${made} mkdir ${made})`, `icacls ${made} ${ONLY_ADMINISTRATORS}`), `make a folder beside ${location.path}`));
      await this.write(`${folder}\\password`, Buffer.from(`${location.password}\n`, "latin1"));
      return await work(folder);
    } finally {
      // What cannot be removed now is removed by the next run.
      if (!this.halfWritten.delete(folder)) await this.remove(folder).catch(() => {});
    }
  }

  private async remove(folder: string): Promise<void> {
    await this.again(() => this.commands.run(`if exist ${word(folder)} rmdir /S /Q ${word(folder)}`, `remove ${folder}`));
  }

  private write(path: string, content: Buffer): Promise<void> {
    return this.again(() => this.commands.remote.write(sftpPath(path), content, `write ${path}`));
  }

  /** Its bytes, and its type by the first of them (R116). */
  private async file(path: string): Promise<{ content: Buffer; digest: string; type: KeystoreType }> {
    const content = await this.content(path);
    if (!content) throw new PlatformError("notFound", { node: this.commands.fqdn, action: `read ${path}`, answer: "there is no such file" });
    const type = keystoreType(content);
    if (!type) throw new PlatformError("rejected", { node: this.commands.fqdn, action: `read ${path}`, answer: "it is no Java keystore: it begins neither as JKS, nor as JCEKS, nor as PKCS#12 (R116)" });
    return { content, digest: digestOf(content), type };
  }

  private async list(location: StoreLocation, store: OpenStore): Promise<StoreEntry[]> {
    const action = `list ${store.path}`;
    const text = await this.again(() => this.keytool(listCommand(location.keytool, store), action));
    const entries = entriesIn(text);
    if (entries) return entries;
    throw new PlatformError("unknown", { node: this.commands.fqdn, action, answer: `keytool answered "${text.trim().split("\n")[0] ?? ""}"`, remedy: remedyFor(text) });
  }

  private async keytool(command: string, action: string): Promise<string> {
    const ended = await this.commands.remote.run(command, action);
    const text = textOf(ended);
    if (ended.code === 0) return text;
    const said = text.split("\n").find((line) => /error|exception/i.test(line)) ?? text.trim().split("\n")[0] ?? "";
    throw new PlatformError("rejected", { node: this.commands.fqdn, action, answer: said.trim() || `keytool ended with ${ended.code}`, remedy: remedyFor(text) });
  }

  /** R111. A copy of what was looked at, and of nothing else. It has its name when it is whole: a part of one is never beside the store. */
  private async backUp(path: string, folder: string, seen: StoreContent): Promise<string> {
    const backup = `${path}.uccerts-${stamp(this.now())}`;
    const made = word(`${folder}\\backup`);
    await this.again(() => this.commands.run(allOf(`copy /B /Y ${word(path)} ${made}`, `move /Y ${made} ${word(backup)}`), `back up ${path}`));
    const { digest } = await this.file(backup);
    if (digest === seen.digest) return backup;
    throw new PlatformError("conflict", { node: this.commands.fqdn, action: `change ${path}`, answer: "somebody else changed the store meanwhile; nothing was changed. Run again" });
  }

  /** On the copy: one process for all that comes, one for each that goes. */
  private async edit({ path, keytool }: StoreLocation, copy: OpenStore, folder: string, { put, remove }: StoreChange): Promise<void> {
    await this.commands.run(`copy /B /Y ${word(path)} ${word(copy.path)}`, `copy ${path}`);
    if (Object.keys(put).length > 0) {
      const staging: OpenStore = { path: `${folder}\\staging`, type: "JKS", passwordFile: `${folder}\\staging-password` };
      const password = randomBytes(16).toString("hex");
      await this.write(staging.passwordFile, Buffer.from(`${password}\n`));
      await this.write(staging.path, stagingStore(put, password, this.now()));
      await this.keytool(importCommand(keytool, staging, copy), `import ${Object.keys(put).length} entries into a copy of ${path}`);
    }
    for (const alias of remove) await this.keytool(deleteCommand(keytool, copy, alias), `delete ${alias} from a copy of ${path}`);
  }

  /** Our entries are as declared, and every other one is as it was. */
  private requireAsWanted({ path }: StoreLocation, copied: readonly StoreEntry[], { entries }: StoreContent, { put, remove }: StoreChange): void {
    const ours = new Set([...Object.keys(put), ...remove].map(normalAlias));
    const declared = Object.entries(put).map(([alias, pem]): StoreEntry => ({ alias, kind: "trusted certificate", fingerprint: parseCertificate(pem).fingerprint }));
    const wanted = [...entries.filter(({ alias }) => !ours.has(normalAlias(alias))), ...declared].map(lineOf).sort();
    const found = copied.map(lineOf).sort();
    const wrong = [...wanted.filter((line) => !found.includes(line)), ...found.filter((line) => !wanted.includes(line))];
    if (wrong.length === 0) return;
    const names = [...new Set(wrong.map((line) => /^"[^"]*"/.exec(line)![0]))].slice(0, 5).join(", ");
    throw new PlatformError("unknown", { node: this.commands.fqdn, action: `change ${path}`, answer: `after the import the copy is not as it should be (${names}); the store itself was not touched` });
  }

  /** Into the file that is there, which keeps its owner and its access rights. */
  private async replace(path: string, folder: string, replacing: Replacing): Promise<void> {
    const rights = await this.rights(path);
    await this.write(`${folder}\\replacing`, Buffer.from(JSON.stringify(replacing)));
    // From here on nobody knows what the store holds, until it is read.
    this.halfWritten.add(folder);
    const failure = await this.again(() => this.commands.run(`copy /B /Y ${word(`${folder}\\copy`)} ${word(path)}`, `replace ${path}`)).then(
      () => undefined,
      (error: Error) => error,
    );
    const now = await this.content(path);
    const digest = now && digestOf(now);
    const done = digest === replacing.after && (await this.rights(path)) === rights;
    if (!done && digest !== replacing.before) await this.putBack(path, replacing);
    this.halfWritten.delete(folder);
    if (done) return;
    if (failure) throw failure;
    throw new PlatformError("unknown", { node: this.commands.fqdn, action: `replace ${path}`, answer: "the file was not as it should be afterwards, or its access rights had changed; the original was put back" });
  }

  private async putBack(path: string, { backup, before }: Replacing): Promise<void> {
    await this.again(() => this.commands.run(`copy /B /Y ${word(backup)} ${word(path)}`, `put ${backup} back`));
    const { digest } = await this.file(path);
    if (digest === before) return;
    throw new PlatformError("unknown", { node: this.commands.fqdn, action: `put ${backup} back`, answer: "the store is not as it was", remedy: `Copy ${backup} over ${path} by hand` });
  }

  private rights(path: string): Promise<string> {
    return this.again(() => this.commands.run(`icacls ${word(path)}`, `read the access rights of ${path}`));
  }

  private content(path: string): Promise<Buffer | undefined> {
    return this.again(() => this.commands.remote.read(sftpPath(path), `read ${path}`));
  }

  /** For what may be done twice, which all of it is. */
  private again<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, { first: this.times.retryFirst });
  }

  private async prune(path: string): Promise<void> {
    const text = await this.again(() => this.commands.run(`dir /B /O-N ${word(`${path}.uccerts-*`)}`, `list the backups of ${path}`));
    const old = text.split("\n").map((line) => line.trim()).filter((line) => line.startsWith(`${nameOf(path)}.uccerts-`)).sort().reverse().slice(BACKUPS);
    if (old.length > 0) await this.commands.run(`del /F /Q ${old.map((name) => word(`${folderOf(path)}\\${name}`)).join(" ")}`, `remove old backups of ${path}`);
  }
}

/** What must stay the same of an entry: alias, type and certificate. */
function lineOf({ alias, kind, fingerprint = "" }: StoreEntry): string {
  return `"${normalAlias(alias)}" ${kind} ${fingerprint}`;
}

function parse(note: Buffer): Replacing | undefined {
  try {
    const { backup, before, after } = JSON.parse(note.toString("latin1")) as Partial<Replacing>;
    return backup && before && after ? { backup, before, after } : undefined;
  } catch {
    return undefined;
  }
}
