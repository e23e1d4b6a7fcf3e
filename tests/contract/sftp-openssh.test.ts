// The directory of an SFTP server through its contract, where the server is OpenSSH's own sshd. By key: without root it can check no password.
import assert from "node:assert/strict";
import { readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startLab } from "../../lab";
import type { SftpDirectory } from "../../provider/platforms/sftp";
import { SERVER, SFTP_SERVERS } from "../lab/support/bulk";
import { NO_SSHD, type Sshd, sshd } from "../support/sshd";
import { Bench, failure } from "./support";

const CONTENT = Buffer.alloc(100_000, 7);

describe("an SFTP directory of OpenSSH's sshd", { skip: NO_SSHD }, () => {
  const bench = new Bench(() => startLab({ name: "sftp", clusters: [], sftpServers: SFTP_SERVERS }));
  const server = sshd();
  const readOnly = sshd("-R");
  const at = ({ port, username, privateKey, hostKeys, directory }: Sshd, other: { directory?: string } = {}): SftpDirectory =>
    bench.run({ sftp: () => ({ sftp: { host: SERVER, username, directory, privateKey, ...other }, ssh: { hostKeys: [...hostKeys] }, reach: { [SERVER]: { address: "127.0.0.1", ports: { "22": port } } } }) }).sftp();

  test("takes a file, lists it with its size and date, gives it back, and removes it", async () => {
    const sftp = at(server());
    await sftp.write("b.bin", CONTENT);
    await sftp.write("a.txt", Buffer.from("a longer text"));
    await sftp.write("a.txt", Buffer.from("a"));
    const [first, second, ...others] = await sftp.list();
    assert.deepEqual([first!.name, first!.bytes, second!.name, second!.bytes, others], ["a.txt", 1, "b.bin", CONTENT.length, []]);
    assert.equal(second!.modifiedAt.getTime(), Math.floor(statSync(join(server().directory, "b.bin")).mtimeMs / 1000) * 1000);
    assert.deepEqual(await sftp.read("b.bin"), CONTENT);
    for (const name of ["a.txt", "b.bin", "none.txt"]) await sftp.remove(name);
    assert.deepEqual([await sftp.read("b.bin"), await sftp.list(), readdirSync(server().directory)], [undefined, [], []]);
  });

  test("takes and gives twenty files at once", async () => {
    const sftp = at(server());
    const names = Array.from({ length: 20 }, (_, index) => `${index}.txt`);
    await Promise.all(names.map((name) => sftp.write(name, Buffer.from(name))));
    assert.deepEqual((await Promise.all(names.map((name) => sftp.read(name)))).map(String), names);
    await Promise.all(names.map((name) => sftp.remove(name)));
  });

  test("that is not there is named", async () => {
    const error = await failure(at(server(), { directory: "/nowhere" }).list());
    assert.deepEqual([error.kind, error.failed.action], ["notFound", "list /nowhere"]);
  });

  test("that is not writable is told, and nothing is left in it", async () => {
    const error = await failure(at(readOnly()).write("a.txt", CONTENT));
    assert.equal(error.kind, "permission");
    assert.deepEqual(readdirSync(readOnly().directory), []);
  });

  test("on a full disk is told, and no half file stays", { skip: process.platform !== "linux" && "only Linux has a device that is always full" }, async () => {
    symlinkSync("/dev/full", join(server().directory, "a.p12"));
    const error = await failure(at(server()).write("a.p12", CONTENT));
    assert.deepEqual([error.kind, error.failed.remedy], ["rejected", "Look whether the disk is full, or a quota is reached"]);
    assert.deepEqual(readdirSync(server().directory), []);
  });
});
