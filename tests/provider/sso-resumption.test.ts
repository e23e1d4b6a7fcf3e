// SSO around a tomcat certificate, after the restarts: a person switches it on again, and until then every run says that it is off. Without the engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IMP, PUB, SUB, writes } from "../support/a1";
import { failing, issued, resumption, SsoBench } from "../support/sso";

const ALL = [PUB, SUB, IMP];
const bench = new SsoBench();

describe("after the restarts", () => {
  it("the run ends pending, with the steps for a person, and the state is kept", async () => {
    const { text, state } = await failing(bench.provider.create("SsoResumption", resumption(await bench.suspend())));
    assert.match(text, new RegExp(`SSO of cluster "hq" was switched off for that, and is not on again:\n {2}- R40 ${PUB}: SSO is off\n {2}- R40 ${SUB}: SSO is off\n {2}- R40 ${IMP}: SSO is off`));
    assert.match(text, /Export All Metadata\.\n {2}2\. import that SP metadata in the IdP.*\n {2}3\. .*Run SSO Test until it says passed/);
    assert.equal(state.status, "pending");
  });

  it("every preview says so with the steps, without asking a node", async () => {
    const suspended = await bench.suspend();
    const { state } = await failing(bench.provider.create("SsoResumption", resumption(suspended)));
    await bench.anotherRun();
    const from = bench.lab.history.mark();
    await bench.provider.diff("SsoSuspension", suspended, bench.suspension());
    await bench.provider.diff("SsoResumption", state, resumption(suspended));
    const said = bench.farewell();
    assert.match(said, new RegExp(`SSO is off on ${ALL.join(", ")} since .*\n    Only a person can switch it on:\n    1\\. `));
    assert.equal(said.match(/SSO is off on/g)!.length, 1, "once");
    assert.deepEqual(bench.lab.history.since(from), []);
  });

  it("a refresh says so too", async () => {
    const suspended = await bench.suspend();
    const { state } = await failing(bench.provider.create("SsoResumption", resumption(suspended)));
    await bench.anotherRun();
    assert.deepEqual(await bench.provider.read("SsoSuspension", suspended), suspended);
    assert.equal((await bench.provider.read("SsoResumption", state))!.status, "pending");
    assert.match(bench.farewell(), /SSO is off on .*\n {4}Only a person can switch it on:/);
  });

  it("it is resumed when a person has switched it on everywhere; nothing is written, and no run speaks of it any more", async () => {
    const suspended = await bench.suspend();
    const { state } = await failing(bench.provider.create("SsoResumption", resumption(suspended)));
    await bench.lab.cluster("hq").enableSso();
    bench.mark = bench.lab.history.mark();
    const resumed = await bench.provider.update("SsoResumption", state, resumption(suspended));
    assert.deepEqual([resumed.status, resumed.findings, writes(bench.lab, bench.mark)], ["resumed", [], []]);
    assert.match(String(resumed.resumptionId), /^[0-9a-f-]{36}$/);
    assert.equal(bench.farewell(), "");
    await bench.anotherRun();
    const from = bench.lab.history.mark();
    assert.equal((await bench.provider.diff("SsoSuspension", suspended, bench.suspension())).changes, false);
    assert.equal((await bench.provider.diff("SsoResumption", resumed, resumption(suspended))).changes, false);
    assert.deepEqual([bench.farewell(), bench.lab.history.since(from)], ["", []]);
  });

  const faulty: [string, () => unknown, RegExp][] = [
    ["status and database differ", () => (bench.lab.node(SUB).health.ssoInDatabase = false), new RegExp(`:\n {2}- R40 ${SUB}: SSO is on by the CLI and off in the database\n`)],
    ["the SSO test failed", () => bench.lab.cluster("hq").enableSso({ test: "failed", nodes: [bench.lab.node(IMP)] }), new RegExp(`:\n {2}- R40 ${IMP}: SSO is on and its test is "failed"\n`)],
    ["one node is still off", () => (bench.lab.node(SUB).health.sso = false), new RegExp(`:\n {2}- R40 ${SUB}: SSO is off\n`)],
    ["a node does not answer", () => bench.lab.faults.add({ fault: "node down", node: SUB }), new RegExp(`:\n {2}- R40 ${SUB}: whether SSO is on could not be read \\(`)],
  ];
  for (const [what, breakIt, words] of faulty)
    it(`it stays pending while ${what}`, async () => {
      const suspended = await bench.suspend();
      await bench.lab.cluster("hq").enableSso();
      await breakIt();
      const { text, state } = await failing(bench.provider.create("SsoResumption", resumption(suspended)));
      assert.match(text, words);
      assert.equal(state.status, "pending");
    });

  it("SP metadata that was not exported anew is told, and does not hold it up", async () => {
    const suspended = await bench.suspend();
    await bench.lab.cluster("hq").enableSso({ metadata: "old" });
    const resumed = await bench.provider.create("SsoResumption", resumption(suspended));
    assert.equal(resumed.status, "resumed");
    assert.match(bench.provider.output, new RegExp(`note: R40 ${PUB}: the SP metadata was last exported at \\S+Z, before the certificate changed: the IdP may still know the old one\\. Export the SP metadata`));
  });

  it("a node on which SSO was off before does not have to be on", async () => {
    bench.lab.node(SUB).health.sso = false;
    const suspended = await bench.suspend({ wasOn: [PUB, IMP] });
    await bench.lab.cluster("hq").enableSso({ nodes: [bench.lab.node(PUB), bench.lab.node(IMP)] });
    assert.equal((await bench.provider.create("SsoResumption", resumption(suspended))).status, "resumed");
  });

  it("it waits with a restart that is due, and asks no node; nor where nothing was suspended", async () => {
    const suspended = await bench.suspend();
    const from = bench.lab.history.mark();
    const due = await bench.provider.create("SsoResumption", resumption(suspended, { after: "due" }));
    const none = await bench.provider.create("SsoResumption", resumption({ suspensionId: "", nodes: [], suspendedAt: "" }));
    assert.deepEqual([due.status, due.resumptionId, none.status, none.resumptionId], ["due", "due", "none", ""]);
    assert.deepEqual(bench.lab.history.since(from), []);
    assert.match(bench.farewell(), /SSO is off on [\s\S]*SSO, to be switched on again by a person: a restart before it is due/);
    assert.equal((await bench.provider.diff("SsoResumption", due, resumption(suspended, { after: "done" }))).changes, true);
  });

  it("another suspension is waited for anew", async () => {
    const suspended = await bench.suspend();
    await bench.lab.cluster("hq").enableSso();
    const resumed = await bench.provider.create("SsoResumption", resumption(suspended));
    bench.certificatePem = await issued(bench.lab);
    const again = await bench.provider.update("SsoSuspension", suspended, bench.suspension());
    assert.equal((await bench.provider.diff("SsoResumption", resumed, resumption(again))).changes, true);
    await failing(bench.provider.update("SsoResumption", resumed, resumption(again)));
    assert.match(bench.farewell(), /SSO is off on/);
  });
});

