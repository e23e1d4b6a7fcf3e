import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { valueOf } from "../../../domain/readings";

describe("a reading", () => {
  test("has its value when it was read, also a value that says no", () => {
    assert.deepEqual([valueOf({ value: 3 }), valueOf({ value: false }), valueOf({ value: undefined })], [3, false, undefined]);
  });

  test("has none when it was not read", () => {
    assert.equal(valueOf({ unread: "connection refused" }), undefined);
  });
});
