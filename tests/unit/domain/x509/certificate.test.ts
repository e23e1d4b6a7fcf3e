import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type Certificate, isIssuedBy, label, normalFingerprint, parseCertificate, readable } from "../../../../domain/x509/certificate";
import { CLUSTER_NAMES } from "../../../support/facts";
import { authority, type Authority, derOf, issued, newKey, ownSigned, sharedKey, wrapped } from "../../../support/certificates";

describe("what is read of a certificate", () => {
  let root: Authority;
  let tomcat: Certificate;
  before(async () => {
    root = await authority({ name: "Example Root" });
    const subject = "C=DE, O=Example GmbH, OU=Telephony, CN=cs-ccm-pub-ms.example.com";
    tomcat = await issued(root, { subject, names: CLUSTER_NAMES, key: await sharedKey("rsa-2048") });
  });

  test("the subject stands in the order of its encoding", () => {
    assert.equal(tomcat.subject, "C=DE, O=Example GmbH, OU=Telephony, CN=cs-ccm-pub-ms.example.com");
    assert.equal(tomcat.issuer, "CN=Example Root");
    assert.equal(tomcat.commonName, "cs-ccm-pub-ms.example.com");
  });

  test("umlauts of an organisation are read", async () => {
    const certificate = await issued(root, { subject: "O=Müller & Söhne, CN=pub.example.com" });
    assert.equal(certificate.subject, "O=Müller & Söhne, CN=pub.example.com");
  });

  test("a certificate without a common name is named by its subject", async () => {
    const certificate = await issued(root, { subject: "O=Example" });
    assert.equal(certificate.commonName, "");
    assert.match(label(certificate), /^O=Example \(serial number [0-9A-F]+\)$/);
  });

  test("validity is read to the second", () => {
    assert.equal(tomcat.notBefore.toISOString(), "2026-01-01T00:00:00.000Z");
    assert.equal(tomcat.notAfter.toISOString(), "2026-12-31T00:00:00.000Z");
  });

  test("DNS names and IP addresses are read in their order", async () => {
    const certificate = await issued(root, { names: ["pub.example.com", "10.0.0.1", "example.com"] });
    assert.deepEqual(certificate.subjectAlternateNames, ["pub.example.com", "10.0.0.1", "example.com"]);
  });

  test("key usages and extended key usages have names", () => {
    assert.deepEqual(tomcat.keyUsages, ["digitalSignature", "keyEncipherment", "dataEncipherment"]);
    assert.deepEqual(tomcat.extendedKeyUsages, ["serverAuth", "clientAuth"]);
  });

  test("an extended key usage without a name is shown as its OID", async () => {
    const certificate = await issued(root, { extendedKeyUsage: ["1.3.6.1.4.1.311.20.2.2"] });
    assert.deepEqual(certificate.extendedKeyUsages, ["1.3.6.1.4.1.311.20.2.2"]);
  });

  test("the fingerprint is SHA-256 over the DER, in upper case with colons", () => {
    const hash = createHash("sha256").update(derOf(tomcat.pem)).digest("hex").toUpperCase();
    assert.equal(tomcat.fingerprint.replaceAll(":", ""), hash);
    assert.match(tomcat.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  test("two certificates of one key have the same public key fingerprint", async () => {
    const renewed = await issued(root, { key: await sharedKey("rsa-2048") });
    assert.notEqual(renewed.fingerprint, tomcat.fingerprint);
    assert.equal(renewed.publicKeyFingerprint, tomcat.publicKeyFingerprint);
  });

  test("an authority says so, a server certificate does not", () => {
    assert.equal(root.parsed.isAuthority, true);
    assert.equal(tomcat.isAuthority, false);
  });

  test("the certificate that an appliance made for itself is self-signed though it is no authority", async () => {
    const own = await ownSigned();
    assert.equal(own.selfSigned, true);
    assert.equal(own.isAuthority, false);
    assert.equal(tomcat.selfSigned, false);
  });
});

describe("keys and signature hashes", () => {
  const TABLE = [
    { shape: "rsa-2048", hash: "SHA-256", key: { type: "RSA", length: 2048 }, hashAlgorithm: "SHA256" },
    { shape: "rsa-2048", hash: "SHA-1", key: { type: "RSA", length: 2048 }, hashAlgorithm: "SHA1" },
    { shape: "ec-256", hash: "SHA-256", key: { type: "EC", length: 256 }, hashAlgorithm: "SHA256" },
    { shape: "ec-384", hash: "SHA-384", key: { type: "EC", length: 384 }, hashAlgorithm: "SHA384" },
    { shape: "ec-521", hash: "SHA-512", key: { type: "EC", length: 521 }, hashAlgorithm: "SHA512" },
  ] as const;
  for (const { shape, hash, key, hashAlgorithm } of TABLE)
    test(`${shape} signed with ${hash} is ${key.type} ${key.length}, ${hashAlgorithm}`, async () => {
      const certificate = await ownSigned({ key: await sharedKey(shape), hash });
      assert.deepEqual({ key: certificate.key, hashAlgorithm: certificate.hashAlgorithm }, { key, hashAlgorithm });
    });
});

describe("spellings of one certificate", () => {
  let own: Certificate;
  before(async () => {
    own = await ownSigned();
  });
  const spellings: [string, (pem: string) => string | Buffer][] = [
    ["DER", derOf],
    ["one long line", (pem) => wrapped("CERTIFICATE", derOf(pem))],
    ["Windows line ends", (pem) => pem.replaceAll("\n", "\r\n")],
    ["indented, as in YAML", (pem) => pem.replaceAll(/^/gm, "    ")],
    ["with the text that openssl prints before it", (pem) => `subject=CN = pub\nissuer=CN = root\n${pem}`],
    ["the label X509 CERTIFICATE", (pem) => pem.replaceAll("CERTIFICATE", "X509 CERTIFICATE")],
  ];
  for (const [name, spell] of spellings)
    test(`${name} gives the same PEM`, () => {
      assert.equal(parseCertificate(spell(own.pem)).pem, own.pem);
    });

  test("what OpenSSL puts behind a TRUSTED CERTIFICATE is left out", () => {
    const der = Buffer.concat([derOf(own.pem), Buffer.from("300c300a06082b06010505070301", "hex")]);
    assert.equal(parseCertificate(wrapped("TRUSTED CERTIFICATE", der)).pem, own.pem);
  });

  test("two certificates where one is expected are refused", () => {
    assert.throws(() => parseCertificate(own.pem + own.pem), { message: "it holds 2 certificates where one is expected" });
  });

  test("a request is no certificate", () => {
    assert.throws(() => parseCertificate(own.pem.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST")), { message: "it holds no PEM certificate" });
  });

  test("a cut-off certificate is named as what cannot be read", () => {
    const der = derOf(own.pem);
    assert.throws(() => parseCertificate(der.subarray(0, der.length - 10)), /^Error: it is no certificate that can be read \([^)]+\)$/);
  });
});

describe("who signed whom", () => {
  test("an issuer is recognised by name and signature", async () => {
    const root = await authority({ name: "Example Root" });
    assert.equal(isIssuedBy(await issued(root), root.parsed), true);
  });

  test("another authority of the same name did not sign it", async () => {
    const [root, twin] = [await authority({ name: "Example Root" }), await authority({ name: "Example Root" })];
    assert.equal(isIssuedBy(await issued(root), twin.parsed), false);
  });

  test("a renewed authority with the same key still counts as the issuer", async () => {
    const key = await newKey();
    const [old, renewed] = [await authority({ name: "Example Root", key }), await authority({ name: "Example Root", key })];
    assert.equal(isIssuedBy(await issued(old), renewed.parsed), true);
  });
});

describe("spellings of one fingerprint", () => {
  const WANTED = "ABCDEF".repeat(10) + "0123";
  const pairs = WANTED.match(/../g)!;
  const spellings = [pairs.join(":"), pairs.join(" "), WANTED.toLowerCase(), `sha256:${WANTED}`, `SHA-256=${pairs.join(":")}`, `SHA256 Fingerprint=${pairs.join(":")}`, `sha256 Fingerprint=${pairs.join(":")}\n`];
  for (const text of spellings)
    test(`${JSON.stringify(text.slice(0, 32))}… is the same fingerprint`, () => {
      assert.equal(normalFingerprint(text), WANTED);
    });

  test("normal is normal: a second time changes nothing", () => {
    fc.assert(fc.property(fc.string(), (text) => normalFingerprint(normalFingerprint(text)) === normalFingerprint(text)));
  });
});

describe("what OpenSSL says becomes a sentence", () => {
  test("our own sentence is passed on", () => {
    assert.throws(() => readable("certificate", () => assert.fail("its key is ed25519, neither RSA nor EC")), { message: "its key is ed25519, neither RSA nor EC" });
  });

  test("a code of OpenSSL is left out", () => {
    assert.throws(() => readable("certificate", () => assert.fail("error:0680009B:asn1 encoding routines::too long")), {
      message: "it is no certificate that can be read (asn1 encoding routines, too long)",
    });
  });
});
