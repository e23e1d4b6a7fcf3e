// Prints what the test runner reports: one line per test, failures with their cause, the sum as the last line.
"use strict";
const path = require("node:path");
const { root } = require("./folders");

/** Files that took so many seconds are named at the end, the longest first. */
const LONG = 30;
/** How much of what a crashed file wrote to standard error is shown. */
const TAIL = 4_000;
const MARKS = { passed: "✓", failed: "✗", skipped: "-" };

function place(file) {
  return path.relative(path.join(root, "dist", "tests"), file ?? "").replace(/(\.long)?\.test\.js$/, "");
}

function indent(text) {
  return text.trimEnd().split("\n").map((line) => `      ${line}\n`).join("");
}

function cause(error) {
  const inner = error?.cause ?? error;
  return indent(String(inner?.stack ?? inner));
}

/** The runner reports a file itself only when it failed as a whole, or when it had no tests. */
function isFile({ name }) {
  return path.isAbsolute(name);
}

function line(mark, data) {
  const ms = Math.round(data.details?.duration_ms ?? 0);
  return `  ${mark} ${place(data.file)}${isFile(data) ? "" : `: ${data.name}`}${ms >= 1000 ? ` (${(ms / 1000).toFixed(1)} s)` : ""}\n`;
}

/** What a result that is no file counts as; undefined for one that only holds others. */
function countedAs(type, { details, skip, todo }, holds) {
  if (skip !== undefined || todo !== undefined) return "skipped";
  if (type === "test:fail") return details?.error?.failureType === "subtestsFailed" ? undefined : "failed";
  return holds || details?.type === "suite" ? undefined : "passed";
}

function whySkipped({ skip }) {
  return typeof skip === "string" && skip !== "" ? indent(skip) : "";
}

class Report {
  lines = { passed: [], failed: [], skipped: [] };
  /** Errors that belong to no test: the runner only remarks on them. */
  complaints = [];
  #files = new Map();

  constructor(print) {
    this.print = print;
  }

  #seen(file) {
    if (!this.#files.has(file)) this.#files.set(file, { depth: 0, results: 0, seconds: 0, errors: "" });
    return this.#files.get(file);
  }

  add(type, data) {
    if (type === "test:stderr") this.#seen(data.file).errors += data.message;
    else if (type === "test:diagnostic" && /^(Error|Warning)\b/.test(data.message)) this.complaints.push(data.message);
    else if (type === "test:pass" || type === "test:fail") this.#result(type, data);
  }

  #result(type, data) {
    const seen = this.#seen(data.file);
    if (isFile(data)) return this.#file(type, data, seen);
    if (data.nesting === 0) seen.seconds += (data.details?.duration_ms ?? 0) / 1000;
    // Results come innermost first: one that follows a deeper one holds it.
    const holds = seen.depth > data.nesting;
    seen.depth = data.nesting;
    seen.results++;
    const counted = countedAs(type, data, holds);
    if (counted) this.#say(counted, data, counted === "failed" ? cause(data.details?.error) : whySkipped(data));
  }

  #file(type, data, seen) {
    if (type === "test:fail") this.#say("failed", data, cause(data.details?.error) + (seen.errors ? indent(seen.errors.slice(-TAIL)) : ""));
    else if (seen.results === 0) this.#say("failed", data, indent("it ended without a single test"));
  }

  #say(counted, data, reason) {
    const text = line(MARKS[counted], data);
    this.lines[counted].push(text);
    this.print(text + reason);
  }

  /** @returns {number} the exit code */
  sum() {
    const { passed, failed, skipped } = this.lines;
    if (failed.length > 0) this.print(`\nFailed:\n${failed.join("")}${this.complaints.map(indent).join("")}`);
    const long = [...this.#files].filter(([, { seconds }]) => seconds >= LONG).sort(([, a], [, b]) => b.seconds - a.seconds);
    if (long.length > 0) this.print(`\nLongest: ${long.map(([file, { seconds }]) => `${place(file)} ${Math.round(seconds)} s`).join(", ")}\n`);
    if (skipped.length > 0) this.print(`\n${skipped.length} skipped\n`);
    this.print(`\n${passed.length} passed, ${failed.length} failed\n`);
    return failed.length === 0 && passed.length > 0 ? 0 : 1;
  }
}

/**
 * @param {AsyncIterable<{type: string, data: object}>} events
 * @returns {Promise<number>} the exit code
 */
async function report(events) {
  const made = new Report((text) => process.stdout.write(text));
  for await (const { type, data } of events) made.add(type, data);
  return made.sum();
}

module.exports = { report };
