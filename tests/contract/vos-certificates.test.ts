// Certificates of a VOS node through the contract: requests, uploads, trust stores, with the platform's refusals.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { completeQuestion, type DeclaredQuestion, type Question } from "../../domain/question";
import type { TrustEntry } from "../../domain/readings";
import { parseRequest } from "../../domain/x509/request";
import { readChain } from "../../domain/rules/encoding";
import type { Lab } from "../../lab";
import type { VosPlatform } from "../../provider/platforms/vos";
import { startNodes } from "../lab/support/estates";
import { makeRoot } from "../lab/support/signer";
import { HQ } from "../support/a1";
import { Bench, fails, IMP, PUB, SUB } from "./support";

const AUTHORITIES = [{ name: "ca", fqdn: "ca.example.com" }];

function question(declared: Partial<DeclaredQuestion> = {}, fqdn = PUB): Question {
  return completeQuestion({ purpose: "tomcat", distribution: "multi-server", ...declared }, HQ.node(fqdn), HQ.nodes);
}

/** A bench whose nodes trust the lab's authority. */
function trusting(): Bench {
  return new Bench(
    () => startNodes({ authorities: AUTHORITIES }),
    async (run) => {
      for (const pem of chain(run)) await run.vos(PUB).uploadTrust("tomcat-trust", pem, "Lab");
      await run.lab.cluster("hq").settled();
    },
  );
}

/** Root first. */
function chain({ lab }: { lab: Lab }): string[] {
  return readChain(lab.authority("ca").hierarchy.chain()).authorities.map(({ pem }) => pem);
}

describe("what a node holds", () => {
  const bench = new Bench(() => startNodes({ authorities: AUTHORITIES }));

  test("is every certificate, every trust entry and the node's clock in one snapshot", async () => {
    bench.lab.node(IMP).clockOffset = 3_600_000;
    const { identities, requests, trusts, clock } = await bench.run().vos(IMP).snapshot();
    assert.deepEqual([...identities.keys()].sort(), [...bench.lab.node(IMP).store.identities.keys()].sort());
    assert.equal(identities.get("tomcat")!.fingerprint, bench.lab.node(IMP).store.identities.get("tomcat")!.certificate.parsed.fingerprint256);
    assert.equal(requests.size, 0);
    assert.equal(trusts.length, bench.lab.node(IMP).store.stores().flatMap((store) => bench.lab.node(IMP).store.entries(store)).length);
    assert.ok(Math.abs(clock.getTime() - Date.now() - 3_600_000) < 60_000, clock.toISOString());
  });

  test("is also told one by one, equal to the snapshot", async () => {
    const vos = bench.run().vos(PUB);
    const { identities, trusts } = await vos.snapshot();
    const entries = await vos.trustEntries("tomcat-trust");
    const plain = ({ store, fileName, certificate }: TrustEntry) => `${store}/${fileName} ${certificate.fingerprint}`;
    assert.deepEqual(entries.map(plain), trusts.filter(({ store }) => store === "tomcat-trust").map(plain));
    assert.equal((await vos.identity("tomcat-ECDSA"))?.certificate.fingerprint, identities.get("tomcat-ECDSA")!.fingerprint);
  });

  test("that is not there is undefined, and no error", async () => {
    const vos = bench.run().vos(PUB);
    bench.lab.node(PUB).store.identities.delete("CallManager-ECDSA");
    assert.equal(await vos.identity("CallManager-ECDSA"), undefined);
    assert.equal(await vos.pendingRequest("tomcat"), undefined);
  });

  test("for a purpose that the product does not have is refused in the platform's words", async () => {
    await fails(bench.run().vos(PUB).identity("cup-xmpp"), { kind: "rejected", node: PUB, action: "read the cup-xmpp certificate", answer: /cup-xmpp/ });
  });
});

