import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, it } from "node:test";
import * as fc from "fast-check";
import { MOST_CERTIFICATES, TRUST_ROLES } from "../../../../domain/trust-list/format";
import { readTrustList, sizeOf } from "../../../../domain/trust-list/read";
import { verifyTrustList } from "../../../../domain/trust-list/verify";
import type { KeyAndCertificate } from "../../../../lab/pki/make";
import { ROLE, writeRecord } from "../../../../lab/trust-list/write";
import { owner, ownerOfBytes, record, trustListFile, WRITTEN } from "../../../support/trust-list";

const SUBJECT = "CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL";
let signer: KeyAndCertificate, ec: KeyAndCertificate, file: Buffer, recordBegins: number;
before(async () => {
  [signer, ec] = await Promise.all([ownerOfBytes(694), owner("CN=tvs", "ec-384")]);
  file = trustListFile(signer);
  recordBegins = file.readUInt16BE(8);
});

/** A copy of the file with other bytes at a place. */
function changed(at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
}

/** Where the field of a tag begins: in the header, with its containers opened, or in the first record. */
function fieldAt(tag: number, part: "header" | "record" = "header"): number {
  const containers = part === "header" ? [3, 7, 9] : [];
  let at = part === "header" ? 0 : recordBegins;
  for (let steps = 0; file[at] !== tag; steps++) {
    assert.ok(steps < 30 && at < file.length, `no field ${tag}`);
    at += containers.includes(file[at]!) ? 3 : 3 + file.readUInt16BE(at + 1);
  }
  return at;
}

/** The file without a field, with the lengths around it corrected. */
function without(tag: number, part: "header" | "record" = "header"): Buffer {
  const at = fieldAt(tag, part);
  const length = 3 + file.readUInt16BE(at + 1);
  const copy = Buffer.from(file);
  const lengthAt = part === "header" ? 8 : recordBegins + 3;
  copy.writeUInt16BE(copy.readUInt16BE(lengthAt) - length, lengthAt);
  for (const [container, inside] of [[3, [4, 5, 6]], [7, [8, 10, 11]], [9, [10, 11]]] as const)
    if (part === "header" && (inside as readonly number[]).includes(tag)) copy.writeUInt16BE(copy.readUInt16BE(fieldAt(container) + 1) - length, fieldAt(container) + 1);
  return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
}

describe("the file of Cisco 118893", () => {
  it("has a header of 336 bytes, and records of 1156", () => {
    const list = readTrustList(trustListFile(signer, { hash: "SHA1" }));
    assert.deepEqual([list.headerLength, list.length], [336, 336 + 2 * 1156]);
  });

  it("is read with its name, version, time and signer", () => {
    const { fileName, version, writtenAt, signer: by, unknown } = readTrustList(file);
    assert.deepEqual([fileName, version, writtenAt, unknown], ["CTLFile.tlv", "1.2", WRITTEN, []]);
    assert.deepEqual([by.name, by.issuer, by.hash, by.serialNumber], [SUBJECT, SUBJECT, "SHA512", new X509Certificate(signer.certificate).serialNumber]);
  });

  it("is read with every record", () => {
    const x509 = new X509Certificate(signer.certificate);
    const [first, second] = readTrustList(file).records;
    assert.deepEqual([first!.role, second!.role, second!.number], ["SAST", "CCM+TFTP", 2]);
    assert.deepEqual([first!.dnsName, first!.subject, first!.issuer, first!.serialNumber, first!.ipAddress, first!.unknown], ["cucm-1051-a-pub", SUBJECT, SUBJECT, x509.serialNumber, "10.48.47.153", []]);
    assert.deepEqual([first!.certificate, first!.publicKey], [x509.raw, x509.publicKey.export({ type: "pkcs1", format: "der" })]);
  });
});

