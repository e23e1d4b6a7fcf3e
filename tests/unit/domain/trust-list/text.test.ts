import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { before, describe, it } from "node:test";
import * as fc from "fast-check";
import { readShownTrustList } from "../../../../domain/trust-list/text";
import type { KeyAndCertificate } from "../../../../lab/pki/make";
import { type ListKind, showMissing, showTrustList } from "../../../../lab/trust-list/text";
import { type ListContent, writeTrustList } from "../../../../lab/trust-list/write";
import { owner, record, WRITTEN } from "../../../support/trust-list";

const SUBJECT = "CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;ST=Malopolska;C=PL";
const MODIFIED = "Fri Mar 06 20:56:07 UTC 2015";
let signer: KeyAndCertificate, other: KeyAndCertificate, file: Buffer, lines: string[];

/** What a node prints. */
function show(kind: ListKind, records: ListContent["records"]): { file: Buffer; lines: string[] } {
  const content = { fileName: `${kind}File.tlv`, writtenAt: WRITTEN, signer, records };
  const bytes = writeTrustList(content);
  return { file: bytes, lines: showTrustList({ kind, content, file: bytes, modified: MODIFIED }) };
}

before(async () => {
  [signer, other] = await Promise.all([owner(), owner("CN=tvs.example.com")]);
  ({ file, lines } = show("CTL", [record("SAST", signer), record("SAST", other), record("CCM+TFTP", signer)]));
});
const read = (text: readonly string[]) => readShownTrustList(text.join("\r\n"));
const without = (pattern: RegExp) => lines.filter((line) => !pattern.test(line));
const instead = (pattern: RegExp, ...by: string[]) => lines.flatMap((line) => (pattern.test(line) ? by : [line]));

describe("a CTL file that a node shows", () => {
  it("has checksums, length and time", () => {
    const { kind, md5, sha1, length, modified, verified, problem } = read(lines)!;
    const sum = (name: string) => createHash(name).update(file).digest("hex");
    assert.deepEqual([kind, md5, sha1, length, modified, verified, problem], ["CTL", sum("md5"), sum("sha1"), file.length, MODIFIED, true, undefined]);
  });

  it("has records with role, names, serial number and fingerprint", () => {
    const x509 = new X509Certificate(signer.certificate);
    assert.deepEqual(read(lines)!.records[2], {
      number: 3,
      role: "CCM+TFTP",
      function: "CCM+TFTP",
      dnsName: "cucm-1051-a-pub",
      subject: SUBJECT,
      issuer: SUBJECT,
      serialNumber: x509.serialNumber,
      fingerprint: x509.fingerprint,
      signed: false,
    });
  });

  it("says which record signed it", () => assert.deepEqual(read(lines)!.records.map(({ role, signed }) => [role, signed]), [["SAST", true], ["SAST", false], ["CCM+TFTP", false]]));

  it("may have values that a terminal has broken into lines", () => {
    const broken = instead(/SUBJECTNAME/, "3       SUBJECTNAME     62      CN=cucm-1051-a-pub;OU=TAC;O=Cisco;L=Krakow;", "ST=Malopolska;C=PL");
    assert.equal(read(broken)!.records[0]!.subject, SUBJECT);
    const name = "CN=Example Company";
    assert.equal(read(instead(/SUBJECTNAME/, `3 SUBJECTNAME ${name.length + 1} CN=Example`, "Company"))!.records[0]!.subject, name);
  });

  it("may print the bytes of its signature", () => {
    assert.deepEqual(read(instead(/12\tSIGNATURE/, "12\tSIGNATURE\t128", "65  ba  26  b4  ba  de  2b  13", "b8  18  2   4a  2b  6c  2d  20")), read(lines));
  });

  it("may name a role by its number, or by a text that is not known", () => {
    const roles = (text: string) => read(instead(/FUNCTION.*CCM/, `4 FUNCTION 2 ${text}`))!.records[2]!;
    assert.deepEqual([roles("21").role, roles("Something").role, roles("Something").function], ["TVS", undefined, "Something"]);
  });
});

describe("an ITL file that a node shows", () => {
  it("is read as well", () => {
    const shown = read(show("ITL", [record("TVS", signer), record("SAST", signer)]).lines)!;
    assert.deepEqual([shown.kind, shown.verified, shown.records.map(({ role }) => role)], ["ITL", true, ["TVS", "SAST"]]);
  });

  it("may be empty, before a rollback", () => assert.deepEqual(read(show("ITL", []).lines)!.records, []));
});

describe("a node that shows no good file", () => {
  for (const kind of ["CTL", "ITL"] as const) it(`has no ${kind} file`, () => assert.equal(read(showMissing(kind)), undefined));

  it("says in its own words that it is not verified", () => {
    const { verified, problem } = read(instead(/verified/, "Error parsing the CTL File."))!;
    assert.deepEqual([verified, problem], [false, "Error parsing the CTL File."]);
  });

  it("breaks off: refused, because nothing says whether the file was verified", () => {
    assert.throws(() => read(without(/verified/)), { message: "the output of show ctl breaks off: it does not say whether the file was verified" });
  });

  it("shows a record without role or serial number: refused", () => {
    assert.throws(() => read(without(/FUNCTION/)), { message: "record 1 is shown without its FUNCTION" });
    assert.throws(() => read(lines.filter((line, index) => index < 25 || !/SERIALNUMBER/.test(line))), { message: /^record \d is shown without its SERIALNUMBER$/ });
  });

  it("prints something else: refused, with what it printed", () => {
    for (const text of ["", "Executed command unsuccessfully"]) assert.throws(() => readShownTrustList(text), { message: `this is no output of show ctl or show itl: ${text || "it is empty"}` });
  });
});

describe("any text", () => {
  it("is read, or refused with a sentence, in a moment", { timeout: 60_000 }, () => {
    const attempt = (text: string) => {
      try {
        readShownTrustList(text);
      } catch (error) {
        assert.match((error as Error).message, /^(this is no output|the output of show|record )/);
      }
    };
    const pieces = ["Length of CTL file: 5", "CTL Record #:1", "\n", "4 FUNCTION 2 CAPF", "6 SERIALNUMBER 1 0A", "was used to sign", " ", "\t", "(MD5)", "The CTL file was verified successfully", "fail"];
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join("")), attempt), { numRuns: 500 });
    for (const begin of ["", "Length of CTL file: 5\nCTL Record #:1\n"]) for (const piece of pieces) attempt(begin + piece.repeat(Math.ceil(50_000 / piece.length)));
  });
});
