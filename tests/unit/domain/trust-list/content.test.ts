import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { callManagerRole, ctlRecords, itlRecords, type ListedNode, type ListedRecord, trustListSigner } from "../../../../domain/trust-list/content";

const PUB: ListedNode = { fqdn: "pub", product: "CUCM", role: "publisher", tftp: true, callManager: true, capf: true };
const SUB: ListedNode = { fqdn: "sub", product: "CUCM", role: "subscriber", callManager: true };
const IMP: ListedNode = { fqdn: "imp", product: "IM and Presence", role: "publisher" };
const NODES = [IMP, SUB, PUB];
const lines = (records: readonly ListedRecord[]) => records.map(({ node, purpose, role }) => `${node} ${purpose}: ${role}`);

describe("who signs ITL and CTL", () => {
  for (const [release, signer] of [["10.5(2)", "CallManager"], ["11.5(1)SU9", "CallManager"], ["12.0", "ITLRecovery"], ["12.5(1)SU3", "ITLRecovery"], ["15", "ITLRecovery"]] as const)
    it(`at ${release}: ${signer}`, () => assert.equal(trustListSigner(release), signer));
});

describe("the role of a node's CallManager certificate", () => {
  for (const [callManager, tftp, role] of [[true, true, "CCM+TFTP"], [true, false, "CCM"], [false, true, "TFTP"], [false, false, undefined]] as const)
    it(`${role ?? "none"} where CallManager is ${callManager ? "" : "not "}active and Tftp is ${tftp ? "" : "not "}`, () => assert.equal(callManagerRole({ callManager, tftp }), role));
});

describe("the ITL file of a TFTP node", () => {
  it("holds ITLRecovery, the node's CallManager twice, CAPF, and TVS of every CUCM node", () => {
    assert.deepEqual(lines(itlRecords("pub", NODES)), ["pub ITLRecovery: SAST", "pub CallManager: SAST", "pub CallManager: CCM+TFTP", "pub CAPF: CAPF", "sub TVS: TVS", "pub TVS: TVS"]);
  });

  it("is another one on another node", () => {
    const nodes = [PUB, { ...SUB, tftp: true, callManager: false }];
    assert.deepEqual(lines(itlRecords("sub", nodes)).filter((line) => line.includes("CallManager")), ["sub CallManager: SAST", "sub CallManager: TFTP"]);
  });

  it("is not there where Tftp is not active, and without a publisher", () => {
    assert.throws(() => itlRecords("sub", NODES), { message: "sub has no ITL file: Cisco Tftp is not active there" });
    assert.throws(() => itlRecords("sub", [{ ...SUB, tftp: true }]), { message: "these nodes have no CUCM publisher" });
  });
});

describe("the CTL file", () => {
  it("holds SAST of ITLRecovery and CallManager, CallManager of every serving node, CAPF, and no TVS", () => {
    assert.deepEqual(lines(ctlRecords(NODES)), ["pub ITLRecovery: SAST", "pub CallManager: SAST", "sub CallManager: CCM", "pub CallManager: CCM+TFTP", "pub CAPF: CAPF"]);
  });

  it("leaves out a node that serves no phones", () => {
    assert.deepEqual(lines(ctlRecords([PUB, { ...SUB, callManager: false }])).filter((line) => line.startsWith("sub")), []);
  });
});
