// npm run example -- <folder>: the example's lab, preview, up, up again, destroy.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("./setup/folders");
const { setUp, tool } = require("./setup");
const { play } = require("./setup/story");

tool(async () => {
  const name = process.argv[2];
  const known = fs.readdirSync(path.join(root, "examples"));
  const folder = name && path.join(root, "examples", path.basename(name));
  if (!folder || !fs.existsSync(path.join(folder, "Pulumi.yaml"))) throw new Error(`name an example: npm run example -- <${known.join(" | ")}>`);
  await play(folder, { env: await setUp({ pulumi: true }), destroy: true });
});
