// A folder of its own for one demonstration: state, Pulumi's backend and home. Gone when it is over.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { root } = require("./folders");

/**
 * Pulumi writes into a program's folder (the salt of its secrets): a demonstration works on a copy.
 * @returns {{program: string, env: object, remove(): void}}
 */
function makeRoom(example, env) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "uccerts-"));
  for (const name of ["backend", "home", "state"]) fs.mkdirSync(path.join(folder, name));
  const program = path.join(folder, "program");
  fs.cpSync(example, program, { recursive: true, filter: (file) => path.basename(file) !== "node_modules" });
  fs.symlinkSync(path.join(root, "node_modules"), path.join(program, "node_modules"));
  const own = {
    PULUMI_BACKEND_URL: `file://${path.join(folder, "backend")}`,
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: crypto.randomBytes(12).toString("hex"),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    UCCERTS_STATE: path.join(folder, "state"),
    UCCERTS_CONNECTIONS: "",
  };
  return { program, env: { ...env, ...own }, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

module.exports = { makeRoom };
