// The lab's SFTP servers: who gets in, what a user sees, and how a transfer fails.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import type { Client } from "ssh2";
import { connectionsOf, type Lab, type SftpConnection, startLab } from "../../lab";
import { parseEstate } from "../../lab/estate-file";
import { within } from "./support/estates";
import { DIRECTORY, SERVER, SFTP_SERVERS, sftpLogIn } from "./support/bulk";
import { filesOf } from "./support/sftp-suite";
import type { Sftp } from "./support/windows-client";

const start = () => startLab({ name: "sftp", clusters: [], sftpServers: SFTP_SERVERS });

/** Does `work` as a user who is logged in; the first one unless told otherwise. */
function as(work: (sftp: Sftp, lab: Lab, client: Client) => Promise<void>, username?: string): Promise<void> {
  return within(start(), async (lab) => {
    const { client, sftp } = await sftpLogIn(lab.sftpServer("bulk"), lab.sftpServer("bulk").userNamed(username).account.credential);
    try {
      await work(sftp, lab, client);
    } finally {
      client.destroy();
    }
  });
}

describe("a log-in at an SFTP server", () => {
  test("works with what its connection says, and shows the host key that stands there", () =>
    within(start(), async (lab) => {
      const { sftp, ssh, reach } = connectionsOf(lab).bulk as SftpConnection;
      const seen: string[] = [];
      const hostVerifier = (key: Buffer) => seen.push(`SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`) > 0;
      const { address, ports } = reach[sftp.host]!;
      const { client, sftp: files } = await sftpLogIn(lab.sftpServer("bulk"), { host: address, port: ports["22"], username: sftp.username, password: sftp.password, hostVerifier });
      assert.deepEqual(await files.list(sftp.directory), []);
      client.destroy();
      assert.ok(ssh.hostKeys.includes(seen[0]!));
    }));

  for (const [what, how] of [["a wrong password", { password: "wrong" }], ["an unknown user", { username: "nobody" }]] as const)
    test(`fails with ${what}, and is in the history`, () =>
      within(start(), async (lab) => {
        await assert.rejects(sftpLogIn(lab.sftpServer("bulk"), how), { level: "client-authentication" });
        assert.equal(lab.history.of("sftp", "log-in failed").length, 1);
      }));

  test("opens no shell and runs no command", () =>
    as(async (_sftp, lab, client) => {
      await assert.rejects(new Promise((resolve, reject) => client.exec("ls", (error) => (error ? reject(error) : resolve(undefined)))));
      await assert.rejects(new Promise((resolve, reject) => client.shell((error) => (error ? reject(error) : resolve(undefined)))));
      assert.deepEqual(lab.history.of("sftp", "open ").map(({ action }) => action), ["open a command", "open a shell"]);
    }));

  test("fails while the server is down", () =>
    within(start(), async (lab) => {
      const back = lab.faults.add({ fault: "node down", node: SERVER });
      await assert.rejects(sftpLogIn(lab.sftpServer("bulk")));
      back();
      (await sftpLogIn(lab.sftpServer("bulk"))).client.destroy();
    }));
});

filesOf("on an SFTP server of the lab", (work) => as((sftp) => work(sftp, DIRECTORY)));

describe("a user's files", () => {
  test("are not those of another user", () =>
    within(start(), async (lab) => {
      const server = lab.sftpServer("bulk");
      const [first, other] = [await sftpLogIn(server), await sftpLogIn(server, server.userNamed("other").account.credential)];
      await first.sftp.write(`${DIRECTORY}/a.txt`, "ours");
      assert.deepEqual([await first.sftp.list(DIRECTORY), await other.sftp.list(DIRECTORY)], [["a.txt"], []]);
      for (const { client } of [first, other]) client.destroy();
    }));

  test("are all that a path reaches", () =>
    as(async (sftp) => {
      await sftp.write("/../../../up.txt", "here");
      assert.deepEqual(await sftp.list("/"), ["exchange", "up.txt"]);
      assert.equal(await sftp.call<string>((done) => sftp.raw.realpath("exchange/../..", done)), "/");
    }));

  test("are gone when the lab is stopped", async () => {
    const lab = await start();
    const folder = lab.folder();
    assert.ok(existsSync(folder));
    await lab.stop();
    assert.ok(!existsSync(folder));
  });
});

describe("a transfer fails", () => {
  test("in the middle of a file, half of which stays", () =>
    as(async (sftp, lab) => {
      lab.faults.add({ fault: "upload cut", node: SERVER, times: 1 });
      await assert.rejects(sftp.write("/a.bin", Buffer.alloc(10_000)));
      const { files } = lab.sftpServer("bulk").userNamed();
      assert.equal(files.read("/a.bin").length, 5_000);
    }));

  test("on a full disk, where half of the file stays", () =>
    as(async (sftp, lab) => {
      lab.faults.add({ fault: "disk full", node: SERVER });
      await assert.rejects(sftp.write("/a.bin", Buffer.alloc(10_000)), { code: 4 });
      assert.equal((await sftp.read("/a.bin")).length, 5_000);
    }));

  test("in a directory that is not writable, where nothing is left, and other directories still work", () =>
    as(async (sftp, lab) => {
      lab.faults.add({ fault: "not writable", node: SERVER, action: DIRECTORY });
      await assert.rejects(sftp.write(`${DIRECTORY}/a.txt`, "no"), { code: 3 });
      await sftp.write("/a.txt", "yes");
      assert.deepEqual([await sftp.list(DIRECTORY), await sftp.list("/")], [[], ["a.txt", "exchange"]]);
    }));
});

describe("an estate", () => {
  test("may name SFTP servers in YAML", () => {
    const { sftpServers } = parseEstate("clusters: []\nsftpServers:\n  - { name: bulk, fqdn: sftp.example.com, users: [cucm], directories: [/a/b] }\n", "one.yaml");
    assert.deepEqual(sftpServers, [{ name: "bulk", fqdn: SERVER, users: ["cucm"], directories: ["/a/b"] }]);
  });

  for (const [what, line, wrong] of [
    ["without a name", "{ fqdn: sftp.example.com }", "one.yaml:3: sftpServers[0].name is missing"],
    ["without users", "{ name: bulk, fqdn: sftp.example.com, users: [] }", 'one.yaml:3: sftpServers[0].users must be a list of user names, at least one, not []'],
    ["with a relative directory", "{ name: bulk, fqdn: sftp.example.com, directories: [exchange] }", 'one.yaml:3: sftpServers[0].directories[0] must be an absolute path, not "exchange"'],
  ] as const)
    test(`is refused with an SFTP server ${what}`, () => assert.throws(() => parseEstate(`clusters: []\nsftpServers:\n  - ${line}\n`, "one.yaml"), { message: wrong }));
});
