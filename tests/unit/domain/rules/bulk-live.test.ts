import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { BULK_TYPES, expectedFiles } from "../../../../domain/bulk";
import type { NodeReading, Reading, TrustEntry } from "../../../../domain/readings";
import { unreadNode } from "../../../../domain/readings";
import { type DirectExchange, type MappingFacts, R100, R103, R104, R105, R95, R96, R97, R98 } from "../../../../domain/rules/bulk-live";
import { type Rule, type Verdict } from "../../../../domain/rules/rule";
import type { Certificate } from "../../../../domain/x509/certificate";
import { CLUSTERS, DESTINATION, node, SOURCE } from "../../../support/bulk";
import { authority } from "../../../support/certificates";
import { snapshot, UNREAD } from "../../../support/facts";

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
const said = (verdict: Verdict) => (verdict.outcome === "violated" ? verdict.findings.map(({ where, found }) => `${where ?? ""}: ${found}`) : verdict.outcome === "undecided" ? [`undecided: ${verdict.reason}`] : []);
const TYPES = ["tomcat", "tftp", "capf"] as const;

describe("R95: consolidation and imports are not older than the exports", () => {
  const times = (exported: number, consolidated: number | undefined, imported: number) => said(R95.decide({ exports: [{ cluster: "a", at: at(1) }, { cluster: "b", at: at(exported) }], consolidatedAt: consolidated === undefined ? undefined : at(consolidated), imports: [{ cluster: "a", at: at(imported) }] }));
  it("holds in order, and before anything was consolidated", () => assert.deepEqual([times(2, 3, 4), times(2, undefined, 1)], [[], []]));
  it("is broken by another export", () => assert.match(times(5, 3, 4).join(), /^b: it exported at .*12:05:.*, after the consolidation at .*12:03/));
  it("is broken by an import of what was consolidated before", () => assert.match(times(2, 3, 2).join(), /^a: it imported at .*12:02:.*, before the consolidation/));
});

describe("R96 and R97: the directory", () => {
  const names = expectedFiles(CLUSTERS, TYPES).map(({ name }) => name);
  const facts = (...files: string[]) => ({ clusters: CLUSTERS, types: TYPES, files: { value: files.map((name) => ({ name, modifiedAt: at(5) })) }, exportedAt: { source: at(4), destination: at(4) } });
  it("is complete, with nothing foreign", () => assert.deepEqual([R96, R97].flatMap((rule) => said(rule.decide(facts(...names, "tomcat.pkcs12")))), []));
  it("lacks the files of a node (R96)", () => assert.deepEqual(said(R96.decide(facts(...names.slice(1)))), ["CUCM1052PUB.example.com: CUCM1052PUB_tomcat.pkcs12 is missing from what source exported"]));
  it("holds a foreign file (R97)", () => assert.deepEqual(said(R97.decide(facts(...names, "OTHER_capf.pkcs12"))), [": OTHER_capf.pkcs12 is of no node of these clusters"]));
  it("holds a file from before the export (R97)", () => assert.match(said(R97.decide({ ...facts(...names), exportedAt: { source: at(6) } })).join(), /^source: CUCM1052PUB_tomcat\.pkcs12 is of .*12:05:.*, before its export at .*12:06:/));
  it("is not decided when it could not be listed", () => assert.deepEqual([R96, R97].flatMap((rule) => said(rule.decide({ ...facts(), files: UNREAD }))), ["undecided: connection refused", "undecided: connection refused"]));
});

describe("R98: every node knows every remote certificate", () => {
  let certificates: Certificate[];
  before(async () => {
    certificates = (await Promise.all([...BULK_TYPES, "own"].map((name) => authority({ name })))).map(({ parsed }) => parsed);
  });
  const STORES = [["tomcat-trust"], ["Phone-SAST-trust", "CallManager-trust"], ["CallManager-trust"], ["Phone-SAST-trust", "CallManager-trust"]];
  const remote = () => BULK_TYPES.map((type, index) => ({ cluster: "source", node: SOURCE.fqdn, type, certificate: certificates[index]! }));
  const entries = () => STORES.flatMap((stores, index) => stores.map((store): TrustEntry => ({ store, fileName: `${index}.pem`, certificate: certificates[index]! })));
  const local = (trusts: readonly TrustEntry[]): NodeReading => ({ ...unreadNode(DESTINATION, ""), snapshot: { value: snapshot({ trusts }) } });
  const facts = (trusts: readonly TrustEntry[]): MappingFacts => ({ remote: remote(), local: [{ cluster: "destination", reading: local(trusts) }] });

  it("holds when all six entries of the mapping table are there", () => assert.deepEqual([entries().length, said(R98.decide(facts(entries())))], [6, []]));
  it("names each entry that is not there", () => {
    entries().forEach((left) => {
      const [line, ...rest] = said(R98.decide(facts(entries().filter((one) => one.fileName !== left.fileName || one.store !== left.store))));
      assert.deepEqual(rest, []);
      assert.match(line!, new RegExp(`^CUCM1151PUB\\.example\\.com: its ${left.store} lacks the \\w+ certificate of CUCM1052PUB\\.example\\.com \\(serial number ${left.certificate.serialNumber}\\)$`));
    });
  });
  it("does not take another certificate for it", () => assert.equal(said(R98.decide(facts(entries().map((one) => ({ ...one, certificate: certificates[4]! }))))).length, 6));
  it("asks nothing of the cluster that the certificate comes from", () => assert.deepEqual(said(R98.decide({ remote: remote(), local: [{ cluster: "source", reading: local([]) }] })), []));
  it("is not decided of a node that could not be read", () => assert.deepEqual(said(R98.decide({ remote: remote(), local: [{ cluster: "destination", reading: unreadNode(DESTINATION, "connection refused") }] })), ["undecided: CUCM1151PUB.example.com: connection refused"]));
});

