// Phones that option 150 leads to another cluster: with the trust that a bulk exchange makes, and without. procedures.md 1.1.
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { Lab } from "../../lab";
import type { VosNode } from "../../lab/vos/node";
import { PUB, SUB } from "./support/estates";
import { serialOf } from "./support/phone-client";
import { askRis, axl, ONE, phone, startTwo, statuses, texts, told, TWO, list, WEST_PUB } from "./support/phones";

const TVS = "Cisco Trust Verification Service";
const STORES = ["Phone-SAST-trust", "CallManager-trust"];

let lab: Lab;
afterEach(() => lab.stop());

const settled = () => lab.clusters[0]!.settled();

/** What an import does for the signer of another cluster, with the restart of TVS that makes it count. */
async function know(nodes: readonly VosNode[], of: VosNode, stores = STORES, purpose = "ITLRecovery"): Promise<void> {
  for (const node of nodes) {
    for (const store of stores) node.store.trust(store, of.store.identities.get(purpose)!.certificate, "");
    await node.services.restart(TVS);
  }
}

/** Option 150 leads to a node, and the phones are reset by AXL; what they told. */
async function move(from: VosNode, address: string): Promise<string[]> {
  const subnets = await list(from, "DhcpSubnet", "<subnetIpAddress/>", "<subnetIpAddress>%</subnetIpAddress>");
  const [uuid] = /\{[0-9A-F-]{36}\}/.exec(subnets.body) ?? [];
  if (uuid) await axl(from, "updateDhcpSubnet", `<uuid>${uuid}</uuid><primaryTftpServerIpAddress>${address}</primaryTftpServerIpAddress><secondaryTftpServerIpAddress/>`);
  const mark = lab.history.mark();
  for (const name of [ONE, TWO]) await axl(from, "doDeviceReset", `<deviceName>${name}</deviceName><deviceResetType>Reset</deviceResetType>`);
  await settled();
  return told(lab, mark);
}

const hq = () => [lab.node(PUB), lab.node(SUB)];
const where = () => [ONE, TWO].map((name) => phone(lab, name).cluster);

