// The real Pulumi CLI, engine and Node host: found on PATH, in our cache, installed by Pulumi's own installer, or built from pinned Go modules.
"use strict";
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { build } = require("./pulumi-build");
const { cacheFolder, root } = require("./folders");
const { install } = require("./pulumi-installer");
const { withLock } = require("./lock");
const { say } = require("./run");

/** The version that is installed or built where none is found. Newer ones need a Node host that the Go module proxy does not have as a module. */
const VERSION = "3.216.0";
const HOST = "pulumi-language-nodejs";
const DYNAMIC = "pulumi-resource-pulumi-nodejs";

function versionOf(pulumi) {
  try {
    return execFileSync(pulumi, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" }, stdio: ["ignore", "pipe", "ignore"], timeout: 20_000 })
      .toString()
      .trim()
      .replace(/^v/, "");
  } catch {
    return undefined;
  }
}

function atLeast(version, wanted) {
  const parts = (text) => text.split(/[.+-]/).slice(0, 3).map(Number);
  const [left, right] = [parts(version), parts(wanted)];
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return left[i] > right[i];
  return true;
}

function executable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(program) {
  const folders = (process.env.PATH || "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, program)).find(executable);
}

/** The folder of a usable CLI: new enough, its own Node host beside it (or on PATH). */
function usable(pulumi) {
  if (!pulumi || !executable(pulumi)) return undefined;
  const version = versionOf(pulumi);
  if (!version || !atLeast(version, VERSION)) return undefined;
  const folder = path.dirname(fs.realpathSync(pulumi));
  return executable(path.join(folder, HOST)) || onPath(HOST) ? { folder: path.dirname(pulumi), version } : undefined;
}

function tellWhyNot(pulumi) {
  if (!pulumi) return;
  const version = versionOf(pulumi);
  if (!version) say(`${pulumi} does not answer to "pulumi version"; not used`);
  else if (!atLeast(version, VERSION)) say(`${pulumi} is ${version}, older than ${VERSION}; not used`);
  else say(`${pulumi} has no ${HOST} beside it; not used`);
}

/** Puts a finished folder in its place in one step: an interrupted set-up leaves a half-written room, which the next one removes, and never half a target. */
async function fill(target, make) {
  const room = `${target}.tmp`;
  fs.rmSync(room, { recursive: true, force: true });
  fs.mkdirSync(path.join(room, "bin"), { recursive: true });
  try {
    await make(path.join(room, "bin"), room);
    const script = path.join(room, "bin", DYNAMIC);
    if (!fs.existsSync(script)) fs.copyFileSync(path.join(root, "node_modules", "@pulumi", "pulumi", DYNAMIC), script);
    fs.chmodSync(script, 0o755);
    if (!usable(path.join(room, "bin", "pulumi"))) throw new Error(`what it made does not answer as Pulumi ${VERSION} or later with its Node host`);
    fs.rmSync(target, { recursive: true, force: true });
    fs.renameSync(room, target);
  } finally {
    fs.rmSync(room, { recursive: true, force: true });
  }
}

async function obtain(target) {
  try {
    await fill(target, (_bin, room) => install(VERSION, room));
    say(`Pulumi ${VERSION} installed by Pulumi's installer into ${target}`);
  } catch (error) {
    say(`Pulumi's installer was not usable here (${error.message.split("\n")[0]})`);
    await fill(target, (bin) => build(VERSION, bin));
    say(`Pulumi ${VERSION} built into ${target}`);
  }
}

/** @returns {Promise<{folder: string, version: string}>} the folder to put first on PATH */
async function ensurePulumi() {
  const own = onPath("pulumi");
  const found = usable(own);
  if (found) return found;
  tellWhyNot(own);
  const target = path.join(cacheFolder(), "pulumi", `v${VERSION}`);
  const cli = path.join(target, "bin", "pulumi");
  return usable(cli) ?? withLock(`${target}.lock`, async () => {
    if (!usable(cli)) await obtain(target);
    return usable(cli);
  });
}

module.exports = { ensurePulumi };
