// What people and nodes change behind our back: a refresh sees it, the next run repairs what must be repaired and restarts what must be restarted.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { cluster, certificate, IMP, program, PUB, restarts, served, SUB, writes } from "../support/a1";
import { TestStack } from "../support/stack";

/** A lab on which the program of A1 has been deployed; the connection trusts the authority, as after first contact. */
async function deployed(text = program()): Promise<{ lab: Lab; stack: TestStack }> {
  const lab = await startLab();
  const stack = await TestStack.create({ lab, program: text });
  const first = await stack.up();
  assert.equal(first.code, 0, first.output);
  return { lab, stack };
}

/** Somebody makes a request, has it signed and installs it by hand, and restarts Tomcat everywhere. */
async function replaceByHand(lab: Lab, overrides: object = {}): Promise<void> {
  const { certificates } = lab.node(PUB);
  const pending = await certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
  certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate(pending.pem, overrides));
  await lab.cluster("hq").settled();
  for (const node of lab.cluster("hq").nodes) await node.services.restart("Cisco Tomcat");
}

/** A person has looked at the fingerprints and added them. */
function trustWhatIsServed(lab: Lab, stack: TestStack): void {
  stack.setConnections(connectionsOf(lab));
}

describe("after a refresh", () => {
  let lab: Lab, stack: TestStack, mark: number;
  before(async () => ({ lab, stack } = await deployed()));
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("a certificate that was replaced by hand and satisfies the declaration is adopted, nothing is written", async () => {
    await replaceByHand(lab);
    mark = lab.history.mark();
    assert.equal((await stack.refresh()).code, 0);
    const up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(writes(lab, mark), []);
    const [fingerprint] = served(lab);
    assert.match(up.output, new RegExp(`fingerprint: .*=> "${fingerprint}"`));
    assert.doesNotMatch(up.output, /another certificate than the declared one/);
    assert.match((await stack.up()).output, /27 unchanged/);
  });

  it("a trust entry that was removed is uploaded again, and nothing is restarted for it", async () => {
    const { store, certificates } = lab.node(PUB);
    const entry = store.entries("tomcat-trust").find(({ certificate: { commonName } }) => commonName === "Example Issuing CA 1")!;
    certificates.deleteTrust("tomcat-trust", entry.fileName);
    await lab.cluster("hq").settled();
    mark = lab.history.mark();
    const refreshed = await stack.refresh();
    assert.match(refreshed.output, /TrustCertificate tomcat-example-issuing-ca-1 delete/);
    const up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(writes(lab, mark).map(({ action }) => action), ["store trust certificate"]);
    await lab.cluster("hq").settled();
    for (const fqdn of [PUB, SUB, IMP]) assert.ok(lab.node(fqdn).store.find("tomcat-trust", entry.fileName), fqdn);
  });

  it("another request that is pending beside the installed certificate is nobody's business", async () => {
    await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
    assert.equal((await stack.refresh()).code, 0);
    assert.match((await stack.up()).output, /27 unchanged/);
    lab.node(PUB).store.requests.clear();
  });

  it("a certificate that was replaced by one that does not satisfy is asked for anew, and every node restarts", async () => {
    await lab.node(SUB).certificates.regenerate("tomcat");
    await lab.node(SUB).services.restart("Cisco Tomcat");
    const untrusted = await stack.refresh();
    assert.match(untrusted.output, new RegExp(`${SUB}: verify the server's certificate: it is neither pinned nor issued by an authority of the connection "hq"[\\s\\S]*If that is the right server, add it`));
    trustWhatIsServed(lab, stack);
    mark = lab.history.mark();
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    const preview = await stack.preview();
    assert.match(preview.output, new RegExp(`hq: tomcat: ${SUB} has another certificate .*; a new request is needed`));
    const up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.equal(lab.history.since(mark).filter(({ action }) => action === "generate CSR tomcat").length, 1);
    assert.equal(restarts(lab, mark).filter((one) => one.endsWith(": Cisco Tomcat")).length, 3);
    assert.equal(served(lab).size, 1);
    assert.match((await stack.up()).output, /27 unchanged/);
  });
});

describe("a node that was rebuilt", () => {
  let lab: Lab, stack: TestStack;
  before(async () => ({ lab, stack } = await deployed()));
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("is self-signed again: the next run gives all nodes a new certificate", async () => {
    await lab.node(SUB).rebuild();
    await lab.cluster("hq").settled();
    trustWhatIsServed(lab, stack);
    const mark = lab.history.mark();
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    const up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.equal(lab.history.since(mark).filter(({ action }) => action === "generate CSR tomcat").length, 1);
    assert.equal(served(lab).size, 1);
    assert.equal(lab.node(SUB).served[0]!.certificate.commonName, "cs-ccm-pub-ms.example.com");
  });
});

describe("a certificate that was installed by hand and not yet loaded", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab();
    const { certificates } = lab.node(PUB);
    const pending = await certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
    for (const pem of lab.authority("ca").hierarchy.chain().slice().reverse()) certificates.uploadTrust("tomcat", pem, "");
    certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate(pending.pem));
    await lab.cluster("hq").settled();
    await lab.node(PUB).services.restart("Cisco Tomcat");
    stack = await TestStack.create({ lab, program: `${cluster()}\n${certificate()}` });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("is adopted, and what does not serve it yet is restarted", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(writes(lab, mark).map(({ action }) => action).filter((action) => !action.startsWith("restart")), []);
    const done = restarts(lab, mark);
    assert.ok(!done.includes("cs-ccm-pub: Cisco Tomcat"), "the publisher serves it already");
    assert.ok(done.includes("cs-ccm-sub: Cisco Tomcat") && done.includes("cs-imp: Cisco Tomcat"));
    assert.equal(served(lab).size, 1);
  });
});
