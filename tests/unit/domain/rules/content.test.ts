import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { Purpose } from "../../../../domain/purposes";
import { type ContentFacts, IDENTITY_RULES, R1, R10, R11, R12, R13, R14, R2, R4, R5, R7, R9, sameNames } from "../../../../domain/rules/content";
import type { Certificate } from "../../../../domain/x509/certificate";
import { digitalSignature, EKU, keyEncipherment } from "../../../../lab/pki/make";
import { CLUSTER_NAMES, contentFacts, decision } from "../../../support/facts";
import { authority, type Authority, csr, issued, NOW, sharedKey, type Wish } from "../../../support/certificates";

let root: Authority;
let rsa: string;
before(async () => {
  root = await authority({ name: "Root" });
  rsa = await sharedKey("rsa-2048");
});
/** A tomcat certificate that passes every rule, but for the wish. */
const tomcat = (wish: Wish = {}): Promise<Certificate> => issued(root, { names: CLUSTER_NAMES, key: rsa, ...wish });
const at = (now: string, rest: Partial<ContentFacts> = {}): Partial<ContentFacts> => ({ now: new Date(now), ...rest });

test("a tomcat certificate as it should be passes every rule", async () => {
  const facts = contentFacts(await tomcat({ validity: { notBefore: new Date("2026-01-01"), notAfter: new Date("2026-12-31") } }), { request: await csr({ names: CLUSTER_NAMES, key: rsa }) });
  for (const rule of IDENTITY_RULES) assert.deepEqual(decision(rule, facts), ["pass"], rule.id);
});

describe("R1: valid now", () => {
  const TABLE: [string, string, string][] = [
    ["on its first second", "2026-01-01T00:00:00Z", "pass"],
    ["a second before it begins", "2025-12-31T23:59:59Z", "the certificate is not valid before 2026-01-01T00:00:00.000Z"],
    ["a second before it ends", "2026-12-30T23:59:59Z", "pass"],
    ["on its last second", "2026-12-31T00:00:00Z", "the certificate expired on 2026-12-31T00:00:00.000Z"],
  ];
  for (const [when, now, found] of TABLE)
    test(when, async () => {
      assert.deepEqual(decision(R1, contentFacts(await tomcat(), at(now))), [found]);
    });
});

describe("R2: about to expire", () => {
  const TABLE: [string, Partial<ContentFacts>, string][] = [
    ["90 days before the end it says nothing", at("2026-10-02T00:00:00Z"), "pass"],
    ["a second later it is reported", at("2026-10-02T00:00:01Z"), "the certificate expires in 89 days, on 2026-12-31T00:00:00.000Z"],
    ["on the last day it says zero days", at("2026-12-30T12:00:00Z"), "the certificate expires in 0 days, on 2026-12-31T00:00:00.000Z"],
    ["after the end it leaves that to R1", at("2027-01-01T00:00:00Z"), "pass"],
    ["other days can be set", at("2026-10-02T00:00:01Z", { warnDays: 30 }), "pass"],
  ];
  for (const [what, broken, found] of TABLE)
    test(what, async () => {
      assert.deepEqual(decision(R2, contentFacts(await tomcat(), broken)), [found]);
    });
});

describe("R4, R5: RSA keys of 2048 to 4096 bits", () => {
  const TABLE = [[1024, ["the key has 1024 bits"], ["pass"]], [2048, ["pass"], ["pass"]], [4096, ["pass"], ["pass"]], [8192, ["pass"], ["the key has 8192 bits"]]] as const;
  for (const [length, short, long] of TABLE)
    test(`${length} bits`, async () => {
      const certificate: Certificate = { ...(await tomcat()), key: { type: "RSA", length } };
      assert.deepEqual([decision(R4, { certificate }), decision(R5, { certificate })], [short, long]);
    });

  test("an EC key is measured otherwise", async () => {
    const certificate = await tomcat({ key: await sharedKey("ec-256") });
    assert.deepEqual([decision(R4, { certificate }), decision(R5, { certificate })], [["pass"], ["pass"]]);
  });
});

describe("R7: SHA-256 or stronger", () => {
  for (const [hash, found] of [["SHA-256", "pass"], ["SHA-384", "pass"], ["SHA-512", "pass"], ["SHA-1", "it is signed with SHA1"]] as const)
    test(hash, async () => {
      assert.deepEqual(decision(R7, { certificate: await tomcat({ hash }) }), [found]);
    });
});

