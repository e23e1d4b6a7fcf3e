// A24: the certificates of Finesse, CUIC, Live Data, IdS and Cloud Connect into both AWs, on the real engine.
import assert from "node:assert/strict";
import { combined, ESTATE_A21, ESTATE_A24, type Lab, startLab } from "../../lab";
import { added, asked, attempts, deedNames, distrusted, domain, entriesOf, exchangeStack, only, type StoreContents, storesNow } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import type { TestStack } from "../support/stack";

const AWS = ["awa", "awb"];
const ALONE = only(ESTATE_A21, ...AWS);
const ESTATE = combined("a24", ALONE, ESTATE_A24);
const NODES = ESTATE_A24.clusters.flatMap(({ nodes }) => nodes.map(({ fqdn }) => fqdn));
const ofAws = AWS.flatMap((name) => [`${domain(name)}_dfp`, `${domain(name)}_iis`]);

describe("A24, VOS nodes and two AWs", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  let stores: StoreContents;
  before(async () => {
    lab = await startLab(ESTATE);
    stores = await storesNow(lab, AWS);
    stack = await exchangeStack(lab);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });
  const service = attempts(AWS, NODES.map((fqdn) => fqdn.replace(".example.com", "")), [8443]);

  test("each AW takes in every publisher and every subscriber, under its FQDN, beside the AWs' own", async () => {
    assert.equal((await distrusted(lab, service)).length, 20);
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    for (const name of AWS) assert.deepEqual(added(stores.get(name)!, entriesOf(lab, name)), [...NODES, ...ofAws].sort(), name);
    assert.deepEqual(await distrusted(lab, service), []);
  });

  test("one AW is proved before the second, and no node is written to", () => {
    assert.deepEqual(deedNames(lab), AWS.flatMap((name) => [`import into ${name}`, `restart Tomcat9 on ${name}`]));
  });

  test("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.match(output, /\d+ unchanged/);
    assert.deepEqual(asked(lab, mark), []);
  });
});

describe("A24 where the certificate of a node has another name than the inventory", { timeout: 300_000 }, () => {
  test("is refused with both names, and nothing is written (R16)", async () => {
    const [finesse] = ESTATE_A24.clusters;
    const renamed = { ...finesse!, nodes: finesse!.nodes.map((node) => (node.role === "subscriber" ? { ...node, certificateName: "finesse2.old.example.com" } : node)) };
    const lab = await startLab(combined("renamed", ALONE, { name: "vos", clusters: [renamed] }));
    let stack: TestStack | undefined;
    try {
      stack = await exchangeStack(lab);
      const { code, output } = await stack.up();
      assert.notEqual(code, 0);
      assert.match(output, /R16 finesse-sub\.example\.com: its certificate is of finesse2\.old\.example\.com/);
      assert.deepEqual(deedNames(lab), []);
    } finally {
      stack?.dispose();
      await lab.stop();
    }
  });
});
