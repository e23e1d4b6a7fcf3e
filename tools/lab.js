// npm run lab [-- <estate.yaml>]: the emulated estate; without a file that of scenario A1.
"use strict";
const path = require("node:path");
const { setUp, tool } = require("./setup");
const { root } = require("./setup/folders");
const { become } = require("./setup/run");

tool(async () => {
  const env = await setUp();
  // npm goes to the folder of package.json; a path is meant from where it was typed.
  const cwd = process.env.INIT_CWD || process.cwd();
  return become(process.execPath, [path.join(root, "dist", "cli", "index.js"), "lab", ...process.argv.slice(2)], { env, cwd });
});
