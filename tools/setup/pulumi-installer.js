// Pulumi's official installer, into a folder of ours. `UCCERTS_PULUMI_INSTALLER` is its URL; "off" leaves it out.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { run, say } = require("./run");

const DEFAULT_URL = "https://get.pulumi.com";
const REACH_MS = 8_000;
const INSTALL_MS = 180_000;

async function fetchScript(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(REACH_MS), redirect: "follow" }).catch((error) => {
    throw new Error(`${url} cannot be reached: ${error.cause?.code ?? error.message}`);
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const text = await answer.text();
  if (!text.startsWith("#!")) throw new Error(`${url} did not answer with a script`);
  return text;
}

/** Runs the installer with `--install-root room`; it makes `room/bin`. Whatever else it writes, to its home, a temporary or its own folder, lands in `room`. */
async function install(version, room) {
  const url = process.env.UCCERTS_PULUMI_INSTALLER || DEFAULT_URL;
  if (url === "off") throw new Error("switched off by UCCERTS_PULUMI_INSTALLER");
  const script = path.join(room, "install.sh");
  fs.writeFileSync(script, await fetchScript(url));
  say(`installing Pulumi ${version} with ${url} (usually below a minute)`);
  const env = { ...process.env, HOME: room, TMPDIR: room };
  await run("installing Pulumi", "sh", [script, "--version", version, "--install-root", room, "--no-edit-path"], { cwd: room, env, limitMs: INSTALL_MS });
  for (const entry of fs.readdirSync(room)) if (entry !== "bin") fs.rmSync(path.join(room, entry), { recursive: true, force: true });
}

module.exports = { install };
