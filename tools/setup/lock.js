// One set-up at a time: a second one waits for the first instead of working on half-written files.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { atInterrupt } = require("./interrupt");
const { say } = require("./run");

const POLL_MS = 500;
const GIVE_UP_MS = 20 * 60_000;

function textOf(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function alive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Makes the lock with its content in one step: it is never seen empty. */
function take(file) {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, String(process.pid));
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Removes the lock of a process that is gone, unless another one was quicker and this is its new lock. */
function breakLock(file, stale) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    fs.renameSync(file, aside);
    if (textOf(aside) !== stale) fs.linkSync(aside, file);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes(error.code)) throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

async function acquire(file) {
  const deadline = Date.now() + GIVE_UP_MS;
  let told = false;
  while (!take(file)) {
    const holder = textOf(file);
    if (holder === undefined) continue;
    if (!alive(Number(holder))) breakLock(file, holder);
    else if (Date.now() > deadline) throw new Error(`another set-up (process ${holder}) has held ${file} for 20 minutes: end it, or remove that file if that process is none`);
    else {
      if (!told) say(`waiting for another set-up (process ${holder})`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** Runs `work` while holding the lock file; a lock whose process is gone (a set-up that was killed) is taken over. */
async function withLock(file, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await acquire(file);
  const release = () => fs.rmSync(file, { force: true });
  const forget = atInterrupt(release);
  try {
    return await work();
  } finally {
    forget();
    release();
  }
}

module.exports = { withLock };
