// Who makes phones start anew: certificates by release and parameter, a bulk import, a person; and phones as part of the lab.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type Lab, restore, snapshot } from "../../lab";
import { bulk, exportBoth, NEW_PUB, OLD_PUB, startClusters } from "./support/bulk";
import { PUB, SUB, within } from "./support/estates";
import { managed } from "./support/managed";
import { serialOf } from "./support/phone-client";
import { askRis, ONE, phone, startPhones, statuses, told, TWO } from "./support/phones";
import { install, makeRoot, trust } from "./support/signer";

let lab: Lab;
afterEach(() => lab.stop());

const settled = () => lab.clusters[0]!.settled();
const resets = () => lab.history.of("phone", /^reset /).map(({ action, detail }) => `${action.split(" ")[1]} ${String(detail.why)}`);

describe("a changed certificate", { timeout: 60_000 }, () => {
  for (const purpose of ["CallManager", "CallManager-ECDSA", "TVS", "CAPF", "ITLRecovery"])
    test(`of ${purpose} makes every phone start anew, from release 14`, async () => {
      lab = await startPhones({ release: "14.0.1.10000-20" });
      await lab.node(PUB).certificates.regenerate(purpose);
      await settled();
      assert.deepEqual(resets(), [`${ONE} ${purpose} certificate`, `${TWO} ${purpose} certificate`]);
      assert.deepEqual([phone(lab).node, phone(lab, TWO).node], [PUB, PUB]);
    });

  test("of a service that phones do not know makes none", async () => {
    lab = await startPhones();
    for (const purpose of ["tomcat", "ipsec"]) await lab.node(PUB).certificates.regenerate(purpose);
    assert.deepEqual(resets(), []);
  });

  test("makes none below 14, and none where the parameter is manual", async () => {
    for (const cluster of [{ release: "12.5(1)SU7" }, { phoneInteraction: "manual" }] as const)
      await within(startPhones(cluster), async (own) => {
        lab = own;
        await lab.node(PUB).certificates.regenerate("CallManager");
        assert.deepEqual(resets(), []);
      });
  });

  test("that is uploaded for all nodes makes them start anew once; one that is reused too", async () => {
    lab = await startPhones();
    const root = await makeRoot();
    for (const service of ["CallManager", "tomcat"]) await trust(lab.node(PUB), root, service);
    await install(lab.node(PUB), root, { service: "CallManager" });
    await settled();
    assert.deepEqual(resets(), [ONE, TWO].map((name) => `${name} CallManager certificate`));
    await install(lab.node(PUB), root);
    await settled();
    assert.equal(resets().length, 2);
    lab.cluster("hq").reuse("tomcat");
    await settled();
    assert.equal(resets().length, 4);
    await install(lab.node(PUB), root);
    await settled();
    assert.equal(resets().length, 6);
  });

  test("that is a multi-server one: with the fault, phones start anew again and again (CSCup28852)", async () => {
    lab = await startPhones();
    lab.faults.add({ fault: "phones reset again and again", times: 4 });
    phone(lab).reset("test");
    await settled();
    assert.deepEqual(resets(), [`${ONE} test`]);
    const root = await makeRoot();
    await trust(lab.node(PUB), root, "CallManager");
    await install(lab.node(PUB), root, { service: "CallManager" });
    await settled();
    assert.deepEqual(resets().slice(1), [...[ONE, TWO].map((name) => `${name} CallManager certificate`), ...[ONE, TWO, ONE, TWO].map((name) => `${name} CallManager certificate (CSCup28852)`)]);
    assert.equal(phone(lab).node, PUB);
  });
});

describe("a phone that stays away", { timeout: 60_000 }, () => {
  test("is UnRegistered after a reset, that one alone, until the fault is over and RIS is asked", async () => {
    lab = await startPhones();
    const off = lab.faults.add({ fault: "phone stays away", action: TWO });
    lab.cluster("hq").phones.resetAll("test");
    await settled();
    assert.deepEqual(statuses(await askRis(lab.node(PUB)))[PUB], { [ONE]: "Registered", [TWO]: "UnRegistered" });
    await settled();
    assert.equal(phone(lab, TWO).node, undefined);
    off();
    await settled();
    assert.equal(phone(lab, TWO).node, PUB);
  });
});

