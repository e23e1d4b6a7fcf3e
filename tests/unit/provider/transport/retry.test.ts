import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PlatformError, type PlatformErrorKind } from "../../../../provider/errors";
import { pause, retry } from "../../../../provider/transport/retry";

const KINDS: PlatformErrorKind[] = ["connection", "authentication", "permission", "notFound", "conflict", "busy", "rejected", "timeout", "unknown"];

function failure(kind: PlatformErrorKind): PlatformError {
  return new PlatformError(kind, { node: "pub", action: "read", answer: kind });
}

/** Work that fails so often before it succeeds. */
function failing(times: number, error: Error): { work: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return { calls: () => calls, work: async () => (calls++ < times ? Promise.reject(error) : "done") };
}

describe("repeating", () => {
  for (const kind of ["connection", "busy", "timeout"] as const) {
    test(`after ${kind} it is tried again until it works`, async () => {
      const { work, calls } = failing(2, failure(kind));
      assert.equal(await retry(work, { first: 1 }), "done");
      assert.equal(calls(), 3);
    });
  }

  for (const kind of KINDS.filter((one) => !["connection", "busy", "timeout"].includes(one))) {
    test(`after ${kind} it is not`, async () => {
      const { work, calls } = failing(1, failure(kind));
      await assert.rejects(retry(work, { first: 1 }), { kind });
      assert.equal(calls(), 1);
    });
  }

  test("a mistake of our own is never repeated", async () => {
    const { work, calls } = failing(1, new TypeError("x"));
    await assert.rejects(retry(work, { first: 1 }), TypeError);
    assert.equal(calls(), 1);
  });

  test("only the kinds that are named are repeated", async () => {
    await assert.rejects(retry(failing(1, failure("connection")).work, { first: 1, kinds: ["busy"] }), { kind: "connection" });
    assert.equal(await retry(failing(1, failure("busy")).work, { first: 1, kinds: ["busy"] }), "done");
  });

  test("it is tried six times, or as often as is said, and the last failure is told", async () => {
    for (const [attempts, expected] of [[undefined, 6], [2, 2], [1, 1]] as const) {
      const { work, calls } = failing(100, failure("busy"));
      await assert.rejects(retry(work, { first: 1, attempts }), { kind: "busy" });
      assert.equal(calls(), expected);
    }
  });

  test("each wait is twice the one before, up to eight times the first", async () => {
    const began: number[] = [];
    await assert.rejects(retry(async () => { began.push(performance.now()); throw failure("busy"); }, { first: 40, attempts: 3 }));
    const [first, second] = [began[1]! - began[0]!, began[2]! - began[1]!];
    assert.ok(first >= 38 && second >= 78, `${first} ${second}`);
    assert.deepEqual([1, 2, 3, 4, 5, 6].map((attempt) => pause(1, attempt)), [1, 2, 4, 8, 8, 8]);
  });

  test("a run that is cancelled ends the wait, and nothing is tried any more", async () => {
    const cancel = new AbortController();
    const { work, calls } = failing(100, failure("busy"));
    const running = retry(work, { first: 60_000, signal: cancel.signal });
    await new Promise((resolve) => setImmediate(resolve));
    cancel.abort();
    await assert.rejects(running, /cancelled/);
    assert.equal(calls(), 1);
  });
});
