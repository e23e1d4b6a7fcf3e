// What a restart must leave behind on one node before the next one is touched: the first node is the canary.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { IMP, program, PUB, restarts, served, SUB, writes } from "../support/a1";
import { TestStack } from "../support/stack";

const SHORT = { webReady: "2s", serviceRestart: "2s" };
const TOMCATS = ["Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco SSOSP Tomcat"];
/** Cisco HAProxy is tried before the run gives up. */
const CANARY = ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-pub: Cisco HAProxy"];
const serial = (lab: Lab, fqdn: string) => lab.node(fqdn).served[0]!.certificate.parsed.serialNumber;
const verbs = (lab: Lab, since: number) => new Set(writes(lab, since).map(({ action }) => action.split(" ")[0]));

describe("the canary serves its old certificate after its restart", () => {
  let lab: Lab, stack: TestStack, off: () => void;
  before(async () => {
    lab = await startLab();
    off = lab.faults.add({ fault: "old certificate", node: PUB });
    stack = await TestStack.create({ lab, program: program(), timing: SHORT });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("the run fails, saying what each node serves and which logs to look at", async () => {
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`${PUB}: Cisco Tomcat was restarted and is not as it must be: port 8443 serves serial number ${serial(lab, PUB)}, .* instead of the new certificate\\. Nothing further was restarted`));
    for (const fqdn of [PUB, SUB, IMP]) assert.ok(output.includes(`${fqdn} another one (serial number ${serial(lab, fqdn)})`), fqdn);
    assert.match(output, /Look at the logs Cisco Tomcat, Cisco Unified OS Platform API and IPT Platform CertMgr/);
  });

  it("nothing on any further node was touched, nor anything further on it", () => {
    assert.deepEqual(restarts(lab), CANARY);
    const after = lab.history.of("platform", "restart ")[0]!;
    assert.deepEqual(lab.history.since(after.sequence + 1).filter(({ interface: at, node }) => at === "cli" && node !== PUB), []);
  });

  it("while the cause lasts a further run tries the canary again, and nothing else", async () => {
    const mark = lab.history.mark();
    assert.notEqual((await stack.up()).code, 0);
    assert.deepEqual(restarts(lab, mark), CANARY);
    assert.deepEqual([...verbs(lab, mark)], ["restart"]);
  });

  it("when it is gone the next run finishes, with no new request and no new upload", async () => {
    off();
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual([...verbs(lab, mark)], ["restart"]);
    assert.equal(restarts(lab, mark).length, 14);
    assert.equal(served(lab).size, 1);
    assert.match((await stack.up()).output, /27 unchanged/);
  });
});

describe("a later node does not come back as it must", () => {
  let lab: Lab, stack: TestStack, mark: number;
  before(async () => {
    lab = await startLab();
    lab.faults.add({ fault: "page lags", node: SUB, milliseconds: 600_000, times: 1 });
    stack = await TestStack.create({ lab, program: program(), timing: SHORT });
  });
  beforeEach(() => (mark = lab.history.mark()));
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("the run ends there: the node before it is complete, the one behind it untouched", async () => {
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`${SUB}: Cisco Tomcat was restarted and is not as it must be: the product's page answers 503`));
    assert.match(output, new RegExp(`Port 8443 serves now: ${PUB} the new certificate .*; ${SUB} the new certificate .*; ${IMP} another one`));
    assert.deepEqual(restarts(lab, mark), [...TOMCATS.map((service) => `cs-ccm-pub: ${service}`), "cs-ccm-sub: Cisco Tomcat"]);
  });

  it("a preview says that the restart is unfinished, and does not fail", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    assert.match(output, /restart Cisco Tomcat +cs-ccm-sub\.example\.com/);
    assert.doesNotMatch(output, /restart Cisco Tomcat +cs-ccm-pub\.example\.com/);
    assert.deepEqual(writes(lab, mark), []);
  });

  it("when a person has repaired it, the next run looks, restarts only what is still missing, and ends", async () => {
    // As after a second start by hand.
    await lab.node(SUB).services.restart("Cisco Tomcat");
    mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const done = restarts(lab, mark);
    assert.ok(!done.some((one) => one.startsWith("cs-ccm-pub: Cisco") && one.endsWith("Tomcat")), done.join());
    assert.ok(!done.includes("cs-ccm-sub: Cisco Tomcat"), "it serves the new certificate already");
    assert.equal(done.length, 14 - 5);
    assert.equal(served(lab).size, 1);
  });
});

describe("a service stays down after its restart", () => {
  let lab: Lab, stack: TestStack, off: () => void;
  before(async () => {
    lab = await startLab();
    off = lab.faults.add({ fault: "service stays down", node: PUB, action: "Cisco AXL Tomcat" });
    stack = await TestStack.create({ lab, program: program(), timing: SHORT });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("it is restarted once more (R50), then the run ends before the next service and the next node", async () => {
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`${PUB}: Cisco AXL Tomcat did not come up; once more \\(R50\\)`));
    assert.match(output, new RegExp(`${PUB}: Cisco AXL Tomcat was restarted and is not as it must be: Cisco AXL Tomcat is STOPPED`));
    assert.deepEqual(restarts(lab), ["Cisco Tomcat", "Cisco UDS Tomcat", "Cisco AXL Tomcat", "Cisco AXL Tomcat"].map((service) => `cs-ccm-pub: ${service}`));
  });

  it("when the cause is gone the next run brings it back and goes on from there", async () => {
    off();
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.equal(restarts(lab, mark)[0], "cs-ccm-pub: Cisco AXL Tomcat");
    assert.equal(restarts(lab, mark).length, 14 - 2);
    assert.ok(lab.node(PUB).services.started("Cisco AXL Tomcat"));
  });
});
