import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Snapshot } from "../../../../domain/readings";
import { chainRule, displaced, R137, R32, R33, R34, R37, R82, type TrustUpload } from "../../../../domain/rules/trust";
import type { Certificate } from "../../../../domain/x509/certificate";
import { authority, type Authority, DECADE, issued, newKey, ownSigned } from "../../../support/certificates";
import { CLUSTER, clusterReading, decision, type Holding, liveFacts, PUBLISHER, readings, snapshot, SUBSCRIBER, trustEntry, UNREAD } from "../../../support/facts";

const EARLIER = { ...DECADE, notBefore: new Date("2015-01-01T00:00:00Z") };
const LATER = { ...DECADE, notBefore: new Date("2024-01-01T00:00:00Z") };
let root: Authority;
let issuing: Authority;
let tomcat: Certificate;
/** Another authority that has the root's name and another key. */
let twin: Authority;
/** The root again, with its own key and a later notBefore. */
let renewed: Authority;
before(async () => {
  const key = await newKey();
  root = await authority({ name: "Root", key });
  issuing = await authority({ name: "Issuing", issuer: root });
  tomcat = await issued(issuing);
  twin = await authority({ name: "Root", validity: LATER });
  renewed = await authority({ name: "Root", key, validity: LATER });
});

const trusting = (...certificates: Certificate[]): Holding => ({ trusts: certificates.map((certificate) => trustEntry(certificate)) });
const holding = (all: Holding, broken: Holding = all) => clusterReading({ nodes: readings({ snapshot: { value: snapshot(broken) } }, SUBSCRIBER, { snapshot: { value: snapshot(all) } }) });

describe("R32: the whole chain is in the trust store of every node", () => {
  const chain = () => trusting(root.parsed, issuing.parsed);

  test("it is", () => {
    assert.deepEqual(decision(R32, liveFacts({ certificate: tomcat, reading: holding(chain()) })), ["pass"]);
  });

  test("the root has not reached the subscriber", () => {
    const [found, ...rest] = decision(R32, liveFacts({ certificate: tomcat, reading: holding(chain(), trusting(issuing.parsed)) }));
    assert.match(found!, /^cs-ccm-sub\.example\.com: tomcat-trust does not hold the whole chain of cs-ccm-pub\.example\.com \(serial number [0-9A-F]+\), issued by CN=Issuing$/);
    assert.deepEqual(rest, []);
  });

  test("the intermediate is missing everywhere", () => {
    assert.equal(decision(R32, liveFacts({ certificate: tomcat, reading: holding(trusting(root.parsed)) })).length, 3);
  });

  test("a root of the same name and another key does not do", () => {
    assert.equal(decision(R32, liveFacts({ certificate: tomcat, reading: holding(trusting(twin.parsed, issuing.parsed)) })).length, 3);
  });

  test("a renewed root with the same key does", () => {
    assert.deepEqual(decision(R32, liveFacts({ certificate: tomcat, reading: holding(trusting(renewed.parsed, issuing.parsed)) })), ["pass"]);
  });

  test("another store does not do", () => {
    const trusts = [root, issuing].map(({ parsed }) => trustEntry(parsed, "CallManager-trust"));
    assert.equal(decision(R32, liveFacts({ certificate: tomcat, reading: holding({ trusts }) })).length, 3);
  });

  test("a node that could not be read leaves it open", () => {
    const nodes = readings({ snapshot: UNREAD }, SUBSCRIBER, { snapshot: { value: snapshot(chain()) } });
    assert.deepEqual(decision(R32, liveFacts({ certificate: tomcat, reading: clusterReading({ nodes }) })), ["undecided: cs-ccm-sub.example.com: connection refused"]);
  });
});

describe("R33: the trust store fits the purpose", () => {
  test("tomcat and tomcat-trust", () => {
    assert.deepEqual(decision(R33, { purpose: "tomcat", store: "tomcat-trust" }), ["pass"]);
  });

  test("tomcat-ECDSA and tomcat-trust", () => {
    assert.deepEqual(decision(R33, { purpose: "tomcat-ECDSA", store: "tomcat-trust" }), ["pass"]);
  });

  test("tomcat and CallManager-trust", () => {
    assert.deepEqual(decision(R33, { purpose: "tomcat", store: "CallManager-trust" }), ["tomcat is checked against tomcat-trust, not CallManager-trust"]);
  });
});

