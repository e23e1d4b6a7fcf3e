// npm test [-- --all | <part of a file name> …]: set-up, then the test files. The last line is "N passed, N failed".
"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { run } = require("node:test");
const { root } = require("./setup/folders");
const { setUp, tool } = require("./setup");
const { report } = require("./setup/test-report");

const TESTS = path.join(root, "dist", "tests");

/** Every step of a run cut, every request struck: they take minutes, and are played with --all or by name. */
const LONG = ".long.test.js";

function testFiles(args) {
  const all = fs.readdirSync(TESTS, { recursive: true }).filter((file) => file.endsWith(".test.js")).sort();
  const parts = args.filter((arg) => arg !== "--all");
  const chosen = all.filter((file) => (parts.length > 0 ? parts.some((part) => file.includes(part)) : args.includes("--all") || !file.endsWith(LONG)));
  const left = parts.length > 0 ? 0 : all.length - chosen.length;
  if (left > 0) process.stdout.write(`${left === 1 ? "1 file that takes minutes is left out: npm test -- --all plays it" : `${left} files that take minutes are left out: npm test -- --all plays them`} too\n`);
  if (chosen.length === 0) throw new Error(`no test file matches ${parts.join(", ")}`);
  return chosen.map((file) => path.join(TESTS, file));
}

tool(async () => {
  Object.assign(process.env, await setUp({ pulumi: true }));
  process.chdir(root);
  const files = testFiles(process.argv.slice(2));
  return report(run({ files, concurrency: Math.max(2, os.availableParallelism()), timeout: 15 * 60_000 }));
});
