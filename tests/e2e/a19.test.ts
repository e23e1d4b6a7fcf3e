// A19: three clusters exchange everything for EMCC, in a full mesh through one directory; then a fourth joins.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { bulkEntries, estateOf, exchangeText, lying, orders, type SmallCluster } from "../support/bulk-exchange";
import { TestStack } from "../support/stack";
import { holds, own } from "../lab/support/bulk";

const FOUR: readonly SmallCluster[] = ["north", "east", "south", "west"].map((name) => ({ name, release: "15", nodes: [`${name}-pub.example.com`, ...(name === "west" ? [] : [`${name}-sub.example.com`])] }));
const THREE = FOUR.slice(0, 3);
const MAPPING = [["tomcat", "tomcat-trust"], ["CallManager", "Phone-SAST-trust"], ["CallManager", "CallManager-trust"], ["CAPF", "CallManager-trust"], ["ITLRecovery", "Phone-SAST-trust"], ["ITLRecovery", "CallManager-trust"]] as const;
const BULK_PROVISIONING = "Cisco Bulk Provisioning Service";

describe("A19, a full mesh for EMCC", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estateOf(FOUR));
    stack = await TestStack.create({ lab, program: exchangeText(THREE, "emcc: true") });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });

  /** Every node of every cluster knows each certificate of the others, by the table. */
  const assertMesh = (clusters: readonly SmallCluster[]) => {
    for (const local of clusters)
      for (const remote of clusters.filter((one) => one !== local))
        for (const node of local.nodes)
          for (const [index, owner] of remote.nodes.entries())
            for (const [purpose, store] of MAPPING) {
              const alone = purpose === "CAPF" || purpose === "ITLRecovery";
              if (index === 0 || !alone) assert.ok(holds(lab, node, store, own(lab, owner, purpose)), `${purpose} of ${owner} in ${store} of ${node}`);
            }
  };

  it("is refused where Cisco Bulk Provisioning Service does not run (R105), and nothing is changed", async () => {
    for (const { nodes } of THREE) lab.node(nodes[0]!).services.set(BULK_PROVISIONING, "stopped");
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    for (const { nodes } of THREE) lab.node(nodes[0]!).services.set(BULK_PROVISIONING, "started");
    assert.notEqual(code, 0);
    for (const { nodes } of THREE) assert.match(output, new RegExp(`R105 ${nodes[0]}: Cisco Bulk Provisioning Service is Stopped`));
    assert.deepEqual(orders(lab, mark), []);
  });

  it("three exports, one consolidation, three imports, ITLRecovery among them", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const all = orders(lab, mark);
    assert.deepEqual([all.slice(0, 3).sort(), all[3], all.slice(4).sort()], [["east", "north", "south"].map((name) => `${name}-pub: export all`), "north-pub: consolidate all", ["east", "north", "south"].map((name) => `${name}-pub: import all`)]);
    assert.ok(bulkEntries(lab, mark).some(({ action }) => action === "bulk import ITLRecovery"));
    assertMesh(THREE);
  });

  it("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(mark), []);
  });

  it("a fourth cluster exports alone, then all is consolidated, and all four import", async () => {
    lab.node("west-pub.example.com").services.set(BULK_PROVISIONING, "started");
    stack.write(exchangeText(FOUR, "emcc: true"));
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const all = orders(lab, mark);
    assert.deepEqual([all.slice(0, 2), all.slice(2).sort()], [["west-pub: export all", "north-pub: consolidate all"], ["east", "north", "south", "west"].map((name) => `${name}-pub: import all`)]);
    assert.ok(lying(lab).includes("west-pub_ITLRecovery.pkcs12"));
    assertMesh(FOUR);
  });
});
