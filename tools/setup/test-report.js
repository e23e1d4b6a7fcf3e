// Prints what the test runner reports: one line per test, failures with their cause, the sum as the last line.
"use strict";
const path = require("node:path");
const { root } = require("./folders");

function place(file) {
  return path.relative(path.join(root, "dist", "tests"), file ?? "").replace(/\.test\.js$/, "");
}

function cause(error) {
  const inner = error?.cause ?? error;
  return String(inner?.stack ?? inner).split("\n").map((line) => `      ${line}`).join("\n");
}

/** A test is a leaf; what node reports for a suite or for a whole file counts only when it failed by itself. */
function isLeaf(data) {
  return data.details?.type !== "suite" && !path.isAbsolute(data.name);
}

function line(mark, data) {
  const ms = Math.round(data.details?.duration_ms ?? 0);
  return `  ${mark} ${place(data.file)}: ${data.name}${ms >= 1000 ? ` (${(ms / 1000).toFixed(1)} s)` : ""}\n`;
}

function verdict(type, data) {
  if (type === "test:pass" && isLeaf(data) && data.skip === undefined && data.todo === undefined) return "passed";
  if (type === "test:fail" && (isLeaf(data) || data.details?.error?.failureType !== "subtestsFailed")) return "failed";
  return undefined;
}

/** @returns {Promise<number>} the exit code */
async function report(events) {
  let passed = 0;
  const failed = [];
  for await (const { type, data } of events) {
    const outcome = verdict(type, data);
    if (outcome === "passed") {
      passed++;
      process.stdout.write(line("✓", data));
    } else if (outcome === "failed") {
      failed.push(data);
      process.stdout.write(`${line("✗", data)}${cause(data.details?.error)}\n`);
    }
  }
  if (failed.length > 0) process.stdout.write(`\nFailed:\n${failed.map((data) => line("✗", data)).join("")}`);
  process.stdout.write(`\n${passed} passed, ${failed.length} failed\n`);
  return failed.length === 0 && passed > 0 ? 0 : 1;
}

module.exports = { report };
