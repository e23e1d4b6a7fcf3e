// ITL, CTL and TVS of the lab, byte by byte: platform-interfaces.md 5.2 and 5.4. What domain/ reads of them: tests/unit/domain.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, it } from "node:test";
import type { KeyAndCertificate } from "../../lab/pki/make";
import { showMissing, showTrustList } from "../../lab/trust-list/text";
import { writeRecord } from "../../lab/trust-list/write";
import { nextMessage, readAnswer, readQuestion, REMEMBERED, writeAnswer, writeQuestion } from "../../lab/tvs/messages";
import { ownerOfBytes, record, trustListFile, WRITTEN } from "../support/trust-list";

let signer: KeyAndCertificate, file: Buffer;
before(async () => {
  signer = await ownerOfBytes(694);
  file = trustListFile(signer, { hash: "SHA1" });
});

describe("a CTL file of the lab has the sizes of Cisco 118893", () => {
  it("a header of 336 bytes with three bytes of padding", () => {
    assert.equal(file.readUInt16BE(8), 336);
    assert.deepEqual([...file.subarray(333, 336)], [13, 13, 13]);
  });

  it("a record of 1156 bytes", () => {
    const one = writeRecord(record("SAST", signer));
    assert.deepEqual([one.length, one.readUInt16BE(3)], [1156, 1156]);
  });

  it("fields in the order of their tags", () => {
    const tags: number[] = [];
    for (let at = 336; at < 336 + 1156; at += 3 + file.readUInt16BE(at + 1)) tags.push(file[at]!);
    assert.deepEqual(tags, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("show ctl of the lab", () => {
  const content = () => ({ fileName: "CTLFile.tlv", writtenAt: WRITTEN, signer, records: [record("SAST", signer), record("CCM+TFTP", signer)] });
  const shown = () => showTrustList({ kind: "CTL", content: content(), file, modified: "Fri Mar 06 20:56:07 UTC 2015" });

  it("says both checksums, the length and the time", () => {
    const sum = (name: string) => createHash(name).update(file).digest("hex");
    assert.deepEqual(shown().slice(0, 6), ["The checksum value of the CTL file:", `${sum("md5")}(MD5)`, `${sum("sha1")}(SHA1)`, "", `Length of CTL file: ${file.length}`, "The CTL File was last modified on Fri Mar 06 20:56:07 UTC 2015"]);
  });

  it("says the lengths of the header's fields", () => {
    const rows = shown().map((line) => line.replace(/\t+/g, " "));
    for (const row of ["HeaderLength: 336 (BYTES)", "3 SIGNERID 2 149", "12 SIGNATURE 128", "14 FILENAME 12", "1 RECORDLENGTH 2 1156", "7 PUBLICKEY 140", "8 SIGNATURE 128"]) assert.ok(rows.includes(row), row);
  });

  it("of a node without one says so", () => assert.equal(showMissing("CTL")[1], "CTL File not found . Please run CTLClient plugin or run the CLI - utils ctl.. to generate the CTL file."));
});

describe("TVS of the lab", () => {
  const question = { id: 1001, device: "SEP001122334455", subject: "CN=a", issuer: "CN=b", serial: "0A" };
  const found = { certificate: Buffer.of(48, 0), roles: [0, 3] };

  it("reads what a phone asks", () => assert.deepEqual(readQuestion(writeQuestion(question)), question));
  it("gives no answer to what is no question", () => {
    const bytes = writeQuestion(question);
    for (const broken of [Buffer.alloc(0), bytes.subarray(0, -1), writeAnswer(1, found), Buffer.concat([Buffer.of(0x58), bytes.subarray(1)])]) assert.equal(readQuestion(broken), undefined);
  });

  it("vouches for a day, or says that it does not know", () => {
    const bytes = writeAnswer(1001, found);
    assert.deepEqual(readAnswer(bytes, 1001), found);
    assert.equal(bytes.readUInt32BE(bytes.length - 4), REMEMBERED);
    assert.equal(readAnswer(writeAnswer(1001, undefined), 1001), undefined);
  });

  it("is not believed when it answers another question", () => assert.equal(readAnswer(writeAnswer(1002, found), 1001), undefined));

  it("may be heard in pieces", () => {
    const two = Buffer.concat([writeQuestion(question), writeQuestion({ ...question, id: 2 })]);
    const first = nextMessage(two);
    assert.deepEqual([nextMessage(two.subarray(0, 9)), nextMessage(two.subarray(0, 20)), readQuestion(first!.message)?.id, readQuestion(first!.rest)?.id], [undefined, undefined, 1001, 2]);
  });
});
