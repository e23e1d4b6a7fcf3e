// Makes the checkout itself ready: Node's version, node_modules, dist.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("./folders");
const { withLock } = require("./lock");
const { run, say } = require("./run");

const OLDEST_NODE = 20;
const modules = path.join(root, "node_modules");
const dist = path.join(root, "dist");
const SOURCES = ["domain", "sdk", "live", "provider", "policies", "cli", "lab", "tests", "bench"];

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE) throw new Error(`Node.js ${OLDEST_NODE} or later is needed, this is ${process.versions.node}: install it from https://nodejs.org`);
}

/** npm ci, when the lockfile is not the one that node_modules was made from (the stamp is written last, so an interrupted run repeats). */
async function ensureModules() {
  const stamp = path.join(modules, ".uccerts-lockfile");
  const wanted = crypto.createHash("sha256").update(fs.readFileSync(path.join(root, "package-lock.json"))).digest("hex");
  const present = fs.existsSync(stamp) ? fs.readFileSync(stamp, "utf8") : "";
  if (present === wanted) return;
  say("installing npm packages (npm ci; usually 20 to 60 s)");
  await run("installing npm packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root });
  fs.writeFileSync(stamp, wanted);
}

function* filesBelow(folder) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(file);
    else yield file;
  }
}

function newest(files) {
  let latest = 0;
  for (const file of files) latest = Math.max(latest, fs.statSync(file).mtimeMs);
  return latest;
}

function* sources() {
  yield path.join(root, "tsconfig.json");
  yield path.join(root, "package-lock.json");
  for (const folder of SOURCES) for (const file of filesBelow(path.join(root, folder))) if (file.endsWith(".ts")) yield file;
}

/** What tsc made of a source that is gone would still run (a deleted test, for instance): remove it. */
function removeOrphans() {
  for (const file of [...filesBelow(dist)]) {
    const source = path.join(root, path.relative(dist, file).replace(/(\.d\.ts|\.js)$/, ".ts"));
    if (/\.(js|d\.ts)$/.test(file) && !fs.existsSync(source)) fs.rmSync(file);
  }
}

/** tsc, when a source is newer than the last whole build. */
async function ensureBuild() {
  const stamp = path.join(dist, ".built");
  if (fs.existsSync(stamp) && fs.statSync(stamp).mtimeMs > newest(sources())) return;
  const begin = new Date();
  say("compiling TypeScript (usually 10 to 30 s)");
  await run("compiling", process.execPath, [path.join(modules, "typescript", "bin", "tsc"), "-p", "."], { cwd: root });
  removeOrphans();
  fs.chmodSync(path.join(dist, "cli", "index.js"), 0o755);
  fs.writeFileSync(stamp, "");
  fs.utimesSync(stamp, begin, begin);
}

/** node_modules and dist as the sources ask for; does nothing when they already are. */
async function ensureCheckout() {
  requireNode();
  await withLock(path.join(root, ".setup.lock"), async () => {
    await ensureModules();
    await ensureBuild();
  });
}

module.exports = { ensureCheckout };
