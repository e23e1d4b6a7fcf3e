// Plays an example: its lab, then the commands that a user would type. Prints each command and what it says.
"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { root } = require("./folders");
const { atInterrupt } = require("./interrupt");
const { makeRoom } = require("./room");

const CLI = path.join(root, "dist", "cli", "index.js");

/** Without a terminal Pulumi repeats our lines behind the name of the stack, and all of them once more at the end: shown once, without the name. */
function readable(line, state) {
  if (/^Diagnostics:/.test(line)) state.diagnostics = true;
  else if (/^(Outputs|Resources|Duration|error)/.test(line)) state.diagnostics = false;
  if (state.diagnostics && !/error/i.test(line)) return undefined;
  const own = /^ [ +~-]* *pulumi:pulumi:Stack \S+ ?(?:(?:creat|updat|delet|destroy|refresh|runn)\w*)?(?: \([0-9.]+s\))? ?(.*)$/.exec(line);
  if (own) return own[1] && !/^\d+ messages?$/.test(own[1]) ? own[1] : undefined;
  return /^@ |^\s*$| (?:creat|updat|delet)ing \(\d+s\) $/.test(line) ? undefined : line;
}

function print(stream) {
  const state = {};
  const lines = readline.createInterface({ input: stream });
  lines.on("line", (line) => {
    const shown = readable(line, state);
    if (shown !== undefined) process.stdout.write(`  ${shown}\n`);
  });
}

/** Runs one command to its end and shows what it says. Rejects when it fails. */
function show(title, command, args, options) {
  process.stdout.write(`\n\u2500\u2500 ${title}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const forget = atInterrupt((signal) => stop(child, signal));
    print(child.stdout);
    print(child.stderr);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      forget();
      if (code === 0) resolve();
      else reject(new Error(`${title} ended with ${code ?? signal}`));
    });
  });
}

function spawnLab(estate, env) {
  return spawn(process.execPath, [CLI, "lab", ...(estate ? [estate] : []), "--json"], { env, stdio: ["ignore", "pipe", "inherit"] });
}

/** What the lab says of itself when it is ready. */
function ready(lab) {
  return new Promise((resolve, reject) => {
    readline.createInterface({ input: lab.stdout }).once("line", (line) => resolve(JSON.parse(line)));
    lab.on("error", reject);
    lab.on("close", (code) => reject(new Error(`the lab ended with ${code}`)));
  });
}

function stop(child, signal = "SIGINT") {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("close", () => resolve());
    child.kill(signal);
  });
}

/**
 * @param {string} folder the example
 * @param {{env: object, destroy: boolean}} options
 */
async function play(folder, { env, destroy }) {
  const room = makeRoom(folder, env);
  const estate = path.join(folder, "estate.yaml");
  const options = { cwd: room.program, env: room.env };
  const pulumi = (title, ...args) => show(title, "pulumi", [...args, "--stack", "lab", "--color", "never", "--non-interactive"], options);
  const served = (title, name) => show(title, process.execPath, [CLI, "served", "--lab", name], options);
  let lab;
  const forget = [atInterrupt(() => room.remove()), atInterrupt(() => lab && stop(lab))];
  process.stdout.write("Starting the lab: emulated appliances, real servers, on this machine only\n");
  try {
    lab = spawnLab(fs.existsSync(estate) ? estate : undefined, room.env);
    const { name } = await ready(lab);
    await served("What each node serves", name);
    await show("pulumi stack init lab", "pulumi", ["stack", "init", "lab", "--non-interactive", "--color", "never"], options);
    await pulumi("pulumi preview", "preview");
    await pulumi("pulumi up", "up", "--yes", "--skip-preview");
    await served("What each node serves now", name);
    await pulumi("pulumi up, once more: nothing changes", "up", "--yes", "--skip-preview");
    if (destroy) await pulumi("pulumi destroy", "destroy", "--yes", "--skip-preview");
  } finally {
    if (lab) await stop(lab);
    room.remove();
    forget.forEach((one) => one());
  }
}

module.exports = { play };
