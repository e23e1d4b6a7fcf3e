// The restart of a whole VOS node, and how long it has been up, through the contract.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startNodes } from "../lab/support/estates";
import { until } from "../support/until";
import { Bench, fails, type Run, SUB } from "./support";

describe("a node", { timeout: 120_000 }, () => {
  const bench = new Bench(() => startNodes());

  const restarts = (run: Run) => run.asked("platform", "restart node");
  const ordered = async (run: Run) => {
    await run.vos(SUB).restartNode();
    await until(() => restarts(run).every(({ until: end }) => end !== undefined), "the end of the restart");
  };

  test("tells how long it has been up, in whole minutes, and that it was started anew after a restart", async () => {
    const run = bench.run();
    assert.deepEqual(await run.vos(SUB).uptime(), { least: 30 * 86_400, most: 30 * 86_400 + 60 });
    await ordered(run);
    assert.equal(restarts(run).length, 1);
    assert.deepEqual(await run.vos(SUB).uptime(), { least: 0, most: 60 });
  });

  test("is ordered again while nothing was confirmed: the connection was lost before", async () => {
    bench.lab.faults.add({ fault: "dropped connection", node: SUB, interface: "cli", action: "utils system restart", times: 2 });
    const run = bench.run();
    await ordered(run);
    assert.deepEqual([run.asked("cli", "utils system restart").length, restarts(run).length], [3, 1]);
  });

  test("that asks for nothing to be confirmed is told in its own words, and does not restart", async () => {
    bench.lab.node(SUB).health.upgradeRunning = true;
    const run = bench.run();
    await fails(run.vos(SUB).restartNode(), { kind: "rejected", node: SUB, action: "restart the node", answer: "while an upgrade is in progress" });
    bench.lab.node(SUB).health.upgradeRunning = false;
    assert.equal(restarts(run).length, 0);
  });
});
