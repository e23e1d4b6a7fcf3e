import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { NodeReading } from "../../../../domain/readings";
import { R38 } from "../../../../domain/rules/sso";
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
