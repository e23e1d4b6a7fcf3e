import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { poll, sleep } from "../../../provider/waiting";

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
    await assert.rejects(poll(() => Promise.reject(new Error("not allowed")), { every: 1, limit: 1000 }), /not allowed/);
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
