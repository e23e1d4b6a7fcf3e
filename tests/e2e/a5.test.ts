// A5: a node joins the cluster; the certificate for all nodes is made anew (Cisco 118731).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { PUB, restarts, served, writes } from "../support/a1";
import { TestStack } from "../support/stack";

const NEW = "cs-ccm-sub2.example.com";
/** The nodes are looked up, so that the program itself needs no change. */
const PROGRAM = `const nodes = await live.getClusterNodes("hq", { publisher: "${PUB}", release: "15" });
  const hq = new uccerts.Cluster("hq", { release: "15", nodes });
  new uccerts.MultiServerCertificate("tomcat", { cluster: hq, purpose: "tomcat", chain: await live.getAuthorityChain("ca"), authority: { connection: "ca", template: "WebServerClient" } });`;

describe("A5, a node is added", () => {
  let lab: Lab, stack: TestStack, mark: number;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: PROGRAM });
    const first = await stack.up();
    assert.equal(first.code, 0, first.output);
    await lab.addNode("hq", { fqdn: NEW, product: "CUCM", role: "subscriber" });
    stack.setConnections(connectionsOf(lab));
    mark = lab.history.mark();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("is refused while an older request is pending (R23)", async () => {
    await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
    mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`R23 ${PUB}: a tomcat request is pending that asks something else`));
    assert.deepEqual(writes(lab, mark), []);
    lab.node(PUB).store.requests.clear();
  });

  it("shows in a preview as a new request and its restarts, the new node among them", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    assert.match(output, /generate a tomcat CSR +cs-ccm-pub\.example\.com +what is installed no longer satisfies/);
    assert.match(output, new RegExp(`restart Cisco Tomcat +${NEW.replace(/\./g, "\\.")}`));
  });

  it("replaces the certificate by one that names all four nodes, and every node serves it", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.equal(served(lab).size, 1);
    const names = lab.node(NEW).served[0]!.certificate.names;
    assert.ok(names.includes(NEW) && names.includes(PUB), names.join());
    assert.deepEqual(restarts(lab, mark).filter((one) => one.endsWith(": Cisco Tomcat")), ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-sub: Cisco Tomcat", "cs-ccm-sub2: Cisco Tomcat", "cs-imp: Cisco Tomcat"]);
    assert.equal(lab.history.since(mark).filter(({ action }) => action === "generate CSR tomcat").length, 1);
  });

  it("changes nothing afterwards", async () => assert.match((await stack.up()).output, /\d+ unchanged\n/));
});
