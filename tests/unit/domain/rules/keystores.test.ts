import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PRIVATE_KEY_ALIASES } from "../../../../domain/hosts";
import { KEYSTORE_RULES, type KeystoreFacts, R111 } from "../../../../domain/rules/keystores";
import { decideAll } from "../../../../domain/rules/rule";
import { NOW } from "../../../support/certificates";
import { UNREAD } from "../../../support/facts";

const RULES = [...KEYSTORE_RULES, R111];
const oamp: KeystoreFacts["host"] = { fqdn: "oamp.example.com", product: "CVP OAMP", release: "12.5(1)" };
const aw: KeystoreFacts["host"] = { fqdn: "aw-a.example.com", product: "AW", release: "12.6(2)" };

/** OAMP's keystore, about to take two entries in: everything in order. */
const happy: KeystoreFacts = {
  host: oamp,
  store: "CVP keystore",
  aliases: ["csa.example.com_wsm", "csb.example.com_wsm"],
  password: "host",
  type: { value: "JCEKS" },
  exists: { value: true },
  entries: { value: [{ alias: "wsm_certificate", kind: "private key" }, { alias: "csa.example.com_wsm", kind: "trusted certificate", fingerprint: "AA" }] },
  elevated: { value: true },
  backup: { value: NOW },
  begun: NOW,
};
const report = (change: Partial<KeystoreFacts> = {}) => decideAll<KeystoreFacts>(RULES, { ...happy, ...change });
const refusal = (change: Partial<KeystoreFacts>) => report(change).refusals.map(({ text }) => text).join();

describe("a keystore that may be written", () => {
  test("passes every rule", () => {
    assert.deepEqual(report().passed, RULES.map(({ id }) => id));
  });

  test("of a host that does not answer nothing is said to be verified", () => {
    const { passed, refusals, undecided } = report({ type: UNREAD, exists: UNREAD, entries: UNREAD, elevated: UNREAD, backup: UNREAD });
    assert.deepEqual([passed, refusals], [["R119"], []]);
    assert.deepEqual(undecided.map(({ id }) => id), ["R122", "R117", "R116", "R113", "R111"]);
  });
});

describe("a keystore is refused", () => {
  test("without a backup, or with one that is older than the run (R111)", () => {
    assert.match(refusal({ backup: { value: undefined } }), /^R111 oamp\.example\.com: there is no backup of the store/);
    assert.match(refusal({ backup: { value: new Date(NOW.getTime() - 1) } }), /^R111 .*older than this run/);
  });

  for (const alias of PRIVATE_KEY_ALIASES)
    test(`for an import under ${alias}, also before the host was looked at (R113)`, () => {
      assert.match(refusal({ aliases: [alias.toUpperCase()], entries: UNREAD }), /^R113 .*is that of a private key of CVP/);
    });

  test("for an import under any alias that holds a key (R113)", () => {
    const entries: KeystoreFacts["entries"] = { value: [{ alias: "mykey", kind: "private key" }, { alias: "secret", kind: "secret key" }] };
    assert.match(refusal({ aliases: ["MyKey"], entries }), /alias MyKey holds a private key/);
    assert.match(refusal({ aliases: ["secret"], entries }), /alias secret holds a private key/);
  });

  test("when its file is of another type than the product's (R116, A25)", () => {
    assert.match(refusal({ type: { value: "JKS" } }), /^R116 oamp\.example\.com: the file is JKS, declared is JCEKS\. .*the file was not opened$/);
    assert.match(refusal({ host: aw, store: "truststore", type: { value: "JCEKS" } }), /the file is JCEKS, declared is JKS/);
  });

  test("when its file is no keystore (R116)", () => {
    assert.match(refusal({ type: { value: undefined } }), /^R116 .*no keystore/);
  });

  test("not for a PKCS#12 that was declared by path as one, or without a type", () => {
    for (const type of ["PKCS12", undefined] as const) assert.equal(refusal({ store: { path: "C:\\stores\\own", type }, type: { value: "PKCS12" } }), "");
  });

  test("when a host of that release has no such store (R117)", () => {
    assert.match(refusal({ store: "truststore" }), /^R117 oamp\.example\.com: CVP OAMP of 12\.5\(1\) has no truststore/);
    assert.match(refusal({ host: { ...aw, release: "12.5(1)" }, store: "Java truststore", type: { value: "JKS" } }), /AW of 12\.5\(1\) has no Java truststore/);
  });

  test("when the file is not there (R117, A23)", () => {
    assert.match(refusal({ exists: { value: false } }), /^R117 oamp\.example\.com: there is no CVP keystore/);
  });

  test("in a session that is not elevated (R122)", () => {
    assert.match(refusal({ elevated: { value: false } }), /^R122 oamp\.example\.com: the session is not elevated/);
  });
});

describe("a truststore that still has the password changeit", () => {
  test("is warned of (R119)", () => {
    assert.deepEqual(report({ password: "default" }).warnings.map(({ text }) => text), ["R119 oamp.example.com: its password is still Java's default"]);
  });
});
