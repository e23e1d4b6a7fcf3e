// What phones do by themselves: files, trust, the corporate directory, registration. procedures.md 1.1.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Lab } from "../../lab";
import type { Phone } from "../../lab/phones/phone";
import { PUB, SUB, within } from "./support/estates";
import { serialOf } from "./support/phone-client";
import { ONE, phone, startPhones, told, TWO } from "./support/phones";

const TVS = "Cisco Trust Verification Service";
const TFTP = "Cisco Tftp";
const CALL_MANAGER = "Cisco CallManager";

let lab: Lab;
afterEach(() => lab.stop());

const settled = () => lab.clusters[0]!.settled();
/** Resets phones and gives what they told. */
const reset = async (...phones: Phone[]) => {
  const mark = lab.history.mark();
  for (const one of phones) one.reset("test");
  await settled();
  return told(lab, mark);
};
const tvsHeld = ({ holds }: Phone) => holds.itl!.records.filter(({ role }) => role === 21).map(({ serial }) => serial);

describe("a phone in its cluster", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    lab = await startPhones({ phoneInteraction: "manual" });
  });

  test("is registered with the first of its group and believes the signers of the cluster", () => {
    const { cluster, node, trusts, history } = phone(lab);
    assert.deepEqual([cluster, node, history], ["hq", PUB, []]);
    assert.deepEqual(trusts, [serialOf(lab.node(PUB), "ITLRecovery"), serialOf(lab.node(PUB), "CallManager")]);
  });

  test("takes a changed ITL when it is reset, and not before", async () => {
    const before = tvsHeld(phone(lab));
    await lab.node(PUB).certificates.regenerate("TVS");
    assert.deepEqual(tvsHeld(phone(lab)), before);
    assert.deepEqual(await reset(phone(lab)), [`reset ${ONE} at ${PUB}: ok`, `register ${ONE} at ${PUB}: ok`]);
    assert.deepEqual(tvsHeld(phone(lab)), [serialOf(lab.node(PUB), "TVS"), serialOf(lab.node(SUB), "TVS")]);
    assert.deepEqual(tvsHeld(phone(lab, TWO)), before);
  });

  test("asks the second server of option 150 when the first does not answer; without any it stays behind and registers all the same", async () => {
    await lab.node(PUB).services.stop(TFTP);
    await reset(phone(lab));
    assert.deepEqual(phone(lab).trusts[1], serialOf(lab.node(SUB), "CallManager"));
    await lab.node(SUB).services.stop(TFTP);
    assert.deepEqual(await reset(phone(lab)), [`reset ${ONE} at ${PUB}: ok`, `stays behind ${ONE} at ${PUB}: no TFTP server answers`, `register ${ONE} at ${PUB}: ok`]);
  });

  test("opens the corporate directory by way of TVS; a certificate that TVS has not read yet is noted and stops nothing", async () => {
    const pub = lab.node(PUB);
    await reset(phone(lab));
    assert.equal(phone(lab).directory, "opened");
    await pub.certificates.regenerate("tomcat");
    await pub.services.restart("Cisco Tomcat");
    await reset(phone(lab));
    assert.deepEqual([phone(lab).directory, phone(lab).node], ["not trusted", PUB]);
    await pub.services.restart(TVS);
    await reset(phone(lab));
    assert.equal(phone(lab).directory, "opened");
    await pub.services.stop("Cisco Tomcat");
    await reset(phone(lab));
    assert.deepEqual([phone(lab).directory, phone(lab).history.at(-1)!.detail.directory], ["unreachable", "unreachable"]);
  });

  test("registers with the next of its group when its CallManager goes down, and comes back with new files", async () => {
    await lab.node(PUB).certificates.regenerate("TVS");
    const mark = lab.history.mark();
    await lab.node(PUB).services.stop(CALL_MANAGER);
    await settled();
    assert.deepEqual(told(lab, mark), [`register ${ONE} at ${SUB}: ok`, `register ${TWO} at ${SUB}: ok`]);
    assert.ok(!tvsHeld(phone(lab)).includes(serialOf(lab.node(PUB), "TVS")));
    await lab.node(PUB).services.start(CALL_MANAGER);
    await settled();
    assert.equal(phone(lab).node, PUB);
    assert.ok(tvsHeld(phone(lab)).includes(serialOf(lab.node(PUB), "TVS")));
  });

  test("is registered nowhere while no CallManager of its group runs, and comes back by itself", async () => {
    for (const fqdn of [SUB, PUB]) await lab.node(fqdn).services.stop(CALL_MANAGER);
    await settled();
    assert.deepEqual([phone(lab).node, phone(lab).cluster, lab.cluster("hq").phones.registered], [undefined, undefined, []]);
    await lab.node(SUB).services.start(CALL_MANAGER);
    await settled();
    assert.equal(phone(lab).node, SUB);
  });

  test("leaves a node that restarts as a whole, and one that is down", async () => {
    await lab.node(PUB).power.restart();
    await settled();
    assert.deepEqual(phone(lab).history.map(({ node }) => node), [SUB, PUB]);
    lab.faults.add({ fault: "node down", node: PUB });
    await settled();
    assert.equal(phone(lab).node, SUB);
  });

  test("finds a node under its new name when it starts anew", async () => {
    const { fqdn } = await lab.renameNode(PUB, "cs-ccm-one.example.com");
    await lab.node(SUB).services.restart(TVS);
    await settled();
    assert.deepEqual([phone(lab).node, phone(lab).trusts[0]], [fqdn, serialOf(lab.node(fqdn), "ITLRecovery")]);
  });

  test("does not believe a file of a signer that it does not know when TVS does not either", async () => {
    await lab.node(PUB).certificates.regenerate("ITLRecovery");
    const held = phone(lab).trusts;
    const [, behind] = await reset(phone(lab));
    assert.equal(behind, `stays behind ${ONE} at ${PUB}: ITL of ${PUB}: its signer ${serialOf(lab.node(PUB), "ITLRecovery")} is unknown: TVS of ${PUB} does not know it`);
    assert.deepEqual([phone(lab).trusts, phone(lab).node], [held, PUB]);
    await lab.node(PUB).services.restart(TVS);
    assert.equal((await reset(phone(lab))).length, 2);
    assert.equal(phone(lab).trusts[0], serialOf(lab.node(PUB), "ITLRecovery"));
  });

  test("stays behind when the signer and TVS were changed together, whatever is restarted then", async () => {
    await lab.node(PUB).certificates.regenerate("ITLRecovery");
    for (const fqdn of [PUB, SUB]) await lab.node(fqdn).certificates.regenerate("TVS");
    for (const fqdn of [PUB, SUB]) for (const service of [TVS, TFTP]) await lab.node(fqdn).services.restart(service);
    const [, behind] = await reset(phone(lab));
    assert.match(behind!, new RegExp(`TVS of ${PUB} shows a certificate that is not in the ITL; TVS of ${SUB} shows a certificate that is not in the ITL$`));
    assert.deepEqual(phone(lab).node, PUB);
  });
});

