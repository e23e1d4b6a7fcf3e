import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { completeQuestion, type DeclaredQuestion, differences, domainOf, nameDifference, type Question, type Satisfaction, shortcomings } from "../../../domain/question";
import type { Certificate } from "../../../domain/x509/certificate";
import { EKU } from "../../../lab/pki/make";
import { CLUSTER, CLUSTER_NAMES, PRESENCE, PUBLISHER, RELEASE } from "../../support/facts";
import { authority, type Authority, csr, issued, NOW, ownSigned, sharedKey, type Wish } from "../../support/certificates";

const TOMCAT: DeclaredQuestion = { purpose: "tomcat", distribution: "multi-server" };
const complete = (declared: Partial<DeclaredQuestion> = {}, node = PUBLISHER): Question => completeQuestion({ ...TOMCAT, ...declared }, node, CLUSTER);

describe("what is not declared is filled in as the platform's dialog does", () => {
  test("tomcat for many servers: -ms in the common name, every node and the parent domain, RSA 2048, SHA256", () => {
    assert.deepEqual(complete(), {
      purpose: "tomcat",
      distribution: "multi-server",
      commonName: "cs-ccm-pub-ms.example.com",
      names: CLUSTER_NAMES,
      keyType: "RSA",
      keyLength: 2048,
      hashAlgorithm: "SHA256",
    });
  });

  test("tomcat-ECDSA: -EC-ms in the common name, EC 384, SHA384", () => {
    const { commonName, keyType, keyLength, hashAlgorithm } = complete({ purpose: "tomcat-ECDSA" });
    assert.deepEqual([commonName, keyType, keyLength, hashAlgorithm], ["cs-ccm-pub-EC-ms.example.com", "EC", 384, "SHA384"]);
  });

  test("this server only: its own name", () => {
    const { commonName, names } = complete({ distribution: "this-server" });
    assert.deepEqual([commonName, names], ["cs-ccm-pub.example.com", ["cs-ccm-pub.example.com"]]);
  });

  test("CallManager leaves out the nodes that are declared so", () => {
    assert.deepEqual(complete({ purpose: "CallManager", leaveOut: ["CS-CCM-SUB.example.com"] }).names, ["cs-ccm-pub.example.com", "example.com"]);
  });

  test("CallManager holds no IM and Presence node", () => {
    assert.deepEqual(complete({ purpose: "CallManager" }).names, ["cs-ccm-pub.example.com", "cs-ccm-sub.example.com", "example.com"]);
  });

  test("cup-xmpp holds no CUCM node", () => {
    assert.deepEqual(complete({ purpose: "cup-xmpp" }, PRESENCE).names, ["cs-imp.example.com", "example.com"]);
  });

  test("another parent domain takes the place of the node's own", () => {
    assert.deepEqual(complete({ parentDomain: "example.net" }).names.at(-1), "example.net");
  });

  test("an empty parent domain leaves it out", () => {
    assert.deepEqual(complete({ parentDomain: "" }).names, CLUSTER_NAMES.slice(0, 3));
  });

  test("other domains are added once", () => {
    assert.deepEqual(complete({ otherDomains: ["webdialer.example.com", "example.com"] }).names, [...CLUSTER_NAMES, "webdialer.example.com"]);
  });

  test("what is declared stays as it is", () => {
    const declared = { commonName: "voice.example.com", keyLength: 4096, hashAlgorithm: "SHA512" } as const;
    const { commonName, keyLength, hashAlgorithm } = complete(declared);
    assert.deepEqual({ commonName, keyLength, hashAlgorithm }, declared);
  });

  test("a host without a domain has a common name without one", () => {
    const alone = { ...PUBLISHER, fqdn: "pub" };
    const { commonName, names } = completeQuestion(TOMCAT, alone, [alone]);
    assert.deepEqual([commonName, names, domainOf("pub")], ["pub-ms", ["pub"], ""]);
  });
});

describe("whether a pending request asks this question", () => {
  const asked: Wish = { subject: "CN=cs-ccm-pub-ms.example.com", names: CLUSTER_NAMES };
  const differing = async (wish: Wish = {}, declared: Partial<DeclaredQuestion> = {}) => differences(await csr({ key: await sharedKey("rsa-2048"), ...asked, ...wish }), complete(declared));

  test("the platform's own request does", async () => {
    assert.deepEqual(await differing(), []);
  });

  test("order and case of names do not count", async () => {
    const names = [...CLUSTER_NAMES].reverse().map((name) => name.toUpperCase());
    assert.deepEqual(await differing({ names, subject: "CN=CS-CCM-PUB-MS.example.com" }), []);
  });

  const BROKEN: [string, Wish, Partial<DeclaredQuestion>, string][] = [
    ["a node is missing", { names: CLUSTER_NAMES.filter((name) => name !== "cs-imp.example.com") }, {}, "the names lack cs-imp.example.com"],
    ["a name is one too many", { names: [...CLUSTER_NAMES, "old.example.com"] }, {}, "the names hold old.example.com that is not declared"],
    ["the common name is another", { subject: "CN=voice.example.com" }, {}, "Common Name is voice.example.com instead of cs-ccm-pub-ms.example.com"],
    ["the key is too short", {}, { keyLength: 4096 }, "Key Length is 2048 instead of 4096"],
    ["the hash is another", {}, { hashAlgorithm: "SHA512" }, "Hash Algorithm is SHA256 instead of SHA512"],
    ["the key is of the other family, whose length is not told as well", {}, { keyType: "EC", hashAlgorithm: "SHA256" }, "Key Type is RSA instead of EC"],
  ];
  for (const [what, wish, declared, sentence] of BROKEN)
    test(what, async () => {
      assert.deepEqual(await differing(wish, declared), [sentence]);
    });

  test("missing names and names too many are told in one sentence", () => {
    assert.equal(nameDifference(["a", "x"], ["A", "b", "c"]), "the names lack b, c and hold x that is not declared");
  });
});

