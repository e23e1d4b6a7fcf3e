// The provider process is ended in the middle of its work, in every way; the next one repairs what is left. Without the engine.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { shim } from "../../sdk/tokens";
import { csr } from "../lab/certsrv-support";
import { HQ, PUB, restarts } from "../support/a1";
import { ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";

const UDS = "Cisco UDS Tomcat";
const NORMAL = { code: 0, signal: null };
const TIMING = { poll: "30ms", retryFirst: "10ms" };
const RESTART = { __provider: shim("ServiceRestart"), node: HQ.publisher("CUCM")!, service: UDS, triggers: ["1"], changedAt: new Date(Date.now() + 3_600_000).toISOString(), onlyWhereActive: true };
/** A window that is closed now. */
const LATER = { days: [["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][(new Date().getUTCDay() + 3) % 7]!], from: "01:00", to: "02:00", timeZone: "UTC" };

let lab: Lab, state: string, mark: number;
before(async () => {
  lab = await startLab();
});
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "uccerts-state-"));
  Object.assign(lab.timing, { serviceStop: 300, serviceStart: 700 });
  mark = lab.history.mark();
});
afterEach(async () => {
  await ProviderProcess.endAll();
  lab.faults.clear();
  lab.node(PUB).services.set(UDS, "started");
  rmSync(state, { recursive: true, force: true });
});
after(() => lab.stop());

const start = () => ProviderProcess.start({ env: { UCCERTS_STATE: state }, config: { "uccerts:connections": JSON.stringify(connectionsOf(lab)), "uccerts:timing": JSON.stringify(TIMING) } });
const service = () => lab.node(PUB).services.get(UDS)!.state;
/** SSH sessions that are open on all nodes. */
const sessions = () => lab.history.of("ssh", /^session$/).filter(({ until: ended, outcome }) => ended === undefined && outcome === "ok").length;
const locks = () => readdirSync(join(state, "locks"));

/** A provider in the middle of a restart by the command line. */
async function restarting(inputs: object = RESTART): Promise<{ provider: ProviderProcess; call: Promise<unknown> }> {
  const provider = await start();
  const call = provider.create({ ...inputs }).catch((error: unknown) => error);
  await until(() => restarts(lab, mark).length === 1, "the restart");
  return { provider, call };
}

describe("a provider that is killed in the middle of a restart", { timeout: 120_000 }, () => {
  it("leaves no session open, and the service down; the next one starts it, although only what is active is restarted", async () => {
    const { provider } = await restarting();
    await provider.end("SIGKILL");
    await until(() => service() === "STOPPED" && sessions() === 0, "the end of the session");
    const next = await start();
    const { outs } = await next.create(RESTART);
    assert.deepEqual([outs.status, service(), restarts(lab, mark).length], ["done", "STARTED", 2]);
    assert.match(next.said, /Cisco UDS Tomcat is down: an earlier run broke off while it restarted; it is started now/);
  });

  it("has it started also when the maintenance window is closed by then: giving back never waits", async () => {
    const { provider } = await restarting();
    await provider.end("SIGKILL");
    await until(() => service() === "STOPPED", "the end of the session");
    const { outs } = await (await start()).create({ ...RESTART, maintenanceWindow: LATER });
    assert.deepEqual([outs.status, service()], ["done", "STARTED"]);
  });

  it("is repaired from another machine too, where nothing is known of it", async () => {
    const { provider } = await restarting();
    await provider.end("SIGKILL");
    await until(() => service() === "STOPPED", "the end of the session");
    rmSync(state, { recursive: true });
    const { outs } = await (await start()).create(RESTART);
    assert.deepEqual([outs.status, service()], ["done", "STARTED"]);
  });

  it("has a restart that was due seen by a refresh, and started by the update after it", async () => {
    const { provider } = await restarting();
    await provider.end("SIGKILL");
    await until(() => service() === "STOPPED", "the end of the session");
    const due = { ...RESTART, maintenanceWindow: LATER };
    const next = await start();
    const { props } = await next.read("1", { ...due, status: "due", restartedAt: "", servedFingerprint: "", remark: "", ranBefore: [] });
    assert.equal(props.status, "restarting");
    assert.equal((await next.diff("1", props, due)).changes, "some");
    assert.equal((await next.update("1", props, due)).status, "done");
    assert.equal(service(), "STARTED");
  });

  it("leaves a service alone that a person has stopped", async () => {
    lab.node(PUB).services.set(UDS, "stopped");
    const { outs } = await (await start()).create(RESTART);
    assert.deepEqual([outs.status, service(), restarts(lab, mark)], ["skipped", "STOPPED", []]);
  });
});

