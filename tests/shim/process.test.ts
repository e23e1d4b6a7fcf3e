// Pulumi's own dynamic-provider process with our text in it, on every SDK that is supported.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { type Bag, ProviderProcess, Refusal } from "../support/provider-process";
import { type Sdk, SDKS } from "../support/project";
import { KINDS, shim } from "../../sdk/tokens";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const RENEWAL = { __provider: shim("Renewal") };
const TRUST = { __provider: shim("TrustCertificate") };

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const outcome: unknown = await call.catch((error: unknown) => error);
  assert.ok(outcome instanceof Refusal, `it was answered: ${JSON.stringify(outcome)}`);
  return outcome;
}

for (const sdk of Object.keys(SDKS) as Sdk[])
  describe(`the provider process on the ${sdk} SDK`, { timeout: 60_000 }, () => {
    let provider: ProviderProcess;
    before(async () => {
      provider = await ProviderProcess.start({ sdk, config: {} });
    });
    after(() => provider.end("SIGKILL"));

    test("makes a resource and keeps the text that names our code", async () => {
      const { id, outs } = await provider.create({ ...RENEWAL, after: "300d" });
      assert.equal(id, "renewal");
      assert.equal(Date.parse(outs.dueAt as string) - Date.parse(outs.generation as string), 300 * 86_400_000);
      assert.deepEqual({ after: outs.after, __provider: outs.__provider }, { after: "300d", ...RENEWAL });
    });

    test("finds no change, and a change when an input differs", async () => {
      const { id, outs } = await provider.create({ ...RENEWAL, after: "300d" });
      assert.deepEqual(await provider.diff(id, outs, { ...RENEWAL, after: "300d" }), { changes: "none", replaces: [], deleteBeforeReplace: false });
      assert.deepEqual(await provider.diff(id, outs, { ...RENEWAL, after: "200d" }), { changes: "some", replaces: [], deleteBeforeReplace: false });
    });

    test("names what a replacement comes from", async () => {
      const node = { fqdn: "pub.example.com", product: "CUCM", role: "publisher", release: "15", connection: "hq", cluster: { name: "hq", nodes: [] } };
      const old = { ...TRUST, node, store: "tomcat-trust", certificatePem: rootCertificates[0] };
      const { changes, replaces } = await provider.diff("1", old, { ...old, certificatePem: rootCertificates[1] });
      assert.deepEqual({ changes, replaces }, { changes: "some", replaces: ["certificatePem"] });
    });

    test("updates a resource in place", async () => {
      const { id, outs } = await provider.create({ ...RENEWAL, after: "300d" });
      const updated = await provider.update(id, outs, { ...RENEWAL, after: "200d" });
      assert.deepEqual([updated.after, updated.generation, updated.__provider], ["200d", outs.generation, RENEWAL.__provider]);
    });

    test("reads a resource back as it is, with its text", async () => {
      const { id, outs } = await provider.create({ ...RENEWAL, after: "300d" });
      assert.deepEqual(await provider.read(id, outs), { id, props: outs });
    });

    test("deletes a resource, and a second time without complaint", async () => {
      const { id, outs } = await provider.create({ ...RENEWAL, after: "300d" });
      await provider.delete(id, outs);
      await provider.delete(id, outs);
    });

    test("takes a value that is not known yet for a change, not for a mistake", async () => {
      const inputs = { ...RENEWAL, after: UNKNOWN };
      const { failures, inputs: checked } = await provider.check(inputs);
      assert.deepEqual({ failures, checked }, { failures: [], checked: inputs });
      const { outs } = await provider.create({ ...RENEWAL, after: "300d" });
      assert.equal((await provider.diff("renewal", outs, inputs)).changes, "some");
    });

    test("finds a value that is not known yet at any depth", async () => {
      const chain = { __provider: shim("AdcsCertificate"), authority: "ca", template: "WebServer", csrPem: UNKNOWN, chain: [UNKNOWN], purpose: "tomcat", release: "15" };
      assert.deepEqual((await provider.check(chain)).failures, []);
    });

    test("lists everything that is wrong, each with its property", async () => {
      const { failures } = await provider.check({ ...TRUST, node: { fqdn: "pub.example.com", product: "Toaster", role: "king" }, store: "shoebox", certificatePem: "none" });
      const properties = failures.map(({ property }) => property);
      assert.deepEqual([...new Set(properties)].sort(), ["certificatePem", "node", "store"]);
      assert.equal(properties.filter((property) => property === "node").length, 5);
    });

    test("refuses to import", async () => {
      assert.equal((await refusal(provider.read("renewal", RENEWAL))).message, "importing is not needed and cannot work here: declare the resource, and it adopts what the platform has");
    });

    test("says which version is needed for a kind that it does not know", async () => {
      const state = { __provider: 'exports.handler = () => require("pulumi-uccerts/provider").handler("KeystoreTeleport");' };
      assert.match((await refusal(provider.delete("1", state))).message, /does not know resources of kind "KeystoreTeleport": install the version that made them/);
    });
  });

describe("the provider process", { timeout: 60_000 }, () => {
  let provider: ProviderProcess;
  before(async () => void (provider = await ProviderProcess.start()));
  after(() => provider.end("SIGKILL"));

  for (const kind of KINDS)
    test(`knows the kind ${kind}: without inputs something is missing`, async () => {
      assert.notDeepEqual((await provider.check({ __provider: shim(kind) })).failures, []);
    });
});

for (const sdk of Object.keys(SDKS) as Sdk[])
  describe(`the configuration on the ${sdk} SDK`, { timeout: 60_000 }, () => {
    /** Creates two resources without waiting for the configuration to be taken in, as the engine does. */
    async function race(config: Bag): Promise<string[]> {
      const provider = await ProviderProcess.start({ sdk });
      const configured = provider.configure(config);
      const calls = ["1d", "2d"].map((after) => refusal(provider.create({ ...RENEWAL, after })));
      await configured;
      return (await Promise.all(calls)).map(({ message }) => message);
    }
    afterEach(() => ProviderProcess.endAll());

    test("is there for every call that comes right behind it", async () => {
      for (const message of await race({ "uccerts:lab": "nowhere" })) assert.match(message, /^The lab "nowhere" is not running/);
    });
  });
