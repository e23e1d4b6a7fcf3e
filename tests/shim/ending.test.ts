// How the provider process ends: by Pulumi's signal, in time, with its last lines; and by itself when Pulumi was killed.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { shim } from "../../sdk/tokens";
import { csr } from "../lab/certsrv-support";
import { ProviderProcess, Refusal } from "../support/provider-process";

const NORMAL = { code: 0, signal: null };
const RENEWAL = { __provider: shim("Renewal"), after: "300d" };
const NODES = [{ fqdn: "pub.example.com", product: "CUCM", role: "publisher" }];
const NODE = { ...NODES[0], release: "15", connection: "hq", cluster: { name: "hq", nodes: NODES } };
const RESTART = { __provider: shim("ServiceRestart"), node: NODE, service: "Cisco Tomcat" };
const TRUST = { __provider: shim("TrustCertificate"), node: NODE, store: "tomcat-trust", certificatePem: rootCertificates[0] };

afterEach(() => ProviderProcess.endAll());

describe("the end of the provider process", { timeout: 60_000 }, () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    test(`comes at ${signal}, quietly when there is nothing to say`, async () => {
      const provider = await ProviderProcess.start();
      await provider.create(RENEWAL);
      provider.said = "";
      assert.deepEqual(await provider.end(signal), NORMAL);
      assert.equal(provider.said, "");
    });

  test("comes also when no resource of ours was there", async () => {
    const provider = await ProviderProcess.start();
    assert.equal((await provider.end()).signal, "SIGINT");
  });

  test("prints the table of steps after a preview", async () => {
    const provider = await ProviderProcess.start();
    await provider.check(TRUST);
    provider.said = "";
    assert.deepEqual(await provider.end(), NORMAL);
    assert.match(provider.said, /upload .* to tomcat-trust/);
    assert.match(provider.said, /pub\.example\.com/);
  });

  test("prints the table also after a preview with a refresh", async () => {
    const provider = await ProviderProcess.start();
    const { id, outs } = await provider.create(RENEWAL);
    await provider.end();
    const preview = await ProviderProcess.start();
    await preview.read(id, outs);
    await preview.check(TRUST);
    assert.deepEqual(await preview.end(), NORMAL);
    assert.match(preview.said, /upload .* to tomcat-trust/);
  });

  test("prints no table after an up", async () => {
    const provider = await ProviderProcess.start();
    await provider.check(TRUST);
    await provider.create(RENEWAL);
    provider.said = "";
    assert.deepEqual(await provider.end(), NORMAL);
    assert.equal(provider.said, "");
  });

  test("lists what waits for its maintenance window", async () => {
    const provider = await ProviderProcess.start();
    const tomorrow = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][(new Date().getUTCDay() + 3) % 7];
    const due = { ...RESTART, triggers: ["1"], maintenanceWindow: { days: [tomorrow], from: "01:00", to: "02:00", timeZone: "UTC" } };
    await provider.diff("1", { ...due, status: "due", restartedAt: "", servedFingerprint: "" }, due);
    assert.deepEqual(await provider.end(), NORMAL);
    assert.match(provider.said, /Due, and waiting for the maintenance window:\n {2}- .*Cisco Tomcat/);
  });
});

describe("the end of the provider process in the middle of work", { timeout: 120_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ name: "ending", clusters: [], authorities: [{ name: "ca", fqdn: "ca.example.com" }] });
    lab.faults.add({ fault: "no answer" });
  });
  after(() => lab.stop());

  async function busy(): Promise<{ provider: ProviderProcess; call: Promise<unknown> }> {
    const provider = await ProviderProcess.start({ config: { "uccerts:connections": JSON.stringify(connectionsOf(lab)) } });
    const inputs = { __provider: shim("AdcsCertificate"), authority: "ca", template: "WebServerClient", csrPem: await csr(), chain: lab.authority("ca").roots, purpose: "tomcat", release: "15" };
    const call = provider.create(inputs).catch((error: unknown) => error);
    await provider.hears("submit the tomcat CSR");
    return { provider, call };
  }

  test("comes in time and says what was broken off", async () => {
    const { provider, call } = await busy();
    assert.deepEqual(await provider.end(), NORMAL);
    assert.match(provider.said, /Broken off; the next "pulumi up" looks at what is there and carries on:\n {2}- create of AdcsCertificate/);
    assert.ok((await call) instanceof Refusal);
  });

  test("is not hurried by a second signal", async () => {
    const { provider } = await busy();
    provider.child.kill("SIGINT");
    await provider.hears("Broken off");
    assert.deepEqual(await provider.end(), NORMAL);
  });
});

describe("a provider process whose engine was killed", { timeout: 60_000 }, () => {
  test("ends by itself", async () => {
    const provider = await ProviderProcess.start();
    await provider.create(RENEWAL);
    provider.killEngine();
    assert.deepEqual(await provider.over(), NORMAL);
  });
});
