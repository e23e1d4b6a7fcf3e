// Certificates by CLI, as below release 14: what is read is what REST reads, what is written is judged by what is there, and what the CLI cannot say is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { completeQuestion, type DeclaredQuestion, type Question } from "../../domain/question";
import type { Snapshot, TrustEntry } from "../../domain/readings";
import { readChain } from "../../domain/rules/encoding";
import { parseRequest } from "../../domain/x509/request";
import type { Lab } from "../../lab";
import { startNodes } from "../lab/support/estates";
import { makeRoot } from "../lab/support/signer";
import { HQ } from "../support/a1";
import { Bench, fails, IMP, PUB, type Run, SUB } from "./support";

const RELEASE = "12.5(1)SU7";
const AUTHORITIES = [{ name: "ca", fqdn: "ca.example.com" }];
const WAY = `${PUB}: certificates by CLI: its release has no certificate REST`;

function question(declared: Partial<DeclaredQuestion> = {}, fqdn = PUB): Question {
  return completeQuestion({ purpose: "tomcat", distribution: "this-server", ...declared }, HQ.node(fqdn), HQ.nodes);
}

/** Root first. */
function chain(lab: Lab): string[] {
  return readChain(lab.authority("ca").hierarchy.chain()).authorities.map(({ pem }) => pem);
}

/** A bench of that release, its nodes trust the lab's authority. */
function old(): { bench: Bench; run: () => Run } {
  const bench = new Bench(
    () => startNodes({ authorities: AUTHORITIES }, { release: RELEASE }),
    async ({ lab }) => {
      for (const pem of chain(lab)) lab.node(PUB).certificates.uploadTrust("tomcat", pem, "");
      await lab.cluster("hq").settled();
    },
  );
  return { bench, run: () => bench.run({ release: RELEASE }) };
}

const entry = ({ store, fileName, certificate }: TrustEntry) => `${store}/${fileName} ${certificate.fingerprint}`;
const plain = ({ identities, requests, trusts }: Snapshot) => ({
  identities: [...identities].map(([unit, { fingerprint }]) => `${unit} ${fingerprint}`).sort(),
  requests: [...requests].map(([unit, pem]) => `${unit} ${parseRequest(pem).publicKeyFingerprint}`).sort(),
  trusts: trusts.map(entry).sort(),
});

describe("what a node holds, by CLI", () => {
  const bench = new Bench(() => startNodes());

  for (const fqdn of [PUB, IMP])
    test(`is what REST reads of ${fqdn}: identities, requests, trust entries`, async () => {
      await bench.lab.node(fqdn).certificates.generateRequest({ purpose: "tomcat", distribution: "this-server" });
      const byRest = await bench.run().vos(fqdn).snapshot();
      const byCli = await bench.run({ release: RELEASE }).vos(fqdn).snapshot();
      assert.deepEqual(plain(byCli), plain(byRest));
      assert.ok(byRest.trusts.length > 5 && byRest.requests.size === 1);
      const [rest, cli] = [bench.run().vos(fqdn), bench.run({ release: RELEASE }).vos(fqdn)];
      assert.deepEqual((await cli.trustEntries("tomcat-trust")).map(entry).sort(), (await rest.trustEntries("tomcat-trust")).map(entry).sort());
      assert.equal((await cli.identity("tomcat-ECDSA"))?.certificate.fingerprint, (await rest.identity("tomcat-ECDSA"))?.certificate.fingerprint);
      assert.equal(parseRequest((await cli.pendingRequest("tomcat"))!).publicKeyFingerprint, parseRequest((await rest.pendingRequest("tomcat"))!).publicKeyFingerprint);
    });

  test("comes with the node's clock", async () => {
    bench.lab.node(SUB).clockOffset = 3_600_000;
    const vos = bench.run({ release: RELEASE }).vos(SUB);
    for (const { clock } of [await vos.snapshot(), (await vos.identity("tomcat"))!]) assert.ok(Math.abs(clock.getTime() - Date.now() - 3_600_000) < 60_000, clock.toISOString());
  });

  test("and is not there is undefined, and no error", async () => {
    const vos = bench.run({ release: RELEASE }).vos(SUB);
    bench.lab.node(SUB).store.identities.delete("CallManager-ECDSA");
    assert.deepEqual([await vos.identity("CallManager-ECDSA"), await vos.pendingRequest("tomcat")], [undefined, undefined]);
  });

  test("is read once for each trust certificate, and again only what is new", async () => {
    const run = bench.run({ release: RELEASE });
    const vos = run.vos(PUB);
    const entries = await vos.trustEntries("tomcat-trust");
    const shown = () => run.asked("cli", "show cert trust").length;
    assert.equal(shown(), entries.length);
    bench.lab.node(PUB).certificates.uploadTrust("tomcat", (await makeRoot("Newcomer")).certificate, "");
    assert.equal((await vos.trustEntries("tomcat-trust")).length, entries.length + 1);
    assert.equal(shown(), entries.length + 1);
  });
});

