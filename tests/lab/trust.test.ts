import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab";
import { KeyPool } from "../../lab/keys";
import { keyCertSign, type KeyAndCertificate, selfSigned, type Validity } from "../../lab/pki/make";
import { describe as read } from "../../lab/pki/read";
import type { VosNode } from "../../lab/vos/node";
import { IMP, PUB, startNodes, SUB, within } from "./support/estates";
import { done, refusal, rest } from "./support/node-client";
import { daysAgo, foreignKey, makeIntermediate, makeRoot, trust } from "./support/signer";

const MISSING: [number, string] = [400, "CA certificate is not available in the trust-store"];

/** Serial numbers of the entries of that common name. */
function serialsOf(node: VosNode, commonName: string, store = "tomcat-trust"): string[] {
  return node.store.entries(store).filter(({ certificate }) => certificate.commonName === commonName).map(({ certificate }) => certificate.serial);
}

const serial = ({ certificate }: Pick<KeyAndCertificate, "certificate">) => read(certificate).serial;
const upload = (node: VosNode, { certificate }: Pick<KeyAndCertificate, "certificate">, service = "tomcat") => refusal(node, "POST /trust/certificates", { service: [service], certificates: [certificate], description: "" });

describe("a trust store", () => {
  let lab: Lab;
  let pub: VosNode;
  before(async () => {
    lab = await startNodes();
    pub = lab.node(PUB);
  });
  after(() => lab.stop());

  test("names the file of an entry by common name and serial number", async () => {
    const root = await makeRoot("File Name Root-1.example");
    await trust(pub, root);
    assert.ok(pub.store.find("tomcat-trust", `File_Name_Root-1.example_${serial(root)}.pem`));
  });

  test("holds one entry of a name: a newer one displaces it, whatever its key and serial number", async () => {
    const name = "Displaced Root";
    const older = await makeRoot(name, { notBefore: daysAgo(20) });
    const otherKey = await selfSigned(await foreignKey(), { subject: `CN=${name}, O=Another`, keyUsage: keyCertSign, ca: true }, { notBefore: daysAgo(10) });
    await trust(pub, older);
    assert.deepEqual(serialsOf(pub, name), [serial(older)]);
    await trust(pub, { certificate: otherKey });
    assert.deepEqual(serialsOf(pub, name), [serial({ certificate: otherKey })]);
    await lab.cluster("hq").settled();
    for (const fqdn of [SUB, IMP]) assert.deepEqual(serialsOf(lab.node(fqdn), name), [serial({ certificate: otherKey })], fqdn);
  });

  test("silently does not store an older one, here or on the other nodes", async () => {
    const name = "Older Root";
    const [newer, older] = [await makeRoot(name, { notBefore: daysAgo(10) }), await makeRoot(name, { notBefore: daysAgo(20) })];
    pub.store.trust("tomcat-trust", read(newer.certificate), "");
    const { status, body } = await rest(pub, "POST /trust/certificates", { service: ["tomcat"], certificates: [older.certificate] });
    assert.deepEqual([status, body.messages], [200, ["Certificate uploaded"]]);
    await lab.cluster("hq").settled();
    assert.deepEqual(serialsOf(pub, name), [serial(newer)]);
    assert.deepEqual(serialsOf(lab.node(SUB), name), []);
    assert.equal(lab.history.of("platform", "store trust certificate").at(-1)!.detail.stored, "older than what is there");
  });

  test("takes the older one after the newer was deleted", async () => {
    const name = "Forced Root";
    const [newer, older] = [await makeRoot(name, { notBefore: daysAgo(10) }), await makeRoot(name, { notBefore: daysAgo(20) })];
    await trust(pub, newer);
    pub.certificates.deleteTrust("tomcat-trust", `Forced_Root_${serial(newer)}.pem`);
    await trust(pub, older);
    assert.deepEqual(serialsOf(pub, name), [serial(older)]);
  });

  test("tells apart those that have no common name by the whole subject", async () => {
    const key = await new KeyPool().shared("rsa-2048");
    const nameless = (organization: string) => selfSigned(key, { subject: `O=${organization}`, keyUsage: keyCertSign, ca: true });
    for (const certificate of [await nameless("One"), await nameless("Two")]) await trust(pub, { certificate });
    assert.equal(serialsOf(pub, "").length, 2);
  });

  test("keeps stores apart: the same certificate may be in several", async () => {
    const root = await makeRoot("Two Stores Root");
    await trust(pub, root, "CallManager");
    assert.deepEqual(serialsOf(pub, "Two Stores Root"), []);
    await trust(pub, root);
    assert.deepEqual(serialsOf(pub, "Two Stores Root", "CallManager-trust"), serialsOf(pub, "Two Stores Root"));
  });

  test("takes several certificates at once, in the order in which they are given", async () => {
    const root = await makeRoot("Ordered Root");
    const issuing = await makeIntermediate(root, "Ordered Issuing");
    const both = (certificates: string[]) => refusal(pub, "POST /trust/certificates", { service: ["tomcat"], certificates });
    assert.deepEqual(await both([issuing.certificate, root.certificate]), MISSING);
    assert.equal((await both([root.certificate, issuing.certificate]))[0], 200);
    assert.equal(serialsOf(pub, "Ordered Issuing").length, 1);
  });

  const made = (subject: string, validity: Validity) => async () => ({ certificate: await selfSigned(await new KeyPool().shared("rsa-2048"), { subject, keyUsage: keyCertSign, ca: true }, validity) });
  const refused: [what: string, make: () => Promise<Pick<KeyAndCertificate, "certificate">>, words: string][] = [
    ["an expired certificate", made("CN=Expired Root", { notBefore: daysAgo(10), days: 9 }), "The certificate has expired"],
    ["one that is not yet valid", made("CN=Future Root", { notBefore: daysAgo(-1), days: 9 }), "The certificate is not yet valid"],
    ["a wildcard", made("CN=*.example.com", { days: 9 }), "Wildcard certificates are not supported"],
    [
      "a key of more than 4096 bits",
      async () => ({ certificate: await selfSigned(await new KeyPool().shared("rsa-4104"), { subject: "CN=Large Root", keyUsage: keyCertSign, ca: true }) }),
      "Key size is greater than the maximum supported key size 4096",
    ],
    ["an intermediate whose root is missing", async () => makeIntermediate(await makeRoot("Absent Root"), "Early Issuing"), MISSING[1]],
    ["what is no certificate", async () => ({ certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }), "Error reading the certificate, the certificate is not in PEM format"],
    ["two certificates in one", async () => ({ certificate: (await makeRoot("A")).certificate + (await makeRoot("B")).certificate }), "Error reading the certificate, more than one certificate was given"],
  ];
  for (const [what, make, words] of refused)
    test(`refuses ${what}`, async () => {
      const count = pub.store.entries("tomcat-trust").length;
      assert.deepEqual(await upload(pub, await make()), [400, words]);
      assert.equal(pub.store.entries("tomcat-trust").length, count);
    });

  test("refuses an intermediate whose root is in another store only", async () => {
    const root = await makeRoot("Elsewhere Root");
    await trust(pub, root, "CallManager");
    assert.deepEqual(await upload(pub, await makeIntermediate(root, "Elsewhere Issuing")), MISSING);
  });

  test("refuses what is there already", async () => {
    const root = await makeRoot("Twice Root");
    await trust(pub, root);
    assert.deepEqual(await upload(pub, root), [400, "Certificate already exists in the trust-store"]);
  });

  test("that is not on the node is refused, and so is one whose REST name is not known", async () => {
    const root = await makeRoot("Nowhere Root");
    for (const service of ["cup", "Phone-SAST-trust", "directory"]) assert.deepEqual(await upload(pub, root, service), [400, `Invalid service ${service}`]);
    assert.deepEqual(await upload(lab.node(IMP), root, "CallManager"), [400, "Invalid service CallManager"]);
  });
});

