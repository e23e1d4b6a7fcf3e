import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type CertificateRequest, parseRequest } from "../../../../domain/x509/request";
import { CLUSTER_NAMES } from "../../../support/facts";
import { csr, derOf, ownSigned, sharedKey, wrapped } from "../../../support/certificates";

const CUT = { numRuns: 200 };

describe("what is read of a certificate signing request", () => {
  let request: CertificateRequest;
  before(async () => {
    request = await csr({ subject: "CN=cs-ccm-pub-ms.example.com, O=Example", names: CLUSTER_NAMES, key: await sharedKey("rsa-2048") });
  });

  test("subject, names, key and hash", () => {
    assert.equal(request.subject, "CN=cs-ccm-pub-ms.example.com, O=Example");
    assert.equal(request.commonName, "cs-ccm-pub-ms.example.com");
    assert.deepEqual(request.subjectAlternateNames, CLUSTER_NAMES);
    assert.deepEqual(request.key, { type: "RSA", length: 2048 });
    assert.equal(request.hashAlgorithm, "SHA256");
  });

  test("the usages that it asks for", () => {
    assert.deepEqual(request.keyUsages, ["digitalSignature", "keyEncipherment", "dataEncipherment"]);
    assert.deepEqual(request.extendedKeyUsages, ["serverAuth", "clientAuth"]);
  });

  test("a certificate of the same key has the same public key fingerprint", async () => {
    const certificate = await ownSigned({ key: await sharedKey("rsa-2048") });
    assert.equal(request.publicKeyFingerprint, certificate.publicKeyFingerprint);
  });

  test("a request for an EC key is read", async () => {
    const ec = await csr({ key: await sharedKey("ec-384"), hash: "SHA-384" });
    assert.deepEqual([ec.key, ec.hashAlgorithm], [{ type: "EC", length: 384 }, "SHA384"]);
  });

  test("a request without names asks for none", async () => {
    assert.deepEqual((await csr({ names: [] })).subjectAlternateNames, []);
  });

  test("the label NEW CERTIFICATE REQUEST, as Windows writes it, is read too", () => {
    assert.equal(parseRequest(wrapped("NEW CERTIFICATE REQUEST", derOf(request.pem))).pem, request.pem);
  });

  test("a changed name breaks the request's own signature", () => {
    const der = derOf(request.pem);
    der.write("cs-ccm-pux", der.indexOf("cs-ccm-pub"));
    assert.throws(() => parseRequest(wrapped("CERTIFICATE REQUEST", der)), { message: "its signature is not right" });
  });
});

describe("what is no request", () => {
  let der: Buffer;
  before(async () => {
    der = derOf((await csr()).pem);
  });

  test("a certificate is refused", async () => {
    assert.throws(() => parseRequest(`${der.toString("base64")}`), { message: "it holds no PEM certificate signing request" });
  });

  test("a certificate under the label of a request is refused", async () => {
    const certificate = derOf((await ownSigned()).pem);
    assert.throws(() => parseRequest(wrapped("CERTIFICATE REQUEST", certificate)), /^Error: its? /);
  });

  test("a request that was cut off anywhere is refused in one sentence", () => {
    fc.assert(fc.property(fc.nat(der.length - 1), (length) => assert.throws(() => parseRequest(wrapped("CERTIFICATE REQUEST", der.subarray(0, length))), /^Error: its? [^\n]+$/)), CUT);
  });

  test("one changed byte is never accepted silently", () => {
    const original = parseRequest(wrapped("CERTIFICATE REQUEST", der));
    const changed = fc.record({ at: fc.nat(der.length - 1), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(changed, ({ at, by }) => {
        const bytes = Buffer.from(der);
        bytes[at]! ^= by;
        try {
          // The encoding of the signature algorithm's name is outside the signature; what is inside must be as it was.
          assert.deepEqual(parseRequest(wrapped("CERTIFICATE REQUEST", bytes)).subjectAlternateNames, original.subjectAlternateNames);
        } catch (error) {
          assert.match(String(error), /^Error: its? [^\n]+$/);
        }
      }),
      CUT,
    );
  });
});
