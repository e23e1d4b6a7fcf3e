// A18: the phones of A17, both clusters in mixed mode: the way by the CTL, on the real engine.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { DESTINATION_NODES, migrationEstate, migrationText, namesOf, option150, orders, registeredAt, resets, SOURCE_NODES, TIMING } from "../support/migration";
import { own } from "../lab/support/bulk";
import { TestStack } from "../support/stack";

const MIXED = { securityMode: "mixed" as const };

describe("A18, a phone migration in mixed mode", { timeout: 600_000 }, () => {
  let lab: Lab, stack: TestStack, phones: string[], mark: number;
  before(async () => {
    lab = await startLab(migrationEstate({ source: MIXED, destination: MIXED }));
    phones = namesOf(lab);
    stack = await TestStack.create({ lab, program: migrationText(phones), timing: TIMING });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });

  it("with a CTL of the destination that is older than a certificate in it, no phone is touched", async () => {
    await lab.node(DESTINATION_NODES[1]).certificates.regenerate("CallManager");
    await lab.cluster("dc2").settled();
    const { code, output } = await stack.up();
    assert.notEqual(code, 0, output);
    assert.match(output, new RegExp(`U21 ${DESTINATION_NODES.join(", ")}: its CTL file lacks the CallManager certificate of ${DESTINATION_NODES[1]} as CCM\\+TFTP`));
    await lab.cluster("dc1").settled();
    assert.deepEqual([orders(lab), option150(lab), registeredAt(lab, "dc1")], [0, ["10.0.0.11", ""], phones]);
  });

  it("once it is updated, every phone arrives", async () => {
    lab.cluster("dc2").trustFiles.update();
    for (const fqdn of DESTINATION_NODES) await lab.node(fqdn).services.restart("Cisco Tftp");
    mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual([registeredAt(lab, "dc2"), resets(lab, mark).sort()], [phones, phones]);
  });

  it("TVS of the source verified the signer of the CTL", () => {
    const signer = own(lab, DESTINATION_NODES[0], "ITLRecovery").serial.toUpperCase();
    for (const fqdn of SOURCE_NODES) assert.ok(lab.history.since(mark).some(({ interface: at, node, action }) => at === "tvs" && node === fqdn && action.toUpperCase() === `ASK ABOUT ${signer}`), fqdn);
  });

  it("the phones hold the CTL of the destination, and an ITL that it verifies; nothing was wiped", () => {
    const signer = own(lab, DESTINATION_NODES[0], "ITLRecovery").serial.toUpperCase();
    for (const phone of lab.cluster("dc1").phones.all) assert.deepEqual([phone.holds.ctl!.signer.serial.toUpperCase(), phone.holds.itl!.signer.serial.toUpperCase()], [signer, signer], phone.name);
    assert.deepEqual(lab.history.since(0).filter(({ action }) => /itl reset|set cluster/.test(action)), []);
  });

  it("a second up asks nobody", async () => {
    const now = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(now), []);
  });
});
