// What a refresh sees of a request that awaits its certificate.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf, HQ, PUB } from "../support/a1";
import { TestProvider } from "../support/provider";

describe("a request that awaits its certificate", () => {
  let lab: Lab, provider: TestProvider, state: Record<string, unknown>;
  const inputs = () => ({ node: HQ.publisher("CUCM")!, purpose: "tomcat", distribution: "multi-server", chain: chainOf(lab) });

  before(async () => {
    lab = await startLab();
  });
  // One run each: a run reads a node once.
  beforeEach(() => {
    provider = new TestProvider(lab);
  });
  afterEach(() => provider.dispose());
  after(() => lab.stop());

  it("is found as it was left", async () => {
    state = await provider.create("MultiSanCsr", inputs());
    const seen = await provider.read("MultiSanCsr", state);
    assert.equal(seen!.drift, "");
    assert.equal((await provider.diff("MultiSanCsr", seen!, inputs())).changes, false);
  });

  it("has drifted when somebody made another one, whose key is told", async () => {
    await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
    state = (await provider.read("MultiSanCsr", state))!;
    assert.match(String(state.drift), new RegExp(`^${PUB}: a tomcat request is pending that asks something else .*its public key fingerprint is [0-9A-F:]+`));
    const { changes, replaces } = await provider.diff("MultiSanCsr", state, inputs());
    assert.deepEqual([changes, replaces], [true, ["node"]]);
    assert.match(provider.output, /a new request is needed/);
  });

  it("is not made anew over the other one without its key's fingerprint (R23)", async () => {
    assert.match(await provider.refusal("MultiSanCsr", inputs()), /^R23 .*A new request would destroy its key\. .*discardPending/s);
    const [, discardPending] = /public key fingerprint is ([0-9A-F:]+)/.exec(String(state.drift))!;
    const made = await provider.create("MultiSanCsr", { ...inputs(), discardPending });
    assert.notEqual(made.publicKeyFingerprint, state.publicKeyFingerprint);
    assert.equal(lab.node(PUB).store.requests.get("tomcat")!.pem.trim(), String(made.csrPem).trim());
  });
});
