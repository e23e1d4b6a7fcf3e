import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { connectionsOf, type AuthorityConnection, type ClusterConnection, type FaultName, startLab } from "../../lab";
import { dataEncipherment, digitalSignature, EKU, keyEncipherment } from "../../lab/pki/make";
import { describe as read, describeRequest } from "../../lab/pki/read";
import { authorityLab, csr, NAMES, within } from "./certsrv-support";

const CLIENT = "CertificateTemplate:WebServerClient";
const DAY = 86_400_000;

/** Each certificate is signed by the next. */
function assertChain(pems: string[]): void {
  const chain = pems.map((pem) => new X509Certificate(pem));
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1] ?? certificate;
    assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey), `${certificate.subject} is not by ${issuer.subject}`);
  }
}

describe("what an authority issues", () => {
  test("has the request's subject, names and key, and leads to the root", () =>
    within(authorityLab(), async (ca) => {
      const request = await csr();
      const { state, certificate, chain } = await ca.submit(request, CLIENT, "EXAMPLE\\enroll");
      const asked = await describeRequest(request);
      assert.equal(state, "issued");
      assert.deepEqual([certificate!.subject, certificate!.names, certificate!.publicKey], [asked.subject, NAMES, asked.publicKey]);
      assertChain([certificate!.pem, ...chain!]);
      assert.deepEqual(chain!.slice(-1), ca.roots);
    }));

  test("has the extended key usages of the template, not of the request", () =>
    within(authorityLab(), async (ca) => {
      const usages = async (template: string) => (await ca.submit(await csr(), `CertificateTemplate:${template}`, "x")).certificate!.extendedKeyUsages;
      assert.deepEqual(await usages("WebServerClient"), [EKU.serverAuth, EKU.clientAuth]);
      assert.deepEqual(await usages("WebServer"), [EKU.serverAuth]);
    }));

  test("keeps of the key usage what the template allows", () =>
    within(authorityLab(), async (ca) => {
      const usage = async (template: string) => (await ca.submit(await csr(), `CertificateTemplate:${template}`, "x")).certificate!.keyUsages;
      assert.equal(await usage("WebServerClient"), digitalSignature | keyEncipherment | dataEncipherment);
      assert.equal(await usage("WebServer"), digitalSignature | keyEncipherment);
    }));

  test("begins ten minutes ago and lasts as long as the estate says", () =>
    within(authorityLab({ validityDays: 90 }), async (ca) => {
      const before = Date.now();
      const { certificate } = await ca.submit(await csr(), CLIENT, "x");
      const { notBefore, notAfter } = certificate!;
      assert.ok(notBefore.getTime() >= before - 601_000 && notBefore.getTime() <= Date.now() - 600_000);
      assert.equal(notAfter.getTime() - notBefore.getTime(), 90 * DAY);
    }));

  test("never begins before the issuing certificate", () =>
    within(authorityLab(), async (ca) => {
      const renewed = await ca.renew("issuing");
      const { certificate } = await ca.submit(await csr(), CLIENT, "x");
      assert.deepEqual(certificate!.notBefore, renewed.notBefore);
    }));

  test("never outlives the issuing certificate", () =>
    within(authorityLab({ validityDays: 36_500 }), async (ca) => {
      const { certificate } = await ca.submit(await csr(), CLIENT, "x");
      assert.deepEqual(certificate!.notAfter, ca.hierarchy.issuerCertificate.notAfter);
    }));

  test("follows the templates of the estate", () =>
    within(authorityLab({ templates: { Phone: { extendedKeyUsage: ["clientAuth", "1.2.3.4"], keyUsage: ["digitalSignature"] } } }), async (ca) => {
      const { certificate } = await ca.submit(await csr(), "CertificateTemplate:phone", "x");
      assert.deepEqual([certificate!.extendedKeyUsages, certificate!.keyUsages], [[EKU.clientAuth, "1.2.3.4"], digitalSignature]);
    }));
});

describe("what an authority refuses", () => {
  const denied = async (request: string, attributes: string, words: RegExp) =>
    within(authorityLab(), async (ca) => {
      const { state, disposition, certificate } = await ca.submit(request, attributes, "x");
      assert.deepEqual([state, certificate], ["denied", undefined]);
      assert.match(disposition, words);
    });

  test("a template that it does not have", async () => denied(await csr(), "CertificateTemplate:Nothing", /0x80094800.*: Nothing\./));

  test("a request without a template", async () => denied(await csr(), "SAN:dns=x.example.com", /0x80094801/));

  test("what is no request", () => denied("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----", CLIENT, /Error Parsing Request/));

  test("a request whose own signature is wrong", async () => {
    const der = Buffer.from((await csr()).replace(/-----[^-]+-----/g, ""), "base64");
    der[der.length - 1]! ^= 1;
    await denied(`-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----`, CLIENT, /NTE_BAD_SIGNATURE/);
  });

  test("every request, where the estate says so", () =>
    within(authorityLab({ decision: "deny" }), async (ca) => {
      assert.equal((await ca.submit(await csr(), CLIENT, "x")).disposition, "Denied by Policy Module");
    }));
});

