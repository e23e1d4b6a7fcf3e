import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Reading, Member } from "../../../../domain/readings";
import type { LiveFacts } from "../../../../domain/rules/live";
import { pendingRequests, R19, R20, R23, R24, R25, R27 } from "../../../../domain/rules/multi-server";
import type { Certificate } from "../../../../domain/x509/certificate";
import type { CertificateRequest } from "../../../../domain/x509/request";
import { authority, csr, issued, sharedKey, type Wish } from "../../../support/certificates";
import { CLUSTER, CLUSTER_NAMES, clusterReading, decision, type Holding, liveFacts, PRESENCE, PUBLISHER, readings, snapshot, service, SUBSCRIBER, UNREAD } from "../../../support/facts";

const PLATFORM: Wish = { subject: "CN=cs-ccm-pub-ms.example.com", names: CLUSTER_NAMES };
let request: CertificateRequest;
let foreign: CertificateRequest;
let certificate: Certificate;
let older: Certificate;
before(async () => {
  const key = await sharedKey("rsa-2048");
  const root = await authority({ name: "Root" });
  request = await csr({ ...PLATFORM, key });
  foreign = await csr({ ...PLATFORM, key: await sharedKey("rsa-3072") });
  certificate = await issued(root, { ...PLATFORM, key });
  older = await issued(root, { ...PLATFORM, key });
});

const holding = (all: Holding, broken: Holding = all) => clusterReading({ nodes: readings({ snapshot: { value: snapshot(broken) } }, SUBSCRIBER, { snapshot: { value: snapshot(all) } }) });
const unread = (all: Holding) => clusterReading({ nodes: readings({ snapshot: UNREAD }, SUBSCRIBER, { snapshot: { value: snapshot(all) } }) });

describe("R20: nodes that a CallManager certificate leaves out", () => {
  const decide = (state: Parameters<typeof service>[1], leftOut = [SUBSCRIBER]) =>
    decision(R20, liveFacts({ purpose: "CallManager", leftOut, reading: clusterReading({ nodes: readings({}, SUBSCRIBER, { services: { value: [service("Cisco CallManager", state)] } }) }) }));
  test("have Cisco CallManager not activated", () => assert.deepEqual(decide({ state: "Stopped", reason: "Service Not Activated" }), ["pass"]));
  test("and not started, nor only stopped for a while", () => {
    assert.deepEqual(decide({}), ["cs-ccm-sub.example.com: Cisco CallManager is Started on this node, and the certificate would not name it"]);
    assert.deepEqual(decide({ state: "Stopped", reason: "Commanded Out of Service" }), ["cs-ccm-sub.example.com: Cisco CallManager is Stopped on this node, and the certificate would not name it"]);
  });
  test("are none, where none is declared", () => assert.deepEqual(decide({}, []), ["pass"]));
});

describe("R19: the certificate names every node", () => {
  test("all three nodes are named, in any case", async () => {
    const upper = { ...certificate, subjectAlternateNames: CLUSTER_NAMES.map((name) => name.toUpperCase()) };
    assert.deepEqual([decision(R19, liveFacts({ certificate })), decision(R19, liveFacts({ certificate: upper }))], [["pass"], ["pass"]]);
  });

  test("the authority left out the IM and Presence node", () => {
    const subjectAlternateNames = CLUSTER_NAMES.filter((name) => name !== PRESENCE.fqdn);
    assert.deepEqual(decision(R19, liveFacts({ certificate: { ...certificate, subjectAlternateNames } })), ["cs-imp.example.com: the certificate does not name this node"]);
  });

  test("the parent domain alone names no node", () => {
    assert.equal(decision(R19, liveFacts({ certificate: { ...certificate, subjectAlternateNames: ["example.com"] } })).length, 3);
  });

  test("as long as there is no certificate there is nothing to refuse", () => {
    assert.deepEqual(decision(R19, liveFacts()), ["pass"]);
  });
});

describe("R23: no other request is awaiting its certificate", () => {
  test("nothing is pending", () => {
    assert.deepEqual(decision(R23, liveFacts()), ["pass"]);
  });

  test("our own question is pending, from an earlier run", () => {
    assert.deepEqual(decision(R23, liveFacts({ reading: holding({ request }) })), ["pass"]);
  });

  test("something else is pending on the subscriber", () => {
    const [found, ...rest] = decision(R23, liveFacts({ reading: holding({}, { request: foreign }) }));
    assert.deepEqual(rest, []);
    assert.equal(found, `cs-ccm-sub.example.com: a tomcat request is pending that asks something else (Key Length is 3072 instead of 2048); its public key fingerprint is ${foreign.publicKeyFingerprint}`);
  });

  test("it may be discarded by the fingerprint of its public key, in any spelling", () => {
    const discardPending = foreign.publicKeyFingerprint.replaceAll(":", "").toLowerCase();
    assert.deepEqual(decision(R23, liveFacts({ reading: holding({ request: foreign }), discardPending })), ["pass"]);
  });

  test("the fingerprint of another key does not discard it", () => {
    assert.equal(decision(R23, liveFacts({ reading: holding({ request: foreign }), discardPending: request.publicKeyFingerprint })).length, 3);
  });

  test("a request for another purpose does not count", () => {
    assert.deepEqual(decision(R23, liveFacts({ reading: holding({ purpose: "ipsec", request: foreign }) })), ["pass"]);
  });

  test("a node that the certificate does not cover does not count", () => {
    assert.deepEqual(decision(R23, liveFacts({ reading: holding({}, { request: foreign }), covered: [PUBLISHER, PRESENCE] })), ["pass"]);
  });

  test("a pending request that cannot be read is refused", () => {
    const broken = { ...request, pem: request.pem.slice(0, 100) };
    assert.deepEqual(decision(R23, liveFacts({ reading: holding({}, { request: broken }) })), ["cs-ccm-sub.example.com: a tomcat request is pending that cannot be read: it holds no PEM certificate signing request"]);
  });

  test("a node that could not be read leaves it open", () => {
    assert.deepEqual(decision(R23, liveFacts({ reading: unread({}) })), ["undecided: cs-ccm-sub.example.com: connection refused"]);
  });

  test("the pending requests are told node by node", () => {
    assert.deepEqual(pendingRequests(liveFacts({ reading: holding({ request }) })).map(({ fqdn }) => fqdn), CLUSTER.map(({ fqdn }) => fqdn));
  });
});

