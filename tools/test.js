// npm test [-- <part of a file name> …]: set-up, then every test file that matches. The last line is "N passed, N failed".
"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { run } = require("node:test");
const { root } = require("./setup/folders");
const { setUp, tool } = require("./setup");
const { report } = require("./setup/test-report");

const TESTS = path.join(root, "dist", "tests");

function testFiles(parts) {
  const all = fs.readdirSync(TESTS, { recursive: true }).filter((file) => file.endsWith(".test.js")).sort();
  const chosen = all.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  if (chosen.length === 0) throw new Error(`no test file matches ${parts.join(", ")}`);
  return chosen.map((file) => path.join(TESTS, file));
}

tool(async () => {
  Object.assign(process.env, await setUp({ pulumi: true }));
  process.chdir(root);
  const files = testFiles(process.argv.slice(2));
  return report(run({ files, concurrency: Math.max(2, os.availableParallelism()), timeout: 15 * 60_000 }));
});
