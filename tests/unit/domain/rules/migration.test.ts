import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Snapshot } from "../../../../domain/readings";
import { type FileFacts, type PhoneFacts, type ServedFiles, U20, U21, U22, U23, U24, U25, U26, U27 } from "../../../../domain/rules/migration";
import type { Verdict } from "../../../../domain/rules/rule";
import { readTrustList } from "../../../../domain/trust-list/read";
import { parseCertificate } from "../../../../domain/x509/certificate";
import type { KeyAndCertificate } from "../../../../lab/pki/make";
import type { ListRecord } from "../../../../lab/trust-list/write";
import { NOW } from "../../../support/certificates";
import { PUBLISHER, SUBSCRIBER, UNREAD } from "../../../support/facts";
import { owner, record, trustListFile } from "../../../support/trust-list";

const said = (verdict: Verdict) => (verdict.outcome === "violated" ? verdict.findings.map(({ where, found }) => `${where ?? ""}: ${found}`) : verdict.outcome === "undecided" ? [`undecided: ${verdict.reason}`] : []);

describe("U20: what each TVS of the source says", () => {
  const signer = { subject: "CN=ITLRECOVERY_dc2", issuer: "CN=ITLRECOVERY_dc2", serialNumber: "0A", files: ["signer of the ITL of dc2-pub"] };
  const decide = (known: Parameters<typeof U20.decide>[0]["words"][number]["known"]) => said(U20.decide({ words: [{ node: PUBLISHER, signer, known: { value: "yes" } }, { node: SUBSCRIBER, signer, known }] }));
  it("is that it knows every signer", () => assert.deepEqual(decide({ value: "yes" }), []));
  it("is that one knows it, and not as a signer", () => assert.match(decide({ value: "as another" }).join(), /its TVS knows CN=ITLRECOVERY_dc2, .* and not as one that signs ITL and CTL files: it is not in Phone-SAST-trust$/));
  it("is that one does not", () => assert.deepEqual(decide({ value: "no" }), ["cs-ccm-sub.example.com: its TVS does not know CN=ITLRECOVERY_dc2, serial number 0A (signer of the ITL of dc2-pub)"]));
  it("could not be heard: that is no proof", () => assert.deepEqual(decide(UNREAD), ["cs-ccm-sub.example.com: its TVS could not be asked: connection refused"]));
  it("was not asked at all: that is no proof either", () => assert.deepEqual(said(U20.decide({ words: [] })), [": no TVS was asked, or no file has a signer"]));
});

