import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseDuration } from "../../../domain/duration";

describe("durations", () => {
  const TABLE: [string, number][] = [
    ["250ms", 250],
    ["30s", 30_000],
    ["90m", 5_400_000],
    ["1.5h", 5_400_000],
    ["300d", 25_920_000_000],
    ["2w", 1_209_600_000],
    [" 10 d ", 864_000_000],
  ];
  for (const [text, milliseconds] of TABLE)
    test(`"${text}" is ${milliseconds} ms`, () => {
      assert.equal(parseDuration(text), milliseconds);
    });

  for (const text of ["", "d", "300", "0d", "-1d", "0.4ms", "1y", "1 month", "1e3d", "1d 2h", "P300D", `${"9".repeat(20)}d`])
    test(`"${text}" is no duration`, () => {
      assert.equal(parseDuration(text), undefined);
    });

  test("is a whole number of milliseconds above zero, or none", () => {
    const text = fc.tuple(fc.float({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom("ms", "s", "m", "h", "d", "w")).map(([value, unit]) => `${value.toFixed(4)}${unit}`);
    fc.assert(fc.property(fc.oneof(text, fc.string()), (any) => {
      const found = parseDuration(any);
      assert.ok(found === undefined || (Number.isSafeInteger(found) && found > 0));
    }));
  });
});
