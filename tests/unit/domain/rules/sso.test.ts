import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NodeReading } from "../../../../domain/readings";
import { R38, R40, type ResumptionFacts } from "../../../../domain/rules/sso";
import { clusterReading, decision, liveFacts, PRESENCE, readings, UNREAD } from "../../../support/facts";

const on = (sso: NodeReading["sso"]) => clusterReading({ nodes: readings({ sso }, PRESENCE) });

describe("R38: SSO is off while a tomcat certificate is changed", () => {
  test("off everywhere", () => {
    assert.deepEqual(decision(R38, liveFacts()), ["pass"]);
  });

  test("off by the CLI where the database was not asked", () => {
    assert.deepEqual(decision(R38, liveFacts({ reading: on({ value: { cli: false } }) })), ["pass"]);
  });

  test("on for one node", () => {
    assert.deepEqual(decision(R38, liveFacts({ reading: on({ value: { cli: true, database: true } }) })), ["cs-imp.example.com: SSO is on"]);
  });

  test("on in the database alone, and the other way round", () => {
    assert.deepEqual(decision(R38, liveFacts({ reading: on({ value: { cli: false, database: true } }) })), ["cs-imp.example.com: SSO is off by the CLI and on in the database"]);
    assert.deepEqual(decision(R38, liveFacts({ reading: on({ value: { cli: true, database: false } }) })), ["cs-imp.example.com: SSO is on by the CLI and off in the database"]);
  });

  test("tomcat-ECDSA asks the same", () => {
    assert.equal(decision(R38, liveFacts({ purpose: "tomcat-ECDSA", reading: on({ value: { cli: true } }) }))[0], "cs-imp.example.com: SSO is on");
  });

  test("CallManager does not ask", () => {
    assert.deepEqual(decision(R38, liveFacts({ purpose: "CallManager", reading: on({ value: { cli: true } }) })), ["pass"]);
  });

  test("a node that could not be read leaves it open", () => {
    assert.deepEqual(decision(R38, liveFacts({ reading: on(UNREAD) })), ["undecided: cs-imp.example.com: connection refused"]);
  });
});

describe("R38 where SSO is going to be suspended", () => {
  const suspending = (sso: NodeReading["sso"]) => decision(R38, liveFacts({ sso: "suspend", reading: on(sso) }));

  test("on is no reason to refuse, nor on by the CLI alone, which utils sso disable puts right", () => {
    assert.deepEqual(suspending({ value: { cli: true, database: true } }), ["pass"]);
    assert.deepEqual(suspending({ value: { cli: true, database: false } }), ["pass"]);
  });

  test("on in the database alone cannot be suspended", () => {
    assert.match(suspending({ value: { cli: false, database: true } })[0]!, /^cs-imp\.example\.com: SSO is off by the CLI and on in the database, and utils sso disable would not change that/);
  });

  test("what could not be read, from either place, cannot be suspended safely", () => {
    assert.match(suspending(UNREAD)[0]!, /^cs-imp\.example\.com: whether SSO is on could not be read \(connection refused\)/);
    assert.match(suspending({ value: { cli: true } })[0]!, /^cs-imp\.example\.com: whether SSO is on could not be read from the database/);
  });
});

describe("R40: SSO is on again", () => {
  const suspendedAt = new Date("2026-05-01T20:00:00.400Z");
  const after = (sso: ResumptionFacts["nodes"][number]["sso"]) => decision(R40, { nodes: [{ node: PRESENCE, sso }], suspendedAt });
  const GOOD = { cli: true, database: true, test: "passed", metadataExported: new Date("2026-05-01T20:30:00Z") };

  const cases: [string, ResumptionFacts["nodes"][number]["sso"], string][] = [
    ["on in both places, its test passed, its metadata new", { value: GOOD }, "pass"],
    ["metadata that was exported in the second of the suspension", { value: { ...GOOD, metadataExported: new Date("2026-05-01T20:00:00Z") } }, "pass"],
    ["a node that prints neither test nor dates", { value: { cli: true, database: true } }, "pass"],
    ["off", { value: { cli: false, database: false } }, "SSO is off"],
    ["on by the CLI alone", { value: { ...GOOD, database: false } }, "SSO is on by the CLI and off in the database"],
    ["on in the database alone", { value: { ...GOOD, cli: false } }, "SSO is off by the CLI and on in the database"],
    ["a database that was not asked", { value: { ...GOOD, database: undefined } }, "SSO is on by the CLI, and could not be read from the database"],
    ["a test that failed", { value: { ...GOOD, test: "failed" } }, 'SSO is on and its test is "failed"'],
    ["metadata from before", { value: { ...GOOD, metadataExported: new Date("2026-05-01T19:59:59Z") } }, "the SP metadata was last exported at 2026-05-01T19:59:59.000Z, before the certificate changed: the IdP may still know the old one"],
    ["a node that could not be read", UNREAD, "whether SSO is on could not be read (connection refused)"],
  ];
  for (const [what, sso, wanted] of cases) test(what, () => assert.deepEqual(after(sso), [wanted === "pass" ? wanted : `cs-imp.example.com: ${wanted}`]));
});
