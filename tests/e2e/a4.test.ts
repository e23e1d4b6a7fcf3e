// A4: the same in mixed mode, with a tokenless CTL file: it is updated after the upload and before the first restart (Cisco 118731, 214231).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf } from "../support/a1";
import { both, certificate, cluster, deeds, estate, INSTALLS, OPEN, PHONES, program, PUB, RESTARTS, story, SUB1 } from "../support/callmanager";
import { assertRefused } from "../support/refused";
import { type Run, TestStack } from "../support/stack";
import { fetchList } from "../lab/support/phone-client";
import { shown } from "../lab/support/trust-files";

const serialOn = (lab: Lab) => lab.node(PUB).store.identities.get("CallManager")!.certificate.parsed.serialNumber.replace(/^0+/, "");

describe("A4, a CallManager certificate in mixed mode", () => {
  let lab: Lab, stack: TestStack, up: Run;
  before(async () => {
    lab = await startLab(estate({ securityMode: "mixed", phoneInteraction: "manual" }));
    stack = await TestStack.create({ lab, program: program("rollout: { phones: { reset: true } }") });
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("ends with success", () => assert.equal(up.code, 0, up.output));

  it("updates the CTL file once, on the publisher, after the upload and before the first restart", () => {
    const done = story(lab);
    assert.deepEqual(done.slice(0, 3).sort(), INSTALLS);
    assert.deepEqual(done.slice(3), ["cs-ccm-pub: update CTL", ...RESTARTS]);
  });

  it("proves it by show ctl, and by the file that every TFTP node serves after its restart", async () => {
    const serial = serialOn(lab);
    const list = await shown(lab.node(PUB), "ctl");
    assert.ok(list!.records.some(({ role, serialNumber }) => role === "CCM+TFTP" && serialNumber === serial));
    for (const fqdn of [PUB, SUB1]) assert.ok((await fetchList(lab.node(fqdn), "CTLFile.tlv")).records.some(({ serialNumber }) => serialNumber === serial), fqdn);
    assert.match(up.output, /cs-ccm-pub\.example\.com: show ctl: \d+ records, verified, SHA1 [0-9a-f]{40}/);
  });

  it("resets each phone once, when the restarts are over, and all have the new CTL file", () => {
    const lastRestart = Math.max(...lab.history.of("platform", "restart ").map(({ sequence }) => sequence));
    const resets = lab.history.of("phone", "reset ").filter(({ detail }) => /AXL|doDeviceReset/i.test(String(detail.why)));
    assert.equal(resets.length, PHONES);
    assert.ok(resets.every(({ sequence }) => sequence > lastRestart));
    for (const phone of lab.cluster("hq").phones.all) assert.ok(phone.trusts.includes(serialOn(lab)), phone.name);
    assert.match(up.output, new RegExp(`hq: ${PHONES} of ${PHONES} phones that were registered before are registered`));
  });

  it("asks nobody at a second up", async () => {
    const mark = lab.history.mark();
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(lab.history.since(mark).filter((entry) => entry.interface !== "certsrv"), []);
  });

  it("adopts everything when the program is deployed anew: no CTL update, no restart", async () => {
    assert.equal((await stack.destroy()).code, 0);
    const mark = lab.history.mark();
    const adopted = await stack.up();
    assert.equal(adopted.code, 0, adopted.output);
    assert.deepEqual(story(lab, mark), []);
    assert.match(adopted.output, /the CTL file is not updated: it holds what it must/);
  });
});

describe("A4 with both key types", () => {
  it("uploads and reads back each, updates the CTL file once, restarts each service once", async () => {
    const lab = await startLab(estate({ securityMode: "mixed", phoneInteraction: "manual" }));
    const stack = await TestStack.create({ lab, program: both() });
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const done = story(lab);
    assert.deepEqual(done.slice(0, 6).sort(), [...INSTALLS, ...INSTALLS.map((line) => `${line}-ECDSA`)].sort());
    assert.deepEqual(done.slice(6), ["cs-ccm-pub: update CTL", ...RESTARTS]);
    const identities = stack.ofKind("IdentityCertificate").map(({ outputs }) => [outputs!.purpose, outputs!.status, (outputs!.nodes as string[]).length]);
    assert.deepEqual(identities, [["CallManager", "installed", 3], ["CallManager-ECDSA", "installed", 3]]);
    const mark = lab.history.mark();
    assert.equal((await stack.up()).code, 0);
    assert.deepEqual(story(lab, mark), []);
    await lab.stop();
    stack.dispose();
  });
});

describe("A4 with a CTL file that an eToken has signed", () => {
  it("refuses before anything is written, and names what a person does (R59)", async () => {
    const lab = await startLab(estate({ securityMode: "mixed with tokens", release: "12.5(1)SU7" }));
    const stack = await TestStack.create({ lab, program: `${cluster(OPEN(), "12.5(1)SU7")}\n${certificate()}` });
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, /R59 hq: its CTL file is signed by an eToken: only a person with the tokens can update it \(CTL client\)\. Update it on the publisher .*a person moves to a tokenless CTL file first \(Cisco 118893\)/);
    assert.deepEqual(deeds(lab), []);
    await lab.stop();
    stack.dispose();
  });
});

describe("A4 refused", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estate({ securityMode: "mixed" }));
    stack = await TestStack.create({ lab, program: "" });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  const refused = (text: string, ...expected: RegExp[]) => assertRefused({ lab, stack, done: story }, text, ...expected);
  const change = (purpose: string) => `{ purpose: "${purpose}", node: hq.publisher("CUCM"), certificatePem: "", chain: ${JSON.stringify(chainOf(lab))}, question: { purpose: "${purpose}", distribution: "this-server" }, after: [] }`;

  it("phones that the upload would reset, before they can have the new CTL file (U10)", () =>
    refused(program(), /U10 hq: Phone Interaction on Certificate Update is automatic: phones reset at the upload, and take the old CTL file\. Set Phone Interaction on Certificate Update to manual .* or accept it: accept: \{ U10: "<reason>" \}/));

  for (const [release, rules] of [["11.5", /R54 hq: CallManager, which signs ITL files at 11\.5, and TVS change in one update: phones could verify neither/], ["15", /R55 hq: CallManager and TVS change in one update/]] as const)
    it(`CallManager and TVS in one plan, at ${release}`, () => refused(`${cluster(OPEN(), release)}\nnew uccerts.Rollout("both", { cluster: hq, changes: [${change("CallManager")}, ${change("TVS")}] });`, /Rollout "both": R5[45] /, rules));

  it("a CTL update on a subscriber (R59)", () =>
    refused(`${cluster()}\nnew uccerts.CtlFileUpdate("ctl", { node: hq.nodes[1], triggers: ["x"] });`, /has a problem: R59 cs-ccm-sub1\.example\.com: the CTL file would be updated here, and this is not the cluster's CUCM publisher\. Give it the publisher/));
});

describe("A4 without the CTL step", () => {
  it("does not restart what shows phones a certificate that they cannot know (R57)", async () => {
    const lab = await startLab(estate({ securityMode: "mixed" }));
    const stack = await TestStack.create({ lab, program: "" });
    await lab.node(PUB).certificates.regenerate("CallManager");
    const restart = (service: string) => `new uccerts.ServiceRestart("${service}", { node: hq.publisher("CUCM"), service: "${service}", triggers: ["x"], changedAt: new Date().toISOString() });`;
    for (const service of ["Cisco Tftp", "Cisco CallManager"]) {
      stack.write(`${cluster()}\n${restart(service)}`);
      const mark = lab.history.mark();
      const { code, output } = await stack.up();
      assert.notEqual(code, 0);
      assert.match(output, new RegExp(`${service} was not restarted, because show ctl of the publisher does not show the CallManager certificate of this node \\(serial number [0-9A-F]+\\):\\s+- R57 hq: it is in mixed mode, and no CTL update lies between the upload and the first restart\\. Have utils ctl update CTLFile \\(CtlFileUpdate\\) depend on the upload`));
      assert.deepEqual(story(lab, mark), []);
    }
    await lab.stop();
    stack.dispose();
  });
});
