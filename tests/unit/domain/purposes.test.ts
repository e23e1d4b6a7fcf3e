import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coveredNodes, isPurpose, isTrustStore, type NodeName, type Product, type Purpose, PURPOSE_FACTS, PURPOSES, requestingNode } from "../../../domain/purposes";
import { CLUSTER, PRESENCE, PUBLISHER, SUBSCRIBER } from "../../support/facts";

const fqdns = (nodes: readonly NodeName[]) => nodes.map(({ fqdn }) => fqdn);
const UNITY: NodeName[] = [
  { fqdn: "cuc-pub.example.com", product: "Unity Connection", role: "publisher" },
  { fqdn: "cuc-sub.example.com", product: "Unity Connection", role: "subscriber" },
];

describe("which trust store a purpose is checked against", () => {
  const TABLE: Partial<Record<Purpose, string>> = {
    tomcat: "tomcat-trust",
    "tomcat-ECDSA": "tomcat-trust",
    CallManager: "CallManager-trust",
    "CallManager-ECDSA": "CallManager-trust",
    CAPF: "CAPF-trust",
    ipsec: "ipsec-trust",
    cup: "cup-trust",
    "cup-ECDSA": "cup-trust",
    "cup-xmpp": "cup-xmpp-trust",
    "cup-xmpp-ECDSA": "cup-xmpp-trust",
    "cup-xmpp-s2s": "cup-xmpp-trust",
    "cup-xmpp-s2s-ECDSA": "cup-xmpp-trust",
  };
  for (const [purpose, store] of Object.entries(TABLE))
    test(`${purpose} against ${store}`, () => {
      assert.equal(PURPOSE_FACTS[purpose as Purpose].trustStore, store);
    });
});

describe("which purposes one certificate can serve on many servers", () => {
  const MULTI: Purpose[] = ["tomcat", "tomcat-ECDSA", "CallManager", "CallManager-ECDSA", "cup-xmpp", "cup-xmpp-ECDSA", "cup-xmpp-s2s", "cup-xmpp-s2s-ECDSA"];

  test("the tomcat, CallManager, cup-xmpp and cup-xmpp-s2s families, and no other", () => {
    assert.deepEqual(PURPOSES.filter((purpose) => PURPOSE_FACTS[purpose].multiServer.length > 0), MULTI);
  });

  test("on Unity Connection only tomcat and tomcat-ECDSA", () => {
    const unity: Product = "Unity Connection";
    assert.deepEqual(PURPOSES.filter((purpose) => PURPOSE_FACTS[purpose].multiServer.includes(unity)), ["tomcat", "tomcat-ECDSA"]);
  });
});

describe("what the platform's own request asks for", () => {
  const CLIENT: Purpose[] = ["tomcat", "CallManager", "TVS", "cup", "cup-xmpp", "cup-xmpp-s2s", "ipsec"];
  for (const purpose of CLIENT)
    test(`${purpose}: server and client authentication, and the usual key usages`, () => {
      const { extendedKeyUsages, keyUsages } = PURPOSE_FACTS[purpose];
      assert.deepEqual(extendedKeyUsages.slice(0, 2), ["serverAuth", "clientAuth"]);
      assert.deepEqual(keyUsages, ["digitalSignature", "keyEncipherment", "dataEncipherment"]);
    });

  test("only ipsec and the cup families ask for IPsec end system", () => {
    const asking = PURPOSES.filter((purpose) => PURPOSE_FACTS[purpose].extendedKeyUsages.includes("ipsecEndSystem"));
    assert.deepEqual(asking, PURPOSES.filter((purpose) => /^(ipsec|cup)/.test(purpose)));
  });

  test("CAPF signs certificates", () => {
    assert.deepEqual(PURPOSE_FACTS.CAPF.keyUsages, ["digitalSignature", "keyCertSign"]);
  });

  test("a purpose that ends in ECDSA has an EC key, every other an RSA key", () => {
    for (const purpose of PURPOSES) assert.equal(PURPOSE_FACTS[purpose].keyType, purpose.endsWith("ECDSA") ? "EC" : "RSA", purpose);
  });
});

describe("which uploads touch phones", () => {
  test("CallManager, CAPF, TVS and ITLRecovery; tomcat does not", () => {
    assert.deepEqual(PURPOSES.filter((purpose) => PURPOSE_FACTS[purpose].touchesPhones), ["CallManager", "CallManager-ECDSA", "CAPF", "TVS", "ITLRecovery"]);
  });
});

describe("whose names a multi-server certificate holds", () => {
  test("tomcat: every CUCM and IM and Presence node", () => {
    assert.deepEqual(coveredNodes("tomcat", CLUSTER), CLUSTER);
  });

  test("CallManager: CUCM nodes only", () => {
    assert.deepEqual(coveredNodes("CallManager", CLUSTER), [PUBLISHER, SUBSCRIBER]);
  });

  test("cup-xmpp and cup-xmpp-s2s: IM and Presence nodes only", () => {
    assert.deepEqual([coveredNodes("cup-xmpp", CLUSTER), coveredNodes("cup-xmpp-s2s", CLUSTER)], [[PRESENCE], [PRESENCE]]);
  });

  test("ipsec: none, it has no multi-server certificate", () => {
    assert.deepEqual(coveredNodes("ipsec", CLUSTER), []);
  });
});

describe("where a multi-server request is made", () => {
  test("tomcat and CallManager on the CUCM publisher, in whatever order the nodes are declared", () => {
    for (const nodes of [CLUSTER, [...CLUSTER].reverse()]) assert.deepEqual([requestingNode("tomcat", nodes), requestingNode("CallManager", nodes)], [PUBLISHER, PUBLISHER]);
  });

  test("cup-xmpp on the IM and Presence publisher", () => {
    assert.equal(requestingNode("cup-xmpp", CLUSTER), PRESENCE);
  });

  test("tomcat of Unity Connection on its publisher", () => {
    assert.deepEqual(fqdns([requestingNode("tomcat", UNITY)!]), ["cuc-pub.example.com"]);
  });

  test("nowhere when no publisher is declared", () => {
    assert.equal(requestingNode("tomcat", [SUBSCRIBER, PRESENCE]), undefined);
    assert.equal(requestingNode("cup-xmpp", [PUBLISHER, SUBSCRIBER]), undefined);
  });
});

describe("names of purposes and stores", () => {
  test("are those of the page Certificate Management, in its spelling", () => {
    assert.deepEqual([isPurpose("tomcat"), isPurpose("cup-xmpp-s2s-ECDSA"), isPurpose("Tomcat"), isPurpose("tomcat-trust"), isPurpose(undefined)], [true, true, false, false, false]);
    assert.deepEqual([isTrustStore("tomcat-trust"), isTrustStore("Phone-SAST-trust"), isTrustStore("tomcat"), isTrustStore(null)], [true, true, false, false]);
  });
});