describe("a provider that is told to end in the middle of a restart", { timeout: 120_000 }, () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`at ${signal} says what it breaks off, and does not close the session before the prompt is back`, async () => {
      // Longer than the time after which a process ends that has nothing to lose.
      lab.timing.serviceStart = 4_500;
      const { provider } = await restarting();
      provider.child.kill(signal);
      assert.deepEqual(await provider.over(), NORMAL);
      assert.match(provider.said, /Broken off; the next "pulumi up" .*:\n {2}- create of ServiceRestart on cs-ccm-pub\.example\.com\nA service restarts now/);
      assert.equal(service(), "STARTED");
      await until(() => sessions() === 0, "the end of the session");
      assert.deepEqual(locks(), []);
    });
});

describe("a provider whose engine was killed", { timeout: 120_000 }, () => {
  it("finishes the restart, gives the lock back and ends; a waiter is told who holds it, and restarts nothing again", async () => {
    lab.timing.serviceStart = 4_000;
    const inputs = { ...RESTART, changedAt: new Date().toISOString() };
    const { provider } = await restarting(inputs);
    provider.killEngine();
    provider.stopReading();
    const waiter = await start();
    const waiting = waiter.create(inputs);
    await waiter.hears(`waiting for another run on ${PUB} (process ${provider.child.pid} on this machine, since `);
    assert.match(waiter.said, /: restart Cisco UDS Tomcat\)/);
    assert.deepEqual(await provider.over(), NORMAL);
    const { outs } = await waiting;
    assert.equal(outs.remark, "it was started after the change");
    assert.equal(restarts(lab, mark).length, 1);
    assert.deepEqual(locks(), []);
    await waiter.end();
    await until(() => sessions() === 0, "the end of the sessions");
  });

  it("begins nothing that still waits for its turn", async () => {
    lab.timing.serviceStart = 4_000;
    const { provider, call } = await restarting();
    const second = provider.create({ ...RESTART, service: "Cisco AXL Tomcat" }).catch(() => {});
    provider.killEngine();
    assert.deepEqual(await provider.over(), NORMAL);
    await Promise.all([call, second]);
    assert.deepEqual(restarts(lab, mark), [`cs-ccm-pub: ${UDS}`]);
  });
});

describe("a submission whose run is cut", { timeout: 120_000 }, () => {
  const request = async (pem: string) => ({ __provider: shim("AdcsCertificate"), authority: "ca", template: "WebServerClient", csrPem: pem, chain: lab.authority("ca").hierarchy.chain().reverse(), purpose: "tomcat", release: "15", uses: ["serverAuth", "clientAuth"] });
  const received = () => lab.history.since(mark).filter(({ action }) => action.startsWith("receive request"));

  it("before the request id is known is made once more with the same CSR, and said", async () => {
    const inputs = await request(await csr());
    lab.faults.add({ fault: "slow answer", interface: "certsrv", action: "POST", milliseconds: 1_000, times: 1 });
    const provider = await start();
    void provider.create(inputs).catch(() => {});
    await provider.hears("submit the tomcat CSR");
    await until(() => lab.history.since(mark).some(({ action }) => action.startsWith("POST")), "the submission");
    await provider.end("SIGKILL");
    await until(() => received().length === 1, "the request");
    const next = await start();
    await next.create(inputs).catch(() => {});
    assert.match(next.said, /an earlier run submitted this CSR on \S+Z and did not learn its request id\. The same CSR is submitted once more/);
    const [one, other] = lab.authority("ca").requests.slice(-2);
    assert.ok(one!.request!.publicKey.equals(other!.request!.publicKey));
  });

  it("after the answer was there is fetched: the authority is asked once", async () => {
    const inputs = await request(await csr());
    const provider = await start();
    await provider.create(inputs).catch(() => {});
    await provider.end("SIGKILL");
    const next = await start();
    await next.create(inputs).catch(() => {});
    assert.equal(received().length, 1, next.said);
  });
});
