import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isCutOff, normalPem, pemBlocks, toPem } from "../../../../domain/x509/pem";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe("PEM", () => {
  test("what is written is read again", () => {
    fc.assert(fc.property(bytes, (der) => assert.deepEqual(pemBlocks(toPem("CERTIFICATE", der)), [{ label: "CERTIFICATE", der: Buffer.from(der) }])));
  });

  test("no line is longer than 64 characters and the last one ends", () => {
    const text = toPem("CERTIFICATE", Buffer.alloc(200));
    assert.ok(text.split("\n").every((line) => line.length <= 64));
    assert.ok(text.endsWith("-----END CERTIFICATE-----\n"));
  });

  test("text around blocks is left out, blocks keep their order", () => {
    const text = `Bag Attributes\n${toPem("CERTIFICATE", Buffer.from("a"))}subject=x\n${toPem("PKCS7", Buffer.from("b"))}`;
    assert.deepEqual(pemBlocks(text).map(({ label, der }) => `${label} ${der.toString()}`), ["CERTIFICATE a", "PKCS7 b"]);
  });

  test("white space and line length do not count", () => {
    const text = toPem("CERTIFICATE", Buffer.alloc(200, "x"));
    assert.equal(normalPem(`\n  ${text.replaceAll("\n", "\r\n  ")}`), text);
  });

  test("a text that is no PEM is only trimmed", () => {
    assert.equal(normalPem("  MIIB\n"), "MIIB");
  });

  test("normal is normal: a second time changes nothing", () => {
    fc.assert(fc.property(fc.array(bytes, { maxLength: 3 }), (all) => {
      const once = normalPem(all.map((der) => toPem("CERTIFICATE", der)).join("text\n"));
      assert.equal(normalPem(once), once);
    }));
  });
});

describe("PEM that was cut off", () => {
  const whole = toPem("CERTIFICATE", Buffer.alloc(100));

  test("a whole file is not cut off", () => {
    assert.equal(isCutOff(whole + whole), false);
  });

  test("a file without its last line is", () => {
    assert.equal(isCutOff(whole + whole.replace(/-----END.*\n/, "")), true);
  });

  test("a block without an end does not swallow the next one", () => {
    const text = whole.replace(/-----END.*\n/, "") + toPem("CERTIFICATE", Buffer.from("b"));
    assert.deepEqual(pemBlocks(text).map(({ der }) => der.toString()), ["b"]);
    assert.equal(isCutOff(text), true);
  });

  test("the headers of an encrypted key do not end its block", () => {
    const text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    assert.deepEqual(pemBlocks(text).map(({ label }) => label), ["RSA PRIVATE KEY"]);
  });

  test("many BEGIN lines without an END are read in one pass", () => {
    assert.deepEqual(pemBlocks("-----BEGIN CERTIFICATE-----\n".repeat(20_000)), []);
  });
});