describe("with the switch", () => {
  test("duplicateTrust, what is there already is accepted", () =>
    within(startNodes({ switches: { duplicateTrust: "accepted" } }), async (lab) => {
      const root = await makeRoot();
      await trust(lab.node(PUB), root);
      assert.equal((await upload(lab.node(PUB), root))[0], 200);
      assert.equal(serialsOf(lab.node(PUB), "Test Root CA").length, 1);
    }));

  test("intermediateNeedsIssuer off, an intermediate may come before its root", () =>
    within(startNodes({ switches: { intermediateNeedsIssuer: false } }), async (lab) => {
      await trust(lab.node(PUB), await makeIntermediate(await makeRoot(), "Early Issuing"));
      assert.equal(serialsOf(lab.node(PUB), "Early Issuing").length, 1);
    }));
});

describe("the node's own certificates", () => {
  const copies: [fqdn: string, purpose: string, on: string, stores: string[]][] = [
    [PUB, "tomcat", PUB, ["tomcat-trust"]],
    [PUB, "tomcat-ECDSA", PUB, ["tomcat-trust"]],
    [PUB, "tomcat", IMP, ["tomcat-trust"]],
    [IMP, "tomcat", SUB, ["tomcat-trust"]],
    [SUB, "CallManager", SUB, ["CallManager-trust"]],
    [SUB, "CallManager-ECDSA", PUB, ["CallManager-trust"]],
    [PUB, "CAPF", PUB, ["CAPF-trust", "CallManager-trust"]],
    [PUB, "CAPF", SUB, ["CallManager-trust"]],
    [PUB, "TVS", PUB, []],
    [PUB, "ITLRecovery", PUB, []],
    [SUB, "ipsec", SUB, ["ipsec-trust"]],
    [SUB, "ipsec", PUB, []],
    [PUB, "ipsec", IMP, ["ipsec-trust"]],
    [IMP, "cup", IMP, ["cup-trust"]],
    [IMP, "cup", PUB, ["CallManager-trust"]],
    [IMP, "cup-xmpp-ECDSA", IMP, []],
    [IMP, "cup-xmpp-s2s-ECDSA", IMP, ["cup-xmpp-trust"]],
  ];
  let lab: Lab;
  before(async () => {
    lab = await startNodes();
  });
  after(() => lab.stop());
  for (const [fqdn, purpose, on, stores] of copies)
    test(`${purpose} of ${fqdn.split(".")[0]} is on ${on.split(".")[0]} in ${stores.join(" and ") || "no trust store"}`, () => {
      const { store } = lab.node(on);
      const own = lab.node(fqdn).store.identities.get(purpose)!.certificate.serial;
      assert.deepEqual(store.stores().filter((name) => store.entries(name).some(({ certificate }) => certificate.serial === own)).sort(), stores);
    });

  test("cup-xmpp and cup-xmpp-s2s have one name and one store: the latter's copy is there", () => {
    const { store } = lab.node(IMP);
    assert.deepEqual(serialsOf(lab.node(IMP), IMP, "cup-xmpp-trust"), [store.identities.get("cup-xmpp-s2s")!.certificate.serial]);
  });

  test("in ipsec-trust are called like the host, and CAPF's has no serial number", async () => {
    const files = async (fqdn: string, service: string) => ((await done(lab.node(fqdn), `GET /trust/certificate?service=${service}`)).certificates as { filename: string }[]).map(({ filename }) => filename);
    assert.deepEqual(await files(PUB, "ipsec"), ["cs-ccm-pub.pem"]);
    assert.deepEqual((await files(SUB, "ipsec")).sort(), ["cs-ccm-pub.pem", "cs-ccm-sub.pem"]);
    assert.match((await files(PUB, "CAPF")).join(), /^CAPF-[0-9a-f]{8}\.pem$/);
  });

  test("that are regenerated replace their copies, at once and elsewhere", async () => {
    const { serial: fresh } = await lab.node(SUB).certificates.regenerate("tomcat");
    await lab.cluster("hq").settled();
    for (const fqdn of [SUB, PUB, IMP]) assert.deepEqual(serialsOf(lab.node(fqdn), SUB), [fresh], fqdn);
  });
});
