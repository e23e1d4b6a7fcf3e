// Runs a child process for the set-up: quiet while it works, a line every 15 seconds, its whole output when it fails.
"use strict";
const { spawn } = require("node:child_process");

const HEARTBEAT_MS = 15_000;

/** One line of the set-up on standard error, so that standard output stays the job's own. */
function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/**
 * Runs `command` and resolves with its output; rejects with the tail of the output when it fails or takes longer than `limitMs`.
 * @param {string} what what a person reads while it runs, e.g. "building the Pulumi engine"
 */
function run(what, command, args, { cwd, env, limitMs } = {}) {
  return new Promise((resolve, reject) => {
    const begin = Date.now();
    const seconds = () => Math.round((Date.now() - begin) / 1000);
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk) => (output += chunk);
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const heartbeat = setInterval(() => say(`still ${what} (${seconds()} s)`), HEARTBEAT_MS);
    const limit = limitMs && setTimeout(() => child.kill("SIGKILL"), limitMs);
    const settle = (error) => {
      clearInterval(heartbeat);
      clearTimeout(limit);
      if (error) reject(new Error(`${what} failed after ${seconds()} s: ${error}\n${output.slice(-3000)}`.trimEnd()));
      else resolve(output);
    };
    child.on("error", (error) => settle(error.message));
    child.on("close", (code, signal) => settle(code === 0 ? undefined : `${command} ended with ${signal ?? code}`));
  });
}

module.exports = { run, say };
