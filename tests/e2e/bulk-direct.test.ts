// An exchange without an SFTP server (Cisco 213407): certificates read from each cluster and uploaded to the other, then TVS restarts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { changes, clustersText, estateOf, orders, type SmallCluster } from "../support/bulk-exchange";
import { TestStack } from "../support/stack";
import { holds, own } from "../lab/support/bulk";

const [OLD, NEW, SUB] = ["old-pub.example.com", "new-pub.example.com", "new-sub.example.com"] as const;
const CLUSTERS: readonly SmallCluster[] = [
  { name: "old", release: "11.5(1)", nodes: [OLD] },
  { name: "fresh", release: "15", nodes: [NEW, SUB] },
];
const SIGNERS = [["CallManager", "Phone-SAST-trust"], ["CallManager", "CallManager-trust"], ["ITLRecovery", "Phone-SAST-trust"], ["ITLRecovery", "CallManager-trust"], ["tomcat", "tomcat-trust"], ["CAPF", "CallManager-trust"]] as const;
const program = (more = "") => `${clustersText(CLUSTERS)}
const exchange = new uccerts.BulkCertificateExchange("exchange", { clusters: [old, fresh], method: "direct", ${more} });
return { leftToDo: exchange.leftToDo };`;
const restartsOf = (lab: Lab, mark = 0) => changes(lab, mark).filter((line) => line.includes("restart "));

describe("an exchange without SFTP", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estateOf(CLUSTERS));
    stack = await TestStack.create({ lab, program: program() });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });

  it("uploads to both clusters what each must know, and restarts TVS on every node of both, after its uploads", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(orders(lab), []);
    for (const [purpose, store] of SIGNERS) {
      for (const local of [NEW, SUB]) assert.ok(holds(lab, local, store, own(lab, OLD, purpose)), `${purpose} of ${OLD} in ${store} of ${local}`);
      assert.ok(holds(lab, OLD, store, own(lab, NEW, purpose)), `${purpose} of ${NEW} in ${store} of ${OLD}`);
    }
    assert.deepEqual(restartsOf(lab).sort(), [NEW, SUB, OLD].map((fqdn) => `${fqdn}: restart Cisco Trust Verification Service`));
    for (const fqdn of [OLD, NEW]) {
      const own = changes(lab).filter((line) => line.startsWith(`${fqdn}: `));
      assert.ok(own.findLastIndex((line) => line.includes("store trust")) < own.findIndex((line) => line.includes("restart ")), fqdn);
    }
  });

  it("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(mark), []);
  });

  it("puts back what somebody has deleted, and restarts TVS there alone", async () => {
    const { store } = lab.node(OLD);
    const entry = store.entries("Phone-SAST-trust").find(({ certificate }) => certificate.parsed.fingerprint256 === own(lab, NEW, "ITLRecovery").parsed.fingerprint256)!;
    store.remove("Phone-SAST-trust", entry.fileName);
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.ok(holds(lab, OLD, "Phone-SAST-trust", own(lab, NEW, "ITLRecovery")));
    assert.deepEqual(restartsOf(lab, mark), [`${OLD}: restart Cisco Trust Verification Service`]);
  });
});

describe("an exchange without SFTP, in one direction and in mixed mode", { timeout: 300_000 }, () => {
  it("teaches one cluster alone, and its CTL file names the signers before TVS restarts", async () => {
    const lab = await startLab(estateOf(CLUSTERS, {}, { securityMode: "mixed" }));
    const stack = await TestStack.create({ lab, program: program('oneWay: { trusted: "fresh", by: "old" }') });
    try {
      const { code, output } = await stack.up();
      assert.equal(code, 0, output);
      assert.ok(holds(lab, OLD, "Phone-SAST-trust", own(lab, NEW, "CallManager")));
      assert.ok(!holds(lab, NEW, "Phone-SAST-trust", own(lab, OLD, "CallManager")));
      assert.match(output, /left to do: old is in mixed mode: when its CTL file names the signers of the other clusters/);
      const done = lab.history.of("platform").filter(({ node, action }) => node === OLD && /^(update CTL|restart )/.test(action)).map(({ action }) => action);
      assert.deepEqual(done, ["update CTL", "restart Cisco Trust Verification Service"]);
    } finally {
      await lab.stop();
      stack.dispose();
    }
  });
});

describe("where neither REST nor command line takes certificates for Phone-SAST-trust", { timeout: 300_000 }, () => {
  it("nothing is uploaded and the clicks are named; when a person has done them, the rest follows", async () => {
    const lab = await startLab(estateOf(CLUSTERS, { switches: { phoneSastUpload: "page only" } }));
    const stack = await TestStack.create({ lab, program: program() });
    try {
      const refused = await stack.up("--continue-on-error");
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /Nothing was uploaded to fresh: new-pub\.example\.com takes no certificate for Phone-SAST-trust by REST or command line/);
      assert.match(refused.output, /Certificate Purpose Phone-SAST-trust:\s+- CallManager of old-pub\.example\.com \(serial number /);
      assert.deepEqual(changes(lab), []);
      for (const [local, remotes] of [[OLD, [NEW, SUB]], [NEW, [OLD]]] as const)
        for (const remote of remotes)
          for (const purpose of ["CallManager", "ITLRecovery"]) if (purpose === "CallManager" || remote !== SUB) await lab.node(local).administration.uploadTrust("Phone-SAST-trust", own(lab, remote, purpose).pem);
      for (const cluster of lab.clusters) await cluster.settled();
      const { code, output } = await stack.up();
      assert.equal(code, 0, output);
      assert.ok(holds(lab, SUB, "CallManager-trust", own(lab, OLD, "ITLRecovery")));
    } finally {
      await lab.stop();
      stack.dispose();
    }
  });
});
