import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compare, type DifferenceTable, heavier, NODE } from "../../../provider/difference";
import { type Change, UNKNOWN } from "../../../provider/lifecycle";

interface Inputs {
  node: { fqdn: string; address?: string };
  name: string;
  names?: string[];
  comment?: string;
  window?: object;
  size?: number;
}

const TABLE: DifferenceTable<Inputs> = {
  node: NODE,
  name: "replace",
  names: { change: "update", normal: (names) => [...names].sort() },
  comment: "ignore",
  window: "takeOver",
  size: { change: (old = 0, declared = 0) => (declared < old ? "replace" : "update") },
};

const STATE: Inputs = { node: { fqdn: "pub" }, name: "a", names: ["x", "y"], comment: "old", window: { from: "22:00", to: "04:00" }, size: 5 };

function change(inputs: Partial<Record<keyof Inputs, unknown>>): Change {
  return compare(TABLE, STATE, { ...STATE, ...inputs } as Inputs).change;
}

describe("a difference table", () => {
  test("equal inputs are no change", () => assert.equal(change({}), "none"));

  test("the heaviest row decides, and those that replace are named", () => {
    const found = compare(TABLE, STATE, { ...STATE, name: "b", names: ["z"], window: {}, size: 1 });
    assert.deepEqual(found, { change: "replace", replaces: ["name", "size"], notes: [] });
  });

  test("what a row normalises is compared in its normal form", () => {
    assert.equal(change({ names: ["y", "x"] }), "none");
    assert.equal(change({ names: ["y"] }), "update");
  });

  test("what is ignored is never a change, not even when it is unknown", () => {
    assert.equal(change({ comment: "new" }), "none");
    assert.equal(change({ comment: UNKNOWN }), "none");
  });

  test("an absent, an undefined and a null input are the same", () => {
    const state = { ...STATE, window: undefined };
    for (const window of [undefined, null]) assert.equal(compare(TABLE, state, { ...state, window } as Inputs).change, "none");
  });

  test("the order of members does not count", () => assert.equal(change({ window: { to: "04:00", from: "22:00" } }), "none"));

  test("the order in a list does, where no normal form says otherwise", () => {
    assert.equal(compare({ list: "update" }, { list: ["a", "b"] }, { list: ["b", "a"] }).change, "update");
  });

  test("an unknown input is a change of its row's weight, and a replacement where the row decides by value", () => {
    assert.equal(change({ window: UNKNOWN }), "takeOver");
    assert.equal(change({ names: UNKNOWN }), "update");
    assert.equal(change({ size: UNKNOWN }), "replace");
    assert.equal(change({ node: UNKNOWN }), "replace");
  });

  test("a node of another name is another resource, another address is only taken over", () => {
    assert.equal(change({ node: { fqdn: "sub" } }), "replace");
    assert.equal(change({ node: { fqdn: "pub", address: "10.0.0.1" } }), "takeOver");
  });

  test("whatever the values are, comparing a state with itself is no change", () => {
    const table: DifferenceTable<{ value: unknown }> = { value: "update" };
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(compare(table, { value }, { value: structuredClone(value) }).change, "none")));
  });

  test("the heavier of two changes does not depend on their order", () => {
    const changes: Change[] = ["none", "takeOver", "update", "replace"];
    for (const [index, left] of changes.entries()) for (const right of changes.slice(index)) assert.deepEqual([heavier(left, right), heavier(right, left)], [right, right]);
  });
});
