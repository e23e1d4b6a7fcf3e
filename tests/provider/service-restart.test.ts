// A restart is proved, not believed: what is served, the product's page, the services that ran before. One node, no engine.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf, HQ, PUB, restarts, SUB } from "../support/a1";
import { type Partial, TestProvider } from "../support/provider";
import { until } from "../support/until";

const OTHER = "Cisco CTIManager";
let lab: Lab, provider: TestProvider, mark: number, fingerprint: string, changedAt: string;
const node = HQ.publisher("CUCM")!;

/** A restart of Tomcat that has to make the node serve the certificate that was installed last. */
const tomcat = (more = {}) => ({ node, service: "Cisco Tomcat", triggers: ["1"], changedAt, expects: [{ fingerprint, keyType: "RSA" }], notice: "web pages", ...more });
const uds = () => ({ node, service: "Cisco UDS Tomcat", triggers: ["1"], changedAt, onlyWhereActive: true });

before(async () => {
  lab = await startLab();
  for (const pem of chainOf(lab)) lab.node(PUB).certificates.uploadTrust("tomcat", pem, "");
});
beforeEach(async () => {
  const { certificates } = lab.node(PUB);
  const request = await certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
  certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate(request.pem));
  await lab.cluster("hq").settled();
  fingerprint = lab.node(PUB).store.identities.get("tomcat")!.certificate.parsed.fingerprint256;
  changedAt = new Date().toISOString();
  provider = new TestProvider(lab, { timing: { webReady: "1500ms", serviceRestart: "1500ms" } });
  mark = lab.history.mark();
});
afterEach(async () => {
  lab.faults.clear();
  for (const name of [OTHER, "Cisco UDS Tomcat"]) lab.node(PUB).services.set(name, "started");
  await provider.dispose();
});
after(() => lab.stop());

const done = () => restarts(lab, mark);

/** The failure with which a creation ends, and the state that it keeps. */
async function failing(inputs: object): Promise<{ text: string; state: object }> {
  const failed = await provider.create("ServiceRestart", inputs).then(() => assert.fail("it succeeded"), (error: Partial) => error);
  assert.ok(failed.properties, `the state is kept: ${failed.message}`);
  return { text: failed.reasons!.join("\n"), state: failed.properties };
}

