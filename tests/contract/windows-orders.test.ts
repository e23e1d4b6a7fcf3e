// Orders to the services of a Windows host and to the host itself: given again where that does no harm, done once, and a lost answer is never taken for a failure.
import assert from "node:assert/strict";
import { describe, test } from "../support/hosts-test";
import type { FaultName } from "../../lab";
import type { WindowsPlatform } from "../../provider/platforms/windows";
import { TestProvider } from "../support/provider";
import { until } from "../support/until";
import { hostOf } from "../support/windows-hosts";
import { Bench, fails, type Run } from "./support";
import { AW, CSA, deedsOf, startHosts } from "./windows-support";

const SERVICE = "Tomcat9";

/** An order to a service, from the state in which it means something. */
interface Order {
  what: string;
  asked: string;
  before: "running" | "stopped";
  then: "RUNNING" | "STOPPED";
  give: (windows: WindowsPlatform, service: string) => Promise<void>;
}

const ORDERS: readonly Order[] = [
  { what: "stop", asked: `sc stop "${SERVICE}"`, before: "running", then: "STOPPED", give: (windows, service) => windows.stopService(service) },
  { what: "start", asked: `sc start "${SERVICE}"`, before: "stopped", then: "RUNNING", give: (windows, service) => windows.startService(service) },
];

/** A fault, whether the order was done before it struck, and how often it is given then. */
const LOSSES: readonly [fault: FaultName, moment: string, at: "order" | "connect" | "log in", timing: Record<string, string>][] = [
  ["dropped connection", "was not done yet", "order", {}],
  ["dropped answer", "is done already", "order", {}],
  ["no answer", "is never done", "order", { cliCommand: "1s" }],
  ["slow answer", "comes too late", "order", { cliCommand: "1s" }],
  ["second try", "could not be given", "connect", {}],
  ["dropped answer", "could not be given", "log in", {}],
];

describe("an order to a service", { timeout: 10 * 60_000 }, () => {
  // Long enough to be on its way when an order is given again.
  const bench = new Bench(() => startHosts(AW), async ({ lab }) => void Object.assign(lab.timing, { serviceStop: 150, serviceStart: 150 }));
  const service = () => bench.lab.host(AW).services.get(SERVICE)!;
  const settled = async (run: Run, { then, asked }: Order) => {
    await until(() => service().state === then, then);
    await bench.lab.host(AW).idle();
    return [deedsOf(run.asked("platform"), AW), run.asked("windows ssh", asked).length];
  };

  for (const order of ORDERS) {
    const { what, asked, before, then, give } = order;

    test(`${what}: is given once when all is well`, async () => {
      bench.lab.host(AW).services.set(SERVICE, before);
      const run = bench.run();
      await give(run.windows(AW), SERVICE);
      assert.deepEqual(await settled(run, order), [[`${what} ${SERVICE}`], 1]);
    });

    for (const [fault, moment, at, timing] of LOSSES)
      test(`${what}: ${moment} when it meets "${fault}" (${at}); it is done once, and that is no error`, async () => {
        bench.lab.host(AW).services.set(SERVICE, before);
        const run = bench.run({ timing });
        bench.lab.faults.add({ fault, node: AW, interface: "windows ssh", action: at === "order" ? asked : at, times: 1, milliseconds: 2_000 });
        await give(run.windows(AW), SERVICE);
        assert.deepEqual(await settled(run, order), [[`${what} ${SERVICE}`], at === "order" ? 2 : 1]);
        assert.equal(run.struck(fault), 1);
      });

    test(`${what}: is given up after six times`, async () => {
      bench.lab.host(AW).services.set(SERVICE, before);
      const run = bench.run();
      bench.lab.faults.add({ fault: "dropped connection", node: AW, interface: "windows ssh", action: asked });
      await fails(give(run.windows(AW), SERVICE), { kind: "connection", node: AW, action: `${what} ${SERVICE}`, answer: /./ });
      assert.deepEqual([run.asked("windows ssh", asked).length, deedsOf(run.asked("platform"), AW)], [6, []]);
    });

    test(`${what}: is nothing to do where it is so already`, async () => {
      bench.lab.host(AW).services.set(SERVICE, before === "running" ? "stopped" : "running");
      const run = bench.run();
      await give(run.windows(AW), SERVICE);
      assert.deepEqual([service().state, deedsOf(run.asked("platform"), AW)], [then, []]);
    });

    test(`${what}: of a service that the host does not have is refused in its words, and not given again`, async () => {
      const run = bench.run();
      await fails(give(run.windows(AW), "Tomcat7"), { kind: "rejected", node: AW, action: `${what} Tomcat7`, answer: /1060/ });
      assert.equal(run.asked("windows ssh", `sc ${what}`).length, 1);
    });
  }

  test("stop: of a service that is on its way up is refused when nothing was sent before", async () => {
    bench.lab.host(AW).services.set(SERVICE, "stopped");
    Object.assign(bench.lab.timing, { serviceStart: 1_000 });
    const run = bench.run();
    await run.windows(AW).startService(SERVICE);
    await fails(run.windows(AW).stopService(SERVICE), { kind: "rejected", node: AW, action: `stop ${SERVICE}`, answer: /1061/ });
  });

  test("start: of a service that is disabled is refused", async () => {
    bench.lab.host(AW).services.set(SERVICE, "disabled");
    await fails(bench.run().windows(AW).startService(SERVICE), { kind: "rejected", node: AW, action: `start ${SERVICE}`, answer: /1058/ });
  });
});

