// The set-up of the checkout itself, in a small checkout of its own with the real npm and the real compiler.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Sandbox } from "../support/sandbox";

const INSTALLING = "setup: installing npm packages (npm ci; usually 20 to 60 s)\n";
const COMPILING = "setup: compiling TypeScript (usually 10 to 30 s)\n";

describe("the set-up of a checkout", { timeout: 120_000 }, () => {
  let sandbox: Sandbox;
  beforeEach(async () => void (sandbox = await Sandbox.make()));
  afterEach(() => sandbox.remove());

  test("installs and compiles a fresh clone, says how long that takes, and then runs the command", async () => {
    assert.deepEqual(await sandbox.ready("echo", "ready"), { code: 0, text: `${INSTALLING}${COMPILING}ready\n` });
    assert.ok(sandbox.has("dist/cli/index.js"));
  });

  test("does nothing and says nothing a second time", async () => {
    await sandbox.ready();
    assert.deepEqual(await sandbox.ready("echo", "ready"), { code: 0, text: "ready\n" });
    assert.equal(sandbox.npmCalls().length, 1);
  });

  test("writes nothing outside the checkout", async () => {
    await sandbox.ready();
    assert.deepEqual(sandbox.inHome(), []);
    assert.equal(sandbox.has(".setup.lock"), false);
  });

  test("installs again only when the lockfile is another", async () => {
    await sandbox.ready();
    writeFileSync(sandbox.path("package-lock.json"), `${readFileSync(sandbox.path("package-lock.json"), "utf8")}\n`);
    assert.match((await sandbox.ready()).text, new RegExp(`^${INSTALLING.replace(/[()]/g, "\\$&")}`));
    assert.equal(sandbox.npmCalls().length, 2);
  });

  test("compiles again when a source has changed, also when the new one is older", async () => {
    await sandbox.ready();
    sandbox.write("cli/index.ts", "export const two: number = 2;\n");
    utimesSync(sandbox.path("cli/index.ts"), new Date(0), new Date(0));
    assert.deepEqual(await sandbox.ready(), { code: 0, text: COMPILING });
    assert.match(readFileSync(sandbox.path("dist/cli/index.js"), "utf8"), /two = 2/);
    assert.deepEqual(await sandbox.ready(), { code: 0, text: "" });
  });

  test("removes what was made of a source that is gone", async () => {
    sandbox.write("tests/old.test.ts", "export {};\n");
    await sandbox.ready();
    assert.ok(sandbox.has("dist/tests/old.test.js") && sandbox.has("dist/tests/old.test.d.ts"));
    await sandbox.run("rm", "tests/old.test.ts");
    assert.deepEqual(await sandbox.ready(), { code: 0, text: COMPILING });
    assert.deepEqual([sandbox.has("dist/tests/old.test.js"), sandbox.has("dist/tests/old.test.d.ts"), sandbox.has("dist/cli/index.js")], [false, false, true]);
  });

  test("shows the compiler's own words for a mistake, every time until it is put right", async () => {
    await sandbox.ready();
    const good = readFileSync(sandbox.path("cli/index.ts"), "utf8");
    sandbox.write("cli/index.ts", 'export const one: number = "one";\n');
    for (const time of ["first", "second"]) {
      const { code, text } = await sandbox.ready("echo", "ready");
      assert.equal(code, 1, time);
      assert.match(text, /^setup: compiling failed after \d+ s: .* ended with [12]\ncli\/index\.ts\(1,14\): error TS2322: Type 'string' is not assignable to type 'number'\.\n$/m, time);
      assert.doesNotMatch(text, /^ready$/m, time);
      assert.equal(sandbox.has("dist/.built"), false, time);
    }
    sandbox.write("cli/index.ts", good);
    assert.equal((await sandbox.ready()).code, 0);
  });

  test("shows npm's own words when it fails", async () => {
    sandbox.write("package.json", readFileSync(sandbox.path("package.json"), "utf8").replace('"typescript":', '"other": "1.0.0", "typescript":'));
    const { code, text } = await sandbox.ready();
    assert.equal(code, 1);
    assert.match(text, /setup: installing npm packages failed after \d+ s: npm ended with 1\n(.*\n)*.*package\.json and package-lock\.json.* in sync/);
  });

  test("says what is missing when there is no npm", async () => {
    sandbox.env.PATH = "/nowhere";
    assert.deepEqual(await sandbox.ready(), { code: 1, text: `${INSTALLING}setup: npm is missing: it comes with Node.js, https://nodejs.org\n` });
  });

  test("says which Node.js it needs", async () => {
    sandbox.write("old.js", 'Object.defineProperty(process.versions, "node", { value: "18.19.0" });\n');
    const { code, text } = await sandbox.run(process.execPath, "--require", "./old.js", "tools/ready.js");
    assert.deepEqual({ code, text }, { code: 1, text: "setup: Node.js 20 or later is needed, this is 18.19.0: install it from https://nodejs.org\n" });
  });

  test("hands on the exit code of the command", async () => {
    assert.equal((await sandbox.ready("sh", "-c", "exit 7")).code, 7);
    assert.equal((await sandbox.ready("sh", "-c", "kill -9 $$")).code, 137);
  });
});

describe("a set-up that does not come to its end", { timeout: 120_000 }, () => {
  let sandbox: Sandbox;
  beforeEach(async () => void (sandbox = await Sandbox.make()));
  afterEach(() => {
    const npm = sandbox.hungNpm();
    if (npm !== undefined && isAlive(npm)) process.kill(npm, "SIGKILL");
    sandbox.remove();
  });

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  /** Starts a set-up whose npm stops half way, and ends the set-up there. */
  async function interrupt(signal: NodeJS.Signals): Promise<number | null> {
    sandbox.hang(true);
    const child = sandbox.spawn(process.execPath, "tools/ready.js");
    const ended = once(child, "close");
    while (sandbox.hungNpm() === undefined && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    sandbox.hang(false);
    return code;
  }

  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const)
    test(`ends what it has started at ${signal}, and is repaired by the next one`, async () => {
      assert.equal(await interrupt(signal), code);
      assert.equal(isAlive(sandbox.hungNpm()!), false);
      assert.equal(sandbox.has(".setup.lock"), false);
      assert.deepEqual(await sandbox.ready(), { code: 0, text: `${INSTALLING}${COMPILING}` });
      assert.equal(sandbox.has("node_modules/half"), false);
    });

  test("leaves a lock when it is killed, which the next one takes over", async () => {
    assert.equal(await interrupt("SIGKILL"), null);
    assert.equal(sandbox.has(".setup.lock"), true);
    assert.deepEqual(await sandbox.ready(), { code: 0, text: `${INSTALLING}${COMPILING}` });
    assert.equal(sandbox.has(".setup.lock"), false);
  });

  test("is waited for by a second one, which then has nothing to do", async () => {
    const [first, second] = await Promise.all([sandbox.ready(), sandbox.ready()]);
    assert.deepEqual([first.code, second.code], [0, 0]);
    const [worker, waiter] = first.text.startsWith(INSTALLING) ? [first, second] : [second, first];
    assert.equal(worker.text, `${INSTALLING}${COMPILING}`);
    assert.match(waiter.text, /^setup: waiting for another set-up \(process \d+\)\n$/);
    assert.equal(sandbox.npmCalls().length, 1);
  });
});
