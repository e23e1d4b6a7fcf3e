// How the lab's phones read ITL and CTL files: what they hold, and who has signed them.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { readList } from "../../lab/trust-list/read";
import type { KeyAndCertificate } from "../../lab/pki/make";
import { owner, record, trustListFile } from "../support/trust-list";

const der = ({ certificate }: KeyAndCertificate) => new X509Certificate(certificate).raw;
const serial = ({ certificate }: KeyAndCertificate) => new X509Certificate(certificate).serialNumber.replace(/^0+(?=.)/, "");

describe("a phone reads", () => {
  test("name, signer and records of a file, whatever their keys and hash", async () => {
    const [signer, other] = [await owner(), await owner("CN=tvs.example.com", "ec-384")];
    for (const hash of ["SHA1", "SHA256", "SHA512"] as const) {
      const list = readList(trustListFile(signer, { hash, signerVersion: [1, 1], records: [record("SAST", signer), record("TVS", other), record("APP-SERVER", other)] }));
      assert.deepEqual([list.fileName, list.signer.serial, list.records.map(({ role, serial: own }) => [role, own])], ["CTLFile.tlv", serial(signer), [[0, serial(signer)], [21, serial(other)], [7, serial(other)]]]);
      assert.deepEqual([list.records[0]!.issuer === list.signer.issuer, list.records[1]!.certificate.equals(der(other)), list.signedBy(der(signer))], [true, true, true]);
    }
  });

  test("a file without a record", async () => {
    assert.deepEqual(readList(trustListFile(await owner(), { records: [] })).records, []);
  });

  test("that another key has signed it, or that a byte is another one", async () => {
    const [signer, other] = [await owner(), await owner()];
    const file = trustListFile(signer);
    assert.equal(readList(file).signedBy(der(other)), false);
    const changed = Buffer.from(file);
    changed[changed.length - 1]! ^= 1;
    assert.equal(readList(changed).signedBy(der(signer)), false);
  });
});
