// An example, played as `npm run example` plays it, on the lab as it stands.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { environment, run } from "./engine";
import { type Folder, makeFolder, ROOT } from "./project";
import { cleanEnvironment } from "./sandbox";

const PLAY = `require(${JSON.stringify(join(ROOT, "tools", "setup", "story.js"))}).play(process.argv[1], { env: process.env, destroy: false }).catch((error) => { console.error(error); process.exitCode = 1; })`;

/** A folder of their own for a few examples. */
export class Stage {
  private readonly folder: Folder = makeFolder();
  private readonly env: NodeJS.ProcessEnv;

  constructor() {
    mkdirSync(join(this.folder.path, "tmp"));
    this.env = cleanEnvironment(environment(join(this.folder.path, "room"), { TMPDIR: join(this.folder.path, "tmp") }));
  }

  /** The preview says what it must, the first up does the work, and the second has nothing left to do. */
  async play(name: string, says: RegExp): Promise<void> {
    const { code, text } = await run(process.execPath, ["-e", PLAY, join(ROOT, "examples", name)], { cwd: ROOT, env: this.env });
    assert.equal(code, 0, text);
    const parts = Object.fromEntries(text.split("\n── ").map((part) => [part.split("\n")[0]!, part]));
    assert.match(parts["pulumi preview"]!, says);
    assert.match(parts["pulumi up"]!, /\d+ created/);
    assert.match(parts["pulumi up, once more: nothing changes"]!, /\d+ unchanged/);
    assert.doesNotMatch(parts["pulumi up, once more: nothing changes"]!, /\d+ (created|updated|replaced|deleted)/);
    assert.deepEqual(readdirSync(join(this.folder.path, "tmp")).filter((one) => one.startsWith("uccerts-")), []);
  }

  remove(): void {
    this.folder.remove();
  }
}
