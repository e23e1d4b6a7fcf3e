// A run of the real engine that breaks off: killed, its provider killed, Ctrl-C. What the next `up` does, and what is said.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import { program, PUB, served, SUB } from "../support/a1";
import { endLeftovers, providerOf, providersGone, type Run, type Running } from "../support/running";
import { TestStack } from "../support/stack";
import { until } from "../support/until";
import { effectsSince, FAST, grownOld, RENEWED_AFTER_300_DAYS, withUploadsTo } from "../support/walk";

const EFFECTS = withUploadsTo(PUB);
const WEB = `restart Cisco Tomcat on ${PUB}`;
let lab: Lab, stack: TestStack;

beforeEach(async () => {
  lab = await startLab({ ...ESTATE_A1, timing: FAST });
  stack = await TestStack.create({ lab, program: program(RENEWED_AFTER_300_DAYS), timing: { poll: "20ms", retryFirst: "10ms" } });
});
afterEach(async () => {
  endLeftovers(stack.folder);
  stack.dispose();
  await lab.stop();
});

/** Begins an `up`, and calls `cut` when the lab's history shows what `when` names: begun, or done. */
async function upUntil(when: string, moment: "begun" | "ended", cut: (running: Running) => void | Promise<void>): Promise<Run> {
  const running = stack.begin("up", "--yes", "--skip-preview");
  const came = new Promise<void>((resolve) => {
    const unwatch = lab.history.watch((entry, at) => {
      const name = entry.interface === "platform" ? `${entry.action} on ${entry.node}` : "";
      if (name !== when || at !== moment) return;
      unwatch();
      resolve();
    });
  });
  const early = running.ended.then(({ output }) => Promise.reject(new Error(`it ended before "${when}": ${output}`)));
  await Promise.race([came, early]);
  early.catch(() => {});
  await cut(running);
  return running.ended;
}

const openSessions = () => lab.history.of("ssh", /^session$/).filter(({ until, outcome }) => until === undefined && outcome === "ok").length;
const all = () => effectsSince(lab, 0, EFFECTS);

/** One more `up`, whose provider process is killed when the first effect that no earlier one had is done on the device. */
async function upKilledAtNew(seen: Set<string>): Promise<Run> {
  const running = stack.begin("up", "--yes", "--skip-preview");
  const unwatch = lab.history.watch((entry) => {
    const effect = EFFECTS(entry);
    if (effect === undefined || seen.has(effect)) return;
    unwatch();
    seen.add(effect);
    process.kill(providerOf(stack.folder), "SIGKILL");
  });
  const run = await running.ended;
  unwatch();
  return run;
}

/** The last run went well, every node serves the same certificate, and nothing is left open or locked. */
async function assertInOrder(last: Run): Promise<void> {
  assert.equal(last.code, 0, last.output);
  await providersGone(stack.folder);
  assert.equal(served(lab).size, 1);
  assert.equal(openSessions(), 0);
  assert.deepEqual(readdirSync(join(stack.state, "locks")), []);
}

/** Moreover everything happened once. */
async function assertWhole(last: Run, twice: RegExp): Promise<void> {
  await assertInOrder(last);
  const counts = new Map<string, number>();
  for (const effect of all()) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  assert.equal(counts.size, 19, [...counts.keys()].join("\n"));
  assert.deepEqual([...counts].filter(([effect, count]) => count > (twice.test(effect) ? 2 : 1)), []);
}