describe("U21: the files that phones will get", () => {
  let signer: KeyAndCertificate, callManager: KeyAndCertificate, tvs: KeyAndCertificate, other: KeyAndCertificate;
  before(async () => {
    [signer, callManager, tvs, other] = (await Promise.all(["ITLRECOVERY_dc2", "dc2-pub", "tvs-dc2-pub", "another"].map((name) => owner(`CN=${name}`)))) as [KeyAndCertificate, KeyAndCertificate, KeyAndCertificate, KeyAndCertificate];
  });
  const node = { ...PUBLISHER, tftp: true, callManager: true };
  const identities = (broken: Record<string, KeyAndCertificate> = {}) => new Map(Object.entries({ ITLRecovery: signer, CallManager: callManager, TVS: tvs, ...broken }).map(([purpose, { certificate }]) => [purpose, parseCertificate(certificate)]));
  const snapshot = (broken?: Record<string, KeyAndCertificate>): Snapshot => ({ identities: identities(broken), requests: new Map(), trusts: [], clock: NOW });
  const inItl = (): ListRecord[] => [record("SAST", signer), record("SAST", callManager), record("CCM+TFTP", callManager), record("TVS", tvs)];
  const inCtl = () => inItl().slice(0, 3);
  const file = (records: ListRecord[], by = signer) => ({ value: readTrustList(trustListFile(by, { records })) });
  const served = (broken: Partial<ServedFiles> = {}): ServedFiles => ({ node: PUBLISHER, itl: file(inItl()), ctl: { value: undefined }, ...broken });
  const decide = (broken: Partial<FileFacts> = {}, files: ServedFiles[] = [served()]) => said(U21.decide({ release: "15", nodes: [node], mixedMode: { value: false }, files, snapshots: new Map([[PUBLISHER.fqdn, snapshot()]]), ...broken }));

  it("hold what they must and are signed by the cluster", () => assert.deepEqual(decide(), []));
  it("are missing", () => assert.deepEqual(decide({}, [served({ itl: { value: undefined } })]), ["cs-ccm-pub.example.com: it serves no ITL file"]));
  it("could not be read", () => assert.deepEqual(decide({}, [served({ itl: UNREAD })]), ["cs-ccm-pub.example.com: its ITL file could not be read: connection refused"]));
  it("are served by no node", () => assert.match(decide({}, []).join(), /Cisco Tftp is started on none of its nodes/));
  it("are empty, as before a rollback", () => assert.deepEqual(decide({}, [served({ itl: file([]) })]), ["cs-ccm-pub.example.com: its ITL file is not verified: there are no records"]));
  it("lack a certificate", () => assert.match(decide({}, [served({ itl: file(inItl().slice(0, 3)) })]).join(), /^cs-ccm-pub\.example\.com: its ITL file lacks the TVS certificate of cs-ccm-pub\.example\.com as TVS \(serial number /));
  it("hold a TVS certificate of before", () => assert.match(decide({ snapshots: new Map([[PUBLISHER.fqdn, snapshot({ TVS: other })]]) }).join(), /lacks the TVS certificate/));
  it("are signed by a key that the cluster does not have any more", () => assert.match(decide({ snapshots: new Map([[PUBLISHER.fqdn, snapshot({ ITLRecovery: other })]]) })[0]!, /its ITL file is signed by CN=ITLRECOVERY_dc2, serial number .*, which is the ITLRecovery certificate of none of its nodes now/));
  it("are changed by somebody", () => {
    const list = file(inItl()).value;
    const signed = Buffer.from(list.signed);
    signed[signed.length - 1] = signed[signed.length - 1]! ^ 1;
    assert.match(decide({}, [served({ itl: { value: { ...list, signed } } })]).join(), /its ITL file is not verified: the signature is not that of/);
  });

  describe("in mixed mode", () => {
    const mixed = { mixedMode: { value: true } };
    it("have a CTL that verifies the ITL", () => assert.deepEqual(decide(mixed, [served({ ctl: file(inCtl()) })]), []));
    it("lack the CTL", () => assert.deepEqual(decide(mixed), ["cs-ccm-pub.example.com: the cluster is in mixed mode, and it serves no CTL file"]));
    it("have a CTL of another signer, which does not verify the ITL", () => assert.match(decide(mixed, [served({ ctl: file([record("SAST", other), ...inCtl().slice(1)], other) })]).join("; "), /its ITL file is not verified by its CTL file: no SAST record has the serial number .*its CTL file is signed by CN=another/));
    it("are not compared where the mode could not be read: that is said", () => assert.deepEqual(decide({ mixedMode: UNREAD }), [": whether it is in mixed mode could not be read: connection refused"]));
  });

  describe("U27: the certificate of TVS", () => {
    const shown = (by: KeyAndCertificate) => said(U27.decide({ certificates: [{ node: PUBLISHER, shown: parseCertificate(by.certificate) }], files: [served()] }));
    it("is in the ITL", () => assert.deepEqual(shown(tvs), []));
    it("is not", () => assert.match(shown(other).join(), /^cs-ccm-pub\.example\.com: its TVS shows a certificate of serial number .*, which is not in the ITL of cs-ccm-pub\.example\.com: no phone would believe it$/));
  });
});

describe("phones by name", () => {
  const phones = ["SEP1", "SEP2"];
  const facts = (broken: Partial<PhoneFacts> = {}): PhoneFacts => ({ source: "dc1", destination: "dc2", phones, configuredAtSource: { value: phones }, configuredAtDestination: { value: ["sep1", "SEP2"] }, registeredAtSource: { value: phones }, registeredAtDestination: { value: [] }, ...broken });
  const u22 = (broken: Partial<PhoneFacts>) => said(U22.decide(facts(broken)));
  const u25 = (broken: Partial<PhoneFacts>) => said(U25.decide(facts(broken)));
  it("U22: are configured in both clusters", () => assert.deepEqual(u22({}), []));
  it("U22: are unknown where they go", () => assert.deepEqual(u22({ configuredAtDestination: { value: ["SEP1"] } }), ["dc2: it does not know 1 of 2 phones: SEP2"]));
  it("U22: are unknown where they are, unless they have moved", () => {
    assert.deepEqual(u22({ configuredAtSource: { value: ["SEP2"] } }), ["dc1: it does not know 1 of 2 phones: SEP1"]);
    assert.deepEqual(u22({ configuredAtSource: { value: ["SEP2"] }, registeredAtDestination: { value: ["SEP1"] } }), []);
  });
  it("U22: could not be read: that is no proof", () => assert.deepEqual(u22({ configuredAtDestination: UNREAD }), [": its phones could not be read: connection refused"]));
  it("U25: are registered somewhere", () => assert.deepEqual(u25({ registeredAtSource: { value: ["SEP1"] }, registeredAtDestination: { value: ["SEP2"] } }), []));
  it("U25: are registered nowhere", () => assert.deepEqual(u25({ registeredAtSource: { value: ["SEP2"] } }), [": 1 of 2 phones are registered with neither cluster: SEP1"]));
  it("U25: could not be counted", () => assert.deepEqual(u25({ registeredAtSource: UNREAD }), ["undecided: connection refused"]));
});

describe("U23: the security modes", () => {
  const decide = (source: boolean, destination: boolean) => said(U23.decide({ source: { value: source }, destination: { value: destination } }));
  it("are equal", () => assert.deepEqual([decide(true, true), decide(false, false)], [[], []]));
  it("differ", () => assert.deepEqual([decide(true, false), decide(false, true)], [[": the phones leave a cluster in mixed mode for one that is not"], [": the phones go into a cluster in mixed mode from one that is not"]]));
  it("could not be read", () => assert.deepEqual(said(U23.decide({ source: UNREAD, destination: UNREAD })), ["undecided: connection refused; connection refused"]));
});

describe("U24: the ITL that phones hold", () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const decide = (...minutes: number[]) => said(U24.decide({ cluster: "dc1", writtenAt: { value: NOW }, phones: { value: minutes.map((one, index) => ({ name: `SEP${index}`, at: at(one) })) } }));
  it("cannot be read from outside, which is said", () => assert.match(decide(1, 2).join(), /^undecided: a phone's own ITL and CTL cannot be read from outside/));
  it("may be older where phones registered before it was written", () => assert.match(decide(-5, 1).join(), /^dc1: 1 of 2 phones registered before its ITL file of .* was written, and may hold an older one: SEP0$/));
});

describe("U26: the addresses of option 150", () => {
  const nodes = [{ names: ["dc2-pub.example.com", "10.2.0.11"], serves: true }, { names: ["dc2-sub.example.com", "10.2.0.12"], serves: false }];
  const decide = (...tftp: string[]) => said(U26.decide({ destination: "dc2", tftp, nodes }));
  it("are those of TFTP nodes", () => assert.deepEqual(decide("10.2.0.11"), []));
  it("are those of a node without TFTP", () => assert.deepEqual(decide("10.2.0.11", "10.2.0.12"), ["dc2: 10.2.0.12 is dc2-sub.example.com, on which Cisco Tftp is not started"]));
  it("cannot be placed", () => assert.match(decide("10.9.9.9").join(), /^undecided: 10\.9\.9\.9: which node that is, neither the program/));
});
