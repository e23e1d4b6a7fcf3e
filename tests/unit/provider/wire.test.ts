import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../../provider/lifecycle";
import { incoming, outgoing } from "../../../provider/wire";

/** What Pulumi's SDK does with outputs, after the platform has been changed already: it must not fail. */
function overTheWire(state: object): unknown {
  return Struct.fromJavaScript(outgoing(state) as Record<string, JavaScriptValue>).toJavaScript();
}

describe("outputs on the wire", () => {
  test("are what they were when they are plain", () => {
    const state = { text: "a", number: 1, flag: false, nothing: null, list: ["a", { b: 1 }], nested: { deep: { deeper: "c" } } };
    assert.deepEqual(overTheWire(state), state);
  });

  const UNFIT: [name: string, value: unknown, becomes: unknown][] = [
    ["an absent member", { here: 1, absent: undefined }, { here: 1 }],
    ["an absent entry of a list", ["a", undefined], ["a", null]],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a date that is none", { date: new Date("never") }, {}],
    ["bytes", Buffer.from("abc"), "YWJj"],
    ["other bytes", new Uint8Array([97, 98, 99]), "YWJj"],
    ["a big integer", 2n ** 70n, "1180591620717411303424"],
    ["a function", { call: () => 1 }, {}],
    ["a symbol", { mark: UNKNOWN }, {}],
  ];
  for (const [name, value, becomes] of UNFIT)
    test(`lose nothing else to ${name}`, () => {
      assert.deepEqual(overTheWire({ value, deep: [{ value }], kept: "yes" }), { value: becomes, deep: [{ value: becomes }], kept: "yes" });
    });

  test("never fail, whatever a lifecycle hands over", () => {
    const value = fc.anything({ withDate: true, withBigInt: true, withTypedArray: true, withMap: true, withSet: true, withSparseArray: true, withNullPrototype: true });
    fc.assert(fc.property(fc.dictionary(fc.string(), value), (state) => void overTheWire(state)), { numRuns: 500 });
  });
});

describe("inputs from the wire", () => {
  const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

  test("come without our marks", () => {
    assert.deepEqual(incoming({ after: "1d", __provider: "text", incomplete: true }), { after: "1d" });
  });

  for (const value of [UNKNOWN_TEXT, [UNKNOWN_TEXT], { a: [{ b: UNKNOWN_TEXT }] }])
    test(`are unknown as a whole when ${JSON.stringify(value)} is in them`, () => {
      assert.deepEqual(incoming({ value, other: "known" }), { value: UNKNOWN, other: "known" });
    });

  test("are known when a text only holds the mark of the unknown", () => {
    assert.deepEqual(incoming({ value: `${UNKNOWN_TEXT}.` }), { value: `${UNKNOWN_TEXT}.` });
  });
});
