// A21 whose engine and provider are killed inside the replacement of a store: before it, and in the middle of it. What the next `up` makes of it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "../support/hosts-test";
import { type HistoryEntry, type Lab, startLab } from "../../lab";
import { backupsOf, distrusted, domain, entriesOf, type StoreContents, storesNow } from "../support/exchange";
import { endLeftovers, providerOf, type Run } from "../support/running";
import { programFor, SMALL_A21 } from "../support/small-exchanges";
import { TestStack } from "../support/stack";
import { leftovers, listed } from "../support/windows-effects";
import { AW, storeOf } from "../support/windows-hosts";

const STORE = "write C:\\Program Files (x86)\\Java\\jre1.8.0_221\\lib\\security\\cacerts";

describe("the engine and its provider are killed while the store of an AW is changed", { timeout: 10 * 60_000 }, () => {
  let lab: Lab, stack: TestStack, stores: StoreContents, original: Buffer;
  before(async () => {
    lab = await startLab(SMALL_A21.estate);
    stores = await storesNow(lab, ["awa", "roggera"]);
    original = storeOf(lab, AW);
    stack = await TestStack.create({ lab, program: await programFor(SMALL_A21.estate), timing: { poll: "20ms", retryFirst: "10ms" } });
  });
  after(async () => {
    endLeftovers(stack.folder);
    stack.dispose();
    await lab.stop();
  });

  /** An `up` that is killed when the history of the AW shows what `when` looks for; then `pulumi cancel`. */
  async function killedAt(when: (entry: HistoryEntry) => boolean): Promise<void> {
    const running = stack.begin("up", "--yes", "--skip-preview");
    let ended: Promise<void> | undefined;
    const unwatch = lab.history.watch((entry, moment) => {
      if (moment !== "begun" || entry.node !== AW || !when(entry)) return;
      unwatch();
      // Both at once: neither hears of the other's end, and the answer of the host reaches nobody.
      ended = running.killEngine();
      process.kill(providerOf(stack.folder), "SIGKILL");
    });
    const { output } = await running.ended;
    assert.ok(ended, `it was not killed: ${output}`);
    await ended;
    await lab.host(AW).idle();
    const cancelled = await stack.run("cancel", "--yes");
    assert.equal(cancelled.code, 0, cancelled.output);
  }

  /** The store of the AW has what is declared, and everything else as it was. */
  async function assertWhole({ code, output }: Run): Promise<void> {
    assert.equal(code, 0, output);
    for (const [name, own] of Object.entries(SMALL_A21.entries)) {
      assert.deepEqual((await listed(lab, domain(name))).filter((alias) => alias.includes("example.com_")).sort(), own, name);
      assert.deepEqual(new Map([...entriesOf(lab, name)].filter(([alias]) => !own.includes(alias))), stores.get(name), name);
    }
    assert.deepEqual(leftovers(lab), []);
    assert.deepEqual(await distrusted(lab, SMALL_A21.trusted), []);
  }

  it("between the backup and the replacement: the store is as it was, byte for byte", async () => {
    await killedAt(({ action }) => action.includes("-importkeystore"));
    assert.deepEqual(storeOf(lab, AW), original);
    assert.equal(leftovers(lab).filter((name) => name.startsWith("awa")).length, 1, "the folder that the killed run worked in");
  });

  it("in the middle of the copy over the store: half of it is there", async () => {
    lab.faults.add({ fault: "disk full", node: AW, action: STORE, times: 1 });
    await killedAt(({ action, detail }) => action === "fault: disk full" && detail.on === STORE);
    assert.notDeepEqual(storeOf(lab, AW), original);
    assert.throws(() => entriesOf(lab, "awa"), "no whole store");
  });

  it("the next up puts the store back, imports what is declared, leaves no folder, and keeps one backup of each run that came so far", async () => {
    const run = await stack.up();
    assert.match(run.output, /awa\.example\.com: a run that was cut had left .*cacerts half written; .*cacerts\.uccerts-\w+ is put back/);
    await assertWhole(run);
    const backups = backupsOf(lab, "awa").filter((name) => /\\cacerts\.uccerts-/.test(name));
    assert.equal(backups.length, 3);
    for (const backup of backups) assert.deepEqual(storeOf(lab, AW, backup), original, backup);
  });

  it("and a further up finds nothing to do", async () => {
    assert.match((await stack.up()).output, /\d+ unchanged\n/);
  });
});
