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

/** Stamps are written last, so an interrupted step is done again. */
const MODULES_STAMP = path.join(modules, ".uccerts-lockfile");
const BUILD_STAMP = path.join(dist, ".built");

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE) throw new Error(`Node.js ${OLDEST_NODE} or later is needed, this is ${process.versions.node}: install it from https://nodejs.org`);
}

function stamped(stamp) {
  return fs.existsSync(stamp) ? fs.readFileSync(stamp, "utf8") : undefined;
}

function explainNpm(error) {
  if (/spawn npm ENOENT/.test(error.message)) return new Error("npm is missing: it comes with Node.js, https://nodejs.org");
  if (/E(NOTFOUND|CONNREFUSED|AI_AGAIN|TIMEDOUT|NETUNREACH|CONNRESET)/.test(error.message)) return new Error(`The npm registry cannot be reached: look at the network, a proxy, or "npm config get registry". ${error.message}`);
  return error;
}

/** npm ci, when the lockfile is not the one that node_modules was made from. */
async function ensureModules() {
  const wanted = crypto.createHash("sha256").update(fs.readFileSync(path.join(root, "package-lock.json"))).digest("hex");
  if (stamped(MODULES_STAMP) === wanted) return;
  say("installing npm packages (npm ci; usually 20 to 60 s)");
  await run("installing npm packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root }).catch((error) => {
    throw explainNpm(error);
  });
  fs.writeFileSync(MODULES_STAMP, wanted);
}

function* filesBelow(folder) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(file);
    else yield file;
  }
}

/** What the compiler reads, in one text: every source with its time and size, so that also a source that is gone or older is a change. */
function sources() {
  const settings = path.join(root, "tsconfig.json");
  const { include } = JSON.parse(fs.readFileSync(settings, "utf8"));
  const files = include.flatMap((folder) => [...filesBelow(path.join(root, folder))]).filter((file) => file.endsWith(".ts"));
  const lines = [settings, path.join(root, "package-lock.json"), ...files.sort()].map((file) => {
    const { mtimeMs, size } = fs.statSync(file);
    return `${path.relative(root, file)} ${mtimeMs} ${size}`;
  });
  return crypto.createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** What tsc made of a source that is gone would still run (a deleted test, for instance): remove it. */
function removeOrphans() {
  for (const file of [...filesBelow(dist)]) {
    const source = path.join(root, path.relative(dist, file).replace(/(\.d\.ts|\.js)$/, ".ts"));
    if (/\.(js|d\.ts)$/.test(file) && !fs.existsSync(source)) fs.rmSync(file);
  }
}

/** tsc, when the sources are not those of the last whole build. */
async function ensureBuild() {
  const wanted = sources();
  if (stamped(BUILD_STAMP) === wanted) return;
  fs.rmSync(BUILD_STAMP, { force: true });
  say("compiling TypeScript (usually 10 to 30 s)");
  await run("compiling", process.execPath, [path.join(modules, "typescript", "bin", "tsc"), "-p", "."], { cwd: root });
  removeOrphans();
  fs.chmodSync(path.join(dist, "cli", "index.js"), 0o755);
  fs.writeFileSync(BUILD_STAMP, wanted);
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
