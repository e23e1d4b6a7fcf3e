// Services of a VOS node through the contract: by Control Center, by CLI where that is the platform's way, and what happens when it is not calm.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startNodes } from "../lab/support/estates";
import { Bench, fails, IMP, PUB, type Run, SUB } from "./support";

const TOMCAT = "Cisco Tomcat";
const TFTP = "Cisco Tftp";

/** How often each way was asked to restart something, and how often something restarted. */
function restarts(run: Run): { controlCenter: number; cli: number; done: number } {
  return { controlCenter: run.asked("soap", "soapDoControlServices").length, cli: run.asked("cli", "utils service").length, done: run.asked("platform", "restart ").length };
}

const ignore = () => {};

describe("the services of a node", () => {
  const bench = new Bench(() => startNodes());

  test("are read with their state, the reason why one is down, and for how long they have been up", async () => {
    bench.lab.node(SUB).services.set("Cisco CTIManager", "stopped");
    const services = await bench.run().vos(SUB).services();
    const of = (name: string) => services.find((one) => one.name === name);
    assert.equal(services.length, bench.lab.node(SUB).services.list().length);
    assert.deepEqual([of(TOMCAT)?.state, of(TOMCAT)?.reason], ["Started", ""]);
    assert.ok(of(TOMCAT)!.upSeconds! > 86_000);
    assert.deepEqual([of("Cisco CTIManager")?.state, of("Cisco CTIManager")?.reason], ["Stopped", "Commanded Out of Service"]);
    assert.deepEqual([of(TFTP)?.state, of(TFTP)?.reason], ["Stopped", "Service Not Activated"]);
  });

  test("are told by the CLI as by Control Center, also while Cisco Tomcat is down and Control Center with it", async () => {
    const vos = bench.run().vos(SUB);
    const states = (all: { name: string; state: string }[]) => all.map(({ name, state }) => `${name}: ${state}`).sort();
    assert.deepEqual(states(await vos.servicesByCli()), states(await vos.services()));
    await bench.lab.node(SUB).services.stop(TOMCAT);
    const tomcat = (await vos.servicesByCli()).find(({ name }) => name === TOMCAT);
    await bench.lab.node(SUB).services.start(TOMCAT);
    assert.equal(tomcat?.state, "Stopped");
  });

  test("know when they were restarted", async () => {
    const vos = bench.run().vos(PUB);
    await vos.restartService(TFTP, ignore);
    const tftp = (await vos.services()).find(({ name }) => name === TFTP);
    assert.ok(tftp!.upSeconds! < 60, String(tftp!.upSeconds));
  });
});

describe("a restart", () => {
  const bench = new Bench(() => startNodes());

  test("of a feature service goes by Control Center, once, and tells its beginning", async () => {
    const run = bench.run();
    const seen: string[] = [];
    await run.vos(PUB).restartService(TFTP, (state) => seen.push(state));
    assert.deepEqual(restarts(run), { controlCenter: 1, cli: 0, done: 1 });
    assert.deepEqual(seen, ["restarting"]);
  });

  for (const [fqdn, product] of [[PUB, "CUCM"], [IMP, "IM and Presence"]] as const)
    test(`of Cisco Tomcat goes by CLI on ${product}, once, tells every state, and returns when the service is up`, async () => {
      const run = bench.run();
      const seen: string[] = [];
      await run.vos(fqdn).restartService(TOMCAT, (state) => seen.push(state));
      assert.deepEqual(restarts(run), { controlCenter: 0, cli: 1, done: 1 });
      assert.deepEqual(seen, ["STOPPING", "STARTING", "STARTED"]);
      assert.ok(bench.lab.node(fqdn).services.started(TOMCAT));
    });

  test("that Control Center leaves to the CLI goes there, and a line says so", async () => {
    bench.lab.switches.controlCenterNetworkServices = false;
    const run = bench.run();
    await run.vos(PUB).restartService("Cisco Certificate Expiry Monitor", ignore);
    assert.deepEqual(restarts(run), { controlCenter: 1, cli: 1, done: 1 });
    assert.deepEqual(run.lines, [`${PUB}: Control Center leaves Cisco Certificate Expiry Monitor to the CLI (-1045)`]);
    bench.lab.switches.controlCenterNetworkServices = true;
  });

  const refused = { node: PUB, action: /^restart / };

  test("of a service that the node does not have is not found, in the platform's words", async () => {
    await fails(bench.run().vos(PUB).restartService("Cisco Nonsense", ignore), { ...refused, kind: "notFound", answer: /Control Center answers -1010 \S/ });
  });

  test("of a service that is not activated is refused", async () => {
    const run = bench.run();
    await fails(run.vos(SUB).restartService(TFTP, ignore), { ...refused, node: SUB, kind: "rejected", answer: /-1068/ });
    assert.equal(restarts(run).done, 0);
  });

  test("of a service that is on its way already is busy, and is asked for again a few times", async () => {
    const tftp = bench.lab.node(PUB).services.get(TFTP)!;
    tftp.state = "STOPPING";
    const run = bench.run();
    await fails(run.vos(PUB).restartService(TFTP, ignore), { ...refused, kind: "busy", answer: /-1029/ });
    tftp.state = "STARTED";
    assert.deepEqual(restarts(run), { controlCenter: 6, cli: 0, done: 0 });
  });

  test("that leaves the service down is told as its last state where Control Center did it", async () => {
    bench.lab.faults.add({ fault: "service stays down", node: PUB, action: TFTP });
    const seen: string[] = [];
    await bench.run().vos(PUB).restartService(TFTP, (state) => seen.push(state));
    assert.equal(seen.at(-1), "STOPPED");
    bench.lab.node(PUB).services.set(TFTP, "started");
    bench.lab.faults.clear();
  });

  test("that leaves the service down is told as its last state where the CLI did it", async () => {
    bench.lab.faults.add({ fault: "service stays down", node: SUB, action: TOMCAT });
    const run = bench.run();
    const seen: string[] = [];
    await run.vos(SUB).restartService(TOMCAT, (state) => seen.push(state));
    assert.equal(seen.at(-1), "STOPPED");
    bench.lab.faults.clear();
    await run.vos(SUB).startService(TOMCAT, ignore);
    assert.ok(bench.lab.node(SUB).services.started(TOMCAT));
  });
});