describe("phones that option 150 leads to another cluster", { timeout: 60_000 }, () => {
  test("move when their TVS knows its signer: RIS of either cluster tells so, and the directory of the new one is opened by way of its own TVS", async () => {
    lab = await startTwo();
    await know(hq(), lab.node(WEST_PUB));
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["west", "west"]);
    assert.deepEqual([phone(lab).trusts[0], phone(lab).node], [serialOf(lab.node(WEST_PUB), "ITLRecovery"), WEST_PUB]);
    assert.deepEqual([statuses(await askRis(lab.node(PUB)))[PUB], statuses(await askRis(lab.node(WEST_PUB)))[WEST_PUB]], [{ [ONE]: "UnRegistered", [TWO]: "UnRegistered" }, { [ONE]: "Registered", [TWO]: "Registered" }]);
    assert.equal(phone(lab).directory, "opened");
    assert.deepEqual(texts(await list(lab.node(WEST_PUB), "Phone", "<name/>"), "name"), [ONE, TWO]);
  });

  test("stay behind without an import: they say which signer is unknown, and register where they were", async () => {
    lab = await startTwo();
    const said = await move(lab.node(PUB), "10.0.1.11");
    const signer = serialOf(lab.node(WEST_PUB), "ITLRecovery");
    assert.deepEqual(said.filter((line) => line.startsWith("stays")), [ONE, TWO].map((name) => `stays behind ${name} at ${PUB}: ITL of ${WEST_PUB}: its signer ${signer} is unknown: TVS of ${PUB} does not know it`));
    assert.deepEqual([where(), phone(lab).trusts[0]], [["hq", "hq"], serialOf(lab.node(PUB), "ITLRecovery")]);
  });

  test("stay behind when the signer is in CallManager-trust alone", async () => {
    lab = await startTwo();
    await know(hq(), lab.node(WEST_PUB), ["CallManager-trust"]);
    assert.match((await move(lab.node(PUB), "10.0.1.11")).join(), /is none: TVS knows it for something else/);
    assert.deepEqual(where(), ["hq", "hq"]);
  });

  test("ask the next TVS of their group where the first does not run; where none does, or the port is closed, they stay behind", async () => {
    lab = await startTwo();
    await know(hq(), lab.node(WEST_PUB));
    for (const node of hq()) await node.services.stop(TVS);
    assert.match((await move(lab.node(PUB), "10.0.1.11")).join(), new RegExp(`TVS of ${PUB} does not answer; TVS of ${SUB} does not answer`));
    await lab.node(PUB).services.start(TVS);
    const open = lab.faults.add({ fault: "dropped connection", interface: "tvs", node: PUB });
    assert.deepEqual((await move(lab.node(PUB), "10.0.1.11")).filter((line) => line.startsWith("register")), [ONE, TWO].map((name) => `register ${name} at ${PUB}: ok`));
    open();
    await lab.node(PUB).services.stop(TVS);
    await lab.node(SUB).services.start(TVS);
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["west", "west"]);
  });

  test("stay behind when TVS has another certificate than their ITL says", async () => {
    lab = await startTwo({ phoneInteraction: "manual" });
    for (const node of hq()) await node.certificates.regenerate("TVS");
    await know(hq(), lab.node(WEST_PUB));
    assert.match((await move(lab.node(PUB), "10.0.1.11")).join(), /shows a certificate that is not in the ITL/);
    assert.deepEqual(where(), ["hq", "hq"]);
  });

  test("are rejected by a cluster in which they are not configured", async () => {
    lab = await startTwo({ phones: { names: [ONE, TWO] } });
    await know(hq(), lab.node(WEST_PUB));
    assert.match((await move(lab.node(PUB), "10.0.1.11")).at(-1)!, /rejected: not configured$/);
    assert.deepEqual([where(), statuses(await askRis(lab.node(WEST_PUB)))[WEST_PUB]], [[undefined, undefined], { [ONE]: "Rejected", [TWO]: "Rejected" }]);
  });

  test("do not move when they have an alternate TFTP, or an ITL of another cluster", async () => {
    lab = await startTwo({ phones: [{ names: [ONE], alternateTftp: ["10.0.0.11"], alsoIn: ["west"] }, { names: [TWO], foreignItl: 1, alsoIn: ["west"] }] });
    await know(hq(), lab.node(WEST_PUB));
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["hq", "hq"]);
  });

  test("come back only when the other cluster knows the signer of theirs", async () => {
    lab = await startTwo();
    await know(hq(), lab.node(WEST_PUB));
    await move(lab.node(PUB), "10.0.1.11");
    lab.cluster("hq").phones.dhcp.set("10.100.0.0", { primaryTftp: "10.0.0.11" });
    await move(lab.node(WEST_PUB), "");
    assert.deepEqual(where(), ["west", "west"]);
    await know(lab.cluster("west").nodes, lab.node(PUB));
    await move(lab.node(WEST_PUB), "");
    assert.deepEqual(where(), ["hq", "hq"]);
  });

  test("to one of 11.5 want its CallManager certificate", async () => {
    lab = await startTwo({}, { release: "11.5(1)SU8" });
    await know(hq(), lab.node(WEST_PUB), STORES, "ITLRecovery");
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["hq", "hq"]);
    await know(hq(), lab.node(WEST_PUB), STORES, "CallManager");
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["west", "west"]);
  });

  test("take anything after a rollback emptied their ITL", async () => {
    lab = await startTwo({ preparedForRollback: true });
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["west", "west"]);
  });
});

describe("between clusters in mixed mode", { timeout: 60_000 }, () => {
  const mixed = { securityMode: "mixed" } as const;

  test("the CTL moves by way of TVS, and the ITL by way of the new CTL", async () => {
    lab = await startTwo(mixed, mixed);
    assert.match((await move(lab.node(PUB), "10.0.1.11")).join(), new RegExp(`: CTL of ${WEST_PUB}: its signer \\w+ is unknown`));
    assert.deepEqual(where(), ["hq", "hq"]);
    await know(hq(), lab.node(WEST_PUB));
    await move(lab.node(PUB), "10.0.1.11");
    assert.deepEqual(where(), ["west", "west"]);
    assert.ok(!phone(lab).trusts.includes(serialOf(lab.node(PUB), "ITLRecovery")));
  });

  test("an emptied ITL does not help: the CTL stays, and no TVS can be believed", async () => {
    lab = await startTwo({ ...mixed, preparedForRollback: true }, mixed);
    await know(hq(), lab.node(WEST_PUB));
    assert.match((await move(lab.node(PUB), "10.0.1.11")).join(), /CTL of .* shows a certificate that is not in the ITL/);
    assert.deepEqual(where(), ["hq", "hq"]);
  });
});
