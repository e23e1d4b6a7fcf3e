// node tools/ready.js [command …]: makes the checkout ready, then runs the command.
"use strict";
const { spawnSync } = require("node:child_process");
const { setUp, tool } = require("./setup");

tool(async () => {
  const env = await setUp();
  const [command, ...args] = process.argv.slice(2);
  return command ? spawnSync(command, args, { stdio: "inherit", env }).status : 0;
});
