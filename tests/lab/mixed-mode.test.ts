// The CTL of the lab as phones fetch it, and the commands by which a person changes it. Read by domain/, which is not the lab's.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { ctlRecords } from "../../domain/trust-list/content";
import { verifyTrustList } from "../../domain/trust-list/verify";
import { type Lab, restore, snapshot } from "../../lab";
import { describe as describeCertificate } from "../../lab/pki/read";
import type { VosNode } from "../../lab/vos/node";
import { CliClient } from "./support/cli-client";
import { IMP, PUB, SUB, within } from "./support/estates";
import { fetchList, fetchTftp, PHONE, rows, serialOf } from "./support/phone-client";
import { install, makeRoot, trust } from "./support/signer";
import { LISTED, sha1, shown, startTftp, wanted } from "./support/trust-files";

const mixed = () => startTftp({ securityMode: "mixed" });

/** Types a command, and answers its question. */
async function order(node: VosNode, command: string, answer = "y"): Promise<string> {
  const cli = await CliClient.open(node);
  try {
    cli.send(`${command}\n`);
    await cli.see("Do you want to continue? (y/n):");
    cli.send(`${answer}\n`);
    return await cli.answer();
  } finally {
    cli.close();
  }
}

describe("the CTL of a cluster in mixed mode", { timeout: 60_000 }, () => {
  test("holds the certificates that secure phones are to trust, signed by ITLRecovery, the same on every TFTP node", () =>
    within(mixed(), async (lab) => {
      const list = await fetchList(lab.node(PUB), "CTLFile.tlv");
      assert.deepEqual(rows(list), wanted(lab, ctlRecords(LISTED)));
      assert.deepEqual([list.fileName, list.signer.serialNumber, verifyTrustList(list).verified], ["CTLFile.tlv", serialOf(lab.node(PUB), "ITLRecovery"), true]);
      assert.deepEqual(await fetchTftp(lab.node(SUB), `CTL${PHONE}.tlv`), await fetchTftp(lab.node(PUB), "CTLFile.tlv"));
    }));

  test("on 11.5 is signed by the CallManager of the publisher", () =>
    within(startTftp({ securityMode: "mixed", release: "11.5" }), async (lab) => assert.equal((await fetchList(lab.node(SUB), "CTLFile.tlv")).signer.serialNumber, serialOf(lab.node(PUB), "CallManager"))));

  test("knows a new certificate only when it is updated, and phones get it when Cisco Tftp has been restarted", () =>
    within(mixed(), async (lab) => {
      const [pub, sub] = [lab.node(PUB), lab.node(SUB)];
      const old = await fetchTftp(pub, "CTLFile.tlv");
      await pub.certificates.regenerate("CallManager");
      assert.equal((await shown(pub, "ctl"))!.sha1, sha1(old.body));
      assert.match(await order(pub, "utils ctl update CTLFile"), /^Updating CTL file\nCTL file Updated\nPlease Restart the TFTP and Cisco CallManager services/m);
      assert.ok((await shown(pub, "ctl"))!.records.some(({ role, serialNumber }) => role === "CCM+TFTP" && serialNumber === serialOf(pub, "CallManager")));
      assert.deepEqual([await fetchTftp(pub, "CTLFile.tlv"), await fetchTftp(sub, "CTLFile.tlv")], [old, old]);
      await pub.services.restart("Cisco Tftp");
      assert.deepEqual(rows(await fetchList(pub, "CTLFile.tlv")), wanted(lab, ctlRecords(LISTED)));
      assert.deepEqual(await fetchTftp(sub, "CTLFile.tlv"), old);
      assert.equal((await shown(sub, "ctl"))!.sha1, sha1(old.body));
      const steps = lab.history.of("platform").filter(({ action }) => /CallManager|CTL|Tftp/.test(action));
      assert.deepEqual(steps.map(({ node, action }) => `${node} ${action}`), [`${PUB} regenerate CallManager`, `${PUB} update CTL`, `${PUB} restart Cisco Tftp`]);
    }));

  test("holds a multi-server certificate once for each role", () =>
    within(mixed(), async (lab) => {
      const [pub, root] = [lab.node(PUB), await makeRoot()];
      await trust(pub, root, "CallManager");
      const { pem } = await install(pub, root, { service: "CallManager" });
      await lab.cluster("hq").settled();
      const serial = describeCertificate(pem).parsed.serialNumber;
      assert.equal(serialOf(lab.node(SUB), "CallManager"), serial.replace(/^0+/, ""));
      await order(pub, "utils ctl update CTLFile");
      const found = (await shown(pub, "ctl"))!.records.filter(({ serialNumber }) => serialNumber === serial);
      assert.deepEqual(found.map(({ role }) => role), ["SAST", "CCM+TFTP", "TFTP"]);
    }));

  test("names the signers of other clusters, which are in Phone-SAST-trust", () =>
    within(mixed(), async (lab) => {
      const pub = lab.node(PUB);
      const other = describeCertificate((await makeRoot("ITLRECOVERY_other")).certificate);
      pub.store.trust("Phone-SAST-trust", other, "");
      await order(pub, "utils ctl update CTLFile");
      assert.ok((await shown(pub, "ctl"))!.records.some(({ role, subject }) => role === "SAST" && subject === "CN=ITLRECOVERY_other"));
    }));

  test("comes back with a snapshot, and so does what its nodes had read", () =>
    within(mixed(), async (lab) => {
      const pub = lab.node(PUB);
      const [taken, ctl, itl] = [snapshot(lab), await fetchTftp(pub, "CTLFile.tlv"), await fetchTftp(pub, "ITLFile.tlv")];
      await pub.certificates.regenerate("CAPF");
      lab.cluster("hq").trustFiles.setMode("non-secure");
      await pub.services.restart("Cisco Tftp");
      restore(lab, taken);
      assert.deepEqual([await fetchTftp(pub, "CTLFile.tlv"), await fetchTftp(pub, "ITLFile.tlv")], [ctl, itl]);
      assert.equal((await shown(pub, "ctl"))!.sha1, sha1(ctl.body));
    }));
});

