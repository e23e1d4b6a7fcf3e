// What a rough estate does to a change, fault by fault: it takes longer, and nothing is done twice. By REST on release 15, by CLI below 14; without the engine.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { ESTATE_A1, type Lab, startLab } from "../../lab";
import { Cluster } from "../../sdk/topology";
import { makeIntermediate, makeRoot } from "../lab/support/signer";
import { chainOf, HQ, IMP, PUB, restarts, SUB } from "../support/a1";
import { type Partial, type ProviderOptions, TestProvider } from "../support/provider";

let roots = 0;

for (const release of ["15", "12.5(1)SU7"])
  describe(`on release ${release}`, { timeout: 180_000 }, () => {
    const node = new Cluster("hq", { release, nodes: HQ.nodes.map(({ fqdn, product, role }) => ({ fqdn, product, role })) }).publisher("CUCM")!;
    let lab: Lab, provider: TestProvider, mark: number;
    const run = (timing: ProviderOptions["timing"] = {}) => (provider = new TestProvider(lab, { timing }));
    before(async () => {
      lab = await startLab({ ...ESTATE_A1, clusters: ESTATE_A1.clusters.map((cluster) => ({ ...cluster, release })) });
      for (const pem of chainOf(lab)) lab.node(PUB).certificates.uploadTrust("tomcat", pem, "");
      await lab.cluster("hq").settled();
    });
    beforeEach(() => (mark = lab.history.mark()));
    afterEach(async () => {
      lab.faults.clear();
      await provider.dispose();
      await lab.cluster("hq").settled();
    });
    after(() => lab.stop());

    const done = (pattern: RegExp) => lab.history.since(mark).filter(({ interface: at, action }) => at === "platform" && pattern.test(action));
    const asked = (what: RegExp) => lab.history.since(mark).filter(({ interface: at, action }) => ["rest", "cli", "soap"].includes(at) && what.test(action));
    const uploadsOfIdentity = () => asked(/^POST \/identity|^set cert import own/).length;

    /** A signed certificate that answers what is pending, not installed. */
    async function signed(): Promise<object> {
      const { pem } = await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
      await lab.cluster("hq").settled();
      return { node, purpose: "tomcat", distribution: "multi-server", chain: chainOf(lab), certificatePem: await lab.authority("ca").issueCertificate(pem) };
    }

    const trust = async (more = {}) => ({ node, store: "tomcat-trust", certificatePem: (await makeRoot(`Late Root ${++roots}`)).certificate, ...more });

    async function failing(work: Promise<unknown>): Promise<{ text: string; state: object }> {
      const failed = await work.then(() => assert.fail("it succeeded"), (error: Partial) => error);
      assert.ok(failed.properties, failed.message);
      return { text: failed.reasons!.join("\n"), state: failed.properties };
    }

    /** A Tomcat that has to load what was just installed. */
    async function tomcat(): Promise<object> {
      const { certificates, store } = lab.node(PUB);
      const { pem } = await certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
      await lab.cluster("hq").settled();
      certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate(pem));
      await lab.cluster("hq").settled();
      mark = lab.history.mark();
      const { fingerprint256 } = store.identities.get("tomcat")!.certificate.parsed;
      return { node, service: "Cisco Tomcat", triggers: ["1"], changedAt: new Date().toISOString(), expects: [{ fingerprint: fingerprint256, keyType: "RSA" }] };
    }

    it("a certificate that reaches one node late is waited for, and uploaded once", async () => {
      const inputs = await signed();
      lab.faults.add({ fault: "distribution lags", node: SUB, milliseconds: 900 });
      const made = await run().create("IdentityCertificate", inputs);
      assert.deepEqual([made.status, made.nodes], ["installed", [PUB, SUB, IMP]]);
      assert.deepEqual([uploadsOfIdentity(), done(/^install tomcat/).length], [1, 3]);
    });

    it("a certificate that does not reach one node in time is told, nothing restarts, and the next run looks again without an upload", async () => {
      const inputs = await signed();
      lab.faults.add({ fault: "distribution lags", node: SUB, milliseconds: 4_000 });
      const { text, state } = await failing(run({ distribution: "300ms" }).create("IdentityCertificate", inputs));
      assert.match(text, new RegExp(`R25 ${SUB}: `));
      assert.match(text, /No service was restarted, so every node still serves its old certificate and users notice nothing/);
      await provider.dispose();
      const made = await run({ distribution: "20s" }).update("IdentityCertificate", state, inputs);
      assert.deepEqual([made.nodes, uploadsOfIdentity(), restarts(lab, mark)], [[PUB, SUB, IMP], 1, []]);
    });

    it("replication that lags is waited for, and the certificate is uploaded once", async () => {
      lab.faults.add({ fault: "replication lags", milliseconds: 900 });
      const made = await run().create("TrustCertificate", await trust());
      for (const { store } of lab.cluster("hq").nodes) assert.ok(store.find("tomcat-trust", String(made.fileName)));
      assert.equal(done(/^store trust/).length, 1);
    });

    it("replication that lags for longer than its limit is told, and the next run uploads where it is missing", async () => {
      const inputs = await trust();
      lab.faults.add({ fault: "replication lags", node: SUB, milliseconds: 8_000 });
      const { text, state } = await failing(run({ replication: "300ms" }).create("TrustCertificate", inputs));
      assert.match(text, new RegExp(`is in tomcat-trust of ${PUB} and has not reached ${SUB} \\(R36\\)\\. Users notice nothing`));
      await provider.dispose();
      await run().update("TrustCertificate", state, inputs);
      assert.deepEqual(done(/^store trust/).map(({ node: fqdn }) => fqdn), [PUB, SUB]);
    });

    it("a root that its intermediate overtakes is waited for with it", async () => {
      const root = await makeRoot(`Late Root ${++roots}`);
      const { certificate } = await makeIntermediate(root, `Fast Intermediate ${roots}`);
      lab.faults.add({ fault: "replication lags", node: SUB, milliseconds: 900, times: 1 });
      run();
      const made = [await provider.create("TrustCertificate", await trust({ certificatePem: root.certificate, verify: "node" })), await provider.create("TrustCertificate", await trust({ certificatePem: certificate }))];
      for (const { fileName } of made) assert.ok(lab.node(SUB).store.find("tomcat-trust", String(fileName)), String(fileName));
    });

    it("an upload that takes longer than the limit of a request is looked for, and done once", async () => {
      lab.faults.add({ fault: "slow answer", node: PUB, action: release === "15" ? "POST /trust" : "set cert import", milliseconds: 1_200, times: 1 });
      await run({ request: "500ms", cliCommand: "500ms", lostAnswer: "3s" }).create("TrustCertificate", await trust());
      assert.equal(done(/^store trust/).length, 1, provider.output);
    });

    it("a Tomcat that comes up at the second try is restarted twice, and no third time (R50)", async () => {
      const inputs = await tomcat();
      lab.faults.add({ fault: "service at second try", node: PUB, times: 1 });
      assert.equal((await run().create("ServiceRestart", inputs)).status, "done");
      assert.deepEqual(restarts(lab, mark), ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-pub: Cisco Tomcat"]);
    });

    it("a page that says 503 long after STARTED is waited for, and Tomcat restarts once", async () => {
      const inputs = await tomcat();
      lab.faults.add({ fault: "page lags", node: PUB, milliseconds: 1_200 });
      await run().create("ServiceRestart", inputs);
      assert.ok(lab.node(PUB).pageAnswers, "it ended before the page answered");
      assert.deepEqual(restarts(lab, mark), ["cs-ccm-pub: Cisco Tomcat"]);
    });

    it("a Cisco HAProxy that is left behind, and comes up at the second try itself, is restarted alone", async () => {
      const inputs = await tomcat();
      lab.faults.add({ fault: "old certificate", node: PUB, name: "Cisco HAProxy", times: 1 });
      lab.faults.add({ fault: "service at second try", node: PUB, action: "Cisco HAProxy", times: 1 });
      assert.equal((await run().create("ServiceRestart", inputs)).status, "done");
      assert.deepEqual(restarts(lab, mark), ["Cisco Tomcat", "Cisco HAProxy", "Cisco HAProxy"].map((service) => `cs-ccm-pub: ${service}`));
    });

    it("a Cisco HAProxy whose restart is done and whose answer is lost is not restarted again, although it came up a moment before", async () => {
      const inputs = await tomcat();
      lab.faults.add({ fault: "old certificate", node: PUB, name: "Cisco HAProxy", times: 1 });
      lab.faults.add({ fault: "dropped answer", node: PUB, interface: "cli", action: "restart Cisco HAProxy", times: 1 });
      assert.equal((await run().create("ServiceRestart", inputs)).status, "done");
      assert.deepEqual(restarts(lab, mark), ["Cisco Tomcat", "Cisco HAProxy"].map((service) => `cs-ccm-pub: ${service}`));
    });

    it("a Control Center that is throttled is asked again, and restarts once", async () => {
      lab.faults.add({ fault: "exceeded rate", node: PUB, action: "soapDoControlServices", times: 3 });
      await run().create("ServiceRestart", { node, service: "Cisco Tftp", triggers: ["1"], changedAt: new Date().toISOString() });
      assert.deepEqual([restarts(lab, mark), asked(/^soapDoControlServices/).length], [["cs-ccm-pub: Cisco Tftp"], 4]);
    });

    it("the session of a node that lets in only every second connection is opened, and not more often than needed", async () => {
      const inputs = await tomcat();
      lab.faults.add({ fault: "second try", node: PUB });
      await run().create("ServiceRestart", inputs);
      assert.equal(lab.history.since(mark).filter(({ action, node: fqdn }) => action === "log in" && fqdn === PUB).length, 1);
    });

    if (release === "15")
      for (const service of ["Cisco UDS Tomcat", "Cisco AXL Tomcat"])
        it(`a ${service} that still runs with the old certificate is restarted once; one that came up since is left alone`, async () => {
          await lab.node(PUB).services.restart("Cisco Tomcat");
          mark = lab.history.mark();
          const inputs = { node, service, triggers: ["1"], changedAt: new Date(Date.now() - 10_000).toISOString(), onlyWhereActive: true };
          assert.equal((await run().create("ServiceRestart", inputs)).remark, "");
          assert.equal((await provider.create("ServiceRestart", inputs)).remark, "it was started after the change");
          assert.deepEqual(restarts(lab, mark), [`cs-ccm-pub: ${service}`]);
        });
  });
