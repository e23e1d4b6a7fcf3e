import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { ClusterReading, NodeReading } from "../../../../domain/readings";
import type { LiveFacts } from "../../../../domain/rules/live";
import { R131, R135, R28, R3, R64, R8, U1, U2, U3, U4, U5, U7 } from "../../../../domain/rules/nodes";
import type { Rule } from "../../../../domain/rules/rule";
import type { Certificate } from "../../../../domain/x509/certificate";
import { NOW, ownSigned } from "../../../support/certificates";
import { clusterReading, decision, liveFacts, readings, service, snapshot, trustEntry, UNREAD } from "../../../support/facts";

/** What a rule says when the subscriber is as `broken` says and the others are as they should be. */
const onSubscriber = (rule: Rule<LiveFacts>, broken: Partial<NodeReading>, rest: Partial<LiveFacts> = {}) => decision(rule, liveFacts({ reading: clusterReading({ nodes: readings(broken) }), ...rest }));
const inCluster = (rule: Rule<LiveFacts>, broken: Partial<ClusterReading>) => decision(rule, liveFacts({ reading: clusterReading(broken) }));
const SUB = "cs-ccm-sub.example.com";
const NOT_READ = [`undecided: ${SUB}: connection refused`];

test("a cluster as it should be passes every rule", () => {
  for (const rule of [U1, U2, U3, U4, U5, U7, R3, R8, R28, R64, R131, R135]) assert.deepEqual(decision(rule, liveFacts()), ["pass"], rule.id);
});

describe("U1: every node answers and accepts the log-in", () => {
  const TABLE: [Partial<NodeReading>, string][] = [
    [{ snapshot: UNREAD }, "certificate REST"],
    [{ services: UNREAD }, "Control Center"],
    [{ version: UNREAD }, "platform CLI"],
  ];
  for (const [broken, what] of TABLE)
    test(`${what} does not answer`, () => {
      assert.deepEqual(onSubscriber(U1, broken), [`${SUB}: ${what}: connection refused`]);
    });

  test("a declared node that nobody looked at does not pass for one that answers", () => {
    assert.equal(inCluster(U1, { nodes: readings().slice(0, 2) }).every((line) => line.startsWith("cs-imp.example.com: ")), true);
  });
});

describe("U2: the disk has room", () => {
  test("a partition below the limit is told nothing of", () => {
    assert.deepEqual(onSubscriber(U2, { diskUsed: { value: { active: 94 } } }), ["pass"]);
  });

  test("a partition at the limit is refused", () => {
    assert.deepEqual(onSubscriber(U2, { diskUsed: { value: { active: 60, logging: 95 } } }), [`${SUB}: Disk/logging is 95% full`]);
  });

  test("it could not be read", () => {
    assert.deepEqual(onSubscriber(U2, { diskUsed: UNREAD }), NOT_READ);
  });
});

describe("U3: the node runs the release that is declared", () => {
  test("another release", () => {
    assert.deepEqual(onSubscriber(U3, { version: { value: "14.0.1.13900-155" } }), [`${SUB}: the node runs 14.0.1.13900-155, declared is 15SU2`]);
  });

  test("it could not be read", () => {
    assert.deepEqual(onSubscriber(U3, { version: UNREAD }), NOT_READ);
  });
});

describe("U4: no backup is running", () => {
  test("one is", () => {
    assert.deepEqual(inCluster(U4, { backupRunning: { value: true } }), ["a backup is running"]);
  });

  test("it could not be read", () => {
    assert.deepEqual(inCluster(U4, { backupRunning: UNREAD }), ["undecided: connection refused"]);
  });
});

describe("U5: the connection accepts the new certificate", () => {
  test("it does", () => {
    assert.deepEqual(decision(U5, liveFacts({ connectionAccepts: true })), ["pass"]);
  });

  test("it would lock us out", async () => {
    const certificate = await ownSigned();
    assert.deepEqual(decision(U5, liveFacts({ certificate, connectionAccepts: false })), [`the connection's tls settings would refuse cs-ccm-pub.example.com (SHA-256 ${certificate.fingerprint})`]);
  });
});

describe("U7: whether a tomcat certificate is also that of CallManager is declared", () => {
  const holding = (identities: Record<string, Certificate>) => inCluster(U7, { nodes: readings({ snapshot: { value: { ...snapshot(), identities: new Map(Object.entries(identities)) } } }) });
  let tomcat: Certificate;
  before(async () => {
    tomcat = await ownSigned();
  });

  test("CallManager has one of its own", async () => {
    assert.deepEqual(holding({ tomcat, CallManager: await ownSigned() }), ["pass"]);
  });

  test("CallManager has the same", () => {
    assert.deepEqual(holding({ tomcat, CallManager: tomcat }), ["cs-ccm-sub.example.com: the tomcat certificate is also that of CallManager (certificate reuse), and the program does not say so: add reusedFor: \"CallManager\""]);
  });

  test("CallManager has none that is listed", () => {
    assert.deepEqual(holding({ tomcat }), ["cs-ccm-sub.example.com: the tomcat certificate is also that of CallManager (certificate reuse), and the program does not say so: add reusedFor: \"CallManager\""]);
  });

  test("it is said to be, and CallManager has one of its own", async () => {
    const nodes = readings({ snapshot: { value: { ...snapshot(), identities: new Map([["tomcat", tomcat], ["CallManager", await ownSigned()]]) } } });
    assert.ok(decision(U7, liveFacts({ reusedFor: "CallManager", reading: clusterReading({ nodes }) })).every((found) => /the program says reusedFor: "CallManager", and CallManager has a certificate of its own/.test(found)));
  });

  test("a node that could not be read leaves it open", () => {
    assert.deepEqual(inCluster(U7, { nodes: readings({ snapshot: UNREAD }) }), ["undecided: cs-ccm-sub.example.com: connection refused"]);
  });

  test("another purpose does not ask", () => {
    const nodes = readings({ snapshot: { value: { ...snapshot(), identities: new Map([["cup", tomcat]]) } } });
    assert.deepEqual(decision(U7, liveFacts({ purpose: "cup", reading: clusterReading({ nodes }) })), ["pass"]);
  });
});