describe("a component that is removed", () => {
  it("while SSO is off says the steps once, and switches nothing on", async () => {
    const suspended = await bench.suspend();
    const { state } = await failing(bench.provider.create("SsoResumption", resumption(suspended)));
    bench.mark = bench.lab.history.mark();
    await bench.provider.delete("SsoResumption", state);
    await bench.provider.delete("SsoSuspension", suspended);
    assert.equal(bench.provider.output.match(/Warning: cluster "hq": SSO was switched off for a certificate and is not on again on /g)!.length, 1);
    assert.match(bench.provider.output, /Nothing but a person can switch it on:\n {2}1\. /);
    assert.deepEqual(bench.done, []);
  });

  it("is removed all the same while a node does not answer", async () => {
    const suspended = await bench.suspend();
    bench.lab.faults.add({ fault: "node down", node: SUB });
    await bench.provider.delete("SsoSuspension", suspended);
    assert.match(bench.provider.output, new RegExp(`is not on again on ${PUB}, ${SUB} \\(not read: .*\\), ${IMP}`));
  });

  it("says nothing when SSO is on again", async () => {
    const suspended = await bench.suspend();
    await bench.lab.cluster("hq").enableSso();
    await bench.provider.delete("SsoSuspension", suspended);
    assert.doesNotMatch(bench.provider.output, /Warning/);
  });
});