describe("R24: the request is on every node", () => {
  test("it is", () => {
    assert.deepEqual(decision(R24, liveFacts({ request, reading: holding({ request }) })), ["pass"]);
  });

  test("it did not reach the subscriber", () => {
    assert.deepEqual(decision(R24, liveFacts({ request, reading: holding({ request }, {}) })), ["cs-ccm-sub.example.com: the request did not reach this node"]);
  });

  test("the subscriber still holds an older one", () => {
    assert.deepEqual(decision(R24, liveFacts({ request, reading: holding({ request }, { request: foreign }) })), ["cs-ccm-sub.example.com: the request did not reach this node"]);
  });

  test("a node that could not be read is not said to lack it", () => {
    assert.deepEqual(decision(R24, liveFacts({ request, reading: unread({ request }) })), ["undecided: cs-ccm-sub.example.com: connection refused"]);
  });

  test("no request was made", () => {
    assert.deepEqual(decision(R24, liveFacts()), ["undecided: no request was made"]);
  });
});

describe("R25: the certificate is on every node", () => {
  test("it is", () => {
    assert.deepEqual(decision(R25, liveFacts({ certificate, reading: holding({ identity: certificate }) })), ["pass"]);
  });

  test("the subscriber still has the old one", () => {
    assert.deepEqual(decision(R25, liveFacts({ certificate, reading: holding({ identity: certificate }, { identity: older }) })), [
      `cs-ccm-sub.example.com: it has serial number ${older.serialNumber} instead of ${certificate.serialNumber}`,
    ]);
  });

  test("the subscriber has none", () => {
    assert.deepEqual(decision(R25, liveFacts({ certificate, reading: holding({ identity: certificate }, {}) })), [`cs-ccm-sub.example.com: it has no certificate instead of ${certificate.serialNumber}`]);
  });

  test("a node that nobody looked at leaves it open", () => {
    const { nodes } = holding({ identity: certificate });
    const found = decision(R25, liveFacts({ certificate, reading: clusterReading({ nodes: nodes.slice(0, 2) }) }));
    assert.deepEqual(found, ["undecided: cs-imp.example.com: nothing was read of this node"]);
  });

  test("there is no certificate yet", () => {
    assert.deepEqual(decision(R25, liveFacts()), ["undecided: there is no certificate yet"]);
  });
});

describe("R27: the declared nodes are the cluster's nodes", () => {
  const MEMBERS: Member[] = CLUSTER.map(({ fqdn, product, role }) => ({ name: fqdn, product, role }));
  const among = (members: Reading<readonly Member[]>, rest: Partial<LiveFacts> = {}) => decision(R27, liveFacts({ reading: clusterReading({ members }), ...rest }));

  test("they are", () => {
    assert.deepEqual(among({ value: MEMBERS }), ["pass"]);
  });

  test("the cluster lists its nodes by host name alone, in capitals", () => {
    assert.deepEqual(among({ value: MEMBERS.map((member) => ({ ...member, name: member.name.split(".")[0]!.toUpperCase() })) }), ["pass"]);
  });

  test("a host name that only begins alike is another node", () => {
    const members = MEMBERS.map((member) => ({ ...member, name: member.name.replace("cs-imp.example.com", "cs-im") }));
    assert.equal(among({ value: members }).length, 2);
  });

  test("a subscriber was added to the cluster", () => {
    const added: Member = { name: "cs-ccm-sub2.example.com", product: "CUCM", role: "subscriber" };
    assert.deepEqual(among({ value: [...MEMBERS, added] }), ["cs-ccm-sub2.example.com: the cluster has this node, and the program does not declare it"]);
  });

  test("a declared node has left the cluster", () => {
    const found = "the cluster has no such node; it has cs-ccm-pub.example.com, cs-ccm-sub.example.com";
    assert.deepEqual(among({ value: MEMBERS.slice(0, 2) }), [`cs-imp.example.com: ${found}`]);
  });

  test("a CallManager certificate does not ask about IM and Presence nodes", () => {
    assert.deepEqual(among({ value: MEMBERS.slice(0, 2) }, { purpose: "CallManager" }), ["pass"]);
  });

  test("the cluster's list could not be read", () => {
    assert.deepEqual(among(UNREAD), ["undecided: connection refused"]);
  });
});
