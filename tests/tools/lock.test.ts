// One set-up at a time, among processes.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { run } from "../support/engine";
import { type Folder, makeFolder, ROOT } from "../support/project";
import { cleanEnvironment } from "../support/sandbox";

/** Longer than any process id can be, so that no process has it. */
const NOBODY = "99999999";

/** Reads a number, waits, writes it back with one more: what two do at once is lost. */
const WORKER = `
const fs = require("node:fs");
const { withLock } = require(${JSON.stringify(join(ROOT, "tools", "setup", "lock.js"))});
withLock("lock", async () => {
  const count = Number(fs.readFileSync("count", "utf8"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  fs.writeFileSync("count", String(count + 1));
});
`;

describe("the lock of the set-up", { timeout: 60_000 }, () => {
  let folder: Folder;
  beforeEach(() => {
    folder = makeFolder();
    writeFileSync(join(folder.path, "count"), "0");
    writeFileSync(join(folder.path, "worker.js"), WORKER);
  });
  afterEach(() => folder.remove());

  async function work(processes: number): Promise<string[]> {
    const env = cleanEnvironment({});
    const all = Array.from({ length: processes }, () => run(process.execPath, ["worker.js"], { cwd: folder.path, env }));
    return (await Promise.all(all)).map(({ code, text }) => `${code} ${text}`);
  }

  test("lets one after another do its work, and is gone at the end", async () => {
    await work(6);
    assert.equal(readFileSync(join(folder.path, "count"), "utf8"), "6");
    assert.deepEqual(readdirSync(folder.path).sort(), ["count", "worker.js"]);
  });

  for (const [whose, text] of [["whose process is gone", NOBODY], ["that is empty", ""], ["that holds something else", "what?"]] as const)
    test(`is taken over by exactly one of many when one is left ${whose}`, async () => {
      writeFileSync(join(folder.path, "lock"), text);
      await work(6);
      assert.equal(readFileSync(join(folder.path, "count"), "utf8"), "6");
      assert.deepEqual(readdirSync(folder.path).sort(), ["count", "worker.js"]);
    });

  test("says once who holds it", async () => {
    writeFileSync(join(folder.path, "lock"), String(process.pid));
    const waiting = work(1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    writeFileSync(join(folder.path, "lock"), NOBODY);
    assert.deepEqual(await waiting, [`0 setup: waiting for another set-up (process ${process.pid})\n`]);
  });
});
