// What an SFTP server does with the files of a user: asked of the lab's, and of OpenSSH's where there is one.
import assert from "node:assert/strict";
import { posix } from "node:path";
import { describe, test } from "node:test";
import type { FileEntryWithStats, Stats } from "ssh2";
import type { Sftp } from "./windows-client";

/** Does `work` in a folder that is empty. */
export type InFolder = (work: (sftp: Sftp, folder: string) => Promise<void>) => Promise<void>;

export function filesOf(what: string, inFolder: InFolder, skip: string | false = false): void {
  describe(`a user's files, ${what},`, { skip }, () => {
    test("are written, listed with size and date, read, renamed and removed", () =>
      inFolder(async (sftp, folder) => {
        const [first, second] = [posix.join(folder, "a.bin"), posix.join(folder, "b.bin")];
        await sftp.write(first, Buffer.alloc(100_000, 7));
        const [entry] = await sftp.call<FileEntryWithStats[]>((done) => sftp.raw.readdir(folder, done));
        assert.deepEqual([entry!.filename, entry!.attrs.size], ["a.bin", 100_000]);
        assert.ok(Math.abs(entry!.attrs.mtime - Date.now() / 1000) < 600);
        assert.deepEqual(await sftp.read(first), Buffer.alloc(100_000, 7));
        await sftp.call<void>((done) => sftp.raw.rename(first, second, done));
        assert.deepEqual(await sftp.list(folder), ["b.bin"]);
        await sftp.call<void>((done) => sftp.raw.unlink(second, done));
        assert.deepEqual(await sftp.list(folder), []);
      }));

    test("are replaced whole by shorter ones", () =>
      inFolder(async (sftp, folder) => {
        const file = posix.join(folder, "a.txt");
        for (const text of ["a longer text", "short"]) await sftp.write(file, text);
        assert.equal(String(await sftp.read(file)), "short");
      }));

    test("that are not there are said to be missing", () =>
      inFolder(async (sftp, folder) => {
        const none = posix.join(folder, "none");
        await assert.rejects(sftp.read(none), { code: 2 });
        await assert.rejects(sftp.list(none), { code: 2 });
        await assert.rejects(sftp.write(posix.join(none, "a.txt"), "no"), { code: 2 });
        await assert.rejects(sftp.call<Stats>((done) => sftp.raw.stat(none, done)), { code: 2 });
        await assert.rejects(sftp.call<void>((done) => sftp.raw.unlink(none, done)), { code: 2 });
      }));

    test("are not replaced by a rename", () =>
      inFolder(async (sftp, folder) => {
        const [first, second] = [posix.join(folder, "a.txt"), posix.join(folder, "b.txt")];
        for (const path of [first, second]) await sftp.write(path, path);
        await assert.rejects(sftp.call<void>((done) => sftp.raw.rename(first, second, done)), { code: 4 });
        assert.equal(String(await sftp.read(second)), second);
      }));

    test("in folders go with them only when these are empty", () =>
      inFolder(async (sftp, folder) => {
        const inner = posix.join(folder, "inner");
        await sftp.call<void>((done) => sftp.raw.mkdir(inner, done));
        await sftp.write(posix.join(inner, "a.txt"), "a");
        await assert.rejects(sftp.call<void>((done) => sftp.raw.rmdir(inner, done)), { code: 4 });
        await sftp.call<void>((done) => sftp.raw.unlink(posix.join(inner, "a.txt"), done));
        await sftp.call<void>((done) => sftp.raw.rmdir(inner, done));
        assert.deepEqual(await sftp.list(folder), []);
      }));
  });
}