describe("a restart of a whole server", { timeout: 10 * 60_000 }, () => {
  const bench = new Bench(() => startHosts(CSA));
  const SHUTDOWN = "shutdown /r";

  test("is ordered once when all is well", async () => {
    const run = bench.run();
    await run.windows(CSA).restart();
    await until(() => deedsOf(run.asked("platform"), CSA).includes("restart server"));
    await bench.lab.host(CSA).idle();
    assert.equal(run.asked("windows ssh", SHUTDOWN).length, 1);
  });

  for (const [fault, deeds] of [["dropped connection", 0], ["dropped answer", 1]] as const)
    test(`that meets "${fault}" is told as lost and not ordered again: only the time of the last boot tells`, async () => {
      const run = bench.run();
      const { bootedAt } = await run.windows(CSA).clock();
      bench.lab.faults.add({ fault, node: CSA, interface: "windows ssh", action: SHUTDOWN });
      await fails(run.windows(CSA).restart(), { kind: "connection", node: CSA, action: "restart the server", answer: /./ });
      await bench.lab.host(CSA).idle();
      assert.equal(run.asked("windows ssh", SHUTDOWN).length, 1);
      assert.equal(deedsOf(run.asked("platform"), CSA).filter((deed) => deed === "restart server").length, deeds);
      assert.equal((await run.windows(CSA).clock()).bootedAt > bootedAt, deeds === 1);
    });

  /** The same through the resource. */
  async function restarted(fault: FaultName, at: string, says: RegExp): Promise<void> {
    const provider = new TestProvider(bench.lab, { timing: { cliCommand: "5s" } });
    try {
      const mark = bench.lab.history.mark();
      bench.lab.faults.add({ fault, node: CSA, interface: "windows ssh", action: at, times: 1 });
      const state = await provider.create("ServerRestart", { node: hostOf(bench.lab, CSA), triggers: ["1"], changedAt: new Date(Date.now() + 1_000).toISOString(), ports: [8111] });
      assert.deepEqual([state.status, deedsOf(bench.lab.history.since(mark), CSA).filter((deed) => deed === "restart server").length], ["done", 1]);
      assert.match(provider.output, says);
    } finally {
      await provider.dispose();
    }
  }

  test("whose order never arrived is ordered again, and done once", () => restarted("dropped connection", SHUTDOWN, /csa\.example\.com: restart the server: it failed \(.*\), and is not done; it is sent again/));
  test("whose answer was lost is found done by the time of the last boot, and not ordered again", () => restarted("dropped answer", SHUTDOWN, /csa\.example\.com: restart the server: the answer was lost \(.*\); it is found done and not sent again/));
  test("that is never answered is ordered again, and done once", () => restarted("no answer", SHUTDOWN, /not done after 5 s\), and is not done; it is sent again/));

  test("that is ordered a second time while it goes on has begun already (1115)", async () => {
    const run = bench.run();
    await run.windows(CSA).clock();
    await Promise.all([run.windows(CSA).restart(), run.windows(CSA).restart()]);
    await bench.lab.host(CSA).idle();
    const orders = run.asked("windows ssh", SHUTDOWN).map(({ outcome }) => outcome);
    assert.deepEqual([orders, deedsOf(run.asked("platform"), CSA).filter((deed) => deed === "restart server").length], [["ok", "exit 1115"], 1]);
  });
});
