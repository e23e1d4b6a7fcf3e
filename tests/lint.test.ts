// The size budget and the habits that the linter holds (eslint.config.mjs), over everything that is written here.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./support/engine";
import { ROOT } from "./support/project";

test("the linter has nothing to say", { timeout: 300_000 }, async () => {
  assert.deepEqual(await run(process.execPath, [join(ROOT, "node_modules", "eslint", "bin", "eslint.js"), "."], { cwd: ROOT }), { code: 0, text: "" });
});
