// Phones of a cluster through the contract: AXL, RIS and the DHCP server of CUCM.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Lab } from "../../lab";
import type { Registration } from "../../provider/platforms/phones";
import { ONE, phone, startPhones, told, TWO } from "../lab/support/phones";
import { type Reading, readingSuite } from "./reading-suite";
import { Bench, failure, fails, PUB, SUB } from "./support";

const CALL_MANAGER = "Cisco CallManager";
const NOBODY = "SEP999999999999";
const [FIRST, SECOND] = ["10.100.0.0", "10.100.16.0"] as const;

const start = () =>
  startPhones({
    phones: [{ names: [ONE] }, { names: [TWO], devicePool: "Branch" }],
    callManagerGroups: { Default: [PUB, SUB], Reversed: [SUB, PUB] },
    devicePools: { Default: "Default", Branch: "Reversed", Spare: "Reversed" },
    dhcp: { subnets: [{ address: FIRST }, { address: SECOND, option150: ["10.9.9.9"] }] },
  });

const axl = (what: string, asked: string, action: string, read: Reading["read"]): Reading => ({ what, read, at: "axl", asked, action: `AXL: ${action}`, attempts: 6 });
const RIS: Reading = { what: "registrations", read: ({ phones }) => phones.registrations([ONE, TWO]), at: "ris", asked: "selectCmDevice", action: "read the registrations of phones", attempts: 6, whileBusy: 20 };

readingSuite(
  "a reading of phones",
  [
    axl("every phone", "listPhone", "list the phones", ({ phones }) => phones.configured()),
    axl("groups: their names", "listCallManagerGroup", "list the CallManager groups", ({ phones }) => phones.groups()),
    axl("groups: device pools", "listDevicePool", "list the device pools", ({ phones }) => phones.groups()),
    axl("groups: members", "getCallManagerGroup Reversed", "read the CallManager group Reversed", ({ phones }) => phones.groups()),
    axl("DHCP subnets", "listDhcpSubnet", "list the DHCP subnets", ({ phones }) => phones.dhcpSubnets()),
    RIS,
  ],
  start,
);

describe("phones", { timeout: 60_000 }, () => {
  const bench = new Bench(start);
  const phones = () => bench.run().vos(PUB).phones;

  test("are told with their device pool", async () => {
    assert.deepEqual(await phones().configured(), [{ name: ONE, devicePool: "Default" }, { name: TWO, devicePool: "Branch" }]);
  });

  test("are served by groups, whose members are nodes in their order, and whose device pools are told", async () => {
    assert.deepEqual(await phones().groups(), [
      { name: "Default", members: [PUB, SUB], devicePools: ["Default"] },
      { name: "Reversed", members: [SUB, PUB], devicePools: ["Branch", "Spare"] },
    ]);
  });

  test("are told with the node that has them, and one that nobody knows is absent", async () => {
    const run = bench.run();
    const found = await run.vos(PUB).phones.registrations([ONE, TWO, NOBODY, ONE]);
    assert.deepEqual(found.map(({ name, status, node }) => [name, status, node]).sort(), [[ONE, "Registered", PUB], [TWO, "Registered", SUB]]);
    for (const { at } of found) assert.ok(at.getTime() <= Date.now() + 1_000 && at.getTime() > 0, at.toISOString());
    assert.equal(run.asked("ris", "selectCmDevice").length, 1);
  });

  test("of which none is asked for need no request", async () => {
    const run = bench.run();
    assert.deepEqual(await run.vos(PUB).phones.registrations([]), []);
    assert.deepEqual(run.asked("ris"), []);
  });

  test("that went to another node are told once, by the newest word", async () => {
    const [before] = await phones().registrations([ONE]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await bench.lab.node(PUB).services.stop(CALL_MANAGER);
    await bench.lab.cluster("hq").settled();
    const found = await phones().registrations([ONE]);
    assert.deepEqual(found.map(({ status, node }) => [status, node]), [["Registered", SUB]]);
    assert.ok(found[0]!.at > before!.at);
    await bench.lab.node(PUB).services.start(CALL_MANAGER);
    await bench.lab.cluster("hq").settled();
  });

  test("are reset one by one, once each", async () => {
    const run = bench.run();
    const mark = bench.lab.history.mark();
    await run.vos(PUB).phones.reset(ONE);
    await bench.lab.cluster("hq").settled();
    assert.deepEqual(told(bench.lab, mark), [`reset ${ONE} at ${PUB}: ok`, `register ${ONE} at ${PUB}: ok`]);
    assert.equal(run.asked("axl", "doDeviceReset").length, 1);
    assert.equal(phone(bench.lab).cluster, "hq");
  });

  test("are reset although AXL throttles what writes", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "write throttle", node: PUB, interface: "axl", action: "doDeviceReset", times: 15 });
    await run.vos(PUB).phones.reset(TWO);
    assert.deepEqual([run.struck("write throttle"), run.asked("axl", "doDeviceReset").length], [15, 16]);
  });

  test("that a throttle keeps from being reset for longer are told", async () => {
    const run = bench.run();
    bench.lab.faults.add({ fault: "write throttle", node: PUB, interface: "axl" });
    await fails(run.vos(PUB).phones.reset(TWO), { kind: "busy", node: PUB, action: `AXL: reset ${TWO}`, answer: /503/ });
    assert.equal(run.asked("axl", "doDeviceReset").length, 20);
  });

  for (const fault of ["dropped connection", "dropped answer"] as const)
    test(`are not reset again where the answer is lost: "${fault}"`, async () => {
      const run = bench.run();
      bench.lab.faults.add({ fault, node: PUB, interface: "axl", action: "doDeviceReset", times: 1 });
      await fails(run.vos(PUB).phones.reset(ONE), { kind: "connection", node: PUB, action: `AXL: reset ${ONE}`, answer: /./ });
      assert.equal(run.asked("axl", "doDeviceReset").length, 1);
    });

  test("that are not configured cannot be reset, in the platform's words", () => fails(phones().reset(NOBODY), { kind: "notFound", node: PUB, action: `AXL: reset ${NOBODY}`, answer: "was not found" }));

  test("are asked for with a wrong password once, AXL and RIS together", async () => {
    const run = bench.run({ cluster: ({ applicationUser }) => ({ applicationUser: { ...applicationUser, password: "wrong-one" } }) });
    const { phones: those } = run.vos(PUB);
    const errors = await Promise.all([those.configured(), those.groups(), those.registrations([ONE]), those.reset(ONE), those.dhcpSubnets()].map(failure));
    assert.deepEqual([...new Set(errors.map(({ kind }) => kind))], ["authentication"]);
    assert.equal(run.refusedLogIns, 1);
  });
});