describe("a bulk import", { timeout: 60_000 }, () => {
  test("of CallManager certificates makes the phones of the importing cluster start anew, one of tomcat does not", async () => {
    lab = await startClusters({}, { phones: { names: [ONE] } });
    await exportBoth(lab);
    await bulk(lab, OLD_PUB, "consolidate all");
    await bulk(lab, NEW_PUB, "import all");
    assert.deepEqual(resets(), []);
    await bulk(lab, OLD_PUB, "import tomcat");
    assert.deepEqual(resets(), []);
    await bulk(lab, OLD_PUB, "import all");
    await settled();
    assert.deepEqual(resets(), [`${ONE} bulk import`]);
  });
});

describe("phones as part of the lab", { timeout: 60_000 }, () => {
  test("are in a snapshot: what they hold, where they are registered, option 150, what RIS remembers", async () => {
    lab = await startPhones();
    const { phones } = lab.cluster("hq");
    const taken = snapshot(lab);
    const before = serialOf(lab.node(PUB), "TVS");
    await lab.node(PUB).certificates.regenerate("TVS");
    await lab.node(PUB).services.stop("Cisco CallManager");
    await settled();
    phones.dhcp.set("10.100.0.0", { primaryTftp: "10.0.0.12" });
    assert.deepEqual([phone(lab).node, phone(lab).holds.itl!.records.some(({ serial }) => serial === before)], [SUB, false]);
    restore(lab, taken);
    assert.deepEqual([phone(lab).node, phone(lab).holds.itl!.records.some(({ serial }) => serial === before), phones.dhcp.subnet()!.primaryTftp], [PUB, true, "10.0.0.11"]);
    assert.deepEqual(statuses(await askRis(lab.node(PUB))), { [PUB]: { [ONE]: "Registered", [TWO]: "Registered" }, [SUB]: {} });
  });

  test("are in none while they start anew", async () => {
    lab = await startPhones({}, { timing: { phoneReset: 3_600_000 } });
    lab.cluster("hq").phones.resetAll("test");
    assert.throws(() => snapshot(lab), /no snapshot can be taken: 2 phones of "hq" start anew/);
    assert.deepEqual(statuses(await askRis(lab.node(PUB)))[PUB], { [ONE]: "UnRegistered", [TWO]: "UnRegistered" });
  });

  test("hear one reset at a time", async () => {
    lab = await startPhones();
    for (const why of ["first", "second"]) lab.cluster("hq").phones.resetAll(why);
    await settled();
    assert.deepEqual(told(lab).length, 4);
    assert.deepEqual(resets(), [ONE, TWO].map((name) => `${name} first`));
  });

  test("are reset, shown and led elsewhere by a person in another process", () =>
    managed(startPhones(), async (call, own) => {
      lab = own;
      const [first] = (await call("GET /phones?cluster=hq")).body as Record<string, unknown>[];
      assert.deepEqual([first!.name, first!.node, first!.home], [ONE, PUB, "hq"]);
      assert.deepEqual(((await call("POST /clusters/hq/phones/reset", { names: [TWO] })).body as unknown[]).length, 1);
      assert.deepEqual(resets(), [`${TWO} a person`]);
      assert.equal((await call("POST /clusters/hq/dhcp", { option150: [SUB] })).status, 200);
      assert.equal(lab.cluster("hq").phones.dhcp.subnet()!.primaryTftp, SUB);
      await call("POST /clusters/hq/parameters", { name: "Phone Interaction on Certificate Update", value: "1" });
      assert.equal(lab.cluster("hq").parameters.get("Phone Interaction on Certificate Update"), "1");
      const wrong = [await call("POST /clusters/hq/dhcp", { option150: "x" }), await call("POST /clusters/hq/parameters", { name: "Nothing", value: "1" }), await call("POST /clusters/hq/phones/reset", { names: 1 })];
      assert.deepEqual(wrong.map(({ status }) => status), [400, 400, 400]);
    }));
});
