import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InHand } from "../../../provider/in-hand";

/** Work that lasts until it is told to end. */
function long(): { work: () => Promise<void>; finish: () => void } {
  let finish = () => {};
  const ended = new Promise<void>((resolve) => (finish = resolve));
  return { work: () => ended, finish };
}

describe("what is in hand", () => {
  test("is listed while it lasts", async () => {
    const inHand = new InHand();
    const { work, finish } = long();
    const done = inHand.during("create", work);
    assert.deepEqual(inHand.lines, ["create"]);
    finish();
    await done;
    assert.deepEqual(inHand.lines, []);
  });

  test("is counted when the same is done several times", async () => {
    const inHand = new InHand();
    const [first, second] = [long(), long()];
    const both = [inHand.during("create", first.work), inHand.during("create", second.work)];
    assert.deepEqual(inHand.lines, ["create", "create (2)"]);
    first.finish();
    second.finish();
    await Promise.all(both);
    assert.deepEqual(inHand.lines, []);
  });

  test("is over when the last of it has ended, also by a failure", async () => {
    const inHand = new InHand();
    const { work, finish } = long();
    const first = inHand.during("create", work);
    const second = assert.rejects(inHand.during("delete", () => Promise.reject(new Error("no"))));
    let idle = false;
    const end = inHand.idle().then(() => (idle = true));
    await second;
    assert.equal(idle, false);
    finish();
    await first;
    await end;
    assert.equal(idle, true);
  });

  test("is over at once when there is nothing", async () => {
    await new InHand().idle();
  });
});
