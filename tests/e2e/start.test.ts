// npm start: the main job on the lab, from the first look at the nodes to the run that changes nothing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { environment, run } from "../support/engine";
import { type Folder, makeFolder, ROOT } from "../support/project";
import { cleanEnvironment } from "../support/sandbox";

const NODES = ["cs-ccm-pub.example.com", "cs-ccm-sub.example.com", "cs-imp.example.com"];

describe("npm start", { timeout: 300_000 }, () => {
  let folder: Folder;
  let env: NodeJS.ProcessEnv;
  const rooms = () => readdirSync(join(folder.path, "tmp")).filter((name) => name.startsWith("uccerts-"));
  before(() => {
    folder = makeFolder();
    mkdirSync(join(folder.path, "tmp"));
    env = cleanEnvironment(environment(join(folder.path, "room"), { TMPDIR: join(folder.path, "tmp") }));
  });
  after(() => folder.remove());

  test("shows the certificates before and after, the plan, the work, and that nothing is left to do", async () => {
    const { code, text } = await run(process.execPath, [join(ROOT, "tools", "start.js")], { cwd: ROOT, env });
    assert.equal(code, 0, text);
    const parts = Object.fromEntries(text.split("\n── ").map((part) => [part.split("\n")[0]!, part]));
    for (const node of NODES) {
      assert.match(parts["What each node serves"]!, new RegExp(`${node} +8443 +${node} +itself`));
      assert.match(parts["What each node serves now"]!, new RegExp(`${node} +8443 +\\S+ +Example Issuing CA`));
    }
    assert.match(parts["pulumi preview"]!, /^ +1 .*\n(.*\n)*.*restart Cisco Tomcat/m);
    assert.match(parts["pulumi up"]!, /\d+ created/);
    assert.match(parts["pulumi up, once more: nothing changes"]!, /\d+ unchanged/);
    assert.doesNotMatch(parts["pulumi up, once more: nothing changes"]!, /\d+ (created|updated|replaced|deleted)/);
    assert.deepEqual(rooms(), []);
  });

  test("leaves nothing running and no folder when it is interrupted", async () => {
    const child = spawn(process.execPath, [join(ROOT, "tools", "start.js")], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(child, "close");
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    while (!text.includes("── pulumi preview")) await Promise.race([once(child.stdout, "data"), ended.then(() => assert.fail(text))]);
    const [room] = rooms();
    child.kill("SIGINT");
    assert.deepEqual(await ended, [130, null]);
    assert.deepEqual(rooms(), []);
    // With their environments, in which the folder stands.
    const { text: processes } = await run("ps", ["axeww"], { cwd: ROOT, env: cleanEnvironment({}) });
    assert.deepEqual(processes.split("\n").filter((line) => line.includes(room!)), []);
  });
});
