// A machine without a JDK: test files of Windows hosts are skipped, each with one sentence, instead of failing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const TESTS = join(__dirname, "..");

/** Compiled test files all of whose tests start hosts. */
function hostFiles(): string[] {
  const folders = readdirSync(TESTS, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(TESTS, name));
  const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".test.js")).map((name) => join(folder, name)));
  // Not this file, which would start itself again and again.
  return files.filter((file) => file !== __filename && /^const \w+ = require\("\.\.\/support\/hosts-test"\);$/m.test(readFileSync(file, "utf8")));
}

test("each test file of Windows hosts is one skipped test that says to install a JDK, where the machine has none", { timeout: 300_000 }, async () => {
  const files = hostFiles();
  assert.ok(files.length > 10, "there are no such files");
  const env = { ...process.env, UCCERTS_JDKS: "" };
  // A test runner of its own.
  Reflect.deleteProperty(env, "NODE_TEST_CONTEXT");
  const child = spawn(process.execPath, ["--test", "--test-reporter=tap", ...files], { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  const skipped = output.match(/^ok \d+ - .* # SKIP this machine has no JDK, .*: install one \(17 or later\), or set JAVA_HOME$/gm) ?? [];
  assert.deepEqual([skipped.length, /^# tests (\d+)$/m.exec(output)?.[1], /^# fail (\d+)$/m.exec(output)?.[1]], [files.length, String(files.length), "0"], output);
});
