// A20: after an exchange a certificate changes: by the program, and behind its back. What is needed is planned, and no more (R66, R95).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { clustersText, estateOf, exchangeText, orders, type SmallCluster } from "../support/bulk-exchange";
import { TestStack } from "../support/stack";
import { holds, own } from "../lab/support/bulk";

const [OLD, NEW] = ["old-pub.example.com", "new-pub.example.com"] as const;
const CLUSTERS: readonly SmallCluster[] = [
  { name: "old", release: "11.5(1)", nodes: [OLD] },
  { name: "fresh", release: "15", nodes: [NEW] },
];
const TOMCAT = `const tomcat = new uccerts.MultiServerCertificate("tomcat", { cluster: fresh, purpose: "tomcat", chain: await live.getAuthorityChain("ca"), authority: { connection: "ca", template: "WebServerClient" } });`;
const WITH_TOMCAT = `${clustersText(CLUSTERS)}\n${TOMCAT}
const exchange = new uccerts.BulkCertificateExchange("exchange", { clusters: [old, fresh], sftp: "bulk", certificates: { fresh: [tomcat] } });`;

describe("A20, an exchange that has grown stale", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estateOf(CLUSTERS, { authorities: [{ name: "ca", fqdn: "ca.example.com" }], timing: { replication: 1, cliStart: 0, serviceStop: 2, serviceStart: 2, tomcatStop: 5, tomcatStart: 5, pageLag: 2, distribution: 2 } }));
    stack = await TestStack.create({ lab, program: exchangeText(CLUSTERS) });
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });

  it("a tomcat certificate that the program renews is exported after its rollout, and imported only where it is not known", async () => {
    stack.write(WITH_TOMCAT);
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(orders(lab, mark), ["new-pub: export all", "old-pub: consolidate all", "old-pub: import all"]);
    assert.ok(holds(lab, OLD, "tomcat-trust", own(lab, NEW, "tomcat")));
    const [installed] = lab.history.since(mark).filter(({ interface: at, action }) => at === "platform" && action.startsWith("install tomcat"));
    const [exported] = lab.history.since(mark).filter(({ interface: at, action }) => at === "platform" && action.startsWith("bulk export"));
    assert.ok(installed && exported && installed.at <= exported.at);
  });

  it("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(orders(lab, mark), []);
    assert.deepEqual(lab.history.since(mark).filter(({ node }) => node !== "ca.example.com"), []);
  });

  it("a certificate that somebody has regenerated is found by a refresh, and the plan is one export, the consolidation and the imports", async () => {
    await lab.node(OLD).certificates.regenerate("CAPF");
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    const mark = lab.history.mark();
    const preview = await stack.preview();
    assert.match(preview.output, /1 +bulk export +old-pub\.example\.com +a certificate changed/);
    assert.match(preview.output, /4 steps, usually/);
    assert.deepEqual(orders(lab, mark), []);
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(orders(lab, mark), ["old-pub: export all", "old-pub: consolidate all", "new-pub: import all"]);
    assert.ok(holds(lab, NEW, "CallManager-trust", own(lab, OLD, "CAPF")));
  });
});
