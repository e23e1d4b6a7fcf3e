import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ctlMethodOf, notInList } from "../../../../domain/trust-list/ctl";
import type { ShownRecord, ShownTrustList } from "../../../../domain/trust-list/text";

const record = (subject: string, signed: boolean): ShownRecord => ({ number: 1, function: "SAST", dnsName: "", subject, issuer: "", serialNumber: "1F", fingerprint: "", signed });
const list = (...records: ShownRecord[]): ShownTrustList => ({ kind: "CTL", md5: "", sha1: "", length: 1, modified: "", records, verified: true });

describe("how a CTL file is signed", () => {
  it("by an eToken, whose name begins so", () => {
    for (const subject of ["CN=SAST-ADN008580ef;OU=IPCBU;O=Cisco Systems", "cn=SAST-ADN008580ef; ou=IPCBU"]) assert.deepEqual(ctlMethodOf(list(record("CN=ITLRECOVERY_pub", false), record(subject, true))), { value: "eToken" });
  });
  it("without one, also where a token is among its records", () => assert.deepEqual(ctlMethodOf(list(record("CN=SAST-ADN008580ef", false), record("CN=ITLRECOVERY_pub;O=x", true))), { value: "tokenless" }));
  it("is not known of a file that is not there, or marks nobody", () => {
    assert.match((ctlMethodOf(undefined) as { unread: string }).unread, /show ctl shows no CTL file/);
    assert.match((ctlMethodOf(list(record("CN=x", false))) as { unread: string }).unread, /does not say which/);
  });
});

describe("serial numbers that a file lacks", () => {
  it("are told however either side writes them", () => assert.deepEqual(notInList([{ serialNumber: "00AF12" }, { serialNumber: "7b" }], ["af12", "07B", "AF13"]), ["AF13"]));
});