describe("R3: no expired certificate lies in a trust store", () => {
  let entry: Certificate;
  before(async () => {
    entry = await ownSigned({ subject: "CN=Old Root" });
  });
  const at = (now: Date) => onSubscriber(R3, { snapshot: { value: snapshot({ trusts: [trustEntry(entry)] }) } }, { now });

  test("an entry that is valid is told nothing of", () => {
    assert.deepEqual(at(NOW), ["pass"]);
  });

  test("an entry that has expired is named", () => {
    assert.deepEqual(at(entry.notAfter), [`${SUB}: tomcat-trust/Old_Root.pem has expired`]);
  });
});

describe("R8: a FIPS cluster asks with SHA256", () => {
  const fips: Partial<NodeReading> = { fips: { value: true } };

  test("it does", () => {
    assert.deepEqual(onSubscriber(R8, fips), ["pass"]);
  });

  test("it asks for SHA512", () => {
    const { question } = liveFacts();
    assert.deepEqual(onSubscriber(R8, fips, { question: { ...question, hashAlgorithm: "SHA512" } }), [`${SUB}: FIPS mode is on and the request asks for SHA512`]);
  });

  test("it could not be read", () => {
    assert.deepEqual(onSubscriber(R8, { fips: UNREAD }), NOT_READ);
  });
});

describe("R28: every name resolves on the nodes", () => {
  test("a name that the subscriber does not find", () => {
    assert.deepEqual(onSubscriber(R28, { unresolved: { value: ["cs-imp.example.com"] } }), [`${SUB}: the node cannot resolve cs-imp.example.com`]);
  });

  test("it could not be read", () => {
    assert.deepEqual(onSubscriber(R28, { unresolved: UNREAD }), NOT_READ);
  });
});

describe("R64: a good backup exists", () => {
  const daysAgo = (days: number) => ({ lastBackup: { value: new Date(NOW.getTime() - days * 86_400_000) } });

  test("seven days old is good", () => {
    assert.deepEqual(inCluster(R64, daysAgo(7)), ["pass"]);
  });

  test("seven and a half is too old", () => {
    assert.deepEqual(inCluster(R64, daysAgo(7.5)), ["the last good backup is of 2026-05-25T00:00:00.000Z, more than 7 days ago"]);
  });

  test("there is none", () => {
    assert.deepEqual(inCluster(R64, { lastBackup: { value: undefined } }), ["no backup has succeeded"]);
  });

  test("it could not be read", () => {
    assert.deepEqual(inCluster(R64, { lastBackup: UNREAD }), ["undecided: connection refused"]);
  });

  test("a person may accept it", () => {
    assert.equal(R64.acceptable, true);
  });
});

describe("R131: the services that distribute certificates run", () => {
  const TOMCAT = service("Cisco Tomcat");
  const PLATFORM = "Platform Administrative Web Service";

  test("one is stopped", () => {
    const services = { value: [TOMCAT, service(PLATFORM, { state: "Stopped", reason: "Commanded Out of Service" })] };
    assert.deepEqual(onSubscriber(R131, { services }), [`${SUB}: ${PLATFORM} is Stopped (Commanded Out of Service)`]);
  });

  test("one is still starting", () => {
    const services = { value: [service("Cisco Tomcat", { state: "Starting" }), service(PLATFORM)] };
    assert.deepEqual(onSubscriber(R131, { services }), [`${SUB}: Cisco Tomcat is Starting`]);
  });

  test("one is not there", () => {
    assert.deepEqual(onSubscriber(R131, { services: { value: [TOMCAT] } }), [`${SUB}: ${PLATFORM} is missing`]);
  });

  test("a node that the certificate does not cover is not asked", () => {
    assert.deepEqual(onSubscriber(R131, { services: { value: [] } }, { covered: [] }), ["pass"]);
  });

  test("it could not be read", () => {
    assert.deepEqual(onSubscriber(R131, { services: UNREAD }), NOT_READ);
  });
});

describe("R135: the clocks agree", () => {
  const TABLE: [number, string][] = [
    [120_000, "pass"],
    [-120_000, "pass"],
    [121_000, `${SUB}: its clock is 121 s ahead of this machine's`],
    [-3_600_000, `${SUB}: its clock is 3600 s behind this machine's`],
  ];
  for (const [ahead, found] of TABLE)
    test(`${ahead / 1000} s`, () => {
      assert.deepEqual(onSubscriber(R135, { clockAhead: { value: ahead } }), [found]);
    });

  test("NTP that is not synchronised is a warning", () => {
    const verdict = R135.decide(liveFacts({ reading: clusterReading({ nodes: readings({ ntpSynchronised: { value: false } }) }) }));
    assert.deepEqual(verdict, { outcome: "violated", findings: [{ where: SUB, found: "NTP is not synchronised" }] });
  });

  test("a clock and an NTP state that could not be read leave it open", () => {
    assert.deepEqual([onSubscriber(R135, { clockAhead: UNREAD }), onSubscriber(R135, { ntpSynchronised: UNREAD })], [NOT_READ, NOT_READ]);
  });
});
