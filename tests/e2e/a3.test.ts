// A3: one CA-signed multi-server CallManager certificate in a cluster that is not in mixed mode (Cisco 118731).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf } from "../support/a1";
import { CLOSED, cluster, certificate, deeds, estate, IMP, INSTALLS, installed, OPEN, PHONES, program, PUB, RESTARTS, story, SUB1, SUB2 } from "../support/callmanager";
import { assertRefused } from "../support/refused";
import { type Run, TestStack } from "../support/stack";

describe("A3, a CallManager certificate for the whole cluster", () => {
  let lab: Lab, stack: TestStack, preview: Run, up: Run;
  before(async () => {
    lab = await startLab(estate());
    stack = await TestStack.create({ lab, program: program() });
    preview = await stack.preview();
    assert.deepEqual(deeds(lab), [], "a preview writes to no device");
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("previews the upload, the CTL step and the restarts, and what users notice of them", () => {
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, /upload the CallManager certificate +cs-ccm-pub\.example\.com +reaches 3 nodes; from here on the old key is gone +phones reset, from release 14 on/);
    assert.match(preview.output, /update the CTL file \(utils ctl update CTLFile\) +cs-ccm-pub\.example\.com +if the cluster is in mixed mode/);
    assert.match(preview.output, /restart Cisco CallManager +cs-ccm-pub\.example\.com .* phones move to another node/);
  });

  it("ends with success", () => assert.equal(up.code, 0, up.output));

  it("asks for three CUCM names and the domain, and for no IM and Presence node", () => {
    const { names } = lab.node(PUB).store.identities.get("CallManager")!.certificate;
    for (const fqdn of [PUB, SUB1, SUB2]) assert.ok(names.includes(fqdn), fqdn);
    assert.ok(!names.includes(IMP));
    assert.equal(installed(lab).size, 1);
  });

  it("uploads once, then restarts Tftp, CallManager, CTIManager, TVS and HAProxy where active, publisher first", () => {
    const done = story(lab);
    assert.deepEqual(done.slice(0, 3).sort(), INSTALLS);
    assert.deepEqual(done.slice(3), RESTARTS);
    assert.match(up.output, /cs-ccm-sub2\.example\.com: Cisco Tftp is not running \(Service Not Activated\): skipped/);
  });

  it("counts the registered phones before the upload, and as many are registered at the end", () => {
    assert.match(up.output, new RegExp(`hq: ${PHONES} of ${PHONES} phones are registered\n[\\s\\S]*upload cs-ccm-pub-ms`));
    assert.match(up.output, new RegExp(`hq: ${PHONES} of ${PHONES} phones that were registered before are registered`));
    assert.equal(lab.cluster("hq").phones.registered.length, PHONES);
    assert.ok(lab.history.of("phone", "reset ").length >= PHONES, "from release 14 on they reset at the upload");
  });

  it("asks RIS for all of them at once", () => assert.ok(lab.history.of("ris").length < 14, String(lab.history.of("ris").length)));

  it("says that a cluster that is not in mixed mode has no CTL file to update", () => {
    assert.match(up.output, /cluster "hq": nothing to do for the CTL file: it is not in mixed mode and has no CTL file to update \(R58\)/);
  });

  it("asks nobody at a second up", async () => {
    const mark = lab.history.mark();
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.doesNotMatch(again.output, /updated|created/);
    assert.deepEqual(lab.history.since(mark).filter((entry) => entry.interface !== "certsrv"), []);
  });

  it("adopts everything when the program is deployed anew: nothing is written, nothing is restarted", async () => {
    assert.equal((await stack.destroy()).code, 0);
    const mark = lab.history.mark();
    const adopted = await stack.up();
    assert.equal(adopted.code, 0, adopted.output);
    assert.deepEqual(story(lab, mark), []);
    assert.match(adopted.output, /Cisco CallManager is not restarted: it was started after the change/);
  });
});

describe("A3 outside the maintenance window", () => {
  let lab: Lab, stack: TestStack, up: Run;
  before(async () => {
    lab = await startLab(estate());
    stack = await TestStack.create({ lab, program: program("", CLOSED()) });
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("ends with success and uploads nothing: from release 14 on phones reset at the upload", () => {
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(deeds(lab).map(({ action }) => action), ["generate CSR CallManager", "store trust certificate", "store trust certificate"]);
  });

  it("lists the count of phones, the upload, the CTL file, the restarts and the look at the phones as due", () => {
    const diagnostics = up.output.slice(up.output.indexOf("Diagnostics:"));
    assert.match(diagnostics, /Due, and waiting for the maintenance window:\n +- cluster "hq": count the registered phones: the maintenance window \(every day .* UTC\) is closed; it opens at \S+Z\n +- cs-ccm-pub\.example\.com: upload the CallManager certificate: the step before it is due/);
    assert.match(diagnostics, /- cluster "hq": look whether the phones are back: what it is for is due/);
    assert.match(up.output, /- cs-ccm-pub\.example\.com: update the CTL file: what it is for is due/);
    assert.match(up.output, /- cs-ccm-sub2\.example\.com: restart Cisco CallManager: what it is for is due/);
  });

  it("does nothing at a second run outside, and asks no node", async () => {
    const mark = lab.history.mark();
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /Due, and waiting for the maintenance window:/);
    assert.deepEqual(lab.history.since(mark).filter(({ interface: at }) => at !== "certsrv"), []);
  });

  it("does all of it in the first run inside", async () => {
    stack.write(program("", OPEN()));
    const mark = lab.history.mark();
    const done = await stack.up();
    assert.equal(done.code, 0, done.output);
    assert.deepEqual(story(lab, mark).slice(3), RESTARTS);
    assert.doesNotMatch(done.output, /Due, and waiting/);
  });
});

describe("A3 when phones do not come back", () => {
  const LOST = 12;
  let lab: Lab, stack: TestStack, up: Run;
  const lost = () => lab.cluster("hq").phones.all.slice(0, LOST).map(({ name }) => name);
  before(async () => {
    lab = await startLab(estate());
    stack = await TestStack.create({ lab, program: `${program().replace("return", `new uccerts.Renewal("next", { after: "300d" }, { dependsOn: [callManager.phones] });\nreturn`)}`, timing: { phonesBack: "1s" } });
    // Somebody takes them out of the database while the certificate is uploaded: they are rejected when they come back.
    lab.history.watch(({ action }) => void (action === "install CallManager" && lost().forEach((name) => lab.cluster("hq").phones.configured.delete(name))));
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("ends the run there, and says how many are missing and which, the first ten (R56)", () => {
    assert.notEqual(up.code, 0);
    assert.match(up.output, new RegExp(`R56 hq: ${LOST} of ${PHONES} phones are no longer registered: ${lost().slice(0, 10).join(", ")} and 2 more`));
    assert.match(up.output, /Look at these phones before anything else changes: Status Messages show what they do not trust/);
  });

  it("begins nothing that depends on the phones", () => assert.deepEqual(stack.ofKind("Renewal"), []));

  it("looks again at the next up, against the first count, and restarts nothing", async () => {
    lost().forEach((name) => lab.cluster("hq").phones.configured.set(name, "Default"));
    const mark = lab.history.mark();
    lab.cluster("hq").phones.all.forEach((phone) => phone.reset("a person"));
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, new RegExp(`hq: ${PHONES} of ${PHONES} phones that were registered before are registered`));
    assert.deepEqual(story(lab, mark), []);
    assert.equal(stack.ofKind("Renewal").length, 1);
  });
});

describe("A3 with a node that the certificate leaves out", () => {
  let lab: Lab, stack: TestStack;
  const leaving = (...names: string[]) => program(`leaveOut: ${JSON.stringify(names)}`);
  before(async () => {
    const { clusters: [hq] } = estate();
    const nodes = hq!.nodes.map((node) => (node.fqdn === SUB2 ? { ...node, services: { "Cisco CallManager": "not activated", "Cisco CTIManager": "not activated" } as const } : node));
    lab = await startLab(estate({ nodes }));
    stack = await TestStack.create({ lab, program: leaving(SUB2) });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("is refused where Cisco CallManager is active on that node (R20)", async () => {
    stack.write(leaving(SUB1));
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, /R20 cs-ccm-sub1\.example\.com: Cisco CallManager is Started on this node, and the certificate would not name it/);
    assert.deepEqual(deeds(lab), []);
  });

  it("lists the clicks for a person, because no interface makes such a request", async () => {
    stack.write(leaving(SUB2));
    const { code, output } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(output, /no interface of the platform makes a request that leaves out cs-ccm-sub2\.example\.com[\s\S]*Subject Alternate Names \(.*\): cs-ccm-pub\.example\.com, cs-ccm-sub1\.example\.com, example\.com/);
    assert.deepEqual(deeds(lab), []);
  });

  it("adopts the request that a person made, and installs the certificate on the other nodes", async () => {
    const own = lab.node(SUB2).store.identities.get("CallManager")!.certificate.pem;
    await lab.node(PUB).certificates.generateRequest({ purpose: "CallManager", distribution: "multi-server", withoutNodes: [SUB2] });
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    const { names, pem } = lab.node(PUB).store.identities.get("CallManager")!.certificate;
    assert.deepEqual([names.includes(SUB1), names.includes(SUB2)], [true, false]);
    assert.deepEqual([SUB1, SUB2].map((fqdn) => lab.node(fqdn).store.identities.get("CallManager")!.certificate.pem), [pem, own]);
    assert.match((await stack.up()).output, /\d+ unchanged/);
  });
});

describe("A3 refused", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estate());
    stack = await TestStack.create({ lab, program: "" });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  const refused = (text: string, ...expected: RegExp[]) => assertRefused({ lab, stack, done: deeds }, text, ...expected);

  it("without a maintenance window (R63)", () => refused(program("", ""), /MultiServerCertificate "callmanager": R63 hq: a change of CallManager resets phones, and no maintenance window is declared\. Declare the maintenanceWindow of the cluster/));

  it("with a publisher, or a node of IM and Presence, to be left out (R20)", async () => {
    await refused(program(`leaveOut: ["${PUB}", "${IMP}"]`), /leaveOut: R20 cs-ccm-pub\.example\.com is the publisher, to which the certificate is uploaded: it cannot be left out; R20 cs-imp\.example\.com is no CUCM node of the cluster/);
  });

  it("with the short list of restarts where the release has none (R53)", () => refused(`${cluster(OPEN(), "12.5(1)SU7")}\n${certificate(`rollout: { restarts: "short" }`)}`, /has no short list of restarts \(R53\): CallManager has one from 14SU1/));

  it("without a maintenance window, for an upload that is declared by hand (R63)", () =>
    refused(`${cluster("")}\nnew uccerts.IdentityCertificate("i", { node: hq.publisher("CUCM"), purpose: "CallManager", distribution: "multi-server", certificatePem: "", chain: ${JSON.stringify(chainOf(lab))} });`, /R63 hq: a change of CallManager resets phones, and no maintenance window is declared/));
});