describe("a request that is held", () => {
  test("has an id from 32 upwards and waits until a person issues it", () =>
    within(authorityLab({ decision: "hold" }), async (ca) => {
      const [first, second] = [await ca.submit(await csr(), CLIENT, "x"), await ca.submit(await csr(), CLIENT, "x")];
      assert.deepEqual([first.id, second.id, first.state, first.disposition], [32, 33, "pending", "Taken Under Submission"]);
      await ca.issue(33);
      assert.deepEqual([first.state, second.state, second.disposition], ["pending", "issued", "Resubmitted by EXAMPLE\\administrator"]);
    }));

  test("may be denied with a text", () =>
    within(authorityLab({ decision: "hold" }), async (ca) => {
      await ca.submit(await csr(), CLIENT, "x");
      const { state, disposition } = ca.deny(32, "Denied by EXAMPLE\\boss");
      assert.deepEqual([state, disposition], ["denied", "Denied by EXAMPLE\\boss"]);
    }));

  test("is decided once", () =>
    within(authorityLab({ decision: "hold" }), async (ca) => {
      await ca.submit(await csr(), CLIENT, "x");
      const first = ca.issue(32);
      await assert.rejects(ca.issue(32), /request 32 is not pending any more: it is being issued/);
      await first;
      assert.throws(() => ca.deny(32), /not pending any more: it is issued/);
      await assert.rejects(ca.issue(99), /no request 99/);
    }));
});

describe("request attributes", () => {
  const submitted = (attributes: string, editFlags: ("EDITF_ATTRIBUTEENDDATE" | "EDITF_ATTRIBUTESUBJECTALTNAME2")[], check: (days: number, names: string[]) => void) =>
    within(authorityLab({ editFlags, validityDays: 100 }), async (ca) => {
      const { certificate } = await ca.submit(await csr(), `${CLIENT}\r\n${attributes}`, "x");
      check((certificate!.notAfter.getTime() - Date.now()) / DAY, certificate!.names);
    });

  test("a validity is ignored as long as no edit flag allows it", () => submitted("ValidityPeriod:Days\r\nValidityPeriodUnits:10", [], (days) => assert.ok(days > 99)));

  test("a shorter validity is followed with the edit flag", () => submitted("ValidityPeriod:Days\r\nValidityPeriodUnits:10", ["EDITF_ATTRIBUTEENDDATE"], (days) => assert.ok(days > 9.9 && days <= 10)));

  test("so is an end date", () => submitted(`ExpirationDate:${new Date(Date.now() + 20 * DAY).toUTCString()}`, ["EDITF_ATTRIBUTEENDDATE"], (days) => assert.ok(days > 19.9 && days <= 20)));

  test("a longer validity than the template's is not followed", () => submitted("ValidityPeriod:Years\r\nValidityPeriodUnits:9", ["EDITF_ATTRIBUTEENDDATE"], (days) => assert.ok(days <= 100)));

  test("a SAN is ignored as long as no edit flag allows it", () => submitted("SAN:dns=other.example.com", [], (_, names) => assert.deepEqual(names, NAMES)));

  test("a SAN replaces that of the request with the edit flag", () =>
    submitted("SAN:dns=a.example.com&dns=b.example.com", ["EDITF_ATTRIBUTESUBJECTALTNAME2"], (_, names) => assert.deepEqual(names, ["a.example.com", "b.example.com"])));
});