describe("whether an installed certificate satisfies the declaration", () => {
  let root: Authority;
  let issuing: Authority;
  before(async () => {
    root = await authority({ name: "Root" });
    issuing = await authority({ name: "Issuing", issuer: root });
  });
  const installed = async (wish: Wish = {}, issuer: Authority = issuing): Promise<Certificate> =>
    issued(issuer, { subject: "CN=cs-ccm-pub-ms.example.com", names: CLUSTER_NAMES, key: await sharedKey("rsa-2048"), ...wish });
  const wanted = (broken: Partial<Satisfaction> = {}): Satisfaction => ({ question: complete(), commonNameDeclared: true, chain: [root.parsed, issuing.parsed], release: RELEASE, now: NOW, ...broken });

  test("it does", async () => {
    assert.deepEqual(shortcomings(await installed(), wanted()), []);
  });

  test("it does with a stronger hash than was asked for", async () => {
    assert.deepEqual(shortcomings(await installed({ hash: "SHA-512" }), wanted()), []);
  });

  test("it does with another common name when none is declared", async () => {
    assert.deepEqual(shortcomings(await installed({ subject: "CN=pub" }), wanted({ commonNameDeclared: false })), []);
  });

  test("it does without clientAuth when it only serves browsers", async () => {
    assert.deepEqual(shortcomings(await installed({ extendedKeyUsage: [EKU.serverAuth] }), wanted()), []);
  });

  const BROKEN: [string, Wish, () => Partial<Satisfaction>, RegExp][] = [
    ["a node is missing from its names", { names: CLUSTER_NAMES.slice(1) }, () => ({}), /^the names lack cs-ccm-pub\.example\.com$/],
    ["the declared common name is another", { subject: "CN=pub" }, () => ({}), /^its common name is pub$/],
    ["the key is shorter than declared", {}, () => ({ question: complete({ keyLength: 4096 }) }), /^its key is RSA 2048$/],
    ["the hash is SHA-1", { hash: "SHA-1" }, () => ({}), /^it is signed with SHA1$/],
    ["it expired a minute ago", {}, () => ({ now: new Date("2026-12-31T00:01:00Z") }), /^it expired on 2026-12-31T00:00:00\.000Z$/],
    ["it expires before its renewal is due", {}, () => ({ outlives: new Date("2027-01-01T00:00:00Z") }), /^it expires on 2026-12-31T00:00:00\.000Z, before its renewal is due on 2027-01-01/],
    ["it was issued before the generation began", {}, () => ({ issuedAfter: new Date("2026-02-01T00:00:00Z") }), /^it was issued before the present generation began on 2026-02-01/],
    ["it lacks serverAuth", { extendedKeyUsage: [EKU.clientAuth] }, () => ({}), /^it lacks the extended key usage serverAuth$/],
    ["it lacks clientAuth though it serves SIP OAuth", { extendedKeyUsage: [EKU.serverAuth] }, () => ({ uses: ["sip-oauth"] }), /^it lacks the extended key usage clientAuth, which sip-oauth needs$/],
    ["it lacks digital signature", { keyUsage: 4 }, () => ({}), /^it lacks the key usage digitalSignature$/],
  ];
  test("the authority chose another hash than the request: that is its own affair", async () => {
    assert.deepEqual(shortcomings(await installed({}), wanted({ question: complete({ hashAlgorithm: "SHA384" }) })), []);
  });

  test("the common name stands among the names as well, as releases after 10.5.2 have it", async () => {
    const names = [...complete({}).names, complete({}).commonName];
    assert.deepEqual(shortcomings(await installed({ names }), wanted({})), []);
  });

  for (const [what, wish, broken, sentence] of BROKEN)
    test(what, async () => {
      const found = shortcomings(await installed(wish), wanted(broken()));
      assert.equal(found.length, 1, found.join("; "));
      assert.match(found[0]!, sentence);
    });

  test("another authority than the declared one issued it", async () => {
    const other = await authority({ name: "Other" });
    assert.deepEqual(shortcomings(await installed({}, other), wanted()), ["its issuer is CN=Other, not the declared authority"]);
  });

  test("it is self-signed, as after an installation", async () => {
    const own = await ownSigned({ subject: "CN=cs-ccm-pub-ms.example.com", names: CLUSTER_NAMES, key: await sharedKey("rsa-2048") });
    assert.deepEqual(shortcomings(own, wanted()), ["it is self-signed"]);
  });
});
