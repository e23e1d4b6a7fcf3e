import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allHeld, atLeast, atMost, below, exactly, median, textOf, told } from "../../../bench/report";

describe("a table of the bench", () => {
  test("shows each row with its limit, what was measured, and the verdict", () => {
    const text = textOf({ title: "Calls", rows: [atMost("snapshots", 4, 2), exactly("writes", 0, 3), told("seconds", 12)] });
    assert.equal(
      text,
      ["### Calls", "", "| what      | limit     | measured | verdict  |", "| --------- | --------- | -------- | -------- |", "| snapshots | at most 4 | 2        | held     |", "| writes    | 0         | 3        | NOT HELD |", "| seconds   |           | 12       |          |", ""].join("\n"),
    );
  });

  test("fails the run with a single limit that is not held", () => {
    assert.equal(allHeld([{ title: "", rows: [atMost("", 1.15, 1.15), told("", "")] }]), true);
    assert.equal(allHeld([{ title: "", rows: [atMost("", 1.15, 1.16), told("", "")] }]), false);
  });

  test("holds a least number from that number on, and a weight only below its limit; a weight that nobody tells is no failure", () => {
    const held = (row: { held?: boolean }) => row.held;
    assert.deepEqual([atLeast("ratio", 10, 10), atLeast("ratio", 10, 9.99)].map(held), [true, false]);
    assert.deepEqual([below("memory", 250, 249.9), below("memory", 250, 250), below("memory", 250, undefined)].map(held), [true, false, undefined]);
  });

  test("takes the middle of what was measured, or the mean of the two middle values", () => {
    assert.equal(median([9, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });
});
