import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { BULK_FACTS, BULK_TYPES, type BulkCluster, bulkFileName, bulkTypes, consolidatedFileName, directoryState, expectedFiles, exportingNodes, isWholeFile, readBulkFileName, sharedHosts } from "../../../domain/bulk";
import { CLUSTERS, node } from "../../support/bulk";

/** The directory of Cisco 215539 after both exports. */
const SIX = ["CUCM1052PUB_tomcat.pkcs12", "CUCM1052PUB_tftp.pkcs12", "CUCM1052PUB_capf.pkcs12", "CUCM1151PUB_tomcat.pkcs12", "CUCM1151PUB_tftp.pkcs12", "CUCM1151PUB_capf.pkcs12"];
const TYPES = ["tomcat", "tftp", "capf"] as const;
const files = (...names: string[]) => names.map((name) => ({ name }));
const LARGE: BulkCluster = { name: "large", release: "15", nodes: [node("pub.example.com"), node("sub.example.com", "subscriber"), node("imp.example.com", "publisher", "IM and Presence")] };

describe("an import", () => {
  for (const [type, stores] of [["capf", ["CallManager-trust"]], ["tomcat", ["tomcat-trust"]], ["tftp", ["Phone-SAST-trust", "CallManager-trust"]], ["ITLRecovery", ["Phone-SAST-trust", "CallManager-trust"]]] as const)
    it(`puts ${type} into ${stores.join(" and ")}`, () => assert.deepEqual(BULK_FACTS[type].stores, stores));

  it("has CallManager's certificates under the type tftp", () => assert.equal(BULK_FACTS.tftp.purpose, "CallManager"));
});

describe("the types of an exchange", () => {
  it("are three below 12.0", () => assert.deepEqual(bulkTypes(["10.5(2)", "11.5(1)SU9"]), ["tomcat", "tftp", "capf"]));
  it("are four as soon as one cluster is 12.0", () => assert.deepEqual(bulkTypes(["11.5(1)", "12.0(1)"]), BULK_TYPES));
  it("are three where ITLRecovery comes with tftp", () => assert.deepEqual(bulkTypes(["15"], "in tftp"), ["tomcat", "tftp", "capf"]));
});

describe("names of files", () => {
  it("hold the host and the type", () => assert.equal(bulkFileName("CUCM1052PUB.example.com", "tftp"), "CUCM1052PUB_tftp.pkcs12"));
  it("hold the type alone after a consolidation", () => assert.deepEqual(readBulkFileName(consolidatedFileName("ITLRecovery")), { type: "ITLRecovery" }));
  it("are read whatever the host is called", () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), fc.constantFrom(...BULK_TYPES), (host, type) => assert.deepEqual(readBulkFileName(bulkFileName(`${host}.example.com`, type)), { type, host })));
  });
  it("are read in any case", () => assert.deepEqual(readBulkFileName("pub_ITLRECOVERY.PKCS12"), { type: "ITLRecovery", host: "pub" }));
  for (const name of ["", "readme.txt", "pub_tomcat.pem", "pub_ipsec.pkcs12", "_tomcat.pkcs12", "pub-tomcat.pkcs12", "pub_tomcat.pkcs12.tmp"]) it(`are not like "${name}"`, () => assert.equal(readBulkFileName(name), undefined));
});

describe("what a cluster exports", () => {
  const BOTH = ["pub", "sub"];
  for (const [release, capf, recovery] of [["11.5(1)", BOTH, BOTH], ["12.0(1)", BOTH, BOTH], ["12.5(1)", BOTH, ["pub"]], ["14", ["pub"], ["pub"]], ["15", ["pub"], ["pub"]]] as const)
    it(`are tomcat and tftp of every CUCM node; at ${release} capf of ${capf.join(" and ")}, ITLRecovery of ${recovery.join(" and ")}`, () => {
      assert.deepEqual(BULK_TYPES.map((type) => exportingNodes(type, LARGE.nodes, release).map(({ fqdn }) => fqdn.split(".")[0])), [BOTH, BOTH, capf, recovery]);
    });

  it("are six files of two clusters of one node", () => assert.deepEqual(expectedFiles(CLUSTERS, TYPES).map(({ name }) => name), SIX));

  it("has no file of ITLRecovery below 12.0", () => {
    assert.deepEqual(expectedFiles([...CLUSTERS, LARGE], ["ITLRecovery"]), [{ cluster: "large", node: "pub.example.com", type: "ITLRecovery", name: "pub_ITLRecovery.pkcs12" }]);
  });
});

describe("a directory", () => {
  const state = (...names: string[]) => directoryState(CLUSTERS, TYPES, files(...names));

  it("that holds every file lacks nothing", () => assert.deepEqual(state(...SIX), { missing: [], foreign: [] }));
  it("may be written in another case, and hold what was consolidated", () => assert.deepEqual(state(...SIX.map((name) => name.toLowerCase()), "tomcat.pkcs12"), { missing: [], foreign: [] }));

  for (const name of SIX)
    it(`lacks ${name}`, () => {
      const { missing, foreign } = state(...SIX.filter((one) => one !== name));
      assert.deepEqual([missing.map((one) => one.name), foreign], [[name], []]);
    });

  it("of which all is missing is empty", () => assert.equal(state().missing.length, 6));
  it("holds what is not ours; what no consolidation merges does not matter", () => assert.deepEqual(state(...SIX, "OTHER_tomcat.pkcs12", "tomcat-old.PKCS12", "notes.txt").foreign, ["OTHER_tomcat.pkcs12", "tomcat-old.PKCS12"]));
  it("holds a file of an IM and Presence node, which takes no part", () => assert.deepEqual(directoryState([LARGE], [], files("imp_tomcat.pkcs12", "sub_capf.pkcs12")).foreign, ["imp_tomcat.pkcs12"]));
});

describe("two clusters with a host of the same name", () => {
  it("are told", () => assert.deepEqual(sharedHosts([LARGE, { ...LARGE, name: "other", nodes: [node("PUB.example.org")] }]), ["pub"]));
  it("are not told of one cluster alone", () => assert.deepEqual(sharedHosts([LARGE]), []));
});

describe("a PKCS#12 file", () => {
  const sequence = (length: number) => Buffer.concat([length < 128 ? Buffer.from([0x30, length]) : Buffer.from([0x30, 0x82, length >> 8, length & 255]), Buffer.alloc(length, 5)]);

  it("is whole when it is as long as it says", () => {
    for (const length of [5, 127, 128, 3000]) assert.ok(isWholeFile(sequence(length)), String(length));
    assert.ok(isWholeFile(Buffer.from([0x30, 0x80, 2, 1, 3, 0, 0])), "indefinite length");
  });

  it("is not when its end is missing, whatever there is of it", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (length, cut) => !isWholeFile(sequence(length).subarray(0, cut % (sequence(length).length)))));
    assert.ok(!isWholeFile(Buffer.from([0x30, 0x80, 2, 1, 3])));
    assert.ok(!isWholeFile(Buffer.from("no such file")));
  });
});
