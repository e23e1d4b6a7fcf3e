import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { R18, R22, R4Q, R5Q, R7Q, R9Q, REQUEST_RULES, type RequestFacts } from "../../../../domain/rules/request";
import { decision, PRESENCE, requestFacts, SUBSCRIBER } from "../../../support/facts";

const EC: Partial<RequestFacts> = { purpose: "tomcat-ECDSA", keyType: "EC", keyLength: 384, hashAlgorithm: "SHA384" };
const UNITY = { fqdn: "cuc-pub.example.com", product: "Unity Connection", role: "publisher" } as const;

describe("a request as it should be passes every rule", () => {
  for (const [what, facts] of [["tomcat", {}], ["tomcat-ECDSA", EC], ["ipsec of a subscriber", { purpose: "ipsec", distribution: "this-server", node: SUBSCRIBER }]] as [string, Partial<RequestFacts>][])
    test(what, () => {
      for (const rule of REQUEST_RULES) assert.deepEqual(decision(rule, requestFacts(facts)), ["pass"], rule.id);
    });
});

describe("R4, R5: key lengths that the platform makes", () => {
  const TABLE: [Partial<RequestFacts>, string, string][] = [
    [{ keyLength: 1024 }, "keyLength 1024 is too short", "pass"],
    [{ keyLength: 3072 }, "pass", "pass"],
    [{ keyLength: 4096 }, "pass", "pass"],
    [{ keyLength: 2049 }, "pass", "keyLength 2049 is none that the platform makes for RSA"],
    [{ keyLength: 8192 }, "pass", "keyLength 8192 is none that the platform makes for RSA"],
    [{ ...EC, keyLength: 256 }, "pass", "pass"],
    [{ ...EC, keyLength: 2048 }, "pass", "keyLength 2048 is none that the platform makes for EC"],
  ];
  for (const [broken, short, known] of TABLE)
    test(`${broken.keyType ?? "RSA"} ${broken.keyLength}`, () => {
      assert.deepEqual([decision(R4Q, requestFacts(broken)), decision(R5Q, requestFacts(broken))], [[short], [known]]);
    });
});

describe("R7: the hash is not weaker than an EC key", () => {
  const TABLE = { 256: ["SHA256", "SHA384", "SHA512"], 384: ["SHA384", "SHA512"], 521: ["SHA512"] } as const;
  for (const [length, strong] of Object.entries(TABLE))
    for (const hashAlgorithm of ["SHA256", "SHA384", "SHA512"] as const)
      test(`EC ${length} with ${hashAlgorithm}`, () => {
        const fits = (strong as readonly string[]).includes(hashAlgorithm);
        const found = fits ? "pass" : `hashAlgorithm ${hashAlgorithm} is weaker than an EC key of ${length} bits`;
        assert.deepEqual(decision(R7Q, requestFacts({ ...EC, keyLength: Number(length), hashAlgorithm })), [found]);
      });

  test("RSA 4096 with SHA256 is fine", () => {
    assert.deepEqual(decision(R7Q, requestFacts({ keyLength: 4096 })), ["pass"]);
  });
});

describe("R9: no wildcard", () => {
  test("each wildcard is told", () => {
    const names = ["*.example.com", "voice.example.com", "*.example.net"];
    const found = "wildcard names are not supported by these platforms";
    assert.deepEqual(decision(R9Q, requestFacts({ names })), [`*.example.com: ${found}`, `*.example.net: ${found}`]);
  });
});

describe("R18: multi-server only where the platform can", () => {
  const TABLE: [Partial<RequestFacts>, string][] = [
    [{ purpose: "cup-xmpp", node: PRESENCE }, "pass"],
    [{ purpose: "CallManager" }, "pass"],
    [{ purpose: "tomcat", node: UNITY, nodes: [UNITY] }, "pass"],
    [{ purpose: "ipsec" }, "ipsec on CUCM cannot have a multi-server certificate"],
    [{ purpose: "CAPF" }, "CAPF on CUCM cannot have a multi-server certificate"],
    [{ purpose: "TVS" }, "TVS on CUCM cannot have a multi-server certificate"],
    [{ purpose: "cup", node: PRESENCE }, "cup on IM and Presence cannot have a multi-server certificate"],
    [{ purpose: "ipsec", node: UNITY, nodes: [UNITY] }, "ipsec on Unity Connection cannot have a multi-server certificate"],
    [{ purpose: "ipsec", distribution: "this-server" }, "pass"],
  ];
  for (const [broken, found] of TABLE)
    test(`${broken.purpose} on ${broken.node?.product ?? "CUCM"}, ${broken.distribution ?? "multi-server"}`, () => {
      assert.deepEqual(decision(R18, requestFacts(broken)), [found]);
    });
});

describe("R22: a multi-server request is made on the publisher", () => {
  test("tomcat on a subscriber is refused", () => {
    assert.deepEqual(decision(R22, requestFacts({ node: SUBSCRIBER })), ["cs-ccm-sub.example.com: tomcat multi-server requests are made on cs-ccm-pub.example.com, not on a subscriber (CUCM)"]);
  });

  test("tomcat on the IM and Presence publisher is refused", () => {
    assert.deepEqual(decision(R22, requestFacts({ node: PRESENCE })), ["cs-imp.example.com: tomcat multi-server requests are made on cs-ccm-pub.example.com, not on a publisher (IM and Presence)"]);
  });

  test("cup-xmpp belongs on the IM and Presence publisher", () => {
    assert.deepEqual(decision(R22, requestFacts({ purpose: "cup-xmpp", node: PRESENCE })), ["pass"]);
  });

  test("a request for this server only is made on it", () => {
    assert.deepEqual(decision(R22, requestFacts({ node: SUBSCRIBER, distribution: "this-server" })), ["pass"]);
  });
});
