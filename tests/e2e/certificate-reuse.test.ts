// Certificate reuse (from 14 on): a tomcat certificate that is also that of CallManager is changed as one that phones notice (Cisco 221070; R57, R63, U7).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf } from "../support/a1";
import { CLOSED, cluster, deeds, estate, OPEN, PHONES, PUB, story, SUB1 } from "../support/callmanager";
import { type Run, TestStack } from "../support/stack";
import { fetchList } from "../lab/support/phone-client";

const REUSED = `reusedFor: "CallManager",`;

/** In mixed mode, with a multi-server tomcat certificate that CallManager reuses. */
async function startReused(reuse = true): Promise<Lab> {
  const lab = await startLab(estate({ securityMode: "mixed", phoneInteraction: "manual" }));
  const { certificates } = lab.cluster("hq").publisher;
  for (const authority of chainOf(lab)) certificates.uploadTrust("tomcat", authority, "");
  const { pem } = await certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
  certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate(pem));
  await lab.cluster("hq").settled();
  if (reuse) lab.cluster("hq").reuse("tomcat");
  return lab;
}

/** Another certificate than the installed one: its key is longer. */
const program = (more = REUSED, clusterArgs = OPEN(), rollout = "rollout: { phones: { reset: true } }") => `${cluster(clusterArgs)}
  const tomcat = new uccerts.MultiServerCertificate("tomcat", { cluster: hq, purpose: "tomcat", keyLength: 3072, chain: await live.getAuthorityChain("ca"),
    authority: { connection: "ca", template: "WebServerClient" }, ${more} ${rollout} });
  return { fingerprint: tomcat.fingerprint };`;
const serialOn = (lab: Lab) => lab.node(PUB).store.identities.get("tomcat")!.certificate.parsed.serialNumber.replace(/^0+/, "");

describe("a tomcat certificate that CallManager reuses, in mixed mode", () => {
  let lab: Lab, stack: TestStack, outside: Run, up: Run, mark: number;
  before(async () => {
    lab = await startReused();
    stack = await TestStack.create({ lab, program: program(REUSED, CLOSED()) });
    mark = lab.history.mark();
    outside = await stack.up();
    assert.deepEqual(story(lab, mark), []);
    stack.write(program());
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("waits for the maintenance window with its upload", () => {
    assert.equal(outside.code, 0, outside.output);
    assert.match(outside.output, /- cluster "hq": count the registered phones: the maintenance window .* is closed/);
    assert.match(outside.output, /- cs-ccm-pub\.example\.com: upload the tomcat certificate: the step before it is due/);
  });

  it("is uploaded, then the CTL file is updated, and only then services restart", () => {
    assert.equal(up.code, 0, up.output);
    const done = story(lab, mark);
    assert.deepEqual(done.slice(0, 4).sort(), ["cs-ccm-pub: install tomcat", "cs-ccm-sub1: install tomcat", "cs-ccm-sub2: install tomcat", "cs-imp: install tomcat"]);
    assert.equal(done[4], "cs-ccm-pub: update CTL");
    assert.equal(done[5], "cs-ccm-pub: restart Cisco Tomcat");
  });

  it("restarts each service of tomcat and of CallManager once; Cisco HAProxy, which restarts with Cisco Tomcat, not a second time", () => {
    const restarts = story(lab, mark).filter((line) => line.includes(": restart "));
    assert.equal(new Set(restarts).size, restarts.length);
    for (const service of ["Cisco Tomcat", "Cisco DRF Local", "Cisco Tftp", "Cisco CallManager", "Cisco Trust Verification Service"]) assert.ok(restarts.includes(`cs-ccm-sub1: restart ${service}`), service);
    assert.ok(restarts.indexOf("cs-ccm-pub: restart Cisco Tftp") < restarts.indexOf("cs-ccm-pub: restart Cisco CallManager"));
    for (const node of ["cs-ccm-pub", "cs-ccm-sub1", "cs-ccm-sub2"]) assert.match(up.output, new RegExp(`${node}\\.example\\.com: Cisco HAProxy is not restarted: it was started after the change`));
  });

  it("stands in the CTL file that every TFTP node serves, and with every phone, which are back", async () => {
    const serial = serialOn(lab);
    for (const fqdn of [PUB, SUB1]) assert.ok((await fetchList(lab.node(fqdn), "CTLFile.tlv")).records.some(({ serialNumber }) => serialNumber === serial), fqdn);
    for (const phone of lab.cluster("hq").phones.all) assert.ok(phone.trusts.includes(serial), phone.name);
    assert.match(up.output, new RegExp(`hq: ${PHONES} of ${PHONES} phones that were registered before are registered`));
  });

  it("asks nobody at a second up", async () => {
    const since = lab.history.mark();
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(lab.history.since(since).filter((entry) => entry.interface !== "certsrv"), []);
  });

  it("is adopted when the program is deployed anew: nothing is written, nothing is restarted", async () => {
    assert.equal((await stack.destroy()).code, 0);
    const since = lab.history.mark();
    const adopted = await stack.up();
    assert.equal(adopted.code, 0, adopted.output);
    assert.deepEqual(deeds(lab, since), []);
  });
});

describe("certificate reuse refused", () => {
  const refused = async (reuse: boolean, text: string, expected: RegExp) => {
    const lab = await startReused(reuse);
    const stack = await TestStack.create({ lab, program: text });
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.notEqual(code, 0, output);
    assert.match(output, expected);
    assert.deepEqual(deeds(lab, mark), []);
    await lab.stop();
    stack.dispose();
  };

  it("where the program does not say it, with the line to add (U7)", () =>
    refused(true, program(""), /U7 cs-ccm-pub\.example\.com: the tomcat certificate is also that of CallManager \(certificate reuse\), and the program does not say so: add reusedFor: "CallManager"/));

  it("where the program says it and CallManager has a certificate of its own (U7)", () =>
    refused(false, program(), /U7 cs-ccm-pub\.example\.com: the program says reusedFor: "CallManager", and CallManager has a certificate of its own: leave the line out/));

  it("without a maintenance window (R63)", () => refused(true, program(REUSED, ""), /MultiServerCertificate "tomcat": R63 hq: a change of CallManager resets phones, and no maintenance window is declared/));

  it("for another purpose than its own", () => refused(true, program(`reusedFor: "CallManager-ECDSA",`), /reusedFor: a tomcat certificate is reused for CallManager alone, not for CallManager-ECDSA/));
});