describe("a certificate signing request", () => {
  const bench = new Bench(() => startNodes({ authorities: AUTHORITIES }));

  test("for all nodes holds their names, what is asked beside them, and is pending on each", async () => {
    const asked = question({ otherDomains: ["webex.example.com"] });
    const vos = bench.run().vos(PUB);
    const pem = await vos.generateRequest(asked);
    const request = parseRequest(pem);
    assert.deepEqual([...request.subjectAlternateNames].sort(), [...asked.names].sort());
    assert.equal(request.commonName, asked.commonName);
    assert.deepEqual(request.key, { type: "RSA", length: 2048 });
    await bench.lab.cluster("hq").settled();
    for (const fqdn of [PUB, SUB, IMP]) assert.equal(await bench.run().vos(fqdn).pendingRequest("tomcat"), pem, fqdn);
  });

  test("for one node with another key is asked so", async () => {
    const request = parseRequest(await bench.run().vos(SUB).generateRequest(question({ purpose: "tomcat-ECDSA", distribution: "this-server", keyLength: 384 }, SUB)));
    assert.deepEqual([request.key, [...request.subjectAlternateNames]], [{ type: "EC", length: 384 }, [SUB]]);
  });

  test("replaces the pending one", async () => {
    const vos = bench.run().vos(PUB);
    const first = await vos.generateRequest(question());
    const second = await vos.generateRequest(question());
    assert.notEqual(first, second);
    assert.equal(await vos.pendingRequest("tomcat"), second);
  });

  test("for all nodes of a purpose that cannot is refused in the platform's words", async () => {
    await fails(bench.run().vos(PUB).generateRequest(question({ purpose: "CAPF" })), { kind: "rejected", node: PUB, action: "generate a CAPF CSR", answer: "Multi-server distribution is not supported for CAPF" });
  });
});

describe("the upload of a signed certificate", () => {
  const bench = trusting();
  /** A request of now, and a certificate that answers it. */
  const signed = async (vos: VosPlatform, overrides = {}) => bench.lab.authority("ca").issueCertificate(await vos.generateRequest(question()), overrides);

  test("reaches every node of its distribution, and says on which it must be loaded", async () => {
    const vos = bench.run().vos(PUB);
    const pem = await signed(vos);
    const messages = await vos.uploadIdentity("tomcat", [pem, ...chain(bench)]);
    assert.match(messages.join(), new RegExp(`successful for the nodes ${PUB},${SUB},${IMP}`));
    await bench.lab.cluster("hq").settled();
    const fingerprints = await Promise.all([PUB, SUB, IMP].map(async (fqdn) => (await bench.run().vos(fqdn).identity("tomcat"))?.certificate.fingerprint));
    assert.deepEqual([...new Set(fingerprints)].length, 1);
    assert.equal(await vos.pendingRequest("tomcat"), undefined);
  });

  test("that skips a node is seen on that node", async () => {
    const vos = bench.run().vos(PUB);
    const before = await bench.run().vos(SUB).identity("tomcat");
    const pem = await signed(vos);
    bench.lab.faults.add({ fault: "distribution skips node", node: SUB });
    await vos.uploadIdentity("tomcat", [pem]);
    await bench.lab.cluster("hq").settled();
    assert.equal((await bench.run().vos(SUB).identity("tomcat"))?.certificate.fingerprint, before?.certificate.fingerprint);
    assert.notEqual((await vos.identity("tomcat"))?.certificate.fingerprint, before?.certificate.fingerprint);
  });

  const refused = { node: PUB, action: "upload the tomcat certificate" };

  test("without a pending request is refused: there is nothing that it belongs to", async () => {
    const vos = bench.run().vos(PUB);
    const pem = await signed(vos);
    bench.lab.node(PUB).store.requests.clear();
    await fails(vos.uploadIdentity("tomcat", [pem]), { ...refused, kind: "notFound", answer: "tomcat.csr does not exist" });
  });

  for (const status of [500, 400] as const)
    test(`of another key is refused (HTTP ${status})`, async () => {
      const vos = bench.run().vos(PUB);
      const pem = await signed(vos);
      await vos.generateRequest(question());
      bench.lab.switches.keyMismatchStatus = status;
      await fails(vos.uploadIdentity("tomcat", [pem]), { ...refused, kind: "rejected", answer: `CSR public key and certificate public key do not match (HTTP ${status})` });
    });

  test("that lacks a name is refused", async () => {
    const vos = bench.run().vos(PUB);
    await fails(vos.uploadIdentity("tomcat", [await signed(vos, { names: [PUB] })]), { ...refused, kind: "rejected", answer: "CSR SAN and Certificate SAN does not match" });
  });

  test("that has expired is refused", async () => {
    const vos = bench.run().vos(PUB);
    const pem = await signed(vos, { notBefore: new Date(Date.now() - 2_000_000), notAfter: new Date(Date.now() - 1_000_000) });
    await fails(vos.uploadIdentity("tomcat", [pem]), { ...refused, kind: "rejected", answer: "The certificate has expired" });
  });

  test("that is no certificate is refused", async () => {
    await fails(bench.run().vos(PUB).uploadIdentity("tomcat", ["no certificate"]), { ...refused, kind: "rejected", answer: "Error reading the certificate" });
  });

  test("whose issuer the node does not trust is refused", async () => {
    const vos = bench.run().vos(PUB);
    const pem = await signed(vos);
    bench.lab.node(PUB).store.entries("tomcat-trust").filter(({ fileName }) => /CA/.test(fileName)).forEach(({ fileName }) => bench.lab.node(PUB).store.remove("tomcat-trust", fileName));
    await fails(vos.uploadIdentity("tomcat", [pem]), { ...refused, kind: "rejected", answer: "CA certificate is not available in the trust-store" });
  });
});