describe("CallManager and TVS of 11.5", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    lab = await startPhones({ release: "11.5(1)SU8" });
  });
  const change = async (...purposes: string[]) => {
    for (const purpose of purposes) for (const fqdn of [PUB, SUB]) await lab.node(fqdn).certificates.regenerate(purpose);
    for (const fqdn of [PUB, SUB]) for (const service of [TFTP, TVS]) await lab.node(fqdn).services.restart(service);
  };

  test("changed together leave the phones behind", async () => {
    await change("CallManager", "TVS");
    const [, behind] = await reset(phone(lab));
    assert.match(behind!, /^stays behind .* shows a certificate that is not in the ITL/);
  });

  test("changed one after the other, with the phones back in between, do not", async () => {
    for (const purpose of ["CallManager", "TVS"]) {
      await change(purpose);
      assert.deepEqual(await reset(phone(lab)), [`reset ${ONE} at ${PUB}: ok`, `register ${ONE} at ${PUB}: ok`]);
    }
    assert.deepEqual([phone(lab).trusts.at(-1), tvsHeld(phone(lab))[0]], [serialOf(lab.node(PUB), "CallManager"), serialOf(lab.node(PUB), "TVS")]);
  });
});

describe("a phone with an ITL of another cluster", { timeout: 60_000 }, () => {
  test("is registered, and stays behind at every reset; the others do not", async () => {
    lab = await startPhones({ phones: { names: [ONE, TWO], foreignItl: 1 } });
    assert.deepEqual([phone(lab).node, phone(lab, TWO).node], [PUB, PUB]);
    const said = await reset(phone(lab), phone(lab, TWO));
    assert.deepEqual(said.filter((line) => line.startsWith("stays")).map((line) => line.split(" ")[2]), [ONE]);
    assert.match(said.find((line) => line.startsWith("stays"))!, /shows a certificate that is not in the ITL/);
    assert.equal(phone(lab).node, PUB);
  });
});

describe("a cluster that is prepared for a rollback", { timeout: 60_000 }, () => {
  const rollback = (value: string) => lab.cluster("hq").parameters.set("Prepare Cluster for Rollback to pre 8.0", value);

  test("empties the ITL of its phones, and gives it back", async () => {
    lab = await startPhones();
    rollback("T");
    await reset(phone(lab));
    assert.deepEqual([phone(lab).trusts, phone(lab).node], [[], PUB]);
    rollback("F");
    await reset(phone(lab));
    assert.equal(phone(lab).trusts.length, 2);
  });

  test("empties no CTL", async () => {
    lab = await startPhones({ securityMode: "mixed" });
    rollback("T");
    await reset(phone(lab));
    assert.deepEqual([phone(lab).holds.itl!.records.length, phone(lab).trusts.length > 0], [0, true]);
  });
});

describe("alternate TFTP", () => {
  test("is asked instead of option 150", () =>
    within(startPhones({ phones: [{ names: [ONE], alternateTftp: [SUB] }, { names: [TWO] }] }), async (own) => {
      lab = own;
      await reset(phone(lab), phone(lab, TWO));
      assert.deepEqual([ONE, TWO].map((name) => phone(lab, name).trusts[1]), [serialOf(lab.node(SUB), "CallManager"), serialOf(lab.node(PUB), "CallManager")]);
    }));
});
