// SSO around a tomcat certificate, before the upload: switched off on every node, or due, or refused. Without the engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HQ, IMP, PUB, SUB, writes } from "../support/a1";
import { change, failing, issued, SsoBench, ssoOn } from "../support/sso";

const ALL = [PUB, SUB, IMP];
const node = HQ.publisher("CUCM")!;
const bench = new SsoBench();

const time = (minutesFromNow: number) => new Date(Date.now() + minutesFromNow * 60_000).toISOString().slice(11, 16);
/** A maintenance window around now, or hours from now. */
const window = (from: number, to: number) => ({ maintenanceWindow: { from: time(from), to: time(to), timeZone: "UTC" } });

describe("before a tomcat certificate is uploaded", () => {
  it("SSO is switched off on every node, the publisher first, and the nodes are recorded", async () => {
    const { suspensionId, nodes, status } = await bench.suspend();
    assert.deepEqual(bench.done, ["cs-ccm-pub: disable SSO", "cs-ccm-sub: disable SSO", "cs-imp: disable SSO"]);
    assert.deepEqual([nodes, status], [ALL, "suspended"]);
    assert.match(String(suspensionId), /^[0-9a-f-]{36}$/);
  });

  it("both places are looked at on every node: the CLI and the database", async () => {
    await bench.suspend();
    const [last] = bench.lab.history.since(bench.mark).filter(({ action }) => action === "disable SSO").slice(-1);
    const later = bench.lab.history.since(last!.sequence);
    for (const fqdn of ALL) assert.ok(later.some((entry) => entry.node === fqdn && entry.action === "utils sso status"), fqdn);
    assert.ok(later.some(({ interface: at, node: asked }) => at === "axl" && asked === PUB));
  });

  it("a node on which it is off already is not asked to switch it off", async () => {
    bench.lab.node(SUB).health.sso = false;
    const { nodes } = await bench.suspend({ wasOn: [PUB, IMP] });
    assert.deepEqual(bench.done, ["cs-ccm-pub: disable SSO", "cs-imp: disable SSO"]);
    assert.deepEqual(nodes, [PUB, IMP]);
  });

  it("nothing is suspended where SSO is off", async () => {
    for (const { health } of bench.lab.cluster("hq").nodes) health.sso = false;
    const { suspensionId, status } = await bench.suspend({ wasOn: [] });
    assert.deepEqual([suspensionId, status, bench.done], ["", "none", []]);
  });

  it("nothing is suspended for a certificate that is installed on every node", async () => {
    const { suspensionId, status } = await bench.suspend({ changes: bench.installed() });
    assert.deepEqual([suspensionId, status, bench.done, ssoOn(bench.lab)], ["", "none", [], ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"]]);
  });

  it("a lost answer is looked up, and SSO is not switched off twice", async () => {
    bench.lab.faults.add({ fault: "dropped answer", node: SUB, interface: "cli", action: "utils sso disable", times: 1 });
    assert.equal((await bench.suspend()).status, "suspended");
    assert.deepEqual(bench.done, ["cs-ccm-pub: disable SSO", "cs-ccm-sub: disable SSO", "cs-imp: disable SSO"]);
  });

  it("every rule of the upload is decided before the first node is touched", async () => {
    bench.lab.node(IMP).services.set("Platform Administrative Web Service", "stopped");
    const message = await bench.provider.refusal("SsoSuspension", bench.suspension());
    bench.lab.node(IMP).services.set("Platform Administrative Web Service", "started");
    assert.match(message, new RegExp(`^Nothing was changed: a rule refuses to change tomcat on cluster "hq":\n {2}- R131 ${IMP}`));
    assert.deepEqual(bench.done, []);
  });
});

describe("the preflight", () => {
  const preflight = (more = {}) => ({ ...change(bench.lab, bench.certificatePem), phase: "install", triggers: [], ...more });

  it("refuses SSO that is on, and names the way", async () => {
    assert.match(await bench.provider.refusal("Preflight", preflight()), new RegExp(`R38 ${PUB}: SSO is on\\. .*or declare sso: "suspend"; only a person can switch it on`));
  });

  it("passes with sso: \"suspend\", and records where SSO is on", async () => {
    assert.deepEqual((await bench.provider.create("Preflight", preflight({ sso: "suspend" }))).ssoOn, ALL);
  });

  it("refuses what cannot be suspended: off by the CLI and on in the database", async () => {
    Object.assign(bench.lab.node(SUB).health, { sso: false, ssoInDatabase: true });
    assert.match(await bench.provider.refusal("Preflight", preflight({ sso: "suspend" })), new RegExp(`- R38 ${SUB}: SSO is off by the CLI and on in the database, and utils sso disable would not change that`));
  });

  it("does not stand for a look at SSO right before the upload", async () => {
    await bench.provider.create("Preflight", preflight({ sso: "suspend" }));
    const message = await bench.provider.refusal("IdentityCertificate", { ...change(bench.lab, bench.certificatePem), suspension: "1" });
    assert.match(message, new RegExp(`^Nothing was changed: the tomcat certificate is not uploaded, because SSO, which was suspended for it, is not off:\n {2}- R38 ${PUB}: SSO is on\n`));
    assert.match(message, /pulumi up --refresh/);
    assert.deepEqual(writes(bench.lab, bench.mark), []);
  });

  it("of a suspension does not stand for an upload without one", async () => {
    await bench.provider.create("Preflight", preflight({ sso: "suspend" }));
    assert.match(await bench.provider.refusal("IdentityCertificate", change(bench.lab, bench.certificatePem)), new RegExp(`R38 ${PUB}: SSO is on\\.`));
  });
});

describe("a suspension that does not get through", () => {
  it("says where the places differ, uploads nothing, and the next run carries on with the same record", async () => {
    bench.lab.faults.add({ fault: "SSO stays in the database", node: SUB, times: 1 });
    const { text, state } = await failing(bench.suspend());
    assert.match(text, new RegExp(`^R38 ${SUB}: SSO is off by the CLI and on in the database\\.\nNo certificate was uploaded and nothing restarted`));
    bench.lab.node(SUB).health.ssoInDatabase = undefined;
    const made = await bench.provider.update("SsoSuspension", state, bench.suspension());
    assert.deepEqual([made.status, made.nodes], ["suspended", ALL]);
    assert.equal(bench.done.length, 3, "nothing is switched off twice");
  });

  it("keeps the record when a node does not answer in the middle; the next run finishes it", async () => {
    const off = bench.lab.faults.add({ fault: "dropped connection", node: SUB, interface: "cli", action: "utils sso disable" });
    const { text, state } = await failing(bench.suspend());
    off();
    assert.match(text, new RegExp(`${SUB}.*SSO was on on ${ALL.join(", ")}, and is off on some or all`, "s"));
    assert.deepEqual(bench.done, ["cs-ccm-pub: disable SSO"]);
    const made = await bench.provider.update("SsoSuspension", state, bench.suspension({ wasOn: [] }));
    assert.deepEqual([made.status, made.nodes], ["suspended", ALL]);
    assert.notEqual(made.suspensionId, state.suspensionId);
  });

  it("is found by the next run when the first was killed before it could record it, from what the preflight saw", async () => {
    await bench.suspend();
    await bench.anotherRun();
    const { suspensionId, nodes, status } = await bench.suspend();
    assert.deepEqual([nodes, status, bench.done.length], [ALL, "suspended", 3]);
    assert.notEqual(suspensionId, "");
  });
});

describe("while SSO is suspended", () => {
  it("another certificate keeps the record of the nodes under a new id", async () => {
    const first = await bench.suspend();
    bench.certificatePem = await issued(bench.lab);
    const second = await bench.provider.update("SsoSuspension", first, bench.suspension({ wasOn: [] }));
    assert.deepEqual([second.nodes, second.status, bench.done.length], [ALL, "suspended", 3]);
    assert.notEqual(second.suspensionId, first.suspensionId);
  });

  it("going back to the certificate that is installed keeps record and id: SSO still has to be given back", async () => {
    const first = await bench.suspend();
    const second = await bench.provider.update("SsoSuspension", first, bench.suspension({ changes: bench.installed(), wasOn: [] }));
    assert.deepEqual([second.suspensionId, second.nodes, second.status], [first.suspensionId, ALL, "suspended"]);
  });

  it("a preview says that it is off, without asking a node, also when the run broke off before the upload", async () => {
    const made = await bench.suspend();
    await bench.anotherRun();
    const from = bench.lab.history.mark();
    assert.equal((await bench.provider.diff("SsoSuspension", made, bench.suspension())).changes, false);
    assert.match(bench.farewell(), new RegExp(`Switched off, and to be switched on again:\n {2}- cluster "hq": SSO is off on ${ALL.join(", ")} since \\S+Z, .*"pulumi up" carries on`));
    assert.deepEqual(bench.lab.history.since(from), []);
  });

  it("a person who switches it on too early is seen by a refresh, and it is suspended again", async () => {
    const made = await bench.suspend();
    await bench.lab.cluster("hq").enableSso();
    const seen = await bench.provider.read("SsoSuspension", made);
    assert.equal(seen!.status, "lapsed");
    assert.equal((await bench.provider.diff("SsoSuspension", seen!, bench.suspension())).changes, true);
    bench.mark = bench.lab.history.mark();
    const again = await bench.provider.update("SsoSuspension", seen!, bench.suspension());
    assert.equal(bench.done.length, 3);
    assert.notEqual(again.suspensionId, made.suspensionId);
  });

  it("a refresh leaves it as it is while it is off", async () => {
    const made = await bench.suspend();
    assert.deepEqual(await bench.provider.read("SsoSuspension", made), made);
  });
});

describe("outside the maintenance window", () => {
  const closed = () => bench.suspension(window(120, 180));
  const open = () => bench.suspension(window(-60, 180));

  it("nothing is switched off, and the upload and its restarts are due with it", async () => {
    const made = await bench.provider.create("SsoSuspension", closed());
    const identity = await bench.provider.create("IdentityCertificate", { ...change(bench.lab, bench.certificatePem), suspension: made.suspensionId });
    const from = bench.lab.history.mark();
    const restart = await bench.provider.create("ServiceRestart", { node, service: "Cisco Tomcat", triggers: [identity.changeId], changedAt: identity.changedAt });
    assert.deepEqual([made.suspensionId, identity.changeId, identity.status, restart.status], ["due", "due", "due", "due"]);
    assert.deepEqual(bench.lab.history.since(from), [], "no node is asked for the restart");
    assert.deepEqual(writes(bench.lab, bench.mark), []);
    assert.match(bench.farewell(), /Due, and waiting for the maintenance window:\n {2}- cluster "hq": switch SSO off: the maintenance window \(.*\) is closed.*\n {2}- cs-ccm-pub\.example\.com: upload the tomcat certificate: the suspension of SSO before it is due\n {2}- cs-ccm-pub\.example\.com: restart Cisco Tomcat: what it is for is due/);
  });

  it("a later run outside changes nothing and asks no node; inside everything runs", async () => {
    const made = await bench.provider.create("SsoSuspension", closed());
    const declared = { ...change(bench.lab, bench.certificatePem), suspension: made.suspensionId };
    const identity = await bench.provider.create("IdentityCertificate", declared);
    const from = bench.lab.history.mark();
    assert.equal((await bench.provider.diff("SsoSuspension", made, closed())).changes, false);
    assert.equal((await bench.provider.diff("IdentityCertificate", identity, declared)).changes, false);
    assert.deepEqual(bench.lab.history.since(from), []);
    await bench.anotherRun();
    assert.equal((await bench.provider.diff("SsoSuspension", made, open())).changes, true);
    const suspended = await bench.provider.update("SsoSuspension", made, open());
    assert.deepEqual([suspended.status, suspended.nodes], ["suspended", ALL]);
    const now = { ...declared, suspension: suspended.suspensionId };
    assert.equal((await bench.provider.diff("IdentityCertificate", identity, now)).changes, true);
    const installed = await bench.provider.update("IdentityCertificate", identity, now);
    assert.equal(installed.status, "installed");
    assert.deepEqual(bench.done.slice(0, 4), ["cs-ccm-pub: disable SSO", "cs-ccm-sub: disable SSO", "cs-imp: disable SSO", "cs-ccm-pub: install tomcat"]);
  });
});