describe("a CTL that is signed by a token", { timeout: 60_000 }, () => {
  test("is not updated by a command; mixed mode set again makes a tokenless one", () =>
    within(startTftp({ securityMode: "mixed with tokens", release: "12.5(1)SU7" }), async (lab) => {
      const pub = lab.node(PUB);
      const list = await fetchList(pub, "CTLFile.tlv");
      assert.deepEqual([list.signer.name, verifyTrustList(list).verified], ["CN=SAST-ADN008580ef;OU=IPCBU;O=Cisco Systems", true]);
      assert.match(await CliClient.once(pub, "utils ctl update CTLFile"), /signed by a security token/);
      assert.equal((await shown(pub, "ctl"))!.records.find(({ signed }) => signed)?.subject, list.signer.name);
      await order(pub, "utils ctl set-cluster mixed-mode");
      assert.equal((await shown(pub, "ctl"))!.records.find(({ signed }) => signed)?.serialNumber, serialOf(pub, "ITLRecovery"));
    }));
});

describe("mixed mode", { timeout: 60_000 }, () => {
  let lab: Lab;
  beforeEach(async () => (lab = await startTftp()));
  afterEach(() => lab.stop());
  const mode = () => lab.cluster("hq").parameters.get("Cluster Security Mode");

  test("is switched on and off on the publisher; phones have a CTL between two restarts of Cisco Tftp", async () => {
    const pub = lab.node(PUB);
    const status = async () => (await fetchTftp(pub, "CTLFile.tlv")).status;
    assert.match(await order(pub, "utils ctl set-cluster mixed-mode"), /^Moving Cluster to Mixed Mode\nCluster set to Mixed Mode\nPlease Restart/m);
    assert.deepEqual([mode(), (await shown(pub, "ctl"))?.verified, await status()], ["1", true, 404]);
    await pub.services.restart("Cisco Tftp");
    assert.equal(await status(), 200);
    assert.match(await order(pub, "utils ctl set-cluster non-secure-mode"), /Cluster set to Non-Secure Mode/);
    assert.deepEqual([mode(), await shown(pub, "ctl"), await status()], ["0", undefined, 200]);
    await pub.services.restart("Cisco Tftp");
    assert.equal(await status(), 404);
  });

  test("stays as it is when the answer is no, or on a subscriber", async () => {
    assert.match(await order(lab.node(PUB), "utils ctl set-cluster mixed-mode", "n"), /Operation cancelled/);
    for (const command of ["utils ctl set-cluster mixed-mode", "utils ctl update CTLFile"]) assert.match(await CliClient.once(lab.node(SUB), command), /only on the publisher/);
    assert.deepEqual([mode(), lab.history.of("platform", /CTL|set cluster/).length], ["0", 0]);
  });

  test("is what an update of the CTL needs, and CUCM", async () => {
    assert.match(await CliClient.once(lab.node(PUB), "utils ctl update CTLFile"), /not in mixed mode[\s\S]*Executed command unsuccessfully/);
    assert.match(await CliClient.once(lab.node(IMP), "utils ctl set-cluster mixed-mode"), /not supported on this node/);
  });
});
