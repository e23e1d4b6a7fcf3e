// What "npm test" prints: the sum in the last line, and whatever went wrong before it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Sandbox } from "../support/sandbox";
import { type Said, writeFiles } from "../support/engine";

const HEAD = 'const { after, before, describe, test } = require("node:test");\n';
const FILES: Record<string, string> = {
  "passes.test.js": 'test("one", () => {});\ndescribe("a suite", () => { test("two", () => {}); describe("in it", () => test("three", () => {})); });\ntest("four", async (t) => { await t.test("five", () => {}); });',
  "fails.test.js": 'test("one", () => { throw new Error("reason of one"); });\ndescribe("a suite", () => { test("two", () => { throw new Error("reason of two"); }); test("three", () => {}); });',
  "crashes.test.js": 'require("./nowhere");',
  "exits.test.js": 'test("one", () => process.exit(0));',
  "takes-minutes.long.test.js": 'test("one", () => {});',
  "is-empty.test.js": "",
  "hook.test.js": 'describe("a suite", () => { before(() => { throw new Error("reason of the hook"); }); test("one", () => {}); });\ndescribe("another", () => { after(() => { throw new Error("reason of the last hook"); }); test("two", () => {}); });',
  "skips.test.js": 'test.skip("one", () => {});\ntest("two", (t) => t.skip("later"));\ntest("three", () => {});',
  "late.test.js": 'test("one", () => { setTimeout(() => { throw new Error("reason of the late one"); }, 10); });\ntest("two", () => new Promise((resolve) => setTimeout(resolve, 50)));',
};

describe("npm test", { timeout: 120_000 }, () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await Sandbox.make({ "cli/index.ts": "export {};\n" });
    // Without Pulumi: that is another test's matter.
    sandbox.write("tools/setup/pulumi-cli.js", 'module.exports = { ensurePulumi: async () => ({ folder: "/nowhere", version: "0" }) };\n');
    await sandbox.ready();
    writeFiles(sandbox.path("dist", "tests"), Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, HEAD + text])));
  });
  after(() => sandbox.remove());

  function npmTest(...parts: string[]): Promise<Said> {
    return sandbox.run(process.execPath, "tools/test.js", ...parts);
  }

  const lastLine = ({ text }: Said) => text.trimEnd().split("\n").at(-1);

  test("counts every test once, not what holds it", async () => {
    const said = await npmTest("passes");
    assert.deepEqual([said.code, lastLine(said)], [0, "4 passed, 0 failed"]);
    assert.match(said.text, /^ {2}✓ passes: three$/m);
  });

  test("shows failures with their reasons, and once more before the sum", async () => {
    const said = await npmTest("fails");
    assert.deepEqual([said.code, lastLine(said)], [1, "1 passed, 2 failed"]);
    assert.match(said.text, /✗ fails: one\n {6}Error: reason of one\n(.*\n)*? {2}✗ fails: two\n {6}Error: reason of two\n/);
    assert.match(said.text, /\nFailed:\n {2}✗ fails: one\n {2}✗ fails: two\n\n1 passed, 2 failed\n$/);
  });

  test("leaves out what takes minutes, and says so, unless all is asked for or it is named", async () => {
    const [usual, all, named] = [await npmTest(), await npmTest("--all"), await npmTest("takes-minutes")];
    assert.match(usual.text, /^1 file that takes minutes is left out: npm test -- --all plays it too$/m);
    assert.deepEqual([usual, all, named].map(({ text }) => /^ {2}✓ takes-minutes: one$/m.test(text)), [false, true, true]);
    assert.doesNotMatch(all.text + named.text, /left out/);
  });

  test("counts a file that crashes, and shows why", async () => {
    const said = await npmTest("crashes");
    assert.deepEqual([said.code, lastLine(said)], [1, "0 passed, 1 failed"]);
    assert.match(said.text, /✗ crashes\n(.*\n)*?.*Cannot find module '\.\/nowhere'/);
  });

  for (const name of ["is-empty", "exits"])
    test(`counts a file that ends without a single test as failed: ${name}`, async () => {
      const said = await npmTest(name);
      assert.deepEqual([said.code, lastLine(said)], [1, "0 passed, 1 failed"]);
      assert.match(said.text, new RegExp(`✗ ${name}\\n {6}it ended without a single test\\n`));
    });

  test("counts hooks that fail, with the tests that they kept from running", async () => {
    const said = await npmTest("hook");
    assert.deepEqual([said.code, lastLine(said)], [1, "1 passed, 3 failed"]);
    assert.match(said.text, /Error: reason of the hook/);
    assert.match(said.text, /Error: reason of the last hook/);
  });

  test("shows an error that belongs to no test", async () => {
    const said = await npmTest("late");
    assert.deepEqual([said.code, lastLine(said)], [1, "2 passed, 1 failed"]);
    assert.match(said.text, /reason of the late one/);
  });

  test("says how many were skipped, and counts them as nothing", async () => {
    const said = await npmTest("skips");
    assert.deepEqual([said.code, lastLine(said)], [0, "1 passed, 0 failed"]);
    assert.match(said.text, /^ {2}- skips: one$/m);
    assert.match(said.text, /^ {2}- skips: two\n {6}later$/m);
    assert.match(said.text, /^2 skipped$/m);
  });

  test("takes several parts of names", async () => {
    assert.equal(lastLine(await npmTest("passes", "skips")), "5 passed, 0 failed");
  });

  test("says that nothing has such a name", async () => {
    assert.deepEqual(await npmTest("nonsense"), { code: 1, text: "setup: no test file matches nonsense\n" });
  });

  test("is what CI runs, with the sum of all as its last line", async () => {
    const said = await sandbox.run("sh", ".ci/run");
    assert.deepEqual([said.code, lastLine(said)], [1, "10 passed, 9 failed"]);
  });
});
