// "pulumi up" in the root of the repository: the quick start on the lab of "npm run lab".
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { environment, Stack } from "../support/engine";
import { startLabProcess } from "../support/lab-process";
import { type Folder, linkModules, makeFolder, ROOT } from "../support/project";

describe("pulumi in the root of the repository", { timeout: 300_000 }, () => {
  let folder: Folder;
  let env: NodeJS.ProcessEnv;
  let stack: Stack;
  before(async () => {
    folder = makeFolder();
    // A copy: Pulumi writes the settings of a stack beside the program.
    const program = join(folder.path, "checkout");
    for (const part of ["Pulumi.yaml", "package.json", "examples/quick-start"]) cpSync(join(ROOT, part), join(program, part), { recursive: true });
    linkModules(program);
    env = environment(join(folder.path, "room"));
    stack = await Stack.init(program, env, "of-any-name");
  });
  after(() => folder.remove());

  test("says in one sentence that a lab is needed, and how to start it", async () => {
    const { code, text } = await stack.preview();
    assert.notEqual(code, 0);
    const diagnostics = text.slice(text.indexOf("Diagnostics:"), text.indexOf("Resources:"));
    assert.match(diagnostics, /^Diagnostics:\n {2}pulumi:pulumi:Stack \(quick-start-of-any-name\):\n {4}error: .*The lab "a1" is not running .*: start it with "npx uccerts lab"[^\n]*\n\s*$/);
  });

  test("runs the quick start when the lab runs", async () => {
    const lab = await startLabProcess(env);
    try {
      const first = await stack.up();
      assert.equal(first.code, 0, first.text);
      assert.deepEqual((await stack.outputs()).nodes, ["cs-ccm-pub.example.com", "cs-ccm-sub.example.com", "cs-imp.example.com"]);
      const second = await stack.up();
      assert.match(second.text, /^ *\d+ unchanged$/m, second.text);
      assert.doesNotMatch(second.text, /created|updated|replaced|deleted/);
    } finally {
      await lab.stop();
    }
  });
});