describe("after a restart of Cisco Tomcat", () => {
  it("the new certificate is served, and the state holds its fingerprint", async () => {
    const made = await provider.create("ServiceRestart", tomcat());
    assert.deepEqual([made.status, made.servedFingerprint, made.ranBefore], ["done", fingerprint, []]);
    assert.deepEqual(done(), ["cs-ccm-pub: Cisco Tomcat"]);
  });

  it("a page that lags behind is waited for", async () => {
    lab.faults.add({ fault: "page lags", node: PUB, milliseconds: 700, times: 1 });
    const made = await provider.create("ServiceRestart", tomcat());
    assert.equal(made.status, "done");
    assert.ok(lab.node(PUB).pageAnswers, "it did not end before the page answered");
  });

  it("a page that never answers fails, with the log to look at, and the next run only looks again", async () => {
    lab.faults.add({ fault: "page lags", node: PUB, milliseconds: 3_000, times: 1 });
    const { text, state } = await failing(tomcat());
    assert.match(text, new RegExp(`^${PUB}: Cisco Tomcat was restarted and is not as it must be: the product's page answers 503\\. Nothing further was restarted\\.`));
    assert.match(text, /users of this node miss: web pages[\s\S]*Look at the logs Cisco Tomcat, .*\. The next "pulumi up" looks again/);
    await until(() => lab.node(PUB).pageAnswers);
    const made = await provider.update("ServiceRestart", state, tomcat());
    assert.deepEqual([made.status, made.servedFingerprint], ["done", fingerprint]);
    assert.deepEqual(done(), ["cs-ccm-pub: Cisco Tomcat"], "not restarted again");
  });

  it("an EC certificate that is only stored need not be served", async () => {
    const expects = [{ fingerprint, keyType: "RSA" }, { fingerprint: "AA:BB", keyType: "EC", status: "stored" }];
    assert.equal((await provider.create("ServiceRestart", tomcat({ expects }))).status, "done");
  });

  it("an EC certificate that was served before and is served no longer fails", async () => {
    const { text } = await failing(tomcat({ expects: [{ fingerprint: "AA:BB", keyType: "EC", status: "installed" }] }));
    assert.match(text, /port 8443 serves no EC certificate/);
  });

  it("an old certificate that is still served fails, saying what every node serves, and the next run restarts it again", async () => {
    const old = lab.node(PUB).served[0]!.certificate.parsed.serialNumber;
    const other = lab.node(SUB).served[0]!.certificate.parsed.serialNumber;
    const off = lab.faults.add({ fault: "old certificate", node: PUB });
    const { text, state } = await failing(tomcat());
    assert.match(text, new RegExp(`port 8443 serves serial number ${old}, issued by .*, instead of the new certificate`));
    assert.match(text, new RegExp(`Port 8443 serves now: ${PUB} another one \\(serial number ${old}\\); ${SUB} another one \\(serial number ${other}\\); cs-imp`));
    off();
    const made = await provider.update("ServiceRestart", state, tomcat());
    assert.equal(made.servedFingerprint, fingerprint);
    assert.deepEqual(done(), ["Cisco Tomcat", "Cisco HAProxy", "Cisco Tomcat"].map((service) => `cs-ccm-pub: ${service}`));
  });

  it("a Cisco HAProxy that still serves the old certificate is restarted alone, once", async () => {
    lab.faults.add({ fault: "old certificate", node: PUB, name: "Cisco HAProxy", times: 1 });
    const made = await provider.create("ServiceRestart", tomcat());
    assert.equal(made.servedFingerprint, fingerprint);
    assert.deepEqual(done(), ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-pub: Cisco HAProxy"]);
    assert.match(provider.output, new RegExp(`${PUB}: Cisco Tomcat is up, and port 8443 still serves the old certificate; Cisco HAProxy alone is restarted, once`));
  });

  it("a Tomcat that did not come up is restarted once more (R50)", async () => {
    lab.faults.add({ fault: "service at second try", node: PUB, action: "Cisco Tomcat", times: 1 });
    const made = await provider.create("ServiceRestart", tomcat());
    assert.equal(made.status, "done");
    assert.match(provider.output, /cs-ccm-pub\.example\.com: Cisco Tomcat did not come up; once more \(R50\)/);
    assert.deepEqual(done(), ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-pub: Cisco Tomcat"]);
  });

  it("a Tomcat that stays down is not restarted a third time; the next run starts over", async () => {
    const off = lab.faults.add({ fault: "service stays down", node: PUB, action: "Cisco Tomcat" });
    const { text, state } = await failing(tomcat());
    assert.match(text, new RegExp(`${PUB}: Cisco Tomcat was restarted and is not as it must be`));
    assert.equal(done().length, 2);
    off();
    const made = await provider.update("ServiceRestart", state, tomcat());
    assert.equal(made.servedFingerprint, fingerprint);
  });

  it("another service that ran before and does not run again fails, also in the next run, until it is back", async () => {
    lab.faults.add({ fault: "page lags", node: PUB, milliseconds: 500, times: 1 });
    const ended = failing(tomcat());
    await until(() => done().length > 0);
    lab.node(PUB).services.set(OTHER, "stopped");
    const first = await ended;
    assert.match(first.text, new RegExp(`not as it must be: ${OTHER} is STOPPED, it ran before`));
    const second = await provider.update("ServiceRestart", first.state, tomcat()).then(() => assert.fail("it succeeded"), (error: Partial) => error);
    assert.match(second.reasons!.join("\n"), new RegExp(`${OTHER} is STOPPED, it ran before`));
    lab.node(PUB).services.set(OTHER, "started");
    const made = await provider.update("ServiceRestart", second.properties!, tomcat());
    assert.equal(made.status, "done");
    assert.deepEqual(done(), ["cs-ccm-pub: Cisco Tomcat"]);
  });

  it("a service that was not running before is nobody's business", async () => {
    lab.node(PUB).services.set(OTHER, "stopped");
    assert.equal((await provider.create("ServiceRestart", tomcat())).status, "done");
  });
});

describe("a service that is restarted only where it is active", () => {
  it("is skipped where it is down", async () => {
    lab.node(PUB).services.set("Cisco UDS Tomcat", "stopped");
    const made = await provider.create("ServiceRestart", uds());
    assert.deepEqual([made.status, made.remark], ["skipped", "Cisco UDS Tomcat is not running (Commanded Out of Service)"]);
    assert.deepEqual(done(), []);
  });

  it("is not skipped by the next run when our own restart has left it down", async () => {
    const off = lab.faults.add({ fault: "service stays down", node: PUB, action: "Cisco UDS Tomcat" });
    const { text, state } = await failing(uds());
    assert.match(text, /Cisco UDS Tomcat is STOPPED/);
    off();
    const made = await provider.update("ServiceRestart", state, uds());
    assert.equal(made.status, "done");
    assert.ok(lab.node(PUB).services.started("Cisco UDS Tomcat"));
  });
});

describe("a restart behind one that is due", () => {
  it("is due as well, although its service is not active, and no node is asked", async () => {
    const made = await provider.create("ServiceRestart", { ...uds(), after: "due" });
    assert.deepEqual([made.status, made.remark], ["due", "the restart before it is due"]);
    assert.deepEqual(lab.history.since(mark), []);
  });

  it("is no matter of anybody when nothing has changed", async () => {
    assert.equal((await provider.create("ServiceRestart", { ...uds(), changedAt: "", after: "due" })).status, "done");
  });
});
