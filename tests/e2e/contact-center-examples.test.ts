// The examples of a contact centre, each played on the lab as it stands.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { environment, run } from "../support/engine";
import { after, before, describe, test } from "../support/hosts-test";
import { type Folder, makeFolder, ROOT } from "../support/project";
import { cleanEnvironment } from "../support/sandbox";

const PLAY = `require(${JSON.stringify(join(ROOT, "tools", "setup", "story.js"))}).play(process.argv[1], { env: process.env, destroy: false }).catch((error) => { console.error(error); process.exitCode = 1; })`;

describe("an example of a contact centre", { timeout: 600_000 }, () => {
  let folder: Folder, env: NodeJS.ProcessEnv;
  before(() => {
    folder = makeFolder();
    mkdirSync(join(folder.path, "tmp"));
    env = cleanEnvironment(environment(join(folder.path, "room"), { TMPDIR: join(folder.path, "tmp") }));
  });
  after(() => folder.remove());

  const cases: [name: string, says: RegExp][] = [
    ["contact-center-core", /restart Apache Tomcat +aw-a\.example\.com[^]*restart Apache Tomcat +aw-b\.example\.com/],
    ["contact-center-cvp", /restart the server +csa\.example\.com[^]*restart the server +csb\.example\.com/],
  ];
  for (const [name, says] of cases)
    test(`${name}: shows the plan, does the work, and has nothing left to do`, async () => {
      const { code, text } = await run(process.execPath, ["-e", PLAY, join(ROOT, "examples", name)], { cwd: ROOT, env });
      assert.equal(code, 0, text);
      const parts = Object.fromEntries(text.split("\n── ").map((part) => [part.split("\n")[0]!, part]));
      assert.match(parts["pulumi preview"]!, says);
      assert.match(parts["pulumi up"]!, /\d+ created/);
      assert.match(parts["pulumi up, once more: nothing changes"]!, /\d+ unchanged/);
      assert.doesNotMatch(parts["pulumi up, once more: nothing changes"]!, /\d+ (created|updated|replaced|deleted)/);
      assert.deepEqual(readdirSync(join(folder.path, "tmp")).filter((one) => one.startsWith("uccerts-")), []);
    });
});