describe("a start", () => {
  const bench = new Bench(() => startNodes());

  test("brings up what is stopped", async () => {
    const run = bench.run();
    bench.lab.node(PUB).services.set(TFTP, "stopped");
    await run.vos(PUB).startService(TFTP, ignore);
    assert.ok(bench.lab.node(PUB).services.started(TFTP));
  });

  for (const [name, way] of [[TFTP, "Control Center"], [TOMCAT, "the CLI"]] as const)
    test(`of what is up already is no failure (${way})`, async () => {
      const run = bench.run();
      await run.vos(PUB).startService(name, ignore);
      assert.equal(run.asked("platform", "start ").length, 0);
    });
});

describe("a restart by Control Center that is not calm", () => {
  const bench = new Bench(() => startNodes());
  const at = { node: PUB, action: "soapDoControlServices" };
  const restart = (run: Run) => run.vos(PUB).restartService(TFTP, ignore);

  test("is asked for again after a 503, and happens once", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "unavailable", ...at, times: 2 });
    await restart(run);
    assert.deepEqual(restarts(run), { controlCenter: 3, cli: 0, done: 1 });
  });

  test("is given up as busy when it stays 503, and never happens", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "unavailable", ...at });
    await fails(restart(run), { kind: "busy", node: PUB, action: `restart ${TFTP}`, answer: "503" });
    assert.deepEqual(restarts(run), { controlCenter: 6, cli: 0, done: 0 });
  });

  test("waits when the allowed rate is exceeded, and happens once", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "exceeded rate", node: PUB, times: 1 });
    await restart(run);
    assert.deepEqual([restarts(run).done, run.struck("exceeded rate")], [1, 1]);
  });

  test("is asked for once when the answer is lost, although it happened", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "dropped answer", ...at });
    await fails(restart(run), { kind: "connection", node: PUB, action: `restart ${TFTP}`, answer: /./ });
    assert.deepEqual(restarts(run), { controlCenter: 1, cli: 0, done: 1 });
  });

  for (const [fault, kind] of [["dropped connection", "connection"], ["no answer", "timeout"]] as const)
    test(`is asked for once when nothing comes back ("${fault}"), although nothing happened`, async () => {
      const run = bench.run({ timing: { serviceRestart: "700ms" } });
      bench.lab.faults.add({ fault, ...at });
      await fails(restart(run), { kind, node: PUB, action: `restart ${TFTP}`, answer: /./ });
      assert.deepEqual(restarts(run), { controlCenter: 1, cli: 0, done: 0 });
    });
});

describe("a restart by CLI that is not calm", () => {
  const bench = new Bench(() => startNodes());
  const at = { node: PUB, interface: "cli", action: "utils service restart" } as const;
  const restart = (run: Run) => run.vos(PUB).restartService(TOMCAT, ignore);

  test("finds its session at the second try, and happens once", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "second try", node: PUB });
    await restart(run);
    assert.deepEqual(restarts(run), { controlCenter: 0, cli: 1, done: 1 });
  });

  test("is asked for once when the session is lost before, and nothing happened", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "dropped connection", ...at });
    await fails(restart(run), { kind: "connection", node: PUB, action: `restart ${TOMCAT}`, answer: /lost|closed/ });
    assert.deepEqual(restarts(run), { controlCenter: 0, cli: 1, done: 0 });
  });

  test("is asked for once when the session is lost after it, although it happened", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "dropped answer", ...at });
    await fails(restart(run), { kind: "connection", node: PUB, action: `restart ${TOMCAT}`, answer: /lost|closed/ });
    assert.deepEqual(restarts(run), { controlCenter: 0, cli: 1, done: 1 });
  });

  test("is not interrupted when its prompt is late: the session stays open until the end, and the service comes up", async () => {
    const run = bench.run({ timing: { serviceRestart: "300ms" } });
    Object.assign(bench.lab.timing, { tomcatStart: 1_500 });
    await fails(restart(run), { kind: "timeout", node: PUB, action: `restart ${TOMCAT}`, answer: /did not come back within 0\.3 s; the last line was "Cisco Tomcat\[(STOP|START)/ });
    const other = run.vos(PUB);
    assert.match((await other.system()).version, /^15/);
    for (let look = 0; look < 200 && !bench.lab.node(PUB).services.started(TOMCAT); look++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(bench.lab.node(PUB).services.started(TOMCAT));
    assert.deepEqual(restarts(run), { controlCenter: 0, cli: 1, done: 1 });
    Object.assign(bench.lab.timing, { tomcatStart: 1 });
  });
});