describe("a trust store", () => {
  const bench = new Bench(() => startNodes({ authorities: AUTHORITIES }));
  const held = async (vos: VosPlatform, name: string) => (await vos.trustEntries("tomcat-trust")).find(({ certificate }) => certificate.commonName === name);

  test("takes a certificate and gives it to the other nodes", async () => {
    const { certificate } = await makeRoot("Contract Root");
    await bench.run().vos(PUB).uploadTrust("tomcat-trust", certificate, "for the contract");
    await bench.lab.cluster("hq").settled();
    for (const fqdn of [PUB, SUB, IMP]) assert.ok(await held(bench.run().vos(fqdn), "Contract Root"), fqdn);
    assert.ok(bench.lab.node(PUB).store.entries("tomcat-trust").some(({ description }) => description === "for the contract"));
  });

  test("that has it already says so", async () => {
    const { certificate } = await makeRoot("Contract Twice");
    const vos = bench.run().vos(PUB);
    await vos.uploadTrust("tomcat-trust", certificate, "");
    await fails(vos.uploadTrust("tomcat-trust", certificate, ""), { kind: "conflict", node: PUB, action: "upload a certificate to tomcat-trust", answer: "already exists in the trust-store" });
  });

  test("refuses an intermediate whose issuer it lacks", async () => {
    const [, intermediate] = chain(bench);
    await fails(bench.run().vos(PUB).uploadTrust("tomcat-trust", intermediate!, ""), { kind: "rejected", node: PUB, action: "upload a certificate to tomcat-trust", answer: "CA certificate is not available" });
  });

  for (const takes of ["store", "unit", "either"] as const)
    for (const asks of [false, true])
      test(`loses an entry by CLI, where the first word is the ${takes}${asks ? " and the platform asks before" : ""}`, async () => {
        Object.assign(bench.lab.switches, { certDeleteTakes: takes, certDeleteAsks: asks });
        const name = `Contract Gone ${takes} ${asks}`;
        const run = bench.run();
        await run.vos(PUB).uploadTrust("tomcat-trust", (await makeRoot(name)).certificate, "");
        const entry = await held(run.vos(PUB), name);
        await run.vos(PUB).deleteTrust(entry!);
        assert.equal(await held(run.vos(PUB), name), undefined);
        assert.equal(run.asked("platform", "delete trust certificate").length, 1);
      });

  test("that has lost it already is as it should be, and nothing is deleted", async () => {
    const run = bench.run();
    await run.vos(PUB).uploadTrust("tomcat-trust", (await makeRoot("Contract Gone Twice")).certificate, "");
    const entry = (await held(run.vos(PUB), "Contract Gone Twice"))!;
    await run.vos(PUB).deleteTrust(entry);
    await run.vos(PUB).deleteTrust(entry);
    assert.equal(run.asked("cli", "set cert delete").length, 1);
  });
});
