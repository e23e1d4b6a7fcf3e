// A VOS node, restarted whole: proved by its uptime, its services, its page and port 8443. Without the engine.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { connectionsOf, type HistoryEntry, type Lab, restore, type Snapshot, snapshot, startLab } from "../../lab";
import { startOf } from "../../provider/resources/shared/node-machine";
import { shim } from "../../sdk/tokens";
import { type Partial, TestProvider } from "../support/provider";
import { ProviderProcess } from "../support/provider-process";
import { until } from "../support/until";

const [VVB, VVB2] = ["vvb.example.com", "vvb2.example.com"];
const NODE = { fqdn: VVB, product: "VVB", role: "publisher", release: "12.6(2)", connection: "vvb", cluster: { name: "vvb", nodes: [{ fqdn: VVB, product: "VVB", role: "publisher" }, { fqdn: VVB2, product: "VVB", role: "subscriber" }] } };

describe("a VOS node", { timeout: 180_000 }, () => {
  let lab: Lab, provider: TestProvider, mark: number, before_: Snapshot;
  before(async () => {
    lab = await startLab({ name: "vvb", clusters: [{ name: "vvb", release: "12.6(2)", nodes: NODE.cluster.nodes.map((one) => ({ ...one }) as never) }], timing: { nodeRestart: 100, nodeServices: 5, replication: 1 } });
    before_ = snapshot(lab);
  });
  beforeEach(() => {
    provider = new TestProvider(lab, { timing: { serverRestart: "10s" } });
    mark = lab.history.mark();
  });
  afterEach(async () => {
    lab.faults.clear();
    await provider.dispose();
    await until(() => restarts().every(({ until: end }) => end !== undefined), "the end of a restart");
    restore(lab, before_);
  });
  after(() => lab.stop());

  const soon = () => new Date(Date.now() + 1_000).toISOString();
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const server = (more: object = {}) => ({ node: NODE, triggers: ["1"], changedAt: soon(), ...more });
  const restarts = (fqdn?: string): HistoryEntry[] => lab.history.since(mark).filter(({ interface: at, action, node }) => at === "platform" && action === "restart node" && (!fqdn || node === fqdn));
  const failed = (work: Promise<unknown>) => work.then(() => assert.fail("it succeeded"), (error: Partial) => error);
  const runs = (name: string) => lab.node(VVB).services.get(name)!.state;

  it("is restarted whole, and is back when its page and 8443 answer and its services run", async () => {
    const state = await provider.create("ServerRestart", server());
    assert.deepEqual([state.status, state.ranBefore, restarts().length], ["done", [], 1]);
    assert.deepEqual([runs("Cisco Tomcat"), runs("Cisco VVB Engine")], ["STARTED", "STARTED"]);
    assert.ok(Date.parse(state.restartedAt as string) > Date.parse(ago(1)));
    assert.match(provider.output, /vvb\.example\.com: restart the node\n(.*\n)*vvb\.example\.com: the server is back/);
  });

  it("that was started after the change is not restarted", async () => {
    const state = await provider.create("ServerRestart", server({ changedAt: ago(31 * 1440) }));
    assert.deepEqual([state.remark, restarts()], ["the server was started after the change", []]);
  });

  it("of which nothing changed is not restarted", async () => {
    assert.equal((await provider.create("ServerRestart", server({ changedAt: "" }))).remark, "nothing changed that it has not loaded");
    assert.deepEqual(restarts(), []);
  });

  it("is restarted where only its services were started after the change, because the node itself was not", async () => {
    const { services } = lab.node(VVB);
    assert.ok(services.list().every(({ startedAt }) => startedAt.getTime() > Date.parse(ago(3 * 1440))));
    assert.equal((await provider.create("ServerRestart", server({ changedAt: ago(3 * 1440) }))).status, "done");
    assert.equal(restarts().length, 1);
  });

  it("waits for its window", async () => {
    const day = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][(new Date().getUTCDay() + 3) % 7]!;
    const state = await provider.create("ServerRestart", server({ maintenanceWindow: { days: [day], from: "01:00", to: "02:00", timeZone: "UTC" } }));
    assert.deepEqual([state.status, restarts()], ["due", []]);
  });

  it("restarts while no other node of its cluster does", async () => {
    const other = { ...NODE, fqdn: VVB2, role: "subscriber" };
    await Promise.all([provider.create("ServerRestart", server()), provider.create("ServerRestart", server({ node: other }))]);
    const [first, second] = [...restarts()].sort((a, b) => a.at - b.at) as [HistoryEntry, HistoryEntry];
    assert.deepEqual([restarts(VVB).length, restarts(VVB2).length], [1, 1]);
    assert.ok(first.until! <= second.at);
  });

  it("of which a service stays down is told, and nothing restarts it again: the next run waits for the service", async () => {
    lab.faults.add({ fault: "service stays down", node: VVB, action: "start Cisco VVB Engine", times: 1 });
    await provider.dispose();
    provider = new TestProvider(lab, { timing: { serverRestart: "2s" } });
    const inputs = server({ changedAt: new Date(Date.now() - 2_000).toISOString() });
    const error = await failed(provider.create("ServerRestart", inputs));
    assert.match(error.reasons!.join(), /vvb\.example\.com was restarted and is not as it was: Cisco VVB Engine is STOPPED, it ran before\. Nothing behind it was restarted/);
    assert.equal(error.properties!.status, "restarting");
    await lab.node(VVB).services.start("Cisco VVB Engine");
    const state = await provider.update("ServerRestart", error.properties!, inputs);
    assert.deepEqual([state.status, restarts().length], ["done", 1]);
  });

  it("that a run which was killed has left restarting is waited for by the next one, and is not restarted again", async () => {
    lab.timing.nodeRestart = 4_000;
    const state = mkdtempSync(join(tmpdir(), "uccerts-state-"));
    const start = () => ProviderProcess.start({ env: { UCCERTS_STATE: state }, config: { "uccerts:connections": JSON.stringify(connectionsOf(lab)), "uccerts:timing": JSON.stringify({ poll: "30ms", retryFirst: "10ms" }) } });
    const inputs = { __provider: shim("ServerRestart"), ...server({ changedAt: new Date(Date.now() - 2_000).toISOString() }) };
    try {
      const killed = await start();
      void killed.create({ ...inputs }).catch(() => {});
      await until(() => restarts().length === 1);
      await killed.end("SIGKILL");
      const next = await start();
      const { outs } = await next.create({ ...inputs });
      assert.deepEqual([outs.status, outs.remark, restarts().length], ["done", "the server was started after the change", 1]);
      assert.match(next.said, /the server is back/);
    } finally {
      lab.timing.nodeRestart = 100;
      await ProviderProcess.endAll();
      rmSync(state, { recursive: true, force: true });
    }
  });

  it("needs a node of a Cluster or a host of a ContactCenter", async () => {
    assert.match((await provider.check("ServerRestart", server({ node: { fqdn: VVB } }))).join(), /node: product "undefined" is unknown/);
  });
});

describe("the start of a node", () => {
  const now = new Date("2026-03-04T10:00:00Z");
  const service = (upSeconds: number) => ({ name: "one", state: "Started" as const, reason: "", upSeconds });
  const at = (uptime: [number, number], ...up: number[]) => (now.getTime() - startOf(now, { least: uptime[0], most: uptime[1] }, up.map(service)).getTime()) / 1000;

  it("is that of its oldest service, within the minute that the node tells", () => assert.equal(at([120, 180], 30, 150, 90), 150));
  it("is at most as late as the node tells, when all services were restarted since", () => assert.equal(at([86_400, 86_460], 30, 90), 86_400));
  it("is at most as early as the node tells", () => assert.equal(at([0, 60], 7_000), 60));
  it("is the earliest that it can be, where no service tells its age", () => assert.equal(at([120, 180]), 180));
});
