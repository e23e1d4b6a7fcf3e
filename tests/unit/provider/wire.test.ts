import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { UNKNOWN } from "../../../provider/lifecycle";
import { INCOMPLETE, incoming, outgoing, PROVIDER } from "../../../provider/wire";

const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("what comes in", () => {
  test("is without our own marks", () => {
    assert.deepEqual(incoming({ name: "hq", [PROVIDER]: "text", [INCOMPLETE]: true }), { name: "hq" });
  });

  test("is unknown as a whole when something is unknown at any depth of it", () => {
    const given = { plain: UNKNOWN_TEXT, list: ["a", UNKNOWN_TEXT], deep: { a: [{ b: UNKNOWN_TEXT }] }, known: { a: [{ b: "c" }] } };
    assert.deepEqual(incoming(given), { plain: UNKNOWN, list: UNKNOWN, deep: UNKNOWN, known: given.known });
  });

  test("a text that only mentions the mark is known", () => {
    assert.deepEqual(incoming({ text: `x${UNKNOWN_TEXT}` }), { text: `x${UNKNOWN_TEXT}` });
  });
});

describe("what goes out", () => {
  test("has no undefined at any depth, and null in its place in a list", () => {
    assert.deepEqual(outgoing({ a: undefined, b: { c: undefined, d: 1 }, e: [undefined, { f: undefined }] }), { b: { d: 1 }, e: [null, {}] });
  });

  test("has dates as ISO texts, and none of a date that is none", () => {
    assert.deepEqual(outgoing({ at: { begin: new Date("2026-01-02T03:04:05Z") }, none: new Date("never") }), { at: { begin: "2026-01-02T03:04:05.000Z" } });
  });

  test("has bytes in base-64, whichever kind of array they are", () => {
    assert.deepEqual(outgoing({ a: Buffer.from("hello"), b: [new Uint8Array([1, 2])] }), { a: "aGVsbG8=", b: ["AQI="] });
  });

  test("has no function and no symbol, and big integers as texts", () => {
    assert.deepEqual(outgoing({ f: () => 1, s: UNKNOWN, n: 12n, null: null }), { n: "12", null: null });
  });

  test("is what JSON can hold, and comes in again as it went out", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string().filter((key) => ![PROVIDER, INCOMPLETE, "__proto__"].includes(key)), fc.anything({ withDate: true, withTypedArray: true, withBigInt: true })), (state) => {
        const out = outgoing(state);
        const copied = JSON.parse(JSON.stringify(out)) as Record<string, unknown>;
        assert.deepEqual(JSON.stringify(incoming(copied)), JSON.stringify(copied));
        assert.deepEqual(JSON.stringify(copied), JSON.stringify(out));
      }),
    );
  });
});
