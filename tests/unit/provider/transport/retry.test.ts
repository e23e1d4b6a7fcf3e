import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PlatformError, type PlatformErrorKind } from "../../../../provider/errors";
import { poll, retry, sleep } from "../../../../provider/transport/retry";

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

  test("it is tried four times, or as often as is said, and the last failure is told", async () => {
    for (const [attempts, expected] of [[undefined, 4], [2, 2], [1, 1]] as const) {
      const { work, calls } = failing(100, failure("busy"));
      await assert.rejects(retry(work, { first: 1, attempts }), { kind: "busy" });
      assert.equal(calls(), expected);
    }
  });

  test("each wait is twice the one before", async () => {
    const began: number[] = [];
    await assert.rejects(retry(async () => { began.push(performance.now()); throw failure("busy"); }, { first: 40, attempts: 3 }));
    const [first, second] = [began[1]! - began[0]!, began[2]! - began[1]!];
    assert.ok(first >= 38 && second >= 78, `${first} ${second}`);
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

describe("looking again and again", () => {
  test("ends with the first value", async () => {
    let looks = 0;
    assert.equal(await poll(async () => (++looks === 3 ? "there" : undefined), { every: 1, limit: 1000 }), "there");
    assert.equal(looks, 3);
  });

  test("a value that is false, zero or empty is a value", async () => {
    for (const value of [false, 0, ""]) assert.equal(await poll(async () => value, { every: 1, limit: 0 }), value);
  });

  test("gives undefined when the limit has passed, after one look at least", async () => {
    let looks = 0;
    assert.equal(await poll(async () => void looks++, { every: 60_000, limit: 10 }), undefined);
    assert.equal(looks, 1);
  });

  test("fails when looking fails", async () => {
    await assert.rejects(poll(() => Promise.reject(failure("permission")), { every: 1, limit: 1000 }), { kind: "permission" });
  });

  test("a run that is cancelled ends it at once", async () => {
    const cancel = new AbortController();
    const running = poll(async () => undefined, { every: 60_000, limit: 120_000, signal: cancel.signal });
    cancel.abort();
    await assert.rejects(running, /cancelled/);
  });
});

test("a wait that is cancelled before it begins is none", async () => {
  await assert.rejects(sleep(60_000, AbortSignal.abort()), /cancelled/);
});

test("waits leave no listener behind on the signal of the run", async () => {
  const cancel = new AbortController();
  let listeners = 0;
  const { signal } = cancel;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = ((...args: Parameters<typeof add>) => (listeners++, add(...args)));
  signal.removeEventListener = ((...args: Parameters<typeof remove>) => (listeners--, remove(...args)));
  for (let wait = 0; wait < 5; wait++) await sleep(1, signal);
  assert.equal(listeners, 0);
});
