// Certificate reuse: a tomcat renewal is a CallManager renewal, and phones reset. The program must say so (U7).
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { chainOf, HQ, writes } from "../support/a1";
import { TestProvider } from "../support/provider";

describe("a cluster whose CallManager reuses the tomcat certificate", () => {
  let lab: Lab, provider: TestProvider;
  const preflight = (more = {}) => ({ node: HQ.publisher("CUCM")!, purpose: "tomcat", distribution: "multi-server", chain: chainOf(lab), phase: "prepare", triggers: [], ...more });

  before(async () => {
    lab = await startLab();
    const { certificates } = lab.cluster("hq").publisher;
    for (const authority of chainOf(lab)) certificates.uploadTrust("tomcat", authority, "");
    const { pem } = await certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
    certificates.uploadIdentity("tomcat", await lab.authority("ca").issueCertificate(pem));
    await lab.cluster("hq").settled();
  });
  // One run each: a run reads a node once.
  beforeEach(() => {
    provider = new TestProvider(lab);
  });
  afterEach(() => provider.dispose());
  after(() => lab.stop());

  it("is fit for a change as long as CallManager has a certificate of its own", async () => {
    const { findings } = await provider.create("Preflight", preflight({ keyLength: 4096 }));
    assert.doesNotMatch((findings as string[]).join(), /U7/);
  });

  it("refuses a change of tomcat that does not say so, naming the nodes and the line to add, and nothing is written", async () => {
    lab.cluster("hq").reuse("tomcat");
    const mark = lab.history.mark();
    const message = await provider.refusal("Preflight", preflight({ keyLength: 4096 }));
    assert.match(message, /2 findings refuse to change tomcat/);
    assert.match(message, /U7 cs-ccm-pub\.example\.com: the tomcat certificate is also that of CallManager \(certificate reuse\), and the program does not say so: add reusedFor: "CallManager"\. Have reusedFor/);
    assert.match(message, /U7 cs-ccm-sub\.example\.com/);
    assert.deepEqual(writes(lab, mark), []);
  });

  it("is fit for a change that says so, after a look at what phones depend on", async () => {
    const { findings } = await provider.create("Preflight", preflight({ keyLength: 4096, reusedFor: "CallManager" }));
    assert.doesNotMatch((findings as string[]).join("\n"), /U7/);
    assert.match((findings as string[]).join("\n"), /hq: Phone Interaction on Certificate Update is automatic: phones reset at the upload/);
  });

  it("refuses what cannot be reused so, in the preview", async () => {
    assert.deepEqual(await provider.check("Preflight", preflight({ reusedFor: "CallManager-ECDSA" })), ["reusedFor: a tomcat certificate is reused for CallManager alone, not for CallManager-ECDSA"]);
    assert.deepEqual(await provider.check("Preflight", preflight({ purpose: "ipsec", distribution: "this-server", reusedFor: "CallManager" })), ["reusedFor: only a tomcat or tomcat-ECDSA certificate is reused, and this one is of ipsec"]);
  });

  it("is only told so when nothing is to change", async () => {
    const { findings } = await provider.create("Preflight", preflight());
    assert.match((findings as string[]).join("\n"), /U7 cs-ccm-pub\.example\.com/);
  });
});