describe("the engine is killed with SIGKILL", { timeout: 10 * 60_000 }, () => {
  beforeEach(() => Object.assign(lab.timing, { tomcatStop: 500, tomcatStart: 6_000 }));

  it("after the CSR, after the upload, after a restart and in the middle of one: pulumi cancel and up carry on each time", async () => {
    const LAST = `restart Cisco Tomcat on ${SUB}`;
    for (const [when, moment] of [[`generate CSR tomcat on ${PUB}`, "begun"], [`install tomcat on ${PUB}`, "begun"], [WEB, "ended"], [LAST, "begun"]] as const) {
      // The provider whose engine is gone is still at it when the last run comes, however slow the machine is.
      if (when === LAST) lab.timing.tomcatStart = 16_000;
      await upUntil(when, moment, (running) => running.killEngine());
      const cancelled = await stack.run("cancel", "--yes");
      assert.equal(cancelled.code, 0, cancelled.output);
    }
    const next = stack.begin("up", "--yes", "--skip-preview");
    await next.prints("waiting for another run");
    lab.timing.tomcatStart = 500;
    const last = await next.ended;
    assert.match(last.output, /waiting for another run on cs-ccm-pub\.example\.com \(process \d+ on this machine, since \S+: restart Cisco Tomcat\)/);
    await assertWhole(last, /^restart Cisco Tomcat on cs-ccm-(pub|sub)/);
    assert.match((await stack.up()).output, /unchanged/);
  });
});

describe("the provider process is killed", { timeout: 10 * 60_000 }, () => {
  it("after each step, run after run: every up gets one step further and repeats none, but for the signature whose request id was lost", async () => {
    for (const [steps, signatures] of [[19, 2], [17, 4]] as const) {
      const mark = lab.history.mark();
      const seen = new Set<string>();
      let last = await upKilledAtNew(seen);
      while (last.code !== 0 && seen.size <= steps) last = await upKilledAtNew(seen);
      const since = effectsSince(lab, mark, EFFECTS);
      assert.equal(seen.size, steps, `${[...seen].join("\n")}\n${last.output}`);
      assert.deepEqual(since.filter((effect) => !effect.startsWith("signature")), [...seen].filter((effect) => !effect.startsWith("signature")));
      assert.equal(lab.authority("ca").requests.length, signatures);
      await assertInOrder(last);
      stack.checkpoint = grownOld(stack.checkpoint);
    }
  });

  it("in the middle of a restart: the run fails, and the next up starts what was left down", async () => {
    Object.assign(lab.timing, { tomcatStop: 500, tomcatStart: 1_500 });
    const run = await upUntil(WEB, "begun", () => void process.kill(providerOf(stack.folder), "SIGKILL"));
    assert.notEqual(run.code, 0);
    await until(() => lab.node(PUB).services.get("Cisco Tomcat")!.state === "STOPPED" && openSessions() === 0, "the end of the session");
    const last = await stack.up();
    assert.match(last.output, /cs-ccm-pub\.example\.com: Cisco Tomcat is down: an earlier run broke off while it restarted; it is started now/);
    await assertWhole(last, new RegExp(`^${WEB}`));
  });
});

describe("Ctrl-C", { timeout: 10 * 60_000 }, () => {
  beforeEach(() => Object.assign(lab.timing, { tomcatStop: 500, tomcatStart: 1_500 }));

  for (const [name, signal] of [["once", "SIGINT"], ["as SIGTERM", "SIGTERM"]] as const)
    it(`${name} lets the restart in hand finish and begins no other; the next up restarts the rest, each once`, async () => {
      const run = await upUntil(WEB, "begun", (running) => running.signal(signal));
      assert.notEqual(run.code, 0, run.output);
      await providersGone(stack.folder);
      assert.equal(all().at(-1), WEB);
      assert.equal(lab.node(PUB).services.get("Cisco Tomcat")!.state, "STARTED");
      await assertWhole(await stack.up(), /^$/);
    });

  it("twice says what is broken off, waits for the prompt of the restart, and the next up carries on", async () => {
    const run = await upUntil(WEB, "begun", async (running) => {
      running.signal("SIGINT");
      await running.prints("^C");
      running.signal("SIGINT");
    });
    assert.notEqual(run.code, 0, run.output);
    assert.match(run.output, /Broken off; the next "pulumi up" looks at what is there and carries on:\s+- create of ServiceRestart on cs-ccm-pub\.example\.com/);
    await providersGone(stack.folder);
    assert.equal(lab.node(PUB).services.get("Cisco Tomcat")!.state, "STARTED");
    await assertWhole(await stack.up(), new RegExp(`^${WEB}`));
  });
});
