// The set-up as one call. Everything a command of this repository needs, and nothing that the user has to do by hand.
"use strict";
const path = require("node:path");
const { ensureCheckout } = require("./checkout");
const { ensurePulumi } = require("./pulumi-cli");
const { root } = require("./folders");
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

/** Runs `main` of a tool; a failure is one clear line and exit code 1. */
function tool(main) {
  main().then(
    (code) => (process.exitCode = code ?? 0),
    (error) => {
      say(error.message);
      process.exitCode = 1;
    },
  );
}

module.exports = { setUp, tool };
