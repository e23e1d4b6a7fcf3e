// DHCP option 150 of phones that are to move: by AXL where CUCM serves DHCP, else by a person. Without the engine.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MoveBench, option150, SOURCE_NODES, SUBNET, TFTP } from "../support/migration";
import type { Partial as PartialFailure } from "../support/provider";

const changed = `option 150 ${TFTP.join(",")}`;

describe("option 150 where CUCM serves DHCP", () => {
  const bench = new MoveBench({ source: { dhcp: { subnets: [{ address: SUBNET }, { address: "10.100.16.0", option150: ["10.0.0.11"] }] } } });
  const set = (more: object = {}) => bench.provider.create("DhcpOption150", bench.option(more));

  it("is set in every subnet, read back, and what was there before is kept", async () => {
    const { before, now, status, changeId } = await set();
    assert.deepEqual(before, [{ subnet: SUBNET, primary: "10.0.0.11", secondary: "" }, { subnet: "10.100.16.0", primary: "10.0.0.11", secondary: "" }]);
    assert.deepEqual(now, [{ subnet: SUBNET, primary: TFTP[0], secondary: TFTP[1] }, { subnet: "10.100.16.0", primary: TFTP[0], secondary: TFTP[1] }]);
    assert.deepEqual([status, bench.moves], ["done", [changed, changed]]);
    assert.match(String(changeId), /^[0-9a-f-]{36}$/);
  });

  it("is set in the named subnets alone", async () => {
    await set({ subnets: ["10.100.16.0"] });
    assert.deepEqual([bench.moves, option150(bench.lab)], [[changed], ["10.0.0.11", ""]]);
  });

  it("is left alone where it is so already; the state keeps what was there before the first change", async () => {
    const made = await set();
    await bench.anotherRun();
    const again = await bench.provider.update("DhcpOption150", made, bench.option());
    assert.deepEqual([again.before, again.changeId, bench.moves.length], [made.before, made.changeId, 2]);
    assert.match(bench.provider.output, /DHCP option 150 of 10\.100\.0\.0, 10\.100\.16\.0 is 10\.0\.1\.11 and 10\.0\.1\.12 already/);
  });

  it("is not moved before the imports are proved (R102)", async () => {
    const node = bench.lab.node(SOURCE_NODES[2]);
    for (const entry of node.store.entries("Phone-SAST-trust")) node.store.remove("Phone-SAST-trust", entry.fileName);
    assert.match(await bench.provider.refusal("DhcpOption150", bench.option()), /^Nothing was changed: .*R98 dc1-sub2\.example\.com: its Phone-SAST-trust lacks the CallManager certificate of dc2-pub/s);
    assert.deepEqual(bench.moves, []);
  });

  it("of a subnet that is not there is refused, naming those that are", async () => {
    assert.match(await bench.provider.refusal("DhcpOption150", bench.option({ subnets: ["10.9.0.0", SUBNET] })), /the DHCP server of CUCM has no subnet 10\.9\.0\.0 \(it has 10\.100\.0\.0, 10\.100\.16\.0\)/);
    assert.deepEqual(bench.moves, []);
  });

  it("whose answer is lost is looked up, and found done", async () => {
    bench.lab.faults.add({ fault: "dropped answer", interface: "axl", action: "updateDhcpSubnet", times: 1 });
    assert.equal((await set()).status, "done");
  });

  it("that cannot be set in the second subnet fails, keeps what both had, and the next up carries on", async () => {
    await bench.provider.create("PhoneMigrationPreflight", bench.move());
    let seen = 0;
    const unwatch = bench.lab.history.watch(({ action }) => {
      if (action === "change DHCP subnet" && ++seen === 1) bench.lab.faults.add({ fault: "unavailable", interface: "axl" });
    });
    const failed = await set().then(() => undefined, (error: PartialFailure) => error);
    unwatch();
    bench.lab.faults.clear();
    assert.match(failed!.reasons!.join("\n"), /No phone was reset.*Before, option 150 was: 10\.100\.0\.0: 10\.0\.0\.11; 10\.100\.16\.0: 10\.0\.0\.11/s);
    assert.equal((await bench.provider.diff("DhcpOption150", failed!.properties!, bench.option())).changes, true);
    const made = await bench.provider.update("DhcpOption150", failed!.properties!, bench.option());
    assert.deepEqual([made.status, (made.before as object[]).length], ["done", 2]);
  });

  it("that somebody set back is found by a refresh, and is a change", async () => {
    const made = await set();
    assert.equal((await bench.provider.diff("DhcpOption150", (await bench.provider.read("DhcpOption150", made))!, bench.option())).changes, false);
    bench.lab.cluster("dc1").phones.dhcp.set(SUBNET, { primaryTftp: "10.0.0.11", secondaryTftp: "" });
    assert.equal((await bench.provider.diff("DhcpOption150", (await bench.provider.read("DhcpOption150", made))!, bench.option())).changes, true);
  });

  it("is due outside the window, and while the gate is due, which nobody is asked for", async () => {
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    const { status, changeId } = await set({ maintenanceWindow: { from: at(2), to: at(3), timeZone: "UTC" } });
    assert.deepEqual([status, changeId, bench.moves], ["due", "due", []]);
    const mark = bench.lab.history.mark();
    assert.equal((await set({ triggers: ["due"] })).status, "due");
    assert.deepEqual(bench.lab.history.since(mark), []);
  });

  it("is forgotten at removal, with a warning that says what it was, unless it has been set back", async () => {
    const made = await set({ subnets: [SUBNET] });
    await bench.provider.delete("DhcpOption150", made);
    assert.match(bench.provider.output, /Warning: cluster "dc1": DHCP option 150 stays 10\.0\.1\.11 and 10\.0\.1\.12 \(before: 10\.100\.0\.0 had 10\.0\.0\.11\)/);
    await bench.anotherRun();
    bench.lab.cluster("dc1").phones.dhcp.set(SUBNET, { primaryTftp: "10.0.0.11", secondaryTftp: "" });
    await bench.provider.delete("DhcpOption150", made);
    assert.doesNotMatch(bench.provider.output, /Warning/);
  });
});

