import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFqdn, nameFailures } from "../../../domain/names";

describe("a name of a server", () => {
  test("is fully qualified", () => {
    assert.ok(isFqdn("aw-a.example.com") && isFqdn("AW-A.xn--mnchen-3ya.example"));
  });

  for (const text of ["aw-a", "10.1.2.33", "-aw.example.com", "aw_a.example.com", "aw..example.com", "", `${"a".repeat(64)}.example.com`])
    test(`is not "${text.slice(0, 20)}"`, () => {
      assert.equal(isFqdn(text), false);
    });

  test("stands in a list once, however it is written", () => {
    assert.deepEqual(nameFailures("hosts", ["aw-a.example.com", "AW-A.example.com"]), ['hosts[1].fqdn "AW-A.example.com" stands there twice']);
  });
});
