import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { timing, TIMING_TABLE } from "../../../provider/timing";

describe("the timing table", () => {
  test("every default is a duration above zero, with its meaning", () => {
    for (const [name, milliseconds] of Object.entries(timing())) assert.ok(milliseconds > 0, name);
    for (const [name, [, meaning]] of Object.entries(TIMING_TABLE)) assert.ok(meaning.length > 10, name);
  });

  test("what is set takes the place of its default and of nothing else", () => {
    const set = timing({ poll: "250ms", serviceRestart: "1.5h" });
    assert.deepEqual({ ...set, poll: 0, serviceRestart: 0 }, { ...timing(), poll: 0, serviceRestart: 0 });
    assert.deepEqual([set.poll, set.serviceRestart], [250, 5_400_000]);
  });

  test("every entry that is wrong is named at once", () => {
    assert.throws(() => timing({ pol: "5s", poll: "soon", request: "0s", connect: 5 }), (error: Error) => {
      assert.match(error.message, /^uccerts:timing: pol is unknown \(known: connect, /);
      assert.match(error.message, /poll "soon" is not a duration such as "5s"/);
      assert.match(error.message, /request "0s" is not a duration/);
      assert.match(error.message, /connect 5 is not a duration/);
      return true;
    });
  });

  test("a name that every object has is no timing", () => {
    assert.throws(() => timing({ toString: "5s" }), /toString is unknown/);
  });

  test("what is no group of durations is refused", () => {
    for (const wrong of ["5s", [], 5, null]) assert.throws(() => timing(wrong), /uccerts:timing is no group of durations/);
  });
});
