// npm run example -- <folder>: the example's lab, preview, up, up again, destroy.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { setUp, tool } = require("./setup");
const { root } = require("./setup/folders");
const { play } = require("./setup/story");

const EXAMPLES = path.join(root, "examples");

/** `quick-start`, and also `examples/quick-start/` as the shell completes it. */
function exampleOf(args) {
  const known = fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, "Pulumi.yaml")));
  const usage = `npm run example -- <${known.join(" | ")}>`;
  if (args.length !== 1) throw new Error(`name one example: ${usage}`);
  const name = path.basename(args[0]);
  if (!known.includes(name)) throw new Error(`there is no example "${args[0]}": ${usage}`);
  return path.join(EXAMPLES, name);
}

tool(async () => {
  const example = exampleOf(process.argv.slice(2));
  await play(example, { env: await setUp({ pulumi: true }), destroy: true });
});
