// What happens between the request and the upload: nodes that the request does not reach, authorities that misbehave. Nothing is uploaded.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { publicKeyOf } from "../../lab/keys";
import { chainOf, HQ, IMP, PUB, SUB, writes } from "../support/a1";
import { type Partial, TestProvider } from "../support/provider";
import { until } from "../support/until";

let lab: Lab, provider: TestProvider, chain: string[], mark: number;
const node = HQ.publisher("CUCM")!;
const question = () => ({ node, purpose: "tomcat", distribution: "multi-server", chain });
const prepare = () => ({ ...question(), phase: "prepare", triggers: [] });

before(async () => {
  lab = await startLab();
  chain = chainOf(lab);
});
beforeEach(() => {
  provider = new TestProvider(lab);
  mark = lab.history.mark();
});
afterEach(async () => {
  lab.faults.clear();
  await provider.dispose();
});
after(() => lab.stop());

const nothingWritten = () => assert.deepEqual(writes(lab, mark), [], "nothing may be written");

describe("one subscriber goes down as the CSR is made", () => {
  it("stops before the authority is asked, naming the node; when it is back a new CSR is made", async () => {
    await provider.create("Preflight", prepare());
    const back = lab.faults.add({ fault: "node down", node: SUB });
    const message = await provider.refusal("MultiSanCsr", question());
    assert.match(message, new RegExp(`${SUB}`));
    assert.deepEqual(lab.history.of("certsrv"), []);
    back();
    const made = await provider.create("MultiSanCsr", question());
    assert.deepEqual(made.nodes, [PUB, SUB, IMP]);
  });

  it("a CSR that did not reach every node is not handed to an authority (R24)", async () => {
    lab.clusters[0]!.nodes.forEach((one) => one.store.requests.clear());
    await provider.create("Preflight", prepare());
    lab.node(SUB).services.set("Platform Administrative Web Service", "stopped");
    const message = await provider.refusal("MultiSanCsr", question());
    lab.node(SUB).services.set("Platform Administrative Web Service", "started");
    assert.match(message, new RegExp(`^R24 ${SUB}: the CSR did not reach this node, so its certificate could not be installed there\\. No authority was asked`));
    const made = await provider.create("MultiSanCsr", question());
    assert.deepEqual(made.nodes, [PUB, SUB, IMP]);
    assert.equal(writes(lab, mark).filter(({ action }) => action === "generate CSR tomcat").length, 2, "the one that did not reach, and the new one");
  });
});

describe("another run makes a request while ours waits for its turn", () => {
  it("is not overwritten (R134): nothing is made, and the message says to run again", async () => {
    lab.clusters[0]!.nodes.forEach((one) => one.store.requests.clear());
    await provider.create("Preflight", prepare());
    lab.faults.add({ fault: "slow answer", node: PUB, interface: "rest", action: "csr", milliseconds: 500, times: 1 });
    const seen = lab.history.mark();
    const ended = provider.refusal("MultiSanCsr", question());
    await until(() => lab.history.since(seen).some(({ action }) => action === "fault: slow answer"));
    const theirs = await lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
    assert.match(await ended, new RegExp(`^R134 ${PUB}: another run made a tomcat request while this one waited for its turn; nothing was changed`));
    assert.equal(lab.node(PUB).store.requests.get("tomcat")!.pem, theirs.pem, "theirs still stands");
    lab.node(PUB).store.requests.clear();
    await provider.create("MultiSanCsr", question());
  });
});