describe("R9: no wildcard", () => {
  test("among the names", async () => {
    assert.deepEqual(decision(R9, { certificate: await tomcat({ names: [...CLUSTER_NAMES, "*.example.com"] }) }), ["*.example.com: the certificate holds a wildcard name"]);
  });

  test("in the common name, told once", async () => {
    const certificate = await tomcat({ subject: "CN=*.example.com", names: ["*.example.com"] });
    assert.deepEqual(decision(R9, { certificate }), ["*.example.com: the certificate holds a wildcard name"]);
  });
});

describe("R10: the certificate answers the pending request", () => {
  const facts = async (wish: Wish = {}, asked: Wish = {}) => contentFacts(await tomcat(wish), { request: await csr({ names: CLUSTER_NAMES, key: rsa, ...asked }) });

  test("same key, same names in another order and case", async () => {
    assert.deepEqual(decision(R10, await facts({ names: [...CLUSTER_NAMES].reverse().map((name) => name.toUpperCase()) })), ["pass"]);
  });

  test("it answers an older request", async () => {
    assert.deepEqual(decision(R10, await facts({}, { key: await sharedKey("ec-256") })), ["the certificate is for another key than the pending request (it answers another CSR, or an older one)"]);
  });

  test("the authority left out a name", async () => {
    assert.deepEqual(decision(R10, await facts({ names: CLUSTER_NAMES.slice(0, 2) })), ["the authority left out the names cs-imp.example.com, example.com"]);
  });

  test("the authority added a name", async () => {
    assert.deepEqual(decision(R10, await facts({ names: [...CLUSTER_NAMES, "www.example.com"] })), ["the certificate holds names that the request does not have"]);
  });

  test("no request is at hand", async () => {
    assert.deepEqual(decision(R10, contentFacts(await tomcat())), ["undecided: the certificate signing request is not at hand"]);
  });
});

describe("R11: extended key usages", () => {
  test("the authority dropped what an ipsec request asked for", async () => {
    const wish = { extendedKeyUsage: [EKU.serverAuth, EKU.clientAuth, EKU.ipsecEndSystem] };
    const facts = contentFacts(await tomcat(), { purpose: "ipsec", request: await csr(wish) });
    assert.deepEqual(decision(R11, facts), ["the certificate lacks the extended key usage ipsecEndSystem"]);
  });

  test("without a request, what the purpose usually asks for", async () => {
    assert.deepEqual(decision(R11, contentFacts(await tomcat(), { purpose: "cup" })), ["the certificate lacks the extended key usage ipsecEndSystem"]);
  });

  test("serverAuth is needed even when the request forgot it", async () => {
    const facts = contentFacts(await tomcat({ extendedKeyUsage: [] }), { request: await csr({ extendedKeyUsage: [] }) });
    assert.deepEqual(decision(R11, facts), ["the certificate lacks the extended key usage serverAuth"]);
  });

  test("ITLRecovery and trust certificates need none", async () => {
    const certificate = await tomcat({ extendedKeyUsage: [] });
    for (const purpose of ["ITLRecovery", undefined] as const) assert.deepEqual(decision(R11, contentFacts(certificate, { purpose })), ["pass"]);
  });

  test("clientAuth is left to R13", async () => {
    assert.deepEqual(decision(R11, contentFacts(await tomcat({ extendedKeyUsage: [EKU.serverAuth] }))), ["pass"]);
  });
});

describe("R12: key usages", () => {
  const WITHOUT_DATA = digitalSignature | keyEncipherment;
  const TABLE: [string, Wish, Partial<ContentFacts>, string][] = [
    ["digital signature is missing", { keyUsage: keyEncipherment }, {}, "the certificate lacks the key usage digitalSignature"],
    ["key encipherment is missing", { keyUsage: digitalSignature }, {}, "the certificate lacks the key usage keyEncipherment"],
    ["data encipherment is not asked for from 14", { keyUsage: WITHOUT_DATA }, { release: "14" }, "pass"],
    ["data encipherment is kept up to 12.5", { keyUsage: WITHOUT_DATA }, { release: "12.5(1)SU3" }, "the certificate lacks the key usage dataEncipherment"],
    ["what is no release asks for none", { keyUsage: WITHOUT_DATA }, { release: "latest" }, "pass"],
    ["CAPF signs certificates", { keyUsage: digitalSignature }, { purpose: "CAPF" }, "the certificate lacks the key usage keyCertSign"],
    ["a trust certificate is not measured", { keyUsage: keyEncipherment }, { purpose: undefined }, "pass"],
  ];
  for (const [what, wish, broken, found] of TABLE)
    test(what, async () => {
      assert.deepEqual(decision(R12, contentFacts(await tomcat(wish), broken)), [found]);
    });

  test("up to 12.5, a request that did not ask for data encipherment is not given it", async () => {
    const facts = contentFacts(await tomcat({ keyUsage: WITHOUT_DATA }), { release: "12.5", request: await csr({ keyUsage: WITHOUT_DATA }) });
    assert.deepEqual(decision(R12, facts), ["pass"]);
  });

  test("an EC key enciphers no key", async () => {
    assert.deepEqual(decision(R12, contentFacts(await tomcat({ keyUsage: digitalSignature, key: await sharedKey("ec-384") }), { purpose: "tomcat-ECDSA" })), ["pass"]);
  });
});