describe("option 150 of the DHCP server of CUCM", { timeout: 60_000 }, () => {
  const bench = new Bench(start);
  const subnets = async () => new Map((await bench.run().vos(PUB).phones.dhcpSubnets()).map((one) => [one.subnetIpAddress, one]));
  const set = (lab: Lab, address: string) => lab.cluster("hq").phones.dhcp.subnets.find((one) => one.address === address)!;

  test("is told of every subnet, with its server", async () => {
    const found = await subnets();
    const [first, second] = [found.get(FIRST)!, found.get(SECOND)!];
    assert.deepEqual([first.server, first.primaryTftp, first.secondaryTftp], [PUB, set(bench.lab, FIRST).primaryTftp, set(bench.lab, FIRST).secondaryTftp]);
    assert.match(first.id, /^\{[0-9A-F-]{36}\}$/);
    assert.deepEqual(second, { id: second.id, subnetIpAddress: SECOND, server: PUB, primaryTftp: "10.9.9.9" });
  });

  test("is set on one subnet, both of it or the first alone, and the others keep theirs", async () => {
    const { phones } = bench.run().vos(PUB);
    const { id } = (await subnets()).get(FIRST)!;
    await phones.setOption150({ id }, "10.1.1.1", "10.1.1.2");
    assert.deepEqual([set(bench.lab, FIRST).primaryTftp, set(bench.lab, FIRST).secondaryTftp, set(bench.lab, SECOND).primaryTftp], ["10.1.1.1", "10.1.1.2", "10.9.9.9"]);
    await phones.setOption150({ id }, "10.1.1.3", undefined);
    assert.deepEqual([set(bench.lab, FIRST).primaryTftp, set(bench.lab, FIRST).secondaryTftp], ["10.1.1.3", ""]);
  });

  for (const [fault, times] of [["write throttle", 10], ["dropped connection", 1], ["dropped answer", 1]] as const)
    test(`is set although it meets "${fault}"`, async () => {
      const run = bench.run();
      const { id } = (await subnets()).get(SECOND)!;
      bench.lab.faults.add({ fault, node: PUB, interface: "axl", action: "updateDhcpSubnet", times });
      await run.vos(PUB).phones.setOption150({ id }, `10.2.2.${times}`, undefined);
      assert.deepEqual([run.struck(fault), set(bench.lab, SECOND).primaryTftp], [times, `10.2.2.${times}`]);
    });

  test("of a subnet that is gone is refused in the platform's words", () =>
    fails(bench.run().vos(PUB).phones.setOption150({ id: "{00000000-0000-0000-0000-000000000000}" }, "10.1.1.1", undefined), { kind: "notFound", node: PUB, action: /^AXL: set option 150 of the DHCP subnet/, answer: "was not found" }));
});

