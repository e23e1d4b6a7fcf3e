import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { readTrustList, type TrustList } from "../../../../domain/trust-list/read";
import { signerRecord, verifyTrustList } from "../../../../domain/trust-list/verify";
import type { KeyAndCertificate } from "../../../../lab/pki/make";
import { owner, record, trustListFile } from "../../../support/trust-list";

let signer: KeyAndCertificate, other: KeyAndCertificate, ec: KeyAndCertificate, file: Buffer, list: TrustList;
before(async () => {
  [signer, other, ec] = await Promise.all([owner(), owner("CN=another"), owner("CN=ec", "ec-256")]);
  file = trustListFile(signer);
  list = readTrustList(file);
});
const reason = (...given: Parameters<typeof verifyTrustList>) => {
  const result = verifyTrustList(...given);
  return result.verified ? "verified" : result.reason;
};

describe("a signed file", () => {
  for (const hash of ["SHA1", "SHA256", "SHA512"] as const) it(`is verified with ${hash}`, () => assert.equal(reason(readTrustList(trustListFile(signer, { hash }))), "verified"));

  it("names the record of its signer, which is its SAST and not the same certificate in another role", () => {
    const turned = readTrustList(trustListFile(signer, { records: [record("CCM+TFTP", signer), record("SAST", other), record("SAST", signer)] }));
    const result = verifyTrustList(turned);
    assert.deepEqual([result.verified && result.signer.number, signerRecord(turned, turned.records)?.number], [3, 3]);
  });

  it("is verified by what a phone holds, for instance a file that it has from before", () => {
    const emptied = readTrustList(trustListFile(signer, { records: [] }));
    assert.deepEqual([reason(emptied), reason(emptied, list.records)], ["there are no records", "verified"]);
  });

  it("is verified by a slim record, which has a key and no certificate", () => {
    assert.equal(reason(list, list.records.map((one) => ({ ...one, certificate: undefined }))), "verified");
  });
});

describe("a file is not verified", () => {
  it("when any one bit of it is another", () => {
    for (let at = 0; at < file.length; at++) {
      const copy = Buffer.from(file);
      copy[at] = copy[at]! ^ 1;
      let outcome: string;
      try {
        outcome = reason(readTrustList(copy));
      } catch {
        outcome = "cannot be read";
      }
      assert.notEqual(outcome, "verified", `byte ${at}`);
    }
  });

  it("when the phone holds another signer", () => {
    const held = readTrustList(trustListFile(other)).records;
    assert.match(reason(list, held), new RegExp(`^no SAST record has the serial number ${list.signer.serialNumber} of the signer CN=cucm-1051-a-pub;`));
  });

  it("when its signer is known for another role only", () => assert.match(reason(list, list.records.slice(1)), /^no SAST record has the serial number/));

  it("when another key has signed it", () => {
    const forged = readTrustList(trustListFile({ key: other.key, certificate: signer.certificate }));
    assert.match(reason(forged), /^the signature is not that of CN=cucm-1051-a-pub;.*, serial number /);
  });

  it("when its hash has no name", () => assert.equal(reason({ ...list, signer: { ...list.signer, hash: undefined } }), "the hash of the signature is unknown"));

  it("when the signer's key is none, or not RSA", () => {
    const [sast] = list.records;
    assert.match(reason(list, [{ ...sast!, certificate: Buffer.of(1) }]), /its bytes are no certificate and no RSA key$/);
    const point = readTrustList(trustListFile(signer, { records: [record("SAST", ec)] })).records[0]!;
    assert.match(reason(list, [{ ...point, serialNumber: sast!.serialNumber }]), /it is ec, not RSA$/);
  });
});
