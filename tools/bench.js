// npm run bench [-- <part> …]: set-up, then what bench/ measures. The exit code says whether every limit is held.
"use strict";
const path = require("node:path");
const { root } = require("./setup/folders");
const { setUp, tool } = require("./setup");
const { become } = require("./setup/run");

tool(async () => {
  const env = await setUp({ pulumi: true });
  return become(process.execPath, [path.join(root, "dist", "bench", "index.js"), ...process.argv.slice(2)], { cwd: root, env });
});
