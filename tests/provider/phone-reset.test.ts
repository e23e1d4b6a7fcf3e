// Phones that are reset so that they come up with another cluster: who is reset, who is proved, who stays behind and why. Without the engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TVS } from "../../lab/vos/tvs";
import { DESTINATION_NODES, MoveBench, orders, registeredAt, SOURCE_NODES } from "../support/migration";
import type { Partial as PartialFailure } from "../support/provider";

/** The failure with which work ends, and the state that it keeps. */
async function failing(work: Promise<object>): Promise<{ text: string; state: Record<string, unknown> }> {
  const failed = await work.then(() => undefined, (error: PartialFailure) => error);
  if (!failed) throw new Error("it succeeded");
  return { text: (failed.reasons ?? [failed.message]).join("\n"), state: failed.properties ?? {} };
}

describe("phones that are reset", () => {
  const bench = new MoveBench();
  const reset = (phones: readonly string[] = bench.phones.slice(0, 4), more: object = {}) => bench.provider.create("PhoneReset", bench.reset(phones, more));
  const ris = () => bench.lab.history.since(bench.mark).filter(({ interface: at }) => at === "ris").length;

  it("arrive at the destination, each reset once, and no other is touched", async () => {
    bench.moveByHand();
    const wanted = bench.phones.slice(0, 4);
    const { status, registered, missing } = await reset(wanted);
    assert.deepEqual([status, registered, missing], ["done", 4, []]);
    assert.deepEqual([bench.resets, registeredAt(bench.lab, "dc2")], [wanted, wanted]);
  });

  it("are not reset when they are there already", async () => {
    bench.moveByHand();
    await reset();
    await bench.anotherRun();
    const { status, remark, resetAt } = await reset();
    assert.deepEqual([status, remark, resetAt, bench.resets.length], ["done", "they were registered with dc2 already", "", 4]);
  });

  it("are asked for by their names, all in one request", async () => {
    bench.moveByHand();
    await reset(bench.phones);
    const asked = bench.lab.history.since(bench.mark).filter(({ interface: at }) => at === "ris").map(({ action }) => action);
    assert.ok(asked.length > 0 && asked.every((action) => /12 names/.test(action)), asked.join("\n"));
    assert.ok(ris() < 12, `${ris()} requests for twelve phones`);
  });

  it("are not reset before the gate is open, whoever asks for it (R102)", async () => {
    bench.lab.node(SOURCE_NODES[1]).services.set(TVS, "stopped");
    assert.match(await bench.provider.refusal("PhoneReset", bench.reset()), /^Nothing was changed: .*R61 dc1-sub1\.example\.com/s);
    assert.deepEqual(bench.moves, []);
  });

  it("that a preflight of the same run has let through are not looked at again", async () => {
    bench.moveByHand();
    await bench.provider.create("PhoneMigrationPreflight", bench.move());
    const mark = bench.lab.history.mark();
    await reset();
    assert.deepEqual(bench.lab.history.since(mark).filter(({ interface: at }) => at === "tvs" || at === "tftp"), []);
  });

  it("where option 150 was not moved stay, are named, and nothing else is said to be wrong with TVS", async () => {
    const wanted = bench.phones.slice(0, 3);
    const { text, state } = await failing(reset(wanted));
    assert.match(text, new RegExp(`^R56 3 of 3 phones are not registered with cluster "dc2" \\(0 % may be missing\\): ${wanted.join(", ")}\\.\n`));
    assert.match(text, new RegExp(`Still registered with cluster "dc1": ${wanted.join(", ")}\\.`));
    assert.match(text, /TVS of dc1-pub\.example\.com, dc1-sub1\.example\.com, dc1-sub2\.example\.com vouches for every signer of the files of cluster "dc2"\./);
    assert.match(text, /alternate TFTP server/);
    assert.deepEqual([state.status, state.missing], ["behind", wanted]);
  });

  it("behind are reset again at the next up, and those that have come are not", async () => {
    const wanted = bench.phones.slice(0, 3);
    const { state } = await failing(reset(wanted));
    bench.moveByHand();
    bench.lab.cluster("dc1").phones.reset(wanted[0]!, "a person");
    await bench.lab.cluster("dc1").settled();
    assert.equal((await bench.provider.diff("PhoneReset", { ...state }, bench.reset(wanted))).changes, true);
    const made = await bench.provider.update("PhoneReset", state, bench.reset(wanted));
    assert.deepEqual([made.status, made.registered], ["done", 3]);
    assert.deepEqual(bench.resets.slice(3), wanted.slice(1));
    assert.equal(orders(bench.lab, bench.mark), 3 + 2);
  });

  it("of a source whose TVS was made anew stay behind, and it is said which ITL they may lack", async () => {
    for (const fqdn of SOURCE_NODES) {
      await bench.lab.node(fqdn).certificates.regenerate("TVS");
      await bench.lab.node(fqdn).services.restart(TVS);
    }
    bench.moveByHand();
    const { text } = await failing(reset([bench.phones[0]!]));
    assert.match(text, /They trust what they took from cluster "dc1"\. Its ITL files now are signed by .*ITLRECOVERY_dc1-pub.*a phone that holds an older one may trust another TVS/);
    assert.ok(bench.moves.includes(`stays behind ${bench.phones[0]}`));
    assert.deepEqual(registeredAt(bench.lab, "dc2"), []);
  });

  it("may be missing within the tolerance, and are told", async () => {
    bench.moveByHand();
    bench.lab.cluster("dc2").phones.configured.delete(bench.phones[0]!);
    const { status, missing } = await reset(bench.phones.slice(0, 4), { tolerancePercent: 25, accept: { U22: "it is rejected" } });
    assert.deepEqual([status, missing], ["done", [bench.phones[0]]]);
    assert.match(bench.provider.output, new RegExp(`dc2: 3 of 4 phones are registered; tolerated to be missing: ${bench.phones[0]}`));
  });

  it("that the destination rejects are named as registered nowhere", async () => {
    bench.moveByHand();
    bench.lab.cluster("dc2").phones.configured.delete(bench.phones[0]!);
    const { text } = await failing(reset(bench.phones.slice(0, 2), { accept: { U22: "it is rejected" } }));
    assert.match(text, new RegExp(`1 of 2 phones are not registered.*Registered with neither cluster, or switched off: ${bench.phones[0]}\\.`, "s"));
  });

  it("that were away when they were told are told once more when they are back", async () => {
    await bench.anotherRun({ phoneRegistration: "5s" });
    await bench.provider.create("PhoneMigrationPreflight", bench.move());
    bench.lab.timing.phoneReset = 400;
    const [one] = bench.phones;
    bench.lab.cluster("dc1").phones.reset(one!, "an import");
    const unwatch = bench.lab.history.watch(({ action }) => void (action === `register ${one}` && bench.moveByHand()));
    const { status } = await reset([one!]).finally(() => (unwatch(), (bench.lab.timing.phoneReset = 5)));
    assert.equal(status, "done");
    assert.equal(orders(bench.lab, bench.mark), 2);
    assert.match(bench.provider.output, new RegExp(`dc1: reset once more, because they were away when they were told: ${one}`));
  });

  it("outlive an AXL that throttles writes and a RIS that is asked too often", async () => {
    bench.moveByHand();
    bench.lab.faults.add({ fault: "write throttle", interface: "axl", action: "doDeviceReset", times: 3 });
    bench.lab.faults.add({ fault: "exceeded rate", node: DESTINATION_NODES[0], interface: "ris", times: 3 });
    await bench.anotherRun({ phoneRegistration: "5s" });
    const { status } = await reset();
    assert.deepEqual([status, bench.resets], ["done", bench.phones.slice(0, 4)]);
  });

  it("outlive lost answers: a phone may be told twice, and arrives", async () => {
    bench.moveByHand();
    bench.lab.faults.add({ fault: "dropped answer", interface: "axl", action: "doDeviceReset", times: 1 });
    await bench.anotherRun({ phoneRegistration: "5s" });
    assert.equal((await reset()).status, "done");
  });

  it("are due outside the window, and asked for by nobody while what is before them is due", async () => {
    const now = new Date();
    const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
    bench.moveByHand();
    const closed = { maintenanceWindow: { from: at(2), to: at(3), timeZone: "UTC" } };
    const { status, remark } = await reset(bench.phones.slice(0, 2), closed);
    assert.match(`${String(status)}: ${String(remark)}`, /^due: the maintenance window .* is closed/);
    const mark = bench.lab.history.mark();
    assert.equal((await reset(bench.phones.slice(0, 2), { after: "due" })).status, "due");
    assert.equal((await reset(bench.phones.slice(0, 2), { triggers: ["due"] })).status, "due");
    assert.deepEqual(bench.lab.history.since(mark), []);
    assert.deepEqual(bench.resets, []);
  });

  it("are not reset when their state is known to be done and nothing has changed", async () => {
    bench.moveByHand();
    const made = await reset();
    assert.equal((await bench.provider.diff("PhoneReset", made, bench.reset(bench.phones.slice(0, 4)))).changes, false);
    assert.equal((await bench.provider.diff("PhoneReset", made, bench.reset(bench.phones.slice(0, 5)))).changes, true);
  });
});

