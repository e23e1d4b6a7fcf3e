// Below release 14 a person makes the multi-server request: what is adopted, and what is said where it cannot be.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import { Cluster } from "../../sdk/topology";
import { chainOf, HQ, IMP, PUB, SUB, writes } from "../support/a1";
import { TestProvider } from "../support/provider";

const RELEASE = "12.5(1)SU7";
const OLD = new Cluster("hq", { release: RELEASE, nodes: HQ.nodes.map(({ fqdn, product, role }) => ({ fqdn, product, role })) });
const CLICKS = /\n {2}Cisco Unified OS Administration > Security > Certificate Management > Generate CSR\n {4}Certificate Purpose: tomcat\n {4}Distribution: Multi-server\(SAN\)\n {4}Common Name: cs-ccm-pub-ms\.example\.com\n/;

let lab: Lab, provider: TestProvider, mark: number;
const question = (more = {}) => ({ node: OLD.publisher("CUCM")!, purpose: "tomcat", distribution: "multi-server", chain: chainOf(lab), ...more });
/** What a person does on the page. */
const byHand = (more = {}) => lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server", ...more });
const requestsMade = () => writes(lab, mark).filter(({ action }) => action.startsWith("generate CSR")).length;

before(async () => {
  lab = await startLab({ ...ESTATE_A1, clusters: ESTATE_A1.clusters.map((cluster) => ({ ...cluster, release: RELEASE })) });
});
beforeEach(() => {
  lab.cluster("hq").nodes.forEach((node) => node.store.requests.clear());
  provider = new TestProvider(lab);
  mark = lab.history.mark();
});
afterEach(() => provider.dispose());
after(() => lab.stop());

describe("a multi-server request below release 14", () => {
  it("is adopted when a person made it, and passed on as it is", async () => {
    const { pem } = await byHand();
    const made = await provider.create("MultiSanCsr", question());
    assert.deepEqual([String(made.csrPem).trim(), made.nodes], [pem.trim(), [PUB, SUB, IMP]]);
    assert.match(provider.output, /a pending tomcat CSR asks exactly this; it is adopted/);
    assert.equal(requestsMade(), 1);
  });

  it("is refused with the clicks when there is none, after the preflight has passed", async () => {
    const message = await provider.refusal("MultiSanCsr", question());
    assert.match(message, /the CLI cannot make a request with distribution multi-server\. No tomcat request was made, users notice nothing\. Make it by hand, then run "pulumi up" again, which adopts it:/);
    assert.match(message, CLICKS);
    assert.equal(requestsMade(), 0);
  });

  it("is refused with the finding, and without clicks, where the preflight refuses first", async () => {
    lab.node(SUB).health.sso = true;
    const message = await provider.refusal("MultiSanCsr", question()).finally(() => (lab.node(SUB).health.sso = false));
    assert.match(message, /Nothing was changed/);
    assert.doesNotMatch(message, CLICKS);
  });

  it("that did not reach a node is refused naming the node (R24)", async () => {
    lab.node(SUB).services.set("Platform Administrative Web Service", "stopped");
    await byHand();
    lab.node(SUB).services.set("Platform Administrative Web Service", "started");
    const message = await provider.refusal("MultiSanCsr", question());
    assert.match(message, new RegExp(`The one that is pending did not reach ${SUB} \\(R24\\): Bring the node back .*, and make it again\\. Make it by hand`));
    assert.match(message, CLICKS);
    assert.equal(requestsMade(), 1, "the person's own");
  });

  it("that asks something else is not overwritten (R23)", async () => {
    await byHand({ altNames: ["webex.example.com"] });
    const message = await provider.refusal("MultiSanCsr", question());
    assert.match(message, /^R23 cs-ccm-pub\.example\.com: a tomcat request is pending that asks something else \(the names hold webex\.example\.com that is not declared\)/);
    assert.match(message, CLICKS);
  });

  it("is not needed where the installed certificate satisfies", async () => {
    const { certificates } = lab.node(PUB);
    for (const pem of chainOf(lab)) certificates.uploadTrust("tomcat", pem, "");
    certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate((await byHand()).pem));
    await lab.cluster("hq").settled();
    const made = await provider.create("MultiSanCsr", question());
    assert.deepEqual([made.csrPem, Boolean(made.satisfiedBy)], ["", true]);
  });
});

describe("a request for one node below release 14", () => {
  const sub = () => OLD.node(SUB);

  it("is made by CLI", async () => {
    const made = await provider.create("MultiSanCsr", question({ node: sub(), distribution: "this-server" }));
    assert.deepEqual(made.subjectAlternateNames, [SUB]);
    assert.match(provider.output, /cs-ccm-sub\.example\.com: certificates by CLI/);
  });

  it("with further names is refused with the clicks, and adopted when a person made it", async () => {
    const asked = question({ node: sub(), distribution: "this-server", otherDomains: ["www.example.com"] });
    assert.match(await provider.refusal("MultiSanCsr", asked), /the CLI cannot make a request with the names www\.example\.com\. [\s\S]*Distribution: the node's own name\n/);
    await lab.node(SUB).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server", altNames: ["www.example.com"] });
    await provider.dispose();
    provider = new TestProvider(lab);
    assert.deepEqual((await provider.create("MultiSanCsr", asked)).subjectAlternateNames, [SUB, "www.example.com"]);
  });
});
