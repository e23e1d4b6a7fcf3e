// The ITL files of the lab as phones fetch them and as a person sees them. Read by domain/, which is not the lab's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { itlRecords } from "../../domain/trust-list/content";
import { verifyTrustList } from "../../domain/trust-list/verify";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { CliClient } from "./support/cli-client";
import { IMP, PUB, startNodes, SUB, within } from "./support/estates";
import { fetchList, fetchTftp, PHONE, rows, serialOf } from "./support/phone-client";
import { LISTED, sha1, shown, startTftp, wanted } from "./support/trust-files";

const rebuilt = (lab: Lab) => lab.history.of("platform", "rebuild ITL").map(({ node }) => node);

describe("the ITL of a TFTP node", { timeout: 60_000 }, () => {
  let lab: Lab, pub: VosNode, sub: VosNode;
  before(async () => {
    lab = await startTftp();
    [pub, sub] = [lab.node(PUB), lab.node(SUB)];
  });
  after(() => lab.stop());

  test("holds the certificates that phones are to trust, each node's its own CallManager", async () => {
    for (const node of [pub, sub]) assert.deepEqual(rows(await fetchList(node, "ITLFile.tlv")), wanted(lab, itlRecords(node.fqdn, LISTED)));
    assert.notEqual(serialOf(pub, "CallManager"), serialOf(sub, "CallManager"));
  });

  test("is signed by ITLRecovery of the publisher, with a key that no other certificate has", async () => {
    const list = await fetchList(sub, "ITLFile.tlv");
    assert.deepEqual([list.signer.serialNumber, verifyTrustList(list).verified], [serialOf(pub, "ITLRecovery"), true]);
    const keys = [...pub.store.identities].filter(([, { key }]) => key === pub.store.identities.get("ITLRecovery")!.key);
    assert.deepEqual(keys.map(([purpose]) => purpose), ["ITLRecovery"]);
  });

  test("is the same file for every phone that asks by its own name", async () => {
    const [general, own] = [await fetchTftp(pub, "ITLFile.tlv"), await fetchTftp(pub, `ITL${PHONE}.tlv`)];
    assert.deepEqual(own, general);
  });

  test("is what show itl shows", async () => {
    const { body } = await fetchTftp(pub, "ITLFile.tlv");
    const found = (await shown(pub, "itl"))!;
    assert.deepEqual([found.sha1, found.length, found.verified, found.records.find(({ signed }) => signed)?.serialNumber], [sha1(body), body.length, true, serialOf(pub, "ITLRecovery")]);
  });

  test("is in the history, as everything that was asked", async () => {
    const mark = lab.history.mark();
    await fetchTftp(pub, `ITL${PHONE}.tlv`);
    await fetchTftp(pub, `CTL${PHONE}.tlv`);
    assert.deepEqual(lab.history.since(mark).map(({ node, interface: at, action, outcome }) => [node, at, action, outcome]), [[PUB, "tftp", `GET /ITL${PHONE}.tlv`, "ok"], [PUB, "tftp", `GET /CTL${PHONE}.tlv`, "404"]]);
  });

  test("is all that TFTP has: another name is not found, a configuration is not emulated, nothing can be put there", async () => {
    const asked = async (name: string, method?: string) => (await fetchTftp(pub, name, method)).status;
    assert.deepEqual([await asked("CTLFile.tlv"), await asked("itlfile.tlv"), await asked(`${PHONE}.cnf.xml.sgn`), await asked("ITLFile.tlv", "PUT")], [404, 404, 501, 405]);
  });

  test("is on no other node: a subscriber without Cisco Tftp, IM and Presence", () =>
    within(startNodes(), async (other) => {
      await assert.rejects(fetchTftp(other.node(SUB), "ITLFile.tlv"), /socket hang up|ECONNRESET/);
      assert.equal(await shown(other.node(SUB), "itl"), undefined);
      assert.deepEqual([other.node(IMP).ports.tftp, other.node(IMP).ports.tvs], [0, 0]);
      assert.match(await CliClient.once(other.node(IMP), "show itl"), /not supported on this node/);
    }));

  test("on 11.5 is signed by the CallManager of the node itself", () =>
    within(startTftp({ release: "11.5(1)SU8" }), async (old) => {
      for (const fqdn of [PUB, SUB]) {
        const list = await fetchList(old.node(fqdn), "ITLFile.tlv");
        assert.deepEqual([list.signer.serialNumber, verifyTrustList(list).verified], [serialOf(old.node(fqdn), "CallManager"), true]);
      }
    }));
});

