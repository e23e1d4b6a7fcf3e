import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { EXCHANGED_RULES, type ExchangedFacts } from "../../../../domain/rules/exchanged";
import { decideAll } from "../../../../domain/rules/rule";
import { ownSigned, type Wish } from "../../../support/certificates";
import { UNREAD } from "../../../support/facts";

const FQDN = "csa.example.com";
const days = (count: number) => ({ notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date(Date.parse("2026-01-01T00:00:00Z") + count * 86_400_000) });
const made = (wish: Wish) => ownSigned({ subject: `CN=${FQDN}, O=Example`, names: [FQDN], validity: days(1095), ...wish });

let happy: ExchangedFacts;
before(async () => {
  const certificate = await made({});
  happy = { fqdn: FQDN, kind: "WSM", certificate, presented: { value: certificate.fingerprint } };
});

const report = (change: Partial<ExchangedFacts> = {}) => decideAll(EXCHANGED_RULES, { ...happy, ...change });
const lines = (change: Partial<ExchangedFacts>) => [...report(change).refusals, ...report(change).warnings].map(({ text }) => text);
/** With a certificate that the server presents as well. */
const with_ = async (wish: Wish, change: Partial<ExchangedFacts> = {}) => {
  const certificate = await made(wish);
  return lines({ certificate, presented: { value: certificate.fingerprint }, ...change });
};

describe("a certificate of a CVP server", () => {
  test("that names it and that it presents now passes every rule", () => {
    assert.deepEqual(report().passed, EXCHANGED_RULES.map(({ id }) => id));
  });

  test("is of another server where neither name nor SAN is the inventory's (R16, A24)", async () => {
    assert.match((await with_({ subject: "CN=csa", names: ["csa.corp.example.com"] })).join("\n"), /^R16 csa\.example\.com: its certificate is of csa, csa\.corp\.example\.com\. Make it anew/);
  });

  test("is its own where only the SAN is the inventory's, or only the common name, in any letters", async () => {
    assert.deepEqual(await with_({ subject: "CN=csa", names: ["CSA.example.com"] }), []);
    assert.deepEqual(await with_({ subject: "CN=CSA.EXAMPLE.COM", names: ["other.example.com"] }, { kind: "IIS" }), []);
  });

  test("without the FQDN among its SANs is warned of (R17)", async () => {
    assert.deepEqual(await with_({ names: [] }), ["R17 csa.example.com: its WSM certificate has no SAN csa.example.com"]);
  });

  test("of more than three years, or of keytool's 90 days, is warned of (R17)", async () => {
    assert.deepEqual(await with_({ validity: days(1097) }), ["R17 csa.example.com: its WSM certificate is valid for 1097 days, more than three years"]);
    assert.deepEqual(await with_({ validity: days(90) }), ["R17 csa.example.com: its WSM certificate is valid for 90 days, keytool's default"]);
    assert.deepEqual(await with_({ validity: days(1096) }), []);
  });

  test("that its port no longer presents is refused (R115, A28)", async () => {
    const other = await made({ validity: days(100) });
    assert.match(lines({ presented: { value: other.fingerprint } }).join(), /^R115 csa\.example\.com: WSM presents [0-9A-F:]+, declared is /);
  });

  test("is compared with what the port presents however the fingerprint is written", () => {
    assert.deepEqual(lines({ presented: { value: happy.certificate.fingerprint.replaceAll(":", "").toLowerCase() } }), []);
  });

  test("whose port does not answer is not said to be verified", () => {
    assert.deepEqual(report({ presented: UNREAD }).undecided.map(({ id }) => id), ["R115"]);
  });
});

describe("a certificate of another server", () => {
  test("of a VOS node may have -EC behind its common name", async () => {
    assert.deepEqual(await with_({ subject: `CN=${FQDN}-EC`, names: [] }, { kind: "tomcat" }), []);
  });

  test("is not asked for CVP's SAN and validity", async () => {
    assert.deepEqual(await with_({ names: [], validity: days(3650) }, { kind: "IIS" }), []);
  });

  test("named by its address is refused (R123)", async () => {
    assert.match((await with_({ subject: "CN=192.0.2.10" }, { fqdn: "192.0.2.10", kind: "IIS" })).join(), /^R123 "192\.0\.2\.10" is no fully qualified/);
  });

  test("of DFP must be bound once it was replaced (R124)", () => {
    assert.deepEqual(lines({ kind: "DFP", binding: { value: true } }), []);
    assert.match(lines({ kind: "DFP", binding: { value: false } }).join(), /^R124 /);
    assert.deepEqual(report({ kind: "DFP", binding: UNREAD }).undecided.map(({ id }) => id), ["R124"]);
  });
});
