// A17: a dozen phones move from a cluster of three nodes to one of two TFTP nodes, non-secure, and back, on the real engine.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { TVS } from "../../lab/vos/tvs";
import { DESTINATION_NODES, migrationEstate, migrationText, moves, namesOf, option150, orders, registeredAt, resets, SOURCE_NODES, TFTP, TIMING, wayBackText } from "../support/migration";
import { type Run, TestStack } from "../support/stack";
import { own } from "../lab/support/bulk";

describe("A17, a phone migration", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack, phones: string[], up: Run, mark: number;
  before(async () => {
    lab = await startLab(migrationEstate());
    phones = namesOf(lab);
    stack = await TestStack.create({ lab, program: migrationText(phones), timing: TIMING });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });
  /** An import starts the phones of its cluster anew, where they were; beyond that nothing has happened to them. */
  const untouched = async () => {
    await lab.cluster("dc1").settled();
    assert.deepEqual([orders(lab), option150(lab), registeredAt(lab, "dc1")], [0, ["10.0.0.11", ""], phones]);
  };

  it("the preview lists the gate, option 150, one phone and the batches, and asks nobody", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    const steps = [...output.matchAll(/^ {4}\d+ +(.+?)  +\S/gm)].map(([, what]) => what);
    assert.deepEqual(steps.slice(-6), [
      "preflight of 12 phones and 5 nodes",
      "set DHCP option 150 to 10.0.1.11 and 10.0.1.12",
      `reset ${phones[0]}, until they are registered with dc2`,
      "reset 5 phones, until they are registered with dc2",
      "reset 5 phones, until they are registered with dc2",
      `reset ${phones[11]}, until they are registered with dc2`,
    ]);
    assert.deepEqual(lab.history.since(0), []);
  });

  it("with port 2445 of a source node closed the exchange is made, and no phone is touched (R61)", async () => {
    const open = lab.faults.add({ fault: "dropped connection", node: SOURCE_NODES[2], interface: "tvs" });
    const { code, output } = await stack.up();
    open();
    assert.notEqual(code, 0, output);
    assert.match(output, new RegExp(`Nothing was changed: a rule refuses to move phones from cluster "dc1" to "dc2":\\s+- R61 ${SOURCE_NODES[2]}: TCP port 2445 is closed`));
    await untouched();
  });

  it("with the rollback parameter True no phone is touched (R60)", async () => {
    lab.cluster("dc1").parameters.set("Prepare Cluster for Rollback to pre 8.0", "T");
    const { code, output } = await stack.up();
    lab.cluster("dc1").parameters.set("Prepare Cluster for Rollback to pre 8.0", "F");
    assert.notEqual(code, 0, output);
    assert.match(output, /a rule refuses to move phones from cluster "dc1" to "dc2":\s+- R60 dc1: Prepare Cluster for Rollback to pre 8\.0 is True/);
    await untouched();
  });

  it("then the gate opens, and every phone arrives", async () => {
    mark = lab.history.mark();
    up = await stack.up();
    assert.equal(up.code, 0, up.output);
    assert.match(up.output, /dc1 to dc2: ready for option 150: \d+ rules hold; 12 phones are registered with dc1, 0 with dc2/);
    assert.deepEqual(registeredAt(lab, "dc2"), phones);
    assert.match(up.output, /status ?: +"done"/);
  });

  it("TVS of all three source nodes knew every CallManager and ITLRecovery certificate of the destination", () => {
    const serials = [...DESTINATION_NODES.map((fqdn) => own(lab, fqdn, "CallManager")), own(lab, DESTINATION_NODES[0], "ITLRecovery")].map(({ serial }) => serial.toUpperCase()).sort();
    for (const fqdn of SOURCE_NODES) {
      const asked = lab.history.since(mark).filter(({ interface: at, node, action }) => at === "tvs" && node === fqdn && action.startsWith("ask about "));
      assert.deepEqual(asked.map(({ action }) => action.replace("ask about ", "").toUpperCase()).sort(), serials, fqdn);
    }
  });

  it("option 150 moved once, before the first reset; the test phone had arrived before any other was reset, and each batch before the next", () => {
    const story = moves(lab, mark);
    assert.equal(story[0], `option 150 ${TFTP.join(",")}`);
    assert.deepEqual(story.slice(1, 3), [`reset ${phones[0]}`, `register ${phones[0]} dc2`]);
    const rest = phones.slice(1);
    for (const batch of [rest.slice(0, 5), rest.slice(5, 10)]) {
      const arrived = Math.max(...batch.map((name) => story.indexOf(`register ${name} dc2`)));
      const next = rest[rest.indexOf(batch[4]!) + 1]!;
      assert.ok(arrived < story.indexOf(`reset ${next}`), `${next} waits for ${batch.join(", ")}`);
    }
  });

  it("each phone was reset once, and none stayed behind", () => {
    assert.deepEqual([resets(lab, mark).sort(), orders(lab, mark)], [phones, phones.length]);
    assert.equal(moves(lab).some((one) => one.startsWith("stays behind")), false);
  });

  it("a second up asks nobody", async () => {
    const now = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(now), []);
  });

  it("a refresh finds everything as it is declared; option 150 that somebody set back is set again", async () => {
    const now = lab.history.mark();
    assert.equal((await stack.refresh()).code, 0);
    lab.cluster("dc1").phones.dhcp.set("10.100.0.0", { primaryTftp: "10.0.0.11", secondaryTftp: "" });
    const { code, output } = await stack.up("--refresh");
    assert.equal(code, 0, output);
    assert.deepEqual(option150(lab), [...TFTP]);
    assert.deepEqual(resets(lab, now), []);
  });

  it("a program that was never run finds phones that have moved, and resets none", async () => {
    const again = await TestStack.create({ lab, program: migrationText(phones), timing: TIMING });
    const now = lab.history.mark();
    const { code, output } = await again.up();
    again.dispose();
    assert.equal(code, 0, output);
    assert.deepEqual([moves(lab, now), orders(lab, now)], [[], 0]);
    assert.match(output, /no phone is reset: all 5 are registered with dc2 already/);
  });

  it("the way back is the same with source and destination exchanged, and DHCP where it was", async () => {
    stack.write(wayBackText(phones));
    const now = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(registeredAt(lab, "dc1"), phones);
    assert.equal(moves(lab, now)[0], "option 150 10.0.0.11");
    assert.deepEqual(resets(lab, now).sort(), phones);
    assert.doesNotMatch(output, /DHCP option 150 stays/);
  });

  it("destroy forgets, and says what option 150 was", async () => {
    const now = lab.history.mark();
    const { code, output } = await stack.destroy();
    assert.equal(code, 0, output);
    assert.deepEqual(moves(lab, now), []);
    assert.match(output, /Warning: cluster "dc2": DHCP option 150 stays 10\.0\.0\.11 \(before: 10\.100\.0\.0 had 10\.0\.1\.11 and 10\.0\.1\.12\)/);
  });
});