describe("the ITL follows", { timeout: 60_000 }, () => {
  test("a certificate in it, on every TFTP node, and no other certificate", () =>
    within(startTftp(), async (lab) => {
      const pub = lab.node(PUB);
      await pub.certificates.regenerate("tomcat");
      assert.deepEqual(rebuilt(lab), []);
      await lab.node(SUB).certificates.regenerate("TVS");
      assert.deepEqual(rebuilt(lab), [PUB, SUB]);
      assert.ok(rows(await fetchList(pub, "ITLFile.tlv")).includes(`TVS ${serialOf(lab.node(SUB), "TVS")}`));
      await pub.certificates.regenerate("CallManager");
      assert.deepEqual(rebuilt(lab), [PUB, SUB, PUB]);
    }));

  test("its signer: who holds the old one does not know the new one", () =>
    within(startTftp(), async (lab) => {
      const held = await fetchList(lab.node(SUB), "ITLFile.tlv");
      await lab.node(PUB).certificates.regenerate("ITLRecovery");
      const list = await fetchList(lab.node(SUB), "ITLFile.tlv");
      assert.deepEqual([verifyTrustList(list).verified, verifyTrustList(list, held.records).verified], [true, false]);
    }));

  test("a node that joins", () =>
    within(startTftp(), async (lab) => {
      const node = await lab.addNode("hq", { fqdn: "cs-new.example.com", product: "CUCM", role: "subscriber", services: { "Cisco Tftp": "started" } });
      const tvs = `TVS ${serialOf(node, "TVS")}`;
      for (const one of [lab.node(PUB), node]) assert.ok(rows(await fetchList(one, "ITLFile.tlv")).includes(tvs), one.fqdn);
    }));

  test("at the next start of Cisco Tftp alone, where the switch says so", () =>
    within(startTftp({}, { switches: { itlFollows: "a restart" } }), async (lab) => {
      const pub = lab.node(PUB);
      const held = rows(await fetchList(pub, "ITLFile.tlv"));
      await pub.certificates.regenerate("TVS");
      assert.deepEqual(rows(await fetchList(pub, "ITLFile.tlv")), held);
      await pub.services.restart("Cisco Tftp");
      assert.deepEqual(rows(await fetchList(pub, "ITLFile.tlv")), wanted(lab, itlRecords(PUB, LISTED)));
      assert.deepEqual(rebuilt(lab), [PUB]);
    }));

  test("the parameter that prepares a rollback: it is empty, and signed by whom phones know", () =>
    within(startTftp(), async (lab) => {
      const { parameters } = lab.cluster("hq");
      const held = await fetchList(lab.node(PUB), "ITLFile.tlv");
      parameters.set("Prepare Cluster for Rollback to pre 8.0", "T");
      const empty = await fetchList(lab.node(PUB), "ITLFile.tlv");
      assert.deepEqual([empty.records.length, verifyTrustList(empty, held.records).verified], [0, true]);
      parameters.set("Prepare Cluster for Rollback to pre 8.0", "F");
      assert.deepEqual(rows(await fetchList(lab.node(PUB), "ITLFile.tlv")), rows(held));
    }));

  test("nothing while Cisco Tftp is stopped: phones get nothing, show itl shows the old one", () =>
    within(startTftp(), async (lab) => {
      const pub = lab.node(PUB);
      const { serialNumber } = (await shown(pub, "itl"))!.records.at(-1)!;
      await pub.services.stop("Cisco Tftp");
      await lab.node(SUB).certificates.regenerate("TVS");
      await assert.rejects(fetchTftp(pub, "ITLFile.tlv"), /socket hang up|ECONNRESET/);
      assert.equal((await shown(pub, "itl"))!.records.at(-1)!.serialNumber, serialNumber);
      await pub.services.start("Cisco Tftp");
      assert.equal((await fetchList(pub, "ITLFile.tlv")).records.at(-1)!.serialNumber, serialOf(lab.node(SUB), "TVS"));
    }));
});

describe("a cluster that is prepared for a rollback from the start", () => {
  test("serves empty files", () => within(startTftp({ preparedForRollback: true }), async (lab) => assert.equal((await fetchList(lab.node(SUB), "ITLFile.tlv")).records.length, 0)));
});

describe("faults of TFTP", { timeout: 60_000 }, () => {
  let lab: Lab;
  before(async () => (lab = await startTftp()));
  after(() => lab.stop());
  const fetched = () => fetchTftp(lab.node(PUB), "ITLFile.tlv");

  for (const fault of ["dropped connection", "dropped answer"] as const)
    test(`${fault}: the connection is reset once, then the file is there`, async () => {
      lab.faults.add({ fault, interface: "tftp", times: 1 });
      await assert.rejects(fetched(), /socket hang up|ECONNRESET/);
      assert.equal((await fetched()).status, 200);
    });

  test("unavailable: 503", async () => {
    lab.faults.add({ fault: "unavailable", interface: "tftp", times: 1 });
    assert.deepEqual([(await fetched()).status, (await fetched()).status], [503, 200]);
  });

  test("node down: nothing, not even for a connection that was open", async () => {
    const off = lab.faults.add({ fault: "node down", node: PUB });
    await assert.rejects(fetched(), /socket hang up|ECONNRESET/);
    off();
    assert.equal((await fetched()).status, 200);
  });
});
