// Where the set-up keeps things.
"use strict";
const os = require("node:os");
const path = require("node:path");

/** The checkout. */
const root = path.resolve(__dirname, "..", "..");

/** Our cache, outside the checkout and outside the user's own Pulumi set-up. `UCCERTS_CACHE` moves it. */
function cacheFolder() {
  return process.env.UCCERTS_CACHE || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "uccerts");
}

module.exports = { root, cacheFolder };
