// The set-up as one call. Everything a command of this repository needs, and nothing that the user has to do by hand.
"use strict";
const path = require("node:path");
const { ensureCheckout } = require("./checkout");
const { root } = require("./folders");
const { interrupted } = require("./interrupt");
const { ensurePulumi } = require("./pulumi-cli");
const { say } = require("./run");

/**
 * Makes the checkout ready and returns the environment for what runs next.
 * (Java, for the contact centre's keystores, gets its own step here.)
 * @param {{pulumi?: boolean}} needs
 */
async function setUp({ pulumi = false } = {}) {
  await ensureCheckout();
  const folders = [path.join(root, "node_modules", ".bin")];
  if (pulumi) folders.unshift((await ensurePulumi()).folder);
  return { ...process.env, PATH: [...folders, process.env.PATH].join(path.delimiter) };
}

/** Runs `main` of a tool, which resolves with the exit code; a failure is one clear message and exit code 1. */
function tool(main) {
  main().then(
    (code) => (process.exitCode = code ?? 0),
    (error) => {
      if (interrupted()) return;
      say(error.constructor === Error ? error.message : error.stack);
      process.exitCode = 1;
    },
  );
}

module.exports = { setUp, tool };
