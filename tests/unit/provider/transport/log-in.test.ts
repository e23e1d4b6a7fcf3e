import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PlatformError, type PlatformErrorKind } from "../../../../provider/errors";
import { LogIns } from "../../../../provider/transport/log-in";

function failure(kind: PlatformErrorKind): PlatformError {
  return new PlatformError(kind, { node: "pub.example.com", action: "read certificates", answer: kind });
}

/** A server of which each log-in is answered when the test says so. */
class Answering {
  readonly open: { answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  asked = 0;

  readonly ask = (): Promise<string> => {
    this.asked++;
    return new Promise((answer, fail) => void this.open.push({ answer, fail }));
  };
}

/** Lets everything run that can. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("the first log-in with an account", () => {
  test("happens alone; when it was good the others go on side by side", async () => {
    const [logIns, server] = [new LogIns(), new Answering()];
    const all = Promise.all([1, 2, 3].map(() => logIns.with("os", server.ask)));
    await settled();
    assert.equal(server.asked, 1);
    server.open[0]!.answer("a");
    await settled();
    assert.equal(server.asked, 3);
    server.open.slice(1).forEach(({ answer }) => answer("b"));
    assert.deepEqual(await all, ["a", "b", "b"]);
  });

  test("that is refused is the only one: everybody gets its error, also later", async () => {
    const [logIns, server] = [new LogIns(), new Answering()];
    const all = [1, 2, 3].map(() => logIns.with("os", server.ask));
    await settled();
    const refused = failure("authentication");
    server.open[0]!.fail(refused);
    for (const one of all) await assert.rejects(one, (error) => error === refused);
    await assert.rejects(logIns.with("os", server.ask), (error) => error === refused);
    assert.equal(server.asked, 1);
  });

  test("another account does not wait for it, and does not suffer by it", async () => {
    const [logIns, server] = [new LogIns(), new Answering()];
    const refused = logIns.with("os", server.ask);
    const other = logIns.with("application", server.ask);
    await settled();
    assert.equal(server.asked, 2);
    server.open[0]!.fail(failure("authentication"));
    server.open[1]!.answer("good");
    await assert.rejects(refused);
    assert.equal(await other, "good");
  });
});

/** What says nothing of a password: it came before anybody looked at it, or may have. */
const UNDECIDED: PlatformErrorKind[] = ["connection", "timeout", "busy", "rejected", "unknown", "notFound"];

describe("a failure that is no refusal", () => {
  for (const kind of UNDECIDED) {
    test(`(${kind}) leaves the account open, and the next one tries alone`, async () => {
      const [logIns, server] = [new LogIns(), new Answering()];
      const all = [1, 2, 3].map(() => logIns.with("os", server.ask));
      await settled();
      server.open[0]!.fail(failure(kind));
      await assert.rejects(all[0]!, { kind });
      await settled();
      assert.equal(server.asked, 2);
      server.open[1]!.answer("good");
      await settled();
      assert.equal(server.asked, 3);
      server.open[2]!.answer("good");
      assert.deepEqual(await Promise.all(all.slice(1)), ["good", "good"]);
    });
  }

  test("does not spoil an account that has been good", async () => {
    const logIns = new LogIns();
    await logIns.with("os", async () => {});
    await assert.rejects(logIns.with("os", () => Promise.reject(failure("connection"))));
    assert.equal(await logIns.with("os", async () => "good"), "good");
  });
});

test("an account that was good and is refused later is not tried again", async () => {
  const [logIns, server] = [new LogIns(), new Answering()];
  await logIns.with("os", async () => {});
  await assert.rejects(logIns.with("os", () => Promise.reject(failure("authentication"))));
  await assert.rejects(logIns.with("os", server.ask), { kind: "authentication" });
  assert.equal(server.asked, 0);
});
