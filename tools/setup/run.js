// Runs child processes: for the set-up quietly, for the user's own command as if it had been called directly.
"use strict";
const { spawn } = require("node:child_process");
const os = require("node:os");
const { atInterrupt } = require("./interrupt");

const HEARTBEAT_MS = 15_000;

/** Of a long output both ends are shown: some programs say what is wrong at once, others at last. */
const END = 2_000;

/** One line of the set-up on standard error, so that standard output stays the job's own. */
function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

function ends(output) {
  return output.length <= 2 * END ? output : `${output.slice(0, END)}\n[…]\n${output.slice(-END)}`;
}

/** A child leads a group of its own: what it has started itself ends with it. */
function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended by itself
  }
}

/**
 * Quiet while it works, a line every 15 seconds, its output when it fails. It ends with us, and after `limitMs`.
 * @param {string} what what a person reads while it runs, e.g. "building the Pulumi engine"
 */
function run(what, command, args, { cwd, env = process.env, limitMs } = {}) {
  return new Promise((resolve, reject) => {
    const begin = Date.now();
    const seconds = () => Math.round((Date.now() - begin) / 1000);
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk) => (output += chunk);
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const closed = new Promise((done) => child.once("close", () => done()));
    const heartbeat = setInterval(() => say(`still ${what} (${seconds()} s)`), HEARTBEAT_MS);
    const limit = limitMs && setTimeout(() => endGroup(child, "SIGKILL"), limitMs);
    const forget = atInterrupt((signal) => {
      endGroup(child, signal);
      return closed;
    });
    const settle = (error) => {
      clearInterval(heartbeat);
      clearTimeout(limit);
      forget();
      if (error) reject(new Error(`${what} failed after ${seconds()} s: ${error}\n${ends(output)}`.trimEnd()));
      else resolve(output);
    };
    child.on("error", (error) => settle(error.message));
    child.on("close", (code, signal) => settle(code === 0 ? undefined : `${command} ended with ${signal ?? code}`));
  });
}

/** Hands the terminal to a command and resolves with its exit code. */
function become(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: "inherit" });
    const ended = new Promise((done) => child.once("close", (code, signal) => done(code ?? 128 + os.constants.signals[signal])));
    const forget = atInterrupt((signal) => {
      child.kill(signal);
      return ended;
    });
    child.once("error", reject);
    void ended.then(forget).then(() => ended).then(resolve);
  });
}

module.exports = { become, run, say };
