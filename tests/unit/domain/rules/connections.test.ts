import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { U8 } from "../../../../domain/rules/connections";

describe("U8 TLS is verified", () => {
  const happy = { hq: { tls: { fingerprints: ["AB"], insecure: false } }, ca: {} };

  it("passes connections that verify", () => assert.deepEqual(U8.decide({ connections: happy }), { outcome: "pass" }));

  for (const insecure of [true, "true"])
    it(`names the connection with tls.insecure: ${JSON.stringify(insecure)}`, () => {
      const verdict = U8.decide({ connections: { ...happy, branch: { tls: { insecure } } } });
      assert.ok(verdict.outcome === "violated");
      assert.deepEqual(verdict.findings.map(({ where }) => where), ["branch"]);
    });

  for (const connections of [undefined, null, {}, { hq: null }, { hq: "text" }, { hq: { tls: null } }])
    it(`passes what it cannot read: ${JSON.stringify(connections)}`, () => assert.equal(U8.decide({ connections }).outcome, "pass"));
});