describe("a request by CLI", () => {
  const { bench, run } = old();

  test("for one node names it, with the usual key, and the way is said once", async () => {
    const one = run();
    const request = parseRequest(await one.vos(PUB).generateRequest(question()));
    assert.deepEqual([request.commonName, [...request.subjectAlternateNames], request.key], [PUB, [PUB], { type: "RSA", length: 2048 }]);
    await one.vos(PUB).generateRequest(question());
    assert.deepEqual(one.lines, [WAY]);
    assert.deepEqual(one.asked("rest"), []);
  });

  for (const [what, declared, answer] of [
    ["all nodes", { distribution: "multi-server" }, "the CLI cannot make a request with distribution multi-server"],
    ["further names", { otherDomains: ["webex.example.com"] }, "the CLI cannot make a request with the names webex.example.com"],
    ["another name and key", { commonName: "www.example.com", keyLength: 4096, hashAlgorithm: "SHA512" }, "with the common name www.example.com, a key of 4096 bits, the hash SHA512"],
  ] as const)
    test(`for ${what} is refused before anything is typed`, async () => {
      const one = run();
      await fails(one.vos(PUB).generateRequest(question(declared)), { kind: "rejected", node: PUB, action: "generate a tomcat CSR", answer });
      assert.deepEqual([one.asked("cli"), one.lines], [[], []]);
    });

  test("whose answer is lost is found on the node, and not made again", async () => {
    const one = run();
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, interface: "cli", action: "set csr gen", times: 1 });
    const pem = await one.vos(PUB).generateRequest(question());
    assert.equal(pem.trim(), bench.lab.node(PUB).store.requests.get("tomcat")!.pem.trim());
    assert.equal(one.asked("platform", "generate CSR").length, 1);
  });

  test("during an upgrade is refused in the platform's words", async () => {
    bench.lab.node(PUB).health.upgradeRunning = true;
    const refused = fails(run().vos(PUB).generateRequest(question()), { kind: "busy", node: PUB, action: "generate a tomcat CSR", answer: "not allowed while an upgrade is in progress" });
    await refused.finally(() => (bench.lab.node(PUB).health.upgradeRunning = false));
  });
});

describe("a request by CLI of a node that asks about the organizational unit", () => {
  const bench = new Bench(() => startNodes());

  test("is made once, with an answer to that question", async () => {
    const run = bench.run({ release: RELEASE });
    const request = parseRequest(await run.vos(IMP).generateRequest(question({ purpose: "cup-xmpp" }, IMP)));
    assert.match(request.subject, /OU=Lab/);
    assert.equal(run.asked("platform", "generate CSR cup-xmpp").length, 1);
  });
});