const upload = (certificate: Certificate, publisher: Snapshot, subscriber: Snapshot = snapshot()): TrustUpload => ({
  certificate,
  store: "tomcat-trust",
  snapshots: [
    { fqdn: PUBLISHER.fqdn, snapshot: publisher },
    { fqdn: SUBSCRIBER.fqdn, snapshot: subscriber },
  ],
});

describe("what an upload would displace", () => {
  const displaces = (certificate: Certificate, ...present: Certificate[]) => displaced({ certificate, store: "tomcat-trust" }, snapshot(trusting(...present)))?.certificate;

  test("an entry of the same common name", () => {
    assert.equal(displaces(twin.parsed, issuing.parsed, root.parsed), root.parsed);
  });

  test("not itself", () => {
    assert.equal(displaces(root.parsed, root.parsed), undefined);
  });

  test("no entry of another store", () => {
    assert.equal(displaced({ certificate: twin.parsed, store: "ipsec-trust" }, snapshot(trusting(root.parsed))), undefined);
  });

  test("authorities without a common name are told apart by their subject", async () => {
    const [one, other] = [await authority({ name: "", subject: "O=One, OU=Class 2" }), await authority({ name: "", subject: "O=Other, OU=Class 2" })];
    const again = await authority({ name: "", subject: "O=One, OU=Class 2" });
    assert.deepEqual([displaces(one.parsed, other.parsed), displaces(one.parsed, again.parsed)], [undefined, again.parsed]);
  });
});

describe("R34: the platform would store it", () => {
  test("nothing of that name is there", () => {
    assert.deepEqual(decision(R34, upload(root.parsed, snapshot())), ["pass"]);
  });

  test("it is newer than the entry of that name", () => {
    assert.deepEqual(decision(R34, upload(renewed.parsed, snapshot(trusting(root.parsed)))), ["pass"]);
  });

  test("it is older: the platform would silently keep the other", () => {
    assert.deepEqual(decision(R34, upload(root.parsed, snapshot(trusting(renewed.parsed)))), [
      `cs-ccm-pub.example.com: tomcat-trust holds a newer certificate of Root (serial number ${renewed.parsed.serialNumber}); the platform silently keeps it`,
    ]);
  });

  test("it begins at the same second as the other", async () => {
    const same = await authority({ name: "Root" });
    assert.equal(decision(R34, upload(same.parsed, snapshot(trusting(root.parsed)))).length, 1);
  });
});

describe("R137: no anchor that is needed is displaced", () => {
  const needing = (...certificates: Certificate[]) => snapshot({ ...trusting(...certificates), identity: tomcat });

  test("the displaced entry issued nothing that is installed", () => {
    assert.deepEqual(decision(R137, upload(twin.parsed, snapshot(trusting(root.parsed)))), ["pass"]);
  });

  test("the displaced root issued the installed certificate", async () => {
    const direct = await issued(root);
    const present = snapshot({ ...trusting(root.parsed), identity: direct });
    assert.deepEqual(decision(R137, upload(twin.parsed, present)), ["cs-ccm-pub.example.com: it would displace tomcat-trust/Root.pem, to which the installed certificate of tomcat leads"]);
  });

  test("the displaced root stands above the intermediate that issued the installed certificate", () => {
    assert.deepEqual(decision(R137, upload(twin.parsed, needing(root.parsed, issuing.parsed))), ["cs-ccm-pub.example.com: it would displace tomcat-trust/Root.pem, to which the installed certificate of tomcat leads"]);
  });

  test("another node needs it", () => {
    const found = decision(R137, upload(twin.parsed, snapshot(trusting(root.parsed, issuing.parsed)), needing(issuing.parsed)));
    assert.deepEqual(found, ["cs-ccm-pub.example.com: it would displace tomcat-trust/Root.pem, to which the installed certificate of tomcat on cs-ccm-sub.example.com leads"]);
  });

  test("a renewed authority, same key and later notBefore, may take its place", () => {
    assert.deepEqual(decision(R137, upload(renewed.parsed, needing(root.parsed, issuing.parsed))), ["pass"]);
  });

  test("the same key with an earlier notBefore is no renewal", async () => {
    const older = await authority({ name: "Root", key: root.key, validity: EARLIER });
    assert.equal(decision(R137, upload(older.parsed, needing(root.parsed, issuing.parsed))).length, 1);
  });

  test("a self-signed certificate needs no anchor", async () => {
    const own = await ownSigned();
    assert.deepEqual(decision(R137, upload(twin.parsed, snapshot({ ...trusting(root.parsed), identity: own }))), ["pass"]);
  });
});

