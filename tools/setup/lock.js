// One set-up at a time: a second one waits for the first instead of working on half-written files.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { say } = require("./run");

const POLL_MS = 500;
const GIVE_UP_MS = 20 * 60_000;

function holder(file) {
  try {
    return Number(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function alive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}

/** Runs `work` while holding the lock file; a lock whose process is gone (an interrupted set-up) is taken over. */
async function withLock(file, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const deadline = Date.now() + GIVE_UP_MS;
  let told = false;
  while (!take(file)) {
    const pid = holder(file);
    if (pid !== undefined && !alive(pid)) fs.rmSync(file, { force: true });
    else if (Date.now() > deadline) throw new Error(`another set-up (process ${pid}) holds ${file} for 20 minutes; end it or remove that file`);
    else {
      if (!told) say(`waiting for another set-up (process ${pid})`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

module.exports = { withLock };