describe("R13: a certificate without clientAuth", () => {
  const weight = async (broken: Partial<ContentFacts>): Promise<string> => {
    const verdict = R13.decide(contentFacts(await tomcat({ extendedKeyUsage: [EKU.serverAuth, EKU.ipsecEndSystem] }), broken));
    return verdict.outcome === "violated" ? verdict.findings[0]!.severity! : verdict.outcome;
  };
  const TABLE: [string, Partial<ContentFacts>, string][] = [
    ["tomcat for browsers is a warning", { release: "15SU2" }, "advisory"],
    ["tomcat with SIP OAuth is refused", { release: "15SU2", uses: ["sip-oauth"] }, "mandatory"],
    ["tomcat with SIP OAuth is a warning from 15SU5", { release: "15SU5", uses: ["sip-oauth"] }, "advisory"],
    ["the long name of a release before 15SU5 is refused too", { release: "15.0(1)SU2", uses: ["ldap-client"] }, "mandatory"],
    ["a version that does not tell its service update is refused", { release: "15.0.1.11900-40", uses: ["ldap-client"] }, "mandatory"],
    ["an unknown release is refused", { release: "latest", uses: ["mutual-tls"] }, "mandatory"],
    ["cup-xmpp is a warning", { purpose: "cup-xmpp" }, "advisory"],
    ["CAPF never asks for it", { purpose: "CAPF" }, "pass"],
    ["a trust certificate is not measured", { purpose: undefined }, "pass"],
  ];
  for (const [what, broken, found] of TABLE)
    test(what, async () => {
      assert.equal(await weight(broken), found);
    });

  for (const purpose of ["CallManager", "TVS", "ipsec", "cup", "cup-xmpp-s2s"] satisfies Purpose[])
    test(`${purpose} is refused`, async () => {
      assert.equal(await weight({ purpose }), "mandatory");
    });

  test("a request that did not ask for it is answered in full", async () => {
    assert.equal(await weight({ request: await csr({ extendedKeyUsage: [EKU.serverAuth] }), uses: ["sip-oauth"] }), "pass");
  });

  test("the sentence names the use", async () => {
    const facts = contentFacts(await tomcat({ extendedKeyUsage: [EKU.serverAuth] }), { uses: ["sip-oauth", "ldap-client"] });
    assert.deepEqual(decision(R13, facts), ["the certificate lacks the extended key usage clientAuth, which sip-oauth and ldap-client need"]);
  });
});

describe("R14: a public authority gave more than it may", () => {
  const valid = async (from: string, days: number) => {
    const notBefore = new Date(from);
    return decision(R14, contentFacts(await tomcat({ validity: { notBefore, days } }), { publicAuthority: true }));
  };
  const TABLE: [string, number][] = [["2020-09-01", 398], ["2026-03-14", 398], ["2026-03-15", 200], ["2027-03-15", 100], ["2029-03-15", 47]];
  for (const [from, limit] of TABLE)
    test(`issued on ${from}: ${limit} days pass, one more is told`, async () => {
      assert.deepEqual(await valid(from, limit), ["pass"]);
      assert.deepEqual(await valid(from, limit + 1), [`valid for ${limit + 1} days, longer than the ${limit} that public authorities may issue for`]);
    });

  test("a private authority may give five years", async () => {
    const certificate = await tomcat({ validity: { notBefore: NOW, days: 1826 } });
    for (const publicAuthority of [false, undefined]) assert.deepEqual(decision(R14, contentFacts(certificate, { publicAuthority })), ["pass"]);
  });
});

describe("comparison of names", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}\.example\.com$/);
  const names = fc.uniqueArray(name, { maxLength: 6 });

  test("order, case and duplicates do not count", () => {
    const spelled = names.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }), fc.infiniteStream(fc.boolean())));
    fc.assert(fc.property(spelled, ([all, other, upper]) => sameNames(all, other.map((one) => (upper.next().value ? one.toUpperCase() : one)))));
  });

  test("one name more or less counts", () => {
    fc.assert(fc.property(names, name, (all, extra) => all.includes(extra) || (!sameNames(all, [...all, extra]) && !sameNames([extra, ...all], all))));
  });

  test("is mutual", () => {
    fc.assert(fc.property(names, names, (a, b) => sameNames(a, b) === sameNames(b, a)));
  });
});
