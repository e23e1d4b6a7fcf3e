// npm start: set-up, then the main job on the embedded lab: one CA-signed certificate on every node of a cluster.
"use strict";
const path = require("node:path");
const { root } = require("./setup/folders");
const { setUp, tool } = require("./setup");
const { play } = require("./setup/story");

tool(async () => {
  const env = await setUp({ pulumi: true });
  await play(path.join(root, "examples", "quick-start"), { env, destroy: false });
  process.stdout.write("\nThat was the embedded lab; nothing is left running. The program is examples/quick-start/index.ts.\n");
});