describe("R82: an issuer in use is not deleted", () => {
  const using = (identity: Certificate, ...certificates: Certificate[]) => snapshot({ ...trusting(...certificates), identity });
  const deleting = (certificate: Certificate, ...on: [Snapshot, Snapshot?]) => decision(R82, upload(certificate, ...on));
  const needed = (certificate: Certificate, fqdn = PUBLISHER.fqdn) => [`${fqdn}: ${certificate.commonName} (serial number ${certificate.serialNumber}) is needed by the installed certificate of tomcat`];

  test("an authority that issued nothing may go", () => {
    assert.deepEqual(deleting(twin.parsed, using(tomcat, root.parsed, issuing.parsed, twin.parsed)), ["pass"]);
  });

  test("the issuer of an installed certificate stays, and the root above it", () => {
    for (const one of [issuing, root]) assert.deepEqual(deleting(one.parsed, using(tomcat, root.parsed, issuing.parsed)), needed(one.parsed));
  });

  test("the issuer stays also where its root is missing", () => {
    assert.deepEqual(deleting(issuing.parsed, using(tomcat, issuing.parsed)), needed(issuing.parsed));
  });

  test("the old certificate of a renewed authority may go", () => {
    assert.deepEqual(deleting(root.parsed, using(tomcat, root.parsed, renewed.parsed, issuing.parsed)), ["pass"]);
  });

  test("the copy of a certificate that is installed stays", async () => {
    const own = await ownSigned();
    assert.equal(deleting(own, using(own, own)).length, 1);
  });

  test("another node needs it", () => {
    assert.deepEqual(deleting(root.parsed, snapshot(trusting(root.parsed)), using(tomcat, root.parsed, issuing.parsed)), needed(root.parsed, SUBSCRIBER.fqdn));
  });
});

describe("R34 and R137 on a whole chain", () => {
  test("each certificate of the chain is looked at on each node", () => {
    const found = decision(chainRule(R34), liveFacts({ chain: [root.parsed, issuing.parsed], reading: holding(trusting(twin.parsed)) }));
    assert.deepEqual(found.map((line) => line.split(":")[0]), CLUSTER.map(({ fqdn }) => fqdn));
  });

  test("a chain that is in place passes", () => {
    const reading = holding(trusting(root.parsed, issuing.parsed));
    for (const rule of [R34, R137]) assert.deepEqual(decision(chainRule(rule), liveFacts({ chain: [root.parsed, issuing.parsed], reading })), ["pass"]);
  });

  test("a node that could not be read leaves it open", () => {
    const reading = clusterReading({ nodes: readings({ snapshot: UNREAD }) });
    assert.deepEqual(decision(chainRule(R34), liveFacts({ chain: [root.parsed], reading })), ["undecided: cs-ccm-sub.example.com: connection refused"]);
  });
});

describe("R37: database replication is healthy", () => {
  const sick = clusterReading({ replication: { value: [{ name: SUBSCRIBER.fqdn, state: "3" }] } });
  const severity = (distribution: "multi-server" | "this-server") => {
    const facts = liveFacts({ reading: sick });
    const verdict = R37.decide({ ...facts, question: { ...facts.question, distribution } });
    return verdict.outcome === "violated" ? verdict.findings.map((finding) => finding.severity) : verdict.outcome;
  };

  test("it is", () => {
    assert.deepEqual(decision(R37, liveFacts()), ["pass"]);
  });

  test("a node that is not in state 2 is named", () => {
    assert.deepEqual(decision(R37, liveFacts({ reading: sick })), ["cs-ccm-sub.example.com: database replication is 3"]);
  });

  test("for a multi-server certificate it refuses, for one server it warns", () => {
    assert.deepEqual([severity("multi-server"), severity("this-server")], [["mandatory"], ["advisory"]]);
  });

  test("it could not be read", () => {
    assert.deepEqual(decision(R37, liveFacts({ reading: clusterReading({ replication: UNREAD }) })), ["undecided: connection refused"]);
  });
});
