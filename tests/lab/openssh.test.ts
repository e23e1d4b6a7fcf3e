// OpenSSH's own sshd as the SFTP server of an exchange: what the lab's SFTP server does it does too, and the clusters of the lab work with it.
// Publishers log in with a password, which only root can let sshd check: here they have a key, and the log-in by password is not tested.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Lab } from "../../lab";
import { REFUSALS } from "../../lab/vos/bulk/words";
import { NO_SSHD, type Sshd, sshd } from "../support/sshd";
import { bulk, exchange, EXPORTED, holds, NEW_PUB, NEW_SUB, OLD_PUB, OLD_SUB, openedByOpenSsl, own, sftpAt, startClusters } from "./support/bulk";
import { shared } from "./support/estates";
import { filesOf } from "./support/sftp-suite";

const refused = (words: string) => `${words}\nExecuted command unsuccessfully\n`;
const ADDRESS = "127.0.0.1";

/** Both publishers know the directory. */
function pointAt(lab: Lab, { port, username, privateKey, directory }: Pick<Sshd, "port" | "username" | "privateKey" | "directory">): void {
  for (const cluster of lab.clusters) cluster.bulkSftp = { address: ADDRESS, port, username, password: "", privateKey, directory };
}

function empty(directory: string): void {
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
}

describe("OpenSSH's sshd", { skip: NO_SSHD }, () => {
  const server = sshd();
  filesOf("on OpenSSH's sshd", async (work) => {
    const { port, username, privateKey, directory } = server();
    empty(directory);
    const { client, sftp } = await sftpAt({ port, username, privateKey });
    await work(sftp, directory).finally(() => client.destroy());
  });
});

describe("a bulk exchange over OpenSSH's sshd", { skip: NO_SSHD }, () => {
  const server = sshd();
  const readOnly = sshd("-R");
  const onClusters = shared(() => startClusters());
  /** With an empty directory. */
  const there = (work: (lab: Lab, directory: string) => Promise<void>) =>
    onClusters(async (lab) => {
      empty(server().directory);
      pointAt(lab, server());
      await work(lab, server().directory);
    });

  test("exports the files that OpenSSL opens", () =>
    there(async (lab, directory) => {
      for (const fqdn of [OLD_PUB, NEW_PUB]) assert.match(await bulk(lab, fqdn, "export all"), /^Successfully exported tomcat/);
      assert.deepEqual(readdirSync(directory).sort(), EXPORTED);
      assert.deepEqual(openedByOpenSsl(readFileSync(join(directory, "CUCM1151SUB_tftp.pkcs12"))), own(lab, OLD_SUB, "CallManager").parsed.raw);
    }));

  test("lands in the trust stores of every node of both clusters", () =>
    there(async (lab) => {
      await exchange(lab, "tftp", () => pointAt(lab, server()));
      for (const [locals, remotes] of [[[OLD_PUB, OLD_SUB], [NEW_PUB, NEW_SUB]], [[NEW_PUB, NEW_SUB], [OLD_PUB, OLD_SUB]]] as const)
        for (const local of locals) for (const remote of remotes) for (const store of ["Phone-SAST-trust", "CallManager-trust"]) assert.ok(holds(lab, local, store, own(lab, remote, "CallManager")), `${remote} in ${store} of ${local}`);
    }));

  test("takes a second export over the first one", () =>
    there(async (lab, directory) => {
      await bulk(lab, NEW_PUB, "export tomcat");
      await lab.node(NEW_PUB).certificates.regenerate("tomcat");
      await bulk(lab, NEW_PUB, "export tomcat");
      assert.deepEqual(openedByOpenSsl(readFileSync(join(directory, "cs-ccm-pub_tomcat.pkcs12"))), own(lab, NEW_PUB, "tomcat").parsed.raw);
    }));

  test("is refused where the directory is not there", () =>
    there(async (lab, directory) => {
      const nowhere = join(directory, "nowhere");
      pointAt(lab, { ...server(), directory: nowhere });
      assert.equal(await bulk(lab, NEW_PUB, "export all"), refused(REFUSALS.directory(nowhere)));
    }));

  test("is refused where the directory is not writable, and leaves nothing in it", () =>
    there(async (lab) => {
      pointAt(lab, readOnly());
      assert.equal(await bulk(lab, NEW_PUB, "export all"), refused(REFUSALS.notWritable("cs-ccm-pub_tomcat.pkcs12")));
      assert.deepEqual(readdirSync(readOnly().directory), []);
    }));

  test("is refused where the disk is full", { skip: process.platform !== "linux" && "only Linux has a device that is always full" }, () =>
    there(async (lab, directory) => {
      symlinkSync("/dev/full", join(directory, "cs-ccm-sub_tomcat.pkcs12"));
      assert.equal(await bulk(lab, NEW_PUB, "export all"), refused(REFUSALS.failed("cs-ccm-sub_tomcat.pkcs12")));
    }));

  test("is refused where the log-in is", () =>
    there(async (lab) => {
      pointAt(lab, { ...server(), username: "nobody-here" });
      assert.equal(await bulk(lab, NEW_PUB, "export all"), refused(REFUSALS.logIn(ADDRESS)));
    }));
});