describe("a file of another make", () => {
  for (const hash of ["SHA1", "SHA256", "SHA512"] as const) it(`is read with ${hash}`, () => assert.equal(readTrustList(trustListFile(signer, { hash })).signer.hash, hash));

  it("may name the version of its signer, and need no padding", () => {
    const list = readTrustList(trustListFile(signer, { signerVersion: [1, 1] }));
    assert.deepEqual([list.headerLength, list.unknown], [340, []]);
  });

  it("may be signed by a key of 2048 bits", async () => {
    const large = await owner(undefined, "rsa-2048");
    const list = readTrustList(trustListFile(large));
    assert.deepEqual([list.headerLength, verifyTrustList(list).verified], [464, true]);
  });

  it("holds EC keys as points", () => {
    const { records } = readTrustList(trustListFile(signer, { records: [record("SAST", signer), record("TVS", ec)] }));
    assert.deepEqual([records[1]!.role, records[1]!.publicKey.length, records[1]!.publicKey[0]], ["TVS", 97, 4]);
  });

  it("may have records without address and name", () => {
    const { records } = readTrustList(trustListFile(signer, { records: [record("SAST", signer, { dnsName: undefined, ipAddress: undefined })] }));
    assert.deepEqual([records[0]!.dnsName, records[0]!.ipAddress], ["", undefined]);
  });

  it("may be empty, as a cluster that is prepared for a rollback serves it", () => assert.deepEqual(readTrustList(trustListFile(signer, { records: [] })).records, []));

  it("may be part of a larger buffer", () => assert.equal(readTrustList(Buffer.concat([Buffer.of(9, 9), file, Buffer.of(9)]).subarray(2, -1)).records.length, 2));

  for (const role of Object.keys(ROLE) as (keyof typeof ROLE)[])
    it(`may hold ${role}`, () => {
      const [only] = readTrustList(trustListFile(signer, { records: [record(role, signer)] })).records;
      assert.deepEqual([only!.role, only!.roleNumber], [role, TRUST_ROLES[role]]);
    });

  it("keeps a role, and fields of header and record, that nobody has named", () => {
    const one = writeRecord(record("SAST", signer));
    const more = Buffer.concat([one, Buffer.of(40, 0, 2, 7, 7)]);
    more.writeUInt16BE(more.length, 3);
    const head = file.subarray(0, recordBegins);
    const longer = Buffer.concat([head, Buffer.of(41, 0, 1, 5)]);
    longer.writeUInt16BE(longer.length, 8);
    const list = readTrustList(Buffer.concat([longer, more]));
    assert.deepEqual([list.unknown, list.records[0]!.unknown], [[{ tag: 41, value: Buffer.of(5) }], [{ tag: 40, value: Buffer.of(7, 7) }]]);
    const { role, roleNumber } = readTrustList(changed(fieldAt(4, "record") + 3, 0, 99)).records[0]!;
    assert.deepEqual([role, roleNumber], [undefined, 99]);
  });

  it("whatever names, roles and times it holds is read back", () => {
    const line = fc.stringMatching(/^[\w. -]{0,40}$/);
    const records = fc.array(fc.record({ role: fc.constantFrom(...(Object.keys(ROLE) as (keyof typeof ROLE)[])), dnsName: line, ipAddress: fc.ipV4() }, { noNullPrototype: true }), { maxLength: 6 });
    fc.assert(
      fc.property(records, line, fc.nat(0xffffffff), (wanted, fileName, seconds) => {
        const list = readTrustList(trustListFile(signer, { fileName, writtenAt: new Date(seconds * 1000), records: wanted.map((one) => ({ ...one, certificate: signer.certificate })) }));
        assert.deepEqual(list.records.map(({ role, dnsName, ipAddress }) => ({ role, dnsName, ipAddress })), wanted);
        assert.deepEqual([list.fileName, list.writtenAt.getTime(), list.headerLength % 4], [fileName, seconds * 1000, 0]);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what is no such file", () => {
  const refused = (bytes: Uint8Array, pattern: RegExp) => assert.throws(() => readTrustList(bytes), (error: Error) => error.message.startsWith("the ITL or CTL file cannot be read: ") && pattern.test(error.message));

  it("an empty file", () => refused(Buffer.alloc(0), /it begins with nothing/));
  it("a page of HTML", () => refused(Buffer.from("<html>404</html>"), /it begins with 3c6874, which no ITL or CTL file does/));
  it("another second field", () => refused(changed(5, 9), /its second field is 9, not the length of the header/));

  it("a file that is cut off at any place but between two records", () => {
    for (let length = 0; length < file.length; length++) if (length !== recordBegins && length !== recordBegins + 1156) refused(file.subarray(0, length), length < 3 ? /it begins with/ : /it is cut off/);
  });

  it("a header that says more or less than it has", () => {
    for (const more of [-5, -1, 1]) refused(changed(8, (recordBegins + more) >> 8, (recordBegins + more) & 0xff), /header|record 1/);
  });

  it("a record that says more than its fields, fewer, or nothing", () => {
    refused(changed(recordBegins + 3, 4, 133), /record \d/);
    refused(changed(recordBegins + 3, 4, 131), /record 1 ends at byte \d+, inside its field 10/);
    refused(changed(recordBegins + 3, 0, 4), /record 1 says that it has 4 bytes, less than its own length takes/);
  });

  for (const tag of [3, 7, 9]) it(`a container (field ${tag}) that ends inside one of its fields`, () => refused(changed(fieldAt(tag) + 2, file[fieldAt(tag) + 2]! - 1), new RegExp(`field ${tag} of its header|field ${tag} of field`)));

  for (const [tag, what] of [[5, "serial number of its signer"], [8, "hash algorithm"], [10, "signature algorithm"], [11, "length of the signer's key"], [12, "signature"], [15, "time"]] as const)
    it(`a header without its ${what}`, () => refused(without(tag), new RegExp(`its header has no ${what} \\(field ${tag}\\)`)));

  for (const [tag, what] of [[4, "role"], [6, "serial number"], [7, "public key"]] as const) it(`a record without its ${what}`, () => refused(without(tag, "record"), new RegExp(`record 1 has no ${what} \\(field ${tag}\\)`)));

  it("a field that is there twice", () => refused(changed(fieldAt(6), 4), /its header has field 4 twice/));
  it("a name without its end", () => refused(changed(fieldAt(14) + 14, 65), /field 14 of its header is a text without its end/));
  it("an address that is no IPv4 address", () => {
    const one = writeRecord(record("SAST", signer));
    const long = Buffer.concat([one.subarray(0, -7), Buffer.of(10, 0, 5, 1, 2, 3, 4, 5)]);
    long.writeUInt16BE(long.length, 3);
    refused(Buffer.concat([file.subarray(0, recordBegins), long]), /field 10 of record 1 has 5 bytes instead of 4/);
  });
  it("a signature that is not RSA's", () => refused(changed(fieldAt(10) + 3, 3), /it is signed by algorithm 3, and only 0 \(RSA\) is known/));

  it("any bytes: a list or one clear sentence, never a crash", () => {
    const sentence = (bytes: Uint8Array) => {
      try {
        readTrustList(bytes);
      } catch (error) {
        assert.match((error as Error).message, /^the ITL or CTL file cannot be read: (its|it|record|field) /);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), sentence), { numRuns: 300 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => sentence(Buffer.concat([file.subarray(0, 10), tail]))), { numRuns: 300 });
    fc.assert(fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => sentence(changed(at, file[at]! ^ bits))), { numRuns: 500 });
  });
});

describe("the size of a file", () => {
  const files = (count: number) => sizeOf(readTrustList(trustListFile(signer, { records: Array.from({ length: count }, () => record("TVS", signer)) })));

  it("is told in certificates and bytes", () => assert.deepEqual(files(2), { certificates: 2, bytes: file.length, tooLarge: false }));
  it("is small enough with 39 certificates, and too large with 40", () => assert.deepEqual([files(MOST_CERTIFICATES).tooLarge, files(40).tooLarge], [false, true]));

  it("is too large beyond 64 KB, however few certificates that are", () => {
    const list = readTrustList(file);
    assert.deepEqual([sizeOf({ ...list, length: 65_536 }).tooLarge, sizeOf({ ...list, length: 65_537 }).tooLarge], [false, true]);
  });
});