describe("option 150 where DHCP is elsewhere", () => {
  const bench = new MoveBench({ source: { dhcp: { server: "elsewhere", subnets: [{ address: SUBNET }] } } });
  const elsewhere = (confirmed: string) => bench.option({ node: undefined, confirmed });

  it("is told to be elsewhere when CUCM is asked for it", async () => {
    assert.match(await bench.provider.refusal("DhcpOption150", bench.option()), /the DHCP server of CUCM has no subnet\. Where DHCP is elsewhere, write option150: \{ confirmed: "" \}/);
  });

  it("ends the run with what a person has to set, once the gate is open", async () => {
    const failed = await bench.provider.create("DhcpOption150", elsewhere("")).then(() => undefined, (error: PartialFailure) => error);
    assert.match(failed!.reasons!.join("\n"), /Everything is ready.*set\n {2}option 150 = 10\.0\.1\.11, 10\.0\.1\.12\n.*write confirmed: "<who says so, or the ticket>" in the program, and run "pulumi up" again/s);
    assert.equal(failed!.properties!.status, "pending");
    const made = await bench.provider.update("DhcpOption150", failed!.properties!, elsewhere("ticket 4711"));
    assert.deepEqual([made.status, made.remark, made.now], ["done", "confirmed: ticket 4711", []]);
    assert.match(bench.provider.output, /not verified \(R136\), confirmed: ticket 4711/);
  });

  it("is not asked for while the gate is shut", async () => {
    bench.lab.cluster("dc1").parameters.set("Prepare Cluster for Rollback to pre 8.0", "T");
    assert.match(await bench.provider.refusal("DhcpOption150", elsewhere("ticket 4711")), /^Nothing was changed: .*R60 dc1/s);
  });

  it("once confirmed asks nobody again", async () => {
    const made = await bench.provider.create("DhcpOption150", elsewhere("ticket 4711"));
    assert.equal((await bench.provider.diff("DhcpOption150", made, elsewhere("ticket 4711"))).changes, false);
    assert.equal((await bench.provider.diff("DhcpOption150", made, { ...elsewhere("ticket 4711"), tftp: ["10.0.1.12"] })).changes, true);
  });

  it("is either elsewhere or not", async () => {
    assert.deepEqual(await bench.provider.check("DhcpOption150", bench.option({ confirmed: "x" })), ["confirmed: has no meaning where CUCM serves DHCP (node): option 150 is read back there"]);
    assert.deepEqual(await bench.provider.check("DhcpOption150", bench.option({ node: undefined, subnets: [] })), ['node: is missing: name the publisher that serves DHCP, or write confirmed: "" where DHCP is elsewhere', "subnets: can only be named where CUCM serves DHCP (node)", "subnets: is empty: leave it out for every subnet of the server"]);
  });
});
