// A26: the certificates of VVB, CUCM and Cloud Connect into OAMP's keystore, on the real engine.
import assert from "node:assert/strict";
import { type ClusterDescription, combined, ESTATE_A24, ESTATE_A25, startLab } from "../../lab";
import { added, attempts, deedNames, distrusted, domain, entriesOf, exchangeStack, only, short } from "../support/exchange";
import { describe, test } from "../support/hosts-test";
import type { TestStack } from "../support/stack";

const vvb = (name: string): ClusterDescription => ({ name, release: "12.5(1)", nodes: [{ fqdn: domain(name), product: "VVB", role: "publisher" }] });
const CUCM: ClusterDescription = {
  name: "cucm",
  release: "12.5(1)",
  nodes: [
    { fqdn: domain("cucm-pub"), product: "CUCM", role: "publisher" },
    { fqdn: domain("cucm-sub"), product: "CUCM", role: "subscriber" },
  ],
};
const CLUSTERS = [vvb("vvb1"), vvb("vvb2"), CUCM, ESTATE_A24.clusters.find(({ name }) => name === "cloudconnect")!];
const NODES = CLUSTERS.flatMap(({ nodes }) => nodes.map(({ fqdn }) => fqdn));

describe("A26, VOS nodes and OAMP", { timeout: 300_000 }, () => {
  test("OAMP takes in one certificate of every node beside those of the CVP servers, and trusts them after its restart", async () => {
    const lab = await startLab(combined("a26", only(ESTATE_A25, "oamp", "csa"), { name: "vos", clusters: CLUSTERS }));
    let stack: TestStack | undefined;
    try {
      await lab.host(domain("oamp")).ready();
      const before = entriesOf(lab, "oamp");
      stack = await exchangeStack(lab);
      const wanted = attempts(["oamp"], NODES.map(short), [8443], "OPSConsoleServer");
      assert.equal((await distrusted(lab, wanted)).length, NODES.length);
      const { code, output } = await stack.up();
      assert.equal(code, 0, output);
      assert.deepEqual(added(before, entriesOf(lab, "oamp")), [...NODES, "csa.example.com_wsm"].sort());
      assert.deepEqual(await distrusted(lab, wanted), []);
      assert.deepEqual(deedNames(lab).filter((what) => what.startsWith("restart")), ["restart oamp", "restart csa"]);
    } finally {
      stack?.dispose();
      await lab.stop();
    }
  });
});