describe("the upload of a signed certificate by CLI", () => {
  const { bench, run } = old();
  const refused = { node: PUB, action: "upload the tomcat certificate" };
  const issue = (pem: string, overrides = {}) => bench.lab.authority("ca").issueCertificate(pem, overrides);

  test("that answers the multi-server request of a person reaches every node", async () => {
    const { pem } = await bench.lab.node(PUB).certificates.generateRequest({ purpose: "tomcat", distribution: "multi-server" });
    const one = run();
    const messages = await one.vos(PUB).uploadIdentity("tomcat", [await issue(pem), ...chain(bench.lab)]);
    assert.match(messages.join(), /^Successfully imported certificate for tomcat\. Please restart services/);
    await bench.lab.cluster("hq").settled();
    const fingerprints = await Promise.all([PUB, SUB, IMP].map(async (fqdn) => (await one.vos(fqdn).identity("tomcat"))?.certificate.fingerprint));
    assert.equal(new Set(fingerprints).size, 1);
    assert.deepEqual([one.lines, one.asked("cli", "set cert import own").length], [[WAY], 1]);
  });

  test("without a pending request is refused: there is nothing that it belongs to", async () => {
    const vos = run().vos(PUB);
    const pem = await issue(await vos.generateRequest(question()));
    bench.lab.node(PUB).store.requests.clear();
    await fails(vos.uploadIdentity("tomcat", [pem]), { ...refused, kind: "notFound", answer: "tomcat.csr does not exist" });
  });

  test("of another key is refused", async () => {
    const vos = run().vos(PUB);
    const pem = await issue(await vos.generateRequest(question()));
    await vos.generateRequest(question());
    await fails(vos.uploadIdentity("tomcat", [pem]), { ...refused, kind: "rejected", answer: "CSR public key and certificate public key do not match" });
  });

  test("that is no certificate is refused", async () => {
    await fails(run().vos(PUB).uploadIdentity("tomcat", ["no certificate"]), { ...refused, kind: "rejected", answer: "Error reading the certificate" });
  });

  test("whose answer is lost is told as lost, and pasted once", async () => {
    const one = run();
    const pem = await issue(await one.vos(PUB).generateRequest(question()));
    bench.lab.faults.add({ fault: "dropped answer", node: PUB, interface: "cli", action: "set cert import own", times: 1 });
    await fails(one.vos(PUB).uploadIdentity("tomcat", [pem]), { ...refused, kind: "connection", answer: /lost|closed/ });
    assert.equal(one.asked("cli", "set cert import own").length, 1);
    assert.ok(await one.vos(PUB).identity("tomcat"));
  });
});

describe("a trust store by CLI", () => {
  const { bench, run } = old();

  test("takes a certificate and gives it to the other nodes", async () => {
    const one = run();
    await one.vos(PUB).uploadTrust("tomcat-trust", (await makeRoot("Contract Root")).certificate, "is not taken");
    await bench.lab.cluster("hq").settled();
    for (const fqdn of [PUB, SUB, IMP]) assert.ok((await one.vos(fqdn).trustEntries("tomcat-trust")).some(({ certificate }) => certificate.commonName === "Contract Root"), fqdn);
  });

  test("that has it already says so", async () => {
    const { certificate } = await makeRoot("Contract Twice");
    const vos = run().vos(PUB);
    await vos.uploadTrust("tomcat-trust", certificate, "");
    await fails(vos.uploadTrust("tomcat-trust", certificate, ""), { kind: "conflict", node: PUB, action: "upload a certificate to tomcat-trust", answer: "already exists in the trust-store" });
  });

  test("refuses an intermediate whose issuer it lacks", async () => {
    const trusts = bench.lab.node(PUB).store;
    for (const { fileName } of trusts.entries("tomcat-trust").filter((one) => /CA/.test(one.fileName))) trusts.remove("tomcat-trust", fileName);
    await fails(run().vos(PUB).uploadTrust("tomcat-trust", chain(bench.lab)[1]!, ""), { kind: "rejected", node: PUB, action: "upload a certificate to tomcat-trust", answer: "CA certificate is not available" });
  });
});

describe("a node without the certificate REST that is taken for a later one", () => {
  const { bench } = old();

  test("is told by its answer, and not taken for a node without certificates", async () => {
    const vos = bench.run({ release: "15" }).vos(PUB);
    for (const [work, action] of [[vos.identity("tomcat"), "read the tomcat certificate"], [vos.snapshot(), "read certificates"]] as const) await fails(work, { kind: "rejected", node: PUB, action, answer: "it has no certificate REST (HTTP 404)" });
  });
});