describe("R100: old releases and new exports", () => {
  const decide = (source: Reading<string>, destination: Reading<string>) => said(R100.decide({ publishers: [{ cluster: "source", version: source }, { cluster: "destination", version: destination }] }));
  const version = (value: string) => ({ value });
  it("holds between two new and between two old ones", () => {
    assert.deepEqual([decide(version("10.5.2.13900-12"), version("15.0.1.11900-40")), decide(version("10.5.2.11900-3"), version("9.1.2.10000-28"))], [[], []]);
  });
  it("warns of an older importer", () => assert.deepEqual(decide(version("10.5.2.13899-1"), version("11.5.1.10000-6")), ["source: it runs 10.5.2.13899-1, and destination exports with 11.5.1.10000-6"]));
  it("is not decided without a version, or without its build number", () => assert.deepEqual([decide(UNREAD, version("15.0.1.11900-40")), decide(version("15.0.1.11900-40"), version("10.5(2)"))], [["undecided: source: its version is not known"], ["undecided: destination: its version is not known"]]));
});

describe("R103: all clusters answer", () => {
  const reading = (version: NodeReading["version"]): NodeReading => ({ ...unreadNode(SOURCE, ""), version });
  it("holds when every node answers", () => assert.deepEqual(said(R103.decide({ nodes: [reading({ value: "15" })] })), []));
  it("names the node that does not", () => assert.deepEqual(said(R103.decide({ nodes: [reading(UNREAD)] })), ["CUCM1052PUB.example.com: it does not answer: connection refused"]));
});

describe("R104: an exchange without SFTP", () => {
  const clusters = [{ name: "source", nodes: [SOURCE, node("sub.example.com", "subscriber")] }, { name: "destination", nodes: [{ ...DESTINATION, tftp: true }, node("imp.example.com", "publisher", "IM and Presence")] }];
  const uploads = [["CallManager", "Phone-SAST-trust"], ["CallManager", "CallManager-trust"], ["ITLRecovery", "Phone-SAST-trust"], ["ITLRecovery", "CallManager-trust"]].map(([purpose, store]) => ({ owner: DESTINATION.fqdn, purpose: purpose!, to: "source", store: store! }));
  const oneWay: DirectExchange = { clusters, oneWay: { trusted: "destination", by: "source" }, uploads, tvsRestarts: [SOURCE.fqdn, "sub.example.com"] };
  it("holds one way", () => assert.deepEqual(said(R104.decide(oneWay)), []));
  it("names each upload that is missing", () => {
    uploads.forEach((left) => assert.deepEqual(said(R104.decide({ ...oneWay, uploads: uploads.filter((one) => one !== left) })), [`source: the ${left.purpose} certificate of CUCM1151PUB.example.com is not uploaded to its ${left.store}`]));
  });
  it("names each node without a restart of TVS", () => assert.deepEqual(said(R104.decide({ ...oneWay, tvsRestarts: [SOURCE.fqdn] })), ["sub.example.com: TVS is not restarted there, and does not know what was uploaded"]));
  it("wants both directions unless told otherwise", () => {
    const found = said(R104.decide({ ...oneWay, oneWay: undefined }));
    assert.deepEqual([found.length, found[0]], [3, "destination: the ITLRecovery certificate of CUCM1052PUB.example.com is not uploaded to its Phone-SAST-trust"]);
  });
});

describe("R105: Cisco Bulk Provisioning Service", () => {
  const publisher = (state: "Started" | "Stopped" | undefined): NodeReading => ({ ...unreadNode(SOURCE, ""), services: { value: state ? [{ name: "Cisco Bulk Provisioning Service", state, reason: "" }] : [] } });
  const decide = (emcc: boolean, state?: "Started" | "Stopped") => said(R105.decide({ emcc, publishers: [publisher(state)] }));
  it("runs, or is of no matter without EMCC", () => assert.deepEqual([decide(true, "Started"), decide(false, "Stopped")], [[], []]));
  it("is stopped, or missing", () => assert.deepEqual([decide(true, "Stopped"), decide(true)], [["CUCM1052PUB.example.com: Cisco Bulk Provisioning Service is Stopped"], ["CUCM1052PUB.example.com: Cisco Bulk Provisioning Service is missing"]]));
});

it("what only warns: foreign files and old releases", () => {
  const rules: readonly Rule<never>[] = [R95, R96, R97, R98, R100, R103, R104, R105] as never;
  assert.deepEqual(rules.filter(({ severity }) => severity === "advisory").map(({ id }) => id), ["R100"]);
});
