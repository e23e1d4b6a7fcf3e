// What becomes of the files of an exchange, what an import leaves out, and releases that have no type ITLRecovery.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EstateDescription, type Lab, startLab } from "../../lab";
import { clustersText, DIRECTORY, estateOf, exchangeText, lying, orders, type SmallCluster } from "../support/bulk-exchange";
import { TestStack } from "../support/stack";
import { holds, own } from "../lab/support/bulk";

const [OLD, NEW] = ["old-pub.example.com", "new-pub.example.com"] as const;
const CLUSTERS: readonly SmallCluster[] = [
  { name: "old", release: "11.5(1)", nodes: [OLD] },
  { name: "fresh", release: "15", nodes: [NEW] },
];
const STRANGER = `${DIRECTORY}/readme.txt`;

async function within(program: string, more: Partial<EstateDescription>, work: (lab: Lab, stack: TestStack) => Promise<void>): Promise<void> {
  const lab = await startLab(estateOf(CLUSTERS, more));
  const stack = await TestStack.create({ lab, program });
  try {
    await work(lab, stack);
  } finally {
    await lab.stop();
    stack.dispose();
  }
}

async function succeeds(stack: TestStack): Promise<string> {
  const { code, output } = await stack.up();
  assert.equal(code, 0, output);
  return output;
}

describe("the files of an exchange", { timeout: 300_000 }, () => {
  it("are removed when that is declared, files of others are not, and a change has all clusters export again", () =>
    within(exchangeText(CLUSTERS, 'files: "remove"'), {}, async (lab, stack) => {
      lab.sftpServer("bulk").userNamed().files.write(STRANGER, Buffer.from("not ours"));
      await succeeds(stack);
      assert.deepEqual(lying(lab), ["readme.txt"]);
      const mark = lab.history.mark();
      await succeeds(stack);
      assert.deepEqual(lab.history.since(mark), []);
      await lab.node(OLD).certificates.regenerate("CAPF");
      assert.equal((await stack.refresh()).code, 0);
      await succeeds(stack);
      assert.deepEqual(orders(lab, mark).filter((line) => line.includes("export")).sort(), ["new-pub: export all", "old-pub: export all"]);
      assert.ok(holds(lab, NEW, "CallManager-trust", own(lab, OLD, "CAPF")));
      assert.deepEqual(lying(lab), ["readme.txt"]);
    }));
});

/** Two exports and the rest as resources of their own: between them a file is replaced by a person. */
const CONSOLIDATED_LATER = (more: string) => `${clustersText(CLUSTERS)}
const clusters = [old, fresh].map((one) => one.publisher("CUCM")), [first, second] = clusters, common = { clusters, sftp: "bulk" };
const exports = clusters.map((node) => new uccerts.BulkExport(node.cluster.name, { ...common, node }));
${more}`;
const REST = (fill: string) => `const all = new uccerts.BulkConsolidation("all", { ...common, node: first, triggers: exports.map((one) => one.changeId) }, { dependsOn: exports });
new uccerts.BulkImport("import", { ...common, node: first, triggers: [all.changeId], maintenanceWindow: old.maintenanceWindow, ${fill} }, { dependsOn: [all] });`;

describe("what an import has left out", { timeout: 300_000 }, () => {
  it("is named, and uploaded when that is declared", () =>
    within(CONSOLIDATED_LATER(""), {}, async (lab, stack) => {
      await succeeds(stack);
      const { files } = lab.sftpServer("bulk").userNamed();
      files.write(`${DIRECTORY}/new-pub_tomcat.pkcs12`, files.read(`${DIRECTORY}/old-pub_tomcat.pkcs12`));
      stack.write(CONSOLIDATED_LATER(REST("")));
      const { code, output } = await stack.up();
      assert.notEqual(code, 0);
      assert.match(output, /R98 old-pub\.example\.com: its tomcat-trust lacks the tomcat certificate of new-pub\.example\.com/);
      stack.write(CONSOLIDATED_LATER(REST("fillMissing: true")));
      assert.match(await succeeds(stack), /old: the import has left out 1 of its entries; they are uploaded/);
      assert.ok(holds(lab, OLD, "tomcat-trust", own(lab, NEW, "tomcat")));
    }));
});

describe("where ITLRecovery is exported with tftp", { timeout: 300_000 }, () => {
  it("no file of its own is waited for, and it is proved all the same", () =>
    within(exchangeText(CLUSTERS, 'itlRecovery: "in tftp"'), { switches: { bulkItlRecovery: "in tftp" } }, async (lab, stack) => {
      assert.match(await succeeds(stack), /new-pub\.example\.com +ITLRecovery +[0-9A-F]+ +Phone-SAST-trust, CallManager-trust +old-pub\.example\.com/);
      assert.ok(holds(lab, OLD, "Phone-SAST-trust", own(lab, NEW, "ITLRecovery")));
    }));
});
