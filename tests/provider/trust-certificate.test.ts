// TrustCertificate without the engine: a restart that hangs on an upload (`timed`), and a deletion that replication takes to the other nodes.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf, HQ, IMP, PUB, restarts, SUB } from "../support/a1";
import { TestProvider } from "../support/provider";

const node = HQ.publisher("CUCM")!;

describe("a certificate whose upload a restart hangs on", { timeout: 120_000 }, () => {
  let lab: Lab, provider: TestProvider, root: object;
  before(async () => {
    lab = await startLab();
  });
  beforeEach(() => {
    provider = new TestProvider(lab);
    root = { node, store: "tomcat-trust", certificatePem: chainOf(lab)[0] };
  });
  afterEach(async () => {
    await provider.dispose();
  });
  after(() => lab.stop());

  const restart = (trust: Record<string, unknown>) => provider.create("ServiceRestart", { node, service: "Cisco UDS Tomcat", triggers: [trust.changeId], changedAt: trust.changedAt });
  const removed = (trust: object) => provider.delete("TrustCertificate", trust);

  it("restarts the service after the upload", async () => {
    const trust = await provider.create("TrustCertificate", { ...root, timed: true });
    assert.ok(Math.abs(Date.parse(String(trust.changedAt)) - Date.now()) < 120_000);
    assert.notEqual((await restart(trust)).restartedAt, "");
    await removed(trust);
  });

  it("restarts it also when the run was killed after the upload, before anything was recorded", async () => {
    const lost = await provider.create("TrustCertificate", { ...root, timed: true });
    const trust = await provider.create("TrustCertificate", { ...root, timed: true });
    assert.deepEqual([trust.changedAt, trust.adopted], [lost.changedAt, false]);
    await removed(trust);
  });

  it("restarts nothing where the certificate was there already", async () => {
    const first = await provider.create("TrustCertificate", root);
    const trust = await provider.create("TrustCertificate", { ...root, timed: true });
    assert.deepEqual([trust.changedAt, trust.adopted], ["", true]);
    const mark = lab.history.mark();
    assert.equal((await restart(trust)).restartedAt, "");
    assert.deepEqual(restarts(lab, mark), []);
    await removed(first);
  });

  it("keeps the moment of the upload at the next look", async () => {
    const trust = await provider.create("TrustCertificate", { ...root, timed: true });
    const again = await provider.update("TrustCertificate", trust, { ...root, timed: true, retain: true });
    assert.deepEqual([again.changedAt, again.changeId], [trust.changedAt, trust.changeId]);
    await removed(trust);
  });

  it("is not asked for the node's clock where nothing hangs on it", async () => {
    assert.equal((await provider.create("TrustCertificate", root)).changedAt, "");
  });
});

describe("a certificate that is removed", { timeout: 120_000 }, () => {
  let lab: Lab, provider: TestProvider, trust: object;
  beforeEach(async () => {
    lab = await startLab();
    provider = new TestProvider(lab);
    trust = await provider.create("TrustCertificate", { node, store: "tomcat-trust", certificatePem: chainOf(lab)[0] });
  });
  afterEach(async () => {
    await provider.dispose();
    await lab.stop();
  });

  const deletedOn = () => lab.history.of("platform", "delete trust certificate").map(({ node: fqdn }) => fqdn);
  const holding = () => HQ.nodes.filter(({ fqdn }) => lab.node(fqdn).store.entries("tomcat-trust").some(({ certificate: { commonName } }) => commonName === "Example Root CA"));

  it("is deleted once, and waited for until replication has taken it from the other nodes", async () => {
    lab.faults.add({ fault: "replication lags", interface: "platform", milliseconds: 500 });
    await provider.delete("TrustCertificate", trust);
    assert.deepEqual([deletedOn(), holding()], [[PUB], []]);
  });

  it("is deleted on each node where replication does not take it away", async () => {
    for (const fqdn of [PUB, SUB, IMP]) lab.faults.add({ fault: "replication broken", node: fqdn });
    await provider.delete("TrustCertificate", trust);
    assert.deepEqual([deletedOn(), holding()], [[PUB, SUB, IMP], []]);
  });
});