describe("phones that are reset within their cluster", () => {
  const bench = new MoveBench();
  const inputs = (triggers: string[]) => bench.reset(bench.phones.slice(0, 3), { destination: undefined, triggers });

  it("are left alone on an estate in which nothing has changed", async () => {
    const { status, remark } = await bench.provider.create("PhoneReset", inputs([""]));
    assert.deepEqual([status, remark, bench.moves], ["done", "nothing changed that they have to take", []]);
  });

  it("register anew, and that is waited for", async () => {
    const { status, registered } = await bench.provider.create("PhoneReset", inputs(["change-1"]));
    assert.deepEqual([status, registered], ["done", 3]);
    assert.deepEqual(bench.resets, bench.phones.slice(0, 3));
    assert.equal(bench.moves.filter((one) => one.startsWith("register ")).length, 3);
  });
});

describe("a phone with a foreign ITL", () => {
  const bench = new MoveBench({ source: { phones: { count: 6, alsoIn: ["dc2"], foreignItl: 1 } } });

  it("stays behind alone, is named, and the others of its batch have arrived", async () => {
    bench.moveByHand();
    const { text, state } = await failing(bench.provider.create("PhoneReset", bench.reset()));
    assert.match(text, new RegExp(`^R56 1 of 6 phones are not registered with cluster "dc2" \\(0 % may be missing\\): ${bench.phones[0]}\\.`));
    assert.deepEqual([state.registered, registeredAt(bench.lab, "dc2")], [5, bench.phones.slice(1)]);
  });
});