describe("the counter-proof of A17", { timeout: 120_000 }, () => {
  it("without the imports the same phones, sent by hand, stay behind", async () => {
    const lab = await startLab(migrationEstate());
    try {
      const { phones } = lab.cluster("dc1");
      phones.dhcp.set("10.100.0.0", { primaryTftp: TFTP[0], secondaryTftp: TFTP[1] });
      phones.resetAll("a person");
      await phones.settled();
      assert.deepEqual([registeredAt(lab, "dc2"), registeredAt(lab, "dc1")], [[], namesOf(lab)]);
      assert.equal(moves(lab).filter((one) => one.startsWith("stays behind")).length, 12);
    } finally {
      await lab.stop();
    }
  });

  it("and the same declaration is refused before option 150 is touched (R102)", async () => {
    const lab = await startLab(migrationEstate());
    const stack = await TestStack.create({ lab, program: migrationText(namesOf(lab), "", { exchange: "" }) });
    try {
      const { code, output } = await stack.up();
      assert.notEqual(code, 0, output);
      assert.match(output, new RegExp(`R98 ${SOURCE_NODES.join(", ")}: its Phone-SAST-trust lacks the CallManager certificate of ${DESTINATION_NODES[1]}`));
      assert.match(output, /U20 .*its TVS does not know .*ITLRECOVERY_dc2-pub/);
      assert.deepEqual([moves(lab), option150(lab)], [[], ["10.0.0.11", ""]]);
      assert.ok(lab.node(SOURCE_NODES[0]).services.started(TVS));
    } finally {
      await lab.stop();
      stack.dispose();
    }
  });
});
