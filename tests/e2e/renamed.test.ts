// A node gets another name (procedures.md 1.3, R27): the platform falls back to self-signed by itself, and all nodes need a new certificate.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { program, PUB, restarts, served, SUB, writes } from "../support/a1";
import { TestStack } from "../support/stack";

const NEW = "cs-ccm-west.example.com";
const LOOKED_UP = `const nodes = await live.getClusterNodes("hq", { publisher: "${PUB}", release: "15" });
  const hq = new uccerts.Cluster("hq", { release: "15", nodes });
  new uccerts.MultiServerCertificate("tomcat", { cluster: hq, purpose: "tomcat", chain: await live.getAuthorityChain("ca"), authority: { connection: "ca", template: "WebServerClient" } });`;

/** A subscriber is renamed after the first deployment, and a person adds its new fingerprint. */
async function renamed(text: string): Promise<{ lab: Lab; stack: TestStack; mark: number }> {
  const lab = await startLab();
  const stack = await TestStack.create({ lab, program: text });
  const first = await stack.up();
  assert.equal(first.code, 0, first.output);
  await lab.renameNode(SUB, NEW);
  stack.setConnections(connectionsOf(lab));
  return { lab, stack, mark: lab.history.mark() };
}

const namesEveryNode = (lab: Lab, since: number) => {
  assert.equal(lab.history.since(since).filter(({ action }) => action === "generate CSR tomcat").length, 1);
  assert.equal(served(lab).size, 1);
  const { names } = lab.node(NEW).served[0]!.certificate;
  assert.ok(names.includes(NEW) && names.includes(PUB) && !names.includes(SUB), names.join());
  assert.equal(restarts(lab, since).filter((one) => one.endsWith(": Cisco Tomcat")).length, 3);
};

describe("a node is renamed, and the program has its list of nodes written down", () => {
  let lab: Lab, stack: TestStack, mark: number;
  before(async () => ({ lab, stack, mark } = await renamed(program())));
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  const line = (fqdn: string) => `{ fqdn: "${fqdn}", product: "CUCM", role: "subscriber" }`;

  it("a refresh names the old name, the new one, and the line of the program to change", async () => {
    const { code, output } = await stack.refresh();
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`Not every node of cluster "hq" could be read \\(${SUB}: .*\\), because its list of nodes has changed:`));
    assert.ok(output.includes(`R27 ${SUB}: the cluster has no such node; it has ${PUB}, ${NEW}, cs-imp.example.com. It was renamed: write ${line(NEW)} instead of ${line(SUB)}`), output);
    assert.match(output, new RegExp(`R27 ${NEW}: the cluster has this node, and the program does not declare it`));
  });

  it("so does an up that asks for something new, before anything is written", async () => {
    stack.write(program(`otherDomains: ["ccm.example.com"]`));
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.ok(output.includes(`write ${line(NEW)} instead of ${line(SUB)}`), output);
    assert.deepEqual(writes(lab, mark), []);
    assert.deepEqual(lab.history.since(mark).filter(({ interface: at, action }) => at === "certsrv" && action.includes("certfnsh")), [], "no authority is asked for a signature");
  });

  it("with the line changed, the next up makes a new request for all, and every node serves the new certificate", async () => {
    stack.write(program().replace(SUB, NEW));
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    namesEveryNode(lab, mark);
    assert.match((await stack.up()).output, /27 unchanged/);
  });

  it("and a refresh finds nothing more", async () => assert.equal((await stack.refresh()).code, 0));
});

describe("a node is renamed, and the program looks its nodes up", () => {
  let lab: Lab, stack: TestStack, mark: number;
  before(async () => ({ lab, stack, mark } = await renamed(LOOKED_UP)));
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("the next up makes a new request for all nodes by itself, and every node serves the new certificate", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    namesEveryNode(lab, mark);
    assert.match((await stack.up()).output, /\d+ unchanged\n/);
  });
});