describe("a cluster of many phones", { timeout: 120_000 }, () => {
  const bench = new Bench(() => startPhones({ phones: { count: 2_500 } }));

  test("is listed a thousand a page, and asked for its registrations a thousand names a request", async () => {
    const run = bench.run();
    const { phones } = run.vos(PUB);
    const configured = await phones.configured();
    assert.equal(new Set(configured.map(({ name }) => name)).size, 2_500);
    assert.equal(run.asked("axl", "listPhone").length, 3);
    const found = await phones.registrations(configured.map(({ name }) => name));
    assert.deepEqual([found.length, found.filter(({ status }) => status === "Registered").length, run.asked("ris", "selectCmDevice").length], [2_500, 2_500, 3]);
  });

  test("whose phones stand under two nodes is asked in halves, so that none is missed", async () => {
    await bench.lab.node(PUB).services.stop(CALL_MANAGER);
    await bench.lab.cluster("hq").settled();
    const run = bench.run();
    const { phones } = run.vos(PUB);
    const names = (await phones.configured()).map(({ name }) => name).slice(0, 1_000);
    const found = await phones.registrations(names);
    assert.deepEqual(tally(found), { [`Registered ${SUB}`]: 1_000 });
    assert.equal(run.asked("ris", "selectCmDevice").length, 3);
  });
});

function tally(found: readonly Registration[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, node } of found) counts[`${status} ${node}`] = (counts[`${status} ${node}`] ?? 0) + 1;
  return counts;
}

describe("RIS, which answers so often a minute and no more,", { timeout: 120_000 }, () => {
  const bench = new Bench(() => startPhones({}, { timing: { risMinute: 400 }, switches: { risRequestsPerMinute: 15 } }));

  test("is never asked more often: further questions wait for their turn, in their order", async () => {
    // Ours is three times the lab's: on a slow machine requests that were sent apart arrive together.
    bench.lab.timing.risMinute = 500;
    const run = bench.run({ timing: { risMinute: "1500ms" } });
    const { phones } = run.vos(PUB);
    const began = Date.now();
    const order: number[] = [];
    await Promise.all(Array.from({ length: 30 }, async (_, index) => phones.registrations([ONE]).then(() => order.push(index))));
    assert.deepEqual(run.asked("ris", "selectCmDevice").map(({ outcome }) => outcome), Array.from({ length: 30 }, () => "ok"));
    assert.ok(Date.now() - began >= 3_000, `${Date.now() - began} ms`);
    assert.ok(order.slice(0, 14).every((index) => index < 14), order.join(" "));
  });

  for (const over of ["fault", "503"] as const)
    test(`is asked again when somebody else has used it up: ${over}`, async () => {
      bench.lab.switches.risOverRate = over;
      // Long enough for sixteen requests on a slow machine; short enough that what is asked again does not use it up by itself.
      bench.lab.timing.risMinute = 1_200;
      const run = bench.run({ timing: { retryFirst: "20ms" } });
      const { phones } = run.vos(PUB);
      for (let time = 0; time < 16; time++) assert.equal((await phones.registrations([ONE])).length, 1);
      const outcomes = run.asked("ris", "selectCmDevice").map(({ outcome }) => outcome);
      assert.ok(outcomes.length > 16 && outcomes.filter((outcome) => outcome === "ok").length === 16, outcomes.join(" "));
    });

  test("is waited for no longer when the run ends", async () => {
    bench.lab.switches.risRequestsPerMinute = 10_000;
    const run = bench.run({ timing: { risMinute: "1h" } });
    const { phones } = run.vos(PUB);
    for (let time = 0; time < 14; time++) await phones.registrations([ONE]).catch(() => assert.fail("refused"));
    const waiting = failure(phones.registrations([ONE]));
    await run.close();
    assert.deepEqual([(await waiting).kind, (await waiting).failed.answer], ["connection", "the run is ending; nothing was sent"]);
  });
});
