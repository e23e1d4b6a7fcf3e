// node tools/ready.js [command …]: makes the checkout ready, then runs the command.
"use strict";
const { setUp, tool } = require("./setup");
const { become } = require("./setup/run");

tool(async () => {
  const env = await setUp();
  const [command, ...args] = process.argv.slice(2);
  return command ? become(command, args, { env }) : 0;
});
