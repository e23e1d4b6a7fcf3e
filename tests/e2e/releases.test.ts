// A1 on releases 14 and 12.5 (15 is a1.test.ts). Below 14 a person makes the multi-server request, and everything else goes by CLI.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import { IMP, program, PUB, restarts, RESTARTS_OF_15, served, SUB, writes } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

function start(release: string): Promise<Lab> {
  return startLab({ ...ESTATE_A1, clusters: ESTATE_A1.clusters.map((cluster) => ({ ...cluster, release })) });
}

const programOf = (release: string) => program().replace('release: "15"', `release: "${release}"`);
const order = (lab: Lab) => writes(lab).map(({ action, detail }) => (action === "store trust certificate" ? String(detail.commonName) : action));

describe("A1 on release 14", () => {
  let lab: Lab, stack: TestStack | undefined, up: Run;
  before(async () => {
    lab = await start("14SU3");
    stack = await TestStack.create({ lab, program: programOf("14SU3") });
    up = await stack.up();
  });
  after(async () => {
    stack?.dispose();
    await lab.stop();
  });

  it("ends with success, by REST, with the same certificate on every node", () => {
    assert.equal(up.code, 0, up.output);
    assert.match(up.output, /cs-ccm-pub\.example\.com: certificates by REST\n/);
    assert.equal(served(lab).size, 1);
  });

  it("restarts what release 15 restarts", () => {
    assert.deepEqual(restarts(lab), RESTARTS_OF_15);
  });
});

describe("A1 on release 12.5(1)SU7", () => {
  let lab: Lab, stack: TestStack | undefined, preview: Run, stopped: Run, up: Run;
  let writtenBefore: string[];
  before(async () => {
    lab = await start("12.5(1)SU7");
    stack = await TestStack.create({ lab, program: programOf("12.5(1)SU7") });
    preview = await stack.preview();
    stopped = await stack.up();
    writtenBefore = order(lab);
    await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
    up = await stack.up();
  });
  after(async () => {
    stack?.dispose();
    await lab.stop();
  });

  it("says in the preview that a person makes the request", () => {
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, /2 +adopt a tomcat CSR that a person makes +cs-ccm-pub/);
  });

  it("stops after the preflight with the clicks, and nothing is written", () => {
    assert.notEqual(stopped.code, 0);
    assert.match(stopped.output, /cs-ccm-pub\.example\.com: generate a tomcat CSR: the CLI cannot make a request with distribution multi-server\. No tomcat request was made, users notice nothing\. Make it by hand/);
    assert.match(stopped.output, /Distribution: Multi-server\(SAN\)\n +Common Name: cs-ccm-pub-ms\.example\.com\n/);
    assert.deepEqual(writtenBefore, []);
  });

  it("adopts the request of the person, and ends with success by CLI", () => {
    assert.equal(up.code, 0, up.output);
    assert.match(up.output, /a pending tomcat CSR asks exactly this; it is adopted/);
    assert.match(up.output, /cs-ccm-pub\.example\.com: certificates by CLI: its release has no certificate REST\n/);
    assert.deepEqual(order(lab).slice(0, 4), ["generate CSR tomcat", "Example Root CA", "Example Issuing CA 1", "install tomcat"]);
    assert.deepEqual(lab.history.of("rest"), []);
    assert.equal(lab.history.of("platform", "generate CSR").length, 1);
  });

  it("restarts Cisco Tomcat node by node, then Tftp where it is active, and nothing that this release does not have", () => {
    assert.deepEqual(restarts(lab), ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-sub: Cisco Tomcat", "cs-imp: Cisco Tomcat", "cs-ccm-pub: Cisco Tftp"]);
  });

  it("has every node serve the same certificate, from Cisco HAProxy", () => {
    assert.equal(served(lab).size, 1);
    for (const fqdn of [PUB, SUB, IMP]) assert.equal(lab.node(fqdn).loaded.get("Cisco HAProxy")![0]!.certificate.issuerCommonName, "Example Issuing CA 1", fqdn);
  });

  it("finds nothing to do in the next run, also after a refresh", async () => {
    const mark = lab.history.mark();
    const again = await stack!.up("--refresh");
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /\d+ unchanged\n/);
    assert.deepEqual(writes(lab, mark), []);
  });
});

describe("A1 on release 12.5(1)SU2, which has no HAProxy", () => {
  it("has every node serve the same certificate from Cisco Tomcat, in one run when the request is there", async () => {
    const lab = await start("12.5(1)SU2");
    const stack = await TestStack.create({ lab, program: programOf("12.5(1)SU2") });
    try {
      await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
      const { code, output } = await stack.up();
      assert.equal(code, 0, output);
      assert.deepEqual([served(lab).size, lab.node(SUB).services.get("Cisco HAProxy")], [1, undefined]);
      for (const fqdn of [PUB, SUB, IMP]) assert.equal(lab.node(fqdn).loaded.get("Cisco Tomcat")![0]!.certificate.issuerCommonName, "Example Issuing CA 1", fqdn);
    } finally {
      stack?.dispose();
      await lab.stop();
    }
  });
});