describe("what the authority returns", () => {
  const signed = (more = {}) => ({ authority: "ca", template: "WebServerClient", chain, purpose: "tomcat", release: "15", covers: [PUB, SUB, IMP], ...more });
  let csrPem: string;
  before(() => (csrPem = lab.node(PUB).store.requests.get("tomcat")!.pem));

  const misbehaviours: [fault: Parameters<Lab["faults"]["add"]>[0], template: string, more: object, expected: RegExp][] = [
    [{ fault: "drops a SAN", name: IMP }, "WebServerClient", {}, new RegExp(`- R19 ${IMP}: the certificate does not name this node.*\n.*R10 the authority left out the names ${IMP}`)],
    [{ fault: "drops an extended key usage", name: "1.3.6.1.5.5.7.3.1" }, "WebServerClient", {}, /R11 the certificate lacks the extended key usage serverAuth\. Use a template that gives these usages/],
    [{ fault: "drops an extended key usage", name: "1.3.6.1.5.5.7.3.2" }, "WebServerClient", { uses: ["sip-oauth"] }, /R13 the certificate lacks the extended key usage clientAuth, which sip-oauth needs/],
    [{ fault: "issues for another key" }, "WebServerClient", {}, /R10 the certificate is for another key than the pending request/],
    [{ fault: "ignores the requested validity", days: 30 }, "WebServerClient", { outlives: new Date(Date.now() + 60 * 86_400_000).toISOString() }, /it expires on .*, before its renewal is due on .*Shorten "after" of the Renewal/],
  ];
  const strangers: typeof misbehaviours = [
    [{ fault: "issues for other names" }, "WebServerClient", {}, /R10 the authority left out the names /],
    [{ fault: "issues for another subject" }, "WebServerClient", {}, /R10 the authority wrote the common name "another\.example\.com" instead of "cs-ccm-pub-ms\.example\.com"\. Use a template/],
    [{ fault: "issues what has expired" }, "WebServerClient", {}, /R1 the certificate expired on \S+\. Ask the authority for a certificate that is valid now/],
    [{ fault: "issues by another authority" }, "WebServerClient", {}, /R32 it does not lead to the declared chain: its issuer is .*Stranger Issuing CA 99/],
  ];
  for (const [fault, template, more, expected] of [...misbehaviours, ...strangers])
    it(`is refused before anything is uploaded when it ${fault.fault}${fault.name ? ` (${fault.name})` : ""}`, async () => {
      lab.faults.add(fault);
      const message = await provider.refusal("AdcsCertificate", signed({ csrPem, template, ...more }));
      assert.match(message, /^The certificate that ca issued \(request \d+, .*\) is refused; nothing was uploaded\./);
      assert.match(message, expected);
      nothingWritten();
    });

  it("is refused when the declared chain lacks its issuer", async () => {
    const message = await provider.refusal("AdcsCertificate", signed({ csrPem, chain: chain.slice(0, 1) }));
    assert.match(message, /R32 it does not lead to the declared chain: its issuer is .*Example Issuing CA 1.*\. Declare the chain of the authority that signs$/);
    nothingWritten();
  });

  it("a page that is none of web enrolment is shown, and nothing is submitted a second time", async () => {
    lab.faults.add({ fault: "answers with an error page" });
    const message = await provider.refusal("AdcsCertificate", signed({ csrPem }));
    assert.match(message, /^ca\.example\.com: submit the request: the page is none that is known: "Runtime Error Server Error in '\/' Application\."$/);
    assert.equal(lab.history.since(mark).filter(({ action }) => action.startsWith("POST ")).length, 1);
    nothingWritten();
  });

  it("a certificate behind such a page keeps its request id, and the next run fetches it", async () => {
    lab.faults.add({ fault: "answers with an error page", action: "certnew.cer" });
    const failed = await provider.create("AdcsCertificate", signed({ csrPem })).then(() => assert.fail("it succeeded"), (error: Partial) => error);
    assert.match(failed.reasons!.join("\n"), /request \d+ is pending: it was issued and could not be fetched yet \(ca\.example\.com: .*the page is none that is known/);
    lab.faults.clear();
    const made = await provider.update("AdcsCertificate", failed.properties!, signed({ csrPem }));
    assert.deepEqual([made.signature, made.requestId], ["issued", failed.properties!.requestId]);
  });

  it("a PKCS#7 with more certificates does no harm: the one that was asked for is taken, and no other", async () => {
    lab.faults.add({ fault: "answers with more certificates" });
    const made = await provider.create("AdcsCertificate", signed({ csrPem }));
    assert.equal(made.fingerprint, lab.authority("ca").requests.at(-1)!.certificate!.parsed.fingerprint256);
  });

  it("a chain that comes unordered does no harm", async () => {
    lab.faults.add({ fault: "returns the chain unordered" });
    const made = await provider.create("AdcsCertificate", signed({ csrPem }));
    assert.equal(made.signature, "issued");
  });

  it("a certificate of another request is not uploaded (R10)", async () => {
    const other = await lab.authority("ca").issueCertificate(csrPem, { publicKey: publicKeyOf(await lab.keys.next("rsa-2048")).export({ type: "spki", format: "der" }) });
    for (const pem of chain) lab.node(PUB).certificates.uploadTrust("tomcat", pem, "");
    await lab.cluster("hq").settled();
    mark = lab.history.mark();
    const message = await provider.refusal("IdentityCertificate", { node, purpose: "tomcat", distribution: "multi-server", certificatePem: other, chain });
    assert.match(message, /R10 \S+: the certificate is for another key than the pending request/);
    nothingWritten();
  });

  it("a certificate that our own connection would refuse is not uploaded (U5), with the line to add", async () => {
    const connections = structuredClone(connectionsOf(lab));
    (connections.hq as { tls: { ca: string[] } }).tls.ca = [];
    await provider.dispose();
    provider = new TestProvider(lab, { connections });
    const certificatePem = await lab.authority("ca").issueCertificate(csrPem);
    const message = await provider.refusal("IdentityCertificate", { node, purpose: "tomcat", distribution: "multi-server", certificatePem, chain });
    assert.match(message, /U5 .*the connection's tls settings would refuse cs-ccm-pub-ms\.example\.com.*Add the new chain's root to tls\.ca/);
    nothingWritten();
  });

  it("an authority that denies says why, and the next run asks once more", async () => {
    const error = await provider.create("AdcsCertificate", signed({ csrPem, template: "Unknown" })).then(() => undefined, (failed: Partial) => failed);
    assert.match(error!.message, /^ca: request \d+ was denied: .*Correct the reason \(template "Unknown", rights of the account\); the next "pulumi up" submits the same CSR once more/);
  });
});
