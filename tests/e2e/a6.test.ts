// A6: the authority holds the request, and the signature comes days later (Cisco 118731, the pending page).
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import { chainOf, cluster, program, restarts, served, writes } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

const csrs = (lab: Lab) => lab.history.of("platform", "generate CSR tomcat").length;

describe("A6, a signature that is pending", () => {
  let lab: Lab, stack: TestStack, first: Run;
  before(async () => {
    const [branch] = ESTATE_A1.clusters;
    lab = await startLab({
      ...ESTATE_A1,
      clusters: [branch!, { name: "branch", nodes: [{ fqdn: "br-pub.example.net", product: "CUCM", role: "publisher" }] }],
      authorities: [{ name: "ca", fqdn: "ca.example.com", decision: "hold" }, { name: "fast", fqdn: "fast.example.com" }],
    });
    stack = await TestStack.create({ lab, program: program(`renewal: { after: "300d" }`) });
    first = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("ends the first run with the request id and what to do", () => {
    assert.notEqual(first.code, 0);
    assert.match(first.output, /ca: request 32 is pending: .*The CSR stays on the nodes; nothing was uploaded, users notice nothing\. Have request 32 issued, then run "pulumi up" again/);
  });

  it("keeps the request id in the state, and has uploaded and restarted nothing", () => {
    assert.equal(stack.ofKind("AdcsCertificate")[0]!.outputs!.requestId, "32");
    assert.deepEqual(writes(lab).map(({ action }) => action), ["generate CSR tomcat"]);
  });

  it("says so in every preview, and the preview does not fail", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    assert.match(output, /ca: request 32 was still pending at the last run; the next "pulumi up" fetches it/);
  });

  it("makes neither a second CSR nor a second request while it waits", async () => {
    const again = await stack.up();
    assert.notEqual(again.code, 0);
    assert.match(again.output, /request 32 is pending/);
    assert.equal(csrs(lab), 1);
    assert.equal(lab.authority("ca").requests.length, 1);
  });

  it("also after a refresh", async () => {
    await stack.refresh();
    await stack.up();
    assert.equal(csrs(lab), 1);
    assert.equal(lab.authority("ca").requests.length, 1);
  });

  it("lets another cluster proceed with --continue-on-error", async () => {
    const branch = `const br = new uccerts.Cluster("branch", { release: "15", nodes: [{ fqdn: "br-pub.example.net", product: "CUCM", role: "publisher" }] });
      new uccerts.MultiServerCertificate("branch", { cluster: br, purpose: "tomcat", chain: await live.getAuthorityChain("fast"), authority: { connection: "fast", template: "WebServerClient" } });`;
    stack.write(`${branch}\n${program(`renewal: { after: "300d" }`)}`);
    const { code, output } = await stack.up("--continue-on-error");
    assert.notEqual(code, 0, "the pending one still is an error");
    assert.match(output, /request 32 is pending/);
    assert.equal(lab.node("br-pub.example.net").served[0]!.certificate.commonName, "br-pub-ms.example.net");
    assert.equal(csrs(lab), 2, "one of each cluster");
  });

  it("fetches the certificate when it is issued, and carries on to the end", async () => {
    await lab.authority("ca").issue(32);
    const done = await stack.up();
    assert.equal(done.code, 0, done.output);
    assert.equal(lab.authority("ca").requests.length, 1);
    assert.equal(csrs(lab), 2);
    assert.equal(restarts(lab).filter((one) => one.endsWith(": Cisco Tomcat")).length, 4);
    assert.match((await stack.up()).output, /\d+ unchanged/);
  });
});

describe("A6, a request that is denied after it was pending", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab({ ...ESTATE_A1, authorities: [{ name: "ca", fqdn: "ca.example.com", decision: "hold" }] });
    stack = await TestStack.create({ lab, program: program() });
    await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("says why, and submits the same CSR once more in the next run", async () => {
    lab.authority("ca").deny(32, "Denied by EXAMPLE\\administrator");
    const denied = await stack.up();
    assert.match(denied.output, /ca: request 32 was denied: Denied by EXAMPLE\\administrator/);
    const again = await stack.up();
    assert.match(again.output, /request 33 is pending/);
    assert.equal(csrs(lab), 1);
    await lab.authority("ca").issue(33);
    assert.equal((await stack.up()).code, 0);
    assert.equal(served(lab).size, 1);
  });
});

describe("without an automated authority", () => {
  let lab: Lab, stack: TestStack, file: string;
  const manual = (more: string) => `${cluster()}\nnew uccerts.MultiServerCertificate("tomcat", { cluster: hq, purpose: "tomcat", chain: ${JSON.stringify(chainOf(lab))}, csrFile: "tomcat.csr", ${more} });`;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: manual("") });
    file = join(stack.folder, "tomcat.csr");
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("the run ends calmly after the CSR, and writes it to the file", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.ok(existsSync(file));
    assert.deepEqual(writes(lab).map(({ action }) => action), ["generate CSR tomcat"]);
  });

  it("a certificate for another request is refused, and nothing is uploaded (R10)", async () => {
    const other = await lab.clusters[0]!.nodes[1]!.certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
    lab.clusters[0]!.nodes[1]!.store.requests.set("tomcat", lab.clusters[0]!.publisher.store.requests.get("tomcat")!);
    const names = ["cs-ccm-pub.example.com", "cs-ccm-sub.example.com", "cs-imp.example.com", "example.com"];
    const wrong = await lab.authority("ca").issueCertificate(other.pem, { names });
    stack.write(manual(`certificate: ${JSON.stringify(wrong)}`));
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, /R10 .*the certificate is for another key than the pending request/);
    assert.deepEqual(lab.history.of("platform", "install tomcat"), []);
  });

  it("the next run with the right PEM continues to the end", async () => {
    const certificate = await lab.authority("ca").issueCertificate(readFileSync(file, "utf8"));
    stack.write(manual(`certificate: ${JSON.stringify(certificate)}`));
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.equal(served(lab).size, 1);
    assert.equal(restarts(lab).length, 14);
  });
});
