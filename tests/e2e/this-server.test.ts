// A certificate for one node (distribution "this-server"), declared with the resources themselves and installed by a Rollout.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { cluster, IMP, PUB, restarts, SUB, writes } from "../support/a1";
import { TestStack } from "../support/stack";

const PROGRAM = `${cluster()}
  const node = hq.nodes.find(({ fqdn }) => fqdn === "${SUB}");
  const chain = [...(await live.getAuthorityChain("ca"))];
  const question = { purpose: "tomcat", distribution: "this-server" };
  const csr = new uccerts.MultiSanCsr("csr", { ...question, node, chain });
  const { certificatePem } = new uccerts.AdcsCertificate("signature", { authority: "ca", template: "WebServerClient", csrPem: csr.csrPem, satisfiedBy: csr.satisfiedBy, chain, covers: [node.fqdn], purpose: "tomcat", release: "15" });
  const trust = new uccerts.TrustChain("trust", { cluster: hq, store: "tomcat-trust", chain, after: [csr] });
  new uccerts.Rollout("sub", { cluster: hq, changes: [{ purpose: "tomcat", node, certificatePem, chain, question, after: trust.certificates }] });`;

describe("a tomcat certificate for one node", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: PROGRAM });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("plans the restarts of that node alone", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    const where = [...output.matchAll(/\d+ +restart .+? {2,}(\S+)/g)].map(([, node]) => node);
    assert.deepEqual([...new Set(where)], [SUB]);
  });

  it("is requested, signed, installed and served there, and nowhere else", async () => {
    const before = lab.node(PUB).served[0]!.certificate.serial;
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const [served] = lab.node(SUB).served;
    assert.equal(served!.certificate.issuerCommonName, "Example Issuing CA 1");
    assert.deepEqual(served!.certificate.names, [SUB]);
    assert.equal(lab.node(PUB).served[0]!.certificate.serial, before);
    assert.notEqual(lab.node(IMP).served[0]!.certificate.serial, served!.certificate.serial);
  });

  it("restarts nothing on the other nodes", () => {
    assert.deepEqual([...new Set(restarts(lab).map((one) => one.split(":")[0]))], ["cs-ccm-sub"]);
    assert.deepEqual(restarts(lab)[0], "cs-ccm-sub: Cisco Tomcat");
  });

  it("is found in order by the next run, which writes nothing", async () => {
    const mark = lab.history.mark();
    const { output } = await stack.up("--refresh");
    assert.match(output, /\d+ unchanged\n/);
    assert.deepEqual(writes(lab, mark), []);
  });
});
