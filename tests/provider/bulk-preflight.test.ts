// The preflight of a bulk exchange: all that refuses at once, and what is only told. Without the engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Lab, startLab, type ClusterDescription } from "../../lab";
import { Cluster } from "../../sdk/topology";
import { bulkDeeds, estateOf, type SmallCluster } from "../support/bulk-exchange";
import { exchange, exportBoth, NEW_PUB, NEW_SUB, OLD_PUB, startClusters } from "../lab/support/bulk";
import { TestProvider } from "../support/provider";

const clusters = [
  new Cluster("old", { release: "11.5(1)", nodes: [{ fqdn: OLD_PUB, product: "CUCM", role: "publisher" }, { fqdn: "CUCM1151SUB.example.com", product: "CUCM", role: "subscriber" }] }),
  new Cluster("new", { release: "15", nodes: [{ fqdn: NEW_PUB, product: "CUCM", role: "publisher" }, { fqdn: NEW_SUB, product: "CUCM", role: "subscriber" }, { fqdn: "cs-imp.example.com", product: "IM and Presence", role: "publisher" }] }),
].map((one) => one.publisher("CUCM")!);
const inputs = (more: object = {}) => ({ node: clusters[0]!, clusters, sftp: "bulk", triggers: [], ...more });

async function within(starting: Promise<Lab>, work: (lab: Lab, provider: TestProvider) => Promise<void>): Promise<void> {
  const lab = await starting;
  const provider = new TestProvider(lab);
  try {
    await work(lab, provider);
  } finally {
    await provider.dispose();
    await lab.stop();
  }
}

describe("the preflight of a bulk exchange", { timeout: 120_000 }, () => {
  it("finds two clusters in order fit, and orders nothing", () =>
    within(startClusters(), async (lab, provider) => {
      const made = await provider.create("BulkPreflight", inputs());
      assert.deepEqual(made.findings, []);
      assert.deepEqual(bulkDeeds(lab), []);
    }));

  it("refuses a node that is down, replication that is broken and EMCC without its service, all at once", () =>
    within(startClusters(), async (lab, provider) => {
      lab.faults.add({ fault: "node down", node: "CUCM1151SUB.example.com" });
      lab.faults.add({ fault: "replication broken", node: NEW_SUB });
      lab.node(NEW_PUB).services.set("Cisco Bulk Provisioning Service", "stopped");
      const words = await provider.refusal("BulkPreflight", inputs({ emcc: true }));
      assert.match(words, /Nothing was changed: the clusters old, new do not exchange certificates:/);
      for (const one of [/R103 CUCM1151SUB\.example\.com: it does not answer/, /R37 \S*cs-ccm-sub\S*: database replication is/, /R105 cs-ccm-pub\.example\.com: Cisco Bulk Provisioning Service is Stopped/]) assert.match(words, one);
      assert.deepEqual(bulkDeeds(lab), []);
    }));

  it("tells what would refuse, where every cluster knows the others already", () =>
    within(startClusters(), async (lab, provider) => {
      await exchange(lab);
      lab.faults.add({ fault: "replication broken", node: NEW_SUB });
      const { findings } = await provider.create("BulkPreflight", inputs());
      assert.match((findings as string[]).join("\n"), /R37 /);
    }));

  it("refuses files of other clusters, unless they are accepted (R97)", () =>
    within(startClusters(), async (lab, provider) => {
      await exportBoth(lab);
      const { files } = lab.sftpServer("bulk").userNamed();
      files.write("/exchange/OLDPUB_tomcat.pkcs12", files.read("/exchange/CUCM1151PUB_tomcat.pkcs12"));
      assert.match(await provider.refusal("BulkPreflight", inputs()), /Nothing was changed: .*\s+- R97 OLDPUB_tomcat\.pkcs12 is of no node of these clusters\. Use a directory of its own, or remove these files, or accept it: accept: \{ R97: "<reason>" \}/);
      const { findings } = await provider.create("BulkPreflight", { ...inputs(), accept: { R97: "kept for the auditors" } });
      assert.match(String(findings), /R97 OLDPUB_tomcat\.pkcs12 is of no node of these clusters.*kept for the auditors/);
    }));
});

const PAIR: readonly SmallCluster[] = [
  { name: "one", release: "10.5.2.13900-12", nodes: ["one-pub.example.com"] },
  { name: "two", release: "10.5.2.12901-1", nodes: ["two-pub.example.com"] },
];

describe("the preflight of a bulk exchange of old releases", { timeout: 120_000 }, () => {
  const publishers = PAIR.map(({ name, release, nodes }) => new Cluster(name, { release, nodes: [{ fqdn: nodes[0]!, product: "CUCM", role: "publisher" }] }).publisher("CUCM")!);
  const start = (each?: Partial<ClusterDescription>) => startLab(estateOf(PAIR, {}, each));

  it("warns of an exporter whose files the other cannot import (R100)", () =>
    within(start(), async (_lab, provider) => {
      const { findings } = await provider.create("BulkPreflight", { ...inputs(), node: publishers[0]!, clusters: publishers });
      assert.deepEqual(findings, ["R100 two: it runs 10.5.2.12901-1, and one exports with 10.5.2.13900-12"]);
    }));

  it("refuses clusters that are prepared for rollback to pre 8.0 (R60)", () =>
    within(start({ preparedForRollback: true }), async (_lab, provider) => {
      const words = await provider.refusal("BulkPreflight", { ...inputs(), node: publishers[0]!, clusters: publishers });
      for (const name of ["one", "two"]) assert.match(words, new RegExp(`R60 ${name}: Prepare Cluster for Rollback to pre 8\\.0 is True`));
    }));
});
