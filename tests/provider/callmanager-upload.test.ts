// The upload of a CallManager certificate, and what is known of it when nothing else is: no port shows which one a service has loaded.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf } from "../support/a1";
import { estate, HQ, PUB, story } from "../support/callmanager";
import { TestProvider } from "../support/provider";

const OPEN = { from: "00:00", to: "00:00", timeZone: "UTC" };

describe("a CallManager certificate", () => {
  let lab: Lab, provider: TestProvider, inputs: Record<string, unknown>, installed: Record<string, unknown>, begun: number;
  before(async () => {
    lab = await startLab(estate({ phones: { count: 3 } }));
    provider = new TestProvider(lab);
    const { certificates } = lab.node(PUB);
    for (const authority of chainOf(lab)) certificates.uploadTrust("CallManager", authority, "");
    const { pem } = await certificates.generateRequest({ purpose: "CallManager", distribution: "multi-server" });
    await lab.cluster("hq").settled();
    inputs = { node: HQ.publisher("CUCM"), purpose: "CallManager", distribution: "multi-server", certificatePem: await lab.authority("ca").issueCertificate(pem), chain: chainOf(lab), maintenanceWindow: OPEN };
  });
  after(async () => {
    await provider.dispose();
    await lab.stop();
  });

  it("waits while the step before it is due, and outside the window, and nothing is uploaded", async () => {
    const [from, to] = [2, 3].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
    for (const more of [{ after: "due" }, { maintenanceWindow: { from, to, timeZone: "UTC" } }]) {
      const due = await provider.create("IdentityCertificate", { ...inputs, ...more });
      assert.deepEqual([due.status, due.changeId], ["due", "due"]);
      assert.equal((await provider.diff("IdentityCertificate", due, { ...inputs, ...more })).changes, false);
      assert.equal((await provider.diff("IdentityCertificate", due, { ...inputs, after: "counted" })).changes, true);
    }
    assert.deepEqual(story(lab), []);
  });

  it("is uploaded inside the window", async () => {
    begun = Date.now();
    installed = await provider.create("IdentityCertificate", inputs);
    assert.deepEqual([installed.status, (installed.nodes as string[]).length, story(lab).length], ["installed", 3, 3]);
  });

  it("whose upload the state has lost is not uploaded again, and what has run since before the upload is restarted", async () => {
    const adopted = await provider.create("IdentityCertificate", inputs);
    assert.equal(story(lab).length, 3);
    const since = Date.parse(String(adopted.changedAt));
    assert.ok(since >= begun && since <= Date.now(), String(adopted.changedAt));
    const restart = { node: HQ.publisher("CUCM"), service: "Cisco CallManager", triggers: [adopted.changeId], changedAt: adopted.changedAt };
    assert.notEqual((await provider.create("ServiceRestart", restart)).restartedAt, "");
  });

  it("that somebody else has installed long ago restarts nothing that was started since it was issued", async () => {
    await provider.delete("IdentityCertificate", installed);
    const adopted = await provider.create("IdentityCertificate", inputs);
    assert.ok(Date.parse(String(adopted.changedAt)) < begun, "not before the authority's notBefore");
    const restart = { node: HQ.publisher("CUCM"), service: "Cisco CallManager", triggers: [adopted.changeId], changedAt: adopted.changedAt };
    assert.equal((await provider.create("ServiceRestart", restart)).remark, "it was started after the change");
  });
});
