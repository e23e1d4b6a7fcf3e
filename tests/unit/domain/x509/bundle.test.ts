import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { readCertificates } from "../../../../domain/x509/bundle";
import { type Certificate } from "../../../../domain/x509/certificate";
import { pkcs7 } from "../../../../lab/pki/make";
import { authority, csr, derOf, issued, ownSigned, pkcs12Shell, sharedKey, wrapped } from "../../../support/certificates";

const names = (certificates: readonly Certificate[]) => certificates.map(({ commonName }) => commonName);

describe("files that hold certificates", () => {
  let chain: Certificate[];
  let pems: string[];
  before(async () => {
    const root = await authority({ name: "Root" });
    const issuing = await authority({ name: "Issuing", issuer: root });
    chain = [root.parsed, issuing.parsed, await issued(issuing, { subject: "CN=server" })];
    pems = chain.map(({ pem }) => pem);
  });
  const ALL = ["Root", "Issuing", "server"];

  test("PEM, one block after the other", () => {
    assert.deepEqual(names(readCertificates(pems.join(""))), ALL);
  });

  test("a list of PEM and DER", () => {
    assert.deepEqual(names(readCertificates([pems[0]!, derOf(pems[1]!), pems[2]!])), ALL);
  });

  test("PKCS#7 in DER", () => {
    assert.deepEqual(names(readCertificates(pkcs7(pems))).sort(), [...ALL].sort());
  });

  for (const label of ["PKCS7", "PKCS #7 SIGNED DATA", "CMS", "CERTIFICATE"])
    test(`PKCS#7 under the label ${label}`, () => {
      assert.deepEqual(names(readCertificates(wrapped(label, pkcs7(pems)))).sort(), [...ALL].sort());
    });

  test("DER in base-64 without a label", () => {
    assert.deepEqual(names(readCertificates(derOf(pems[0]!).toString("base64"))), ["Root"]);
  });

  test("PEM that was read as bytes", () => {
    assert.deepEqual(names(readCertificates(Buffer.from(pems.join("")))), ALL);
  });

  test("PEM as bytes behind a long text of openssl x509 -text", () => {
    assert.deepEqual(names(readCertificates(Buffer.from(`${"Certificate: Data: ".repeat(100)}\n${pems[0]}`))), ["Root"]);
  });

  test("PEM with the byte order mark of a Windows editor", () => {
    assert.deepEqual(names(readCertificates(Buffer.from(`\ufeff${pems[0]}`))), ["Root"]);
  });

  test("a certificate that stands there twice counts once", () => {
    assert.deepEqual(names(readCertificates([pems[0]!, derOf(pems[0]!), pems.join("")])), ALL);
  });

  test("a request beside the certificate is passed over", async () => {
    assert.deepEqual(names(readCertificates((await csr()).pem + pems[0])), ["Root"]);
  });
});

describe("files that are refused, each in one sentence", () => {
  let der: Buffer;
  let key: string;
  let request: string;
  before(async () => {
    der = derOf((await ownSigned()).pem);
    key = await sharedKey();
    request = (await csr()).pem;
  });
  const HTML = "<!DOCTYPE html><html><head><title>401</title></head><body>Unauthorized: Access is denied</body></html>";
  const REFUSED: [string, () => string | Buffer | string[], RegExp][] = [
    ["an empty text", () => "", /^it is neither PEM nor base-64 DER$/],
    ["an empty file", () => Buffer.alloc(0), /^it is neither PEM nor DER$/],
    ["an empty list", () => [], /^it holds no certificate$/],
    ["a web page as text", () => HTML, /^it is neither PEM nor base-64 DER$/],
    ["a web page as a file", () => Buffer.from(HTML), /^it is neither PEM nor DER$/],
    ["a private key", () => key, /^it holds a private key/],
    ["a certificate with its private key", () => wrapped("CERTIFICATE", der) + key, /^it holds a private key/],
    ["a private key in DER", () => derOf(key), /^it is no certificate that can be read/],
    ["a PKCS#12 file", () => pkcs12Shell(), /^it is a PKCS#12 file, which holds a private key: export the certificates alone/],
    ["a PKCS#12 file in base-64", () => pkcs12Shell().toString("base64"), /^it is a PKCS#12 file/],
    ["a certificate signing request", () => request, /^it holds no certificate$/],
    ["a certificate signing request in DER", () => derOf(request), /^it is no certificate that can be read/],
    ["a PKCS#7 without certificates", () => pkcs7([]), /^it holds no certificate$/],
    ["a Java keystore", () => Buffer.from("feedfeed0000000200000001", "hex"), /^it is neither PEM nor DER$/],
    ["PEM whose last line is missing", () => wrapped("CERTIFICATE", der).replace(/-----END.*/, ""), /^it is cut off/],
    ["a chain whose second certificate was cut off", () => wrapped("CERTIFICATE", der) + wrapped("CERTIFICATE", der).slice(0, 200), /^it is cut off/],
    ["two DER certificates in one file", () => Buffer.concat([der, der]), /^\d+ bytes follow its DER$/],
  ];
  for (const [what, make, sentence] of REFUSED)
    test(what, () => {
      assert.throws(() => readCertificates(make()), (error: Error) => sentence.test(error.message));
    });
});

describe("whatever it is given, it answers with certificates or one sentence", () => {
  const answers = (source: string | Uint8Array) => {
    try {
      assert.ok(readCertificates(source).every(({ notBefore, notAfter }) => !Number.isNaN(notBefore.getTime()) && !Number.isNaN(notAfter.getTime())));
    } catch (error) {
      assert.ok(error instanceof Error && error.name === "Error", String(error));
      assert.match(error.message, /^(its? |\d+ bytes )[^\n]{5,200}$/);
      assert.doesNotMatch(error.message, /undefined|error:|::|Cannot read/);
    }
  };
  const valid: Buffer[] = [];
  before(async () => {
    const root = await authority({ name: "Root" });
    valid.push(derOf(root.certificate), derOf((await issued(root, { names: ["pub.example.com", "10.0.0.1"] })).pem), pkcs7([root.certificate]), pkcs12Shell());
  });
  const file = fc.nat(3).map((index) => () => valid[index]!);

  test("any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), answers), { numRuns: 500 });
  });

  test("any bytes that begin like DER", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => answers(Buffer.concat([Buffer.from([0x30, 0x80]), bytes]))), { numRuns: 500 });
  });

  test("any text, also behind a PEM label", () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => (answers(text), answers(`-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`))), { numRuns: 500 });
  });

  test("a file that was cut off anywhere", () => {
    fc.assert(fc.property(file, fc.double({ min: 0, max: 1, noNaN: true }), (read, part) => answers(read().subarray(0, Math.floor(part * read().length)))), { numRuns: 300 });
  });

  test("a file in which some bytes have changed", () => {
    const changes = fc.array(fc.record({ at: fc.nat(2000), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(file, changes, (read, changed) => {
        const bytes = Buffer.from(read());
        for (const { at, to } of changed) bytes[at % bytes.length] = to;
        answers(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test("sequences nested a hundred thousand deep", () => {
    answers(Buffer.from("3080".repeat(100_000), "hex"));
  });

  test("PEM within PEM within PEM", () => {
    let text = "x";
    for (let depth = 0; depth < 15; depth++) text = wrapped("CERTIFICATE", Buffer.from(text));
    answers(text);
  });
});
