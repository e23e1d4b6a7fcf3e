// The commands of the repository as they are typed: what they say to bad arguments, and how they end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { environment, run, type Said, writeFiles } from "../support/engine";
import { type Folder, makeFolder, ROOT } from "../support/project";
import { cleanEnvironment } from "../support/sandbox";

const ESTATE = "clusters:\n  - name: hq\n    nodes: [{ fqdn: pub.example.com, product: CUCM, role: publisher }]\n";

describe("the commands of the repository", { timeout: 300_000 }, () => {
  let folder: Folder;
  let env: NodeJS.ProcessEnv;
  before(() => {
    folder = makeFolder();
    env = cleanEnvironment(environment(join(folder.path, "room"), { TMPDIR: join(folder.path, "tmp") }));
    writeFiles(folder.path, { "tmp/.keep": "", "estates/branch.yaml": ESTATE });
  });
  after(() => folder.remove());

  const tool = (name: string, ...args: string[]): Promise<Said> => run(process.execPath, [join(ROOT, "tools", `${name}.js`), ...args], { cwd: ROOT, env });

  test("npm run example asks for the name of an example", async () => {
    assert.deepEqual(await tool("example"), { code: 1, text: "setup: name one example: npm run example -- <callmanager-renewal | cluster-bulk-exchange | contact-center-core | contact-center-cvp | phone-migration | quick-start>\n" });
  });

  test("npm run example names what there is when it is asked for something else", async () => {
    assert.deepEqual(await tool("example", "examples/nonsense"), { code: 1, text: 'setup: there is no example "examples/nonsense": npm run example -- <callmanager-renewal | cluster-bulk-exchange | contact-center-core | contact-center-cvp | phone-migration | quick-start>\n' });
  });

  test("npm run lab says which estate it cannot read", async () => {
    const { code, text } = await tool("lab", "nonsense.yaml");
    assert.equal(code, 2);
    assert.match(text, /^uccerts lab: the estate cannot be read: ENOENT: .*nonsense\.yaml'\n$/);
  });

  test("npm run lab takes one estate", async () => {
    assert.deepEqual(await tool("lab", "one.yaml", "two.yaml"), { code: 2, text: "uccerts lab: one estate at most, not 2\n" });
  });

  test("npm run lab reads an estate from where it was typed, and ends well at Ctrl-C", async () => {
    const child = spawn(process.execPath, [join(ROOT, "tools", "lab.js"), "branch.yaml", "--json"], { cwd: ROOT, env: { ...env, INIT_CWD: join(folder.path, "estates") }, stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "close");
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    assert.equal((JSON.parse(line) as { name: string }).name, "branch");
    child.kill("SIGINT");
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(readdirSync(join(folder.path, "room", "state", "lab")), []);
  });

  test("npm run build builds, and has nothing to do when everything is built", async () => {
    assert.deepEqual(await tool("ready"), { code: 0, text: "" });
  });
});