describe("an authority that misbehaves", () => {
  const struck = (fault: { fault: FaultName; name?: string; days?: number }, check: (certificate: ReturnType<typeof read>, requested: Buffer) => void) =>
    within(authorityLab(), async (ca, lab) => {
      lab.faults.add({ ...fault, node: ca.fqdn, times: 1 });
      const request = await csr();
      check((await ca.submit(request, CLIENT, "x")).certificate!, (await describeRequest(request)).publicKey);
      const next = (await ca.submit(request, CLIENT, "x")).certificate!;
      assert.deepEqual([next.names, next.extendedKeyUsages.length], [NAMES, 2], "the fault strikes once");
    });

  test("drops the last SAN", () => struck({ fault: "drops a SAN" }, ({ names }) => assert.deepEqual(names, NAMES.slice(0, 1))));

  test("drops the SAN that the fault names", () => struck({ fault: "drops a SAN", name: NAMES[0] }, ({ names }) => assert.deepEqual(names, NAMES.slice(1))));

  test("drops an extended key usage", () => struck({ fault: "drops an extended key usage", name: EKU.clientAuth }, ({ extendedKeyUsages }) => assert.deepEqual(extendedKeyUsages, [EKU.serverAuth])));

  test("issues for another time", () => struck({ fault: "ignores the requested validity", days: 7 }, ({ notBefore, notAfter }) => assert.equal(notAfter.getTime() - notBefore.getTime(), 7 * DAY)));

  test("issues for another key", () => struck({ fault: "issues for another key" }, ({ publicKey }, requested) => assert.notDeepEqual(publicKey, requested)));
});

describe("a hierarchy", () => {
  test("has as many levels as the estate says", () =>
    within(authorityLab({ intermediates: 2 }), async (ca) => {
      assert.deepEqual(ca.hierarchy.chain().map((pem) => read(pem).commonName), ["Example Issuing CA 1", "Example Policy CA 1", "Example Root CA"]);
      assertChain(ca.hierarchy.chain());
    }));

  test("may be a root alone", () =>
    within(authorityLab({ intermediates: 0 }), async (ca) => {
      const { certificate, chain } = await ca.submit(await csr(), CLIENT, "x");
      assert.deepEqual(chain, ca.roots);
      assertChain([certificate!.pem, ...chain]);
    }));

  test("renews the issuing certificate with its subject and key and a later beginning", () =>
    within(authorityLab(), async (ca) => {
      const { certificate } = await ca.submit(await csr(), CLIENT, "x");
      await ca.renew("issuing");
      const [old, renewed] = [ca.hierarchy.issuing(0)!, ca.hierarchy.issuing(1)!];
      assert.equal(ca.hierarchy.renewals, 1);
      assert.deepEqual([renewed.subject, renewed.publicKey], [old.subject, old.publicKey]);
      assert.ok(renewed.notBefore > old.notBefore);
      for (const issuing of [old, renewed]) assertChain([certificate!.pem, issuing.pem, ...ca.roots]);
    }));

  test("renews the root: both certificates are roots to trust", () =>
    within(authorityLab(), async (ca) => {
      await ca.renew("root");
      assert.equal(ca.roots.length, 2);
      assert.equal(ca.hierarchy.renewals, 0);
      for (const root of ca.roots) assertChain([ca.hierarchy.issuer.certificate, root]);
    }));
});

test("a certificate from anywhere needs no request and may differ from the CSR", () =>
  within(authorityLab(), async (ca) => {
    const certificate = read(await ca.issueCertificate(await csr(), { names: ["other.example.com"], days: 3 }));
    assert.deepEqual([certificate.names, ca.requests.length], [["other.example.com"], 0]);
    assertChain([certificate.pem, ...ca.hierarchy.chain()]);
  }));

test("two authorities of an estate have different names and share nothing", async () => {
  const lab = await startLab({ name: "two", clusters: [], authorities: [{ name: "ca", fqdn: "ca.example.com" }, { name: "partner", fqdn: "ca.partner.net" }, { name: "second", fqdn: "ca2.example.com" }] });
  try {
    assert.deepEqual(lab.authorities.map((ca) => read(ca.roots[0]!).subject), ["DC=com, DC=example, CN=Example Root CA", "DC=net, DC=partner, CN=Partner Root CA 2", "DC=com, DC=example, CN=Example Root CA 3"]);
    assert.throws(() => lab.authority("nobody"), /it has: ca, partner, second/);
  } finally {
    await lab.stop();
  }
});

test("the connections name the authority, and its root is what the clusters trust", async () => {
  const lab = await startLab();
  try {
    const { ca, hq } = connectionsOf(lab) as { ca: AuthorityConnection; hq: ClusterConnection };
    const authority = lab.authority("ca");
    assert.deepEqual(ca.certsrv, { host: "ca.example.com", ...authority.credential });
    assert.deepEqual(ca.reach, { "ca.example.com": { address: "127.0.0.1", ports: { 443: authority.ports.https443 } } });
    assert.deepEqual([ca.tls.ca, hq.tls.ca], [authority.roots, authority.roots]);
  } finally {
    await lab.stop();
  }
});
