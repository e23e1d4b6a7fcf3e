// The packed package, installed in an empty project as a user does it, on the real engine.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { environment, run, Stack, writeFiles } from "../support/engine";
import { type Folder, makeFolder, ROOT, type Sdk, SDKS } from "../support/project";
import { install, pack, type Tarball, versionIn } from "../support/tarball";

const PULUMI = (main: string) => `name: packed\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: ${main}\n`;
const PROGRAM = `const { Renewal } = require("pulumi-uccerts");\nconst yearly = new Renewal("yearly", { after: "300d" });\nexports.generation = yearly.generation;\n`;
const NATIVE = `import { Renewal } from "pulumi-uccerts";\nimport { getAuthorityChain } from "pulumi-uccerts/live";\nexport const yearly = new Renewal("yearly", { after: "300d" }).generation;\nexport const kind = typeof getAuthorityChain;\n`;
const TYPED = `import { Cluster, MultiServerCertificate, Renewal } from "pulumi-uccerts";
import { connectionsOf, startLab } from "pulumi-uccerts/lab";
import { getAuthorityChain } from "pulumi-uccerts/live";
import { handler } from "pulumi-uccerts/provider";

export const all = [Cluster, MultiServerCertificate, connectionsOf, startLab, handler];
export const chain: Promise<string[]> = getAuthorityChain("ca");
export const generation: import("@pulumi/pulumi").Output<string> = new Renewal("yearly", { after: "300d" }).generation;
// @ts-expect-error a number is no duration
new Renewal("wrong", { after: 300 });
// @ts-expect-error importing is not offered
new Renewal("wrong", { after: "300d" }, { import: "renewal" });
`;
const TSCONFIG = (module: string, moduleResolution: string) => JSON.stringify({ compilerOptions: { target: "ES2021", module, moduleResolution, strict: true, noEmit: true, types: [] }, files: ["typed.ts"] });

let folder: Folder;
let tarball: Tarball;
before(async () => {
  folder = makeFolder();
  tarball = await pack(folder.path);
});
after(() => folder.remove());

describe("the packed package", () => {
  const ALLOWED = [/^dist\/(cli|domain|lab|live|provider|sdk)\/([\w-]+\/)*[\w-]+(\.d\.ts|\.js)$/, /^package\.json$/, /^(README|CHANGELOG)\.md$/, /^LICENSE$/];

  test("holds what runs, its types and its papers, and nothing else", () => {
    assert.deepEqual(tarball.files.filter((path) => !ALLOWED.some((pattern) => pattern.test(path))), []);
  });

  test("holds everything that it offers", () => {
    const offered = ["sdk", "provider", "live", "lab"].flatMap((name) => [`dist/${name}/index.js`, `dist/${name}/index.d.ts`]);
    assert.deepEqual([...offered, "dist/cli/index.js", "package.json"].filter((path) => !tarball.files.includes(path)), []);
  });
});

/** An empty project with the package and an SDK, both installed by npm. */
async function makeEmptyProject(sdk: Sdk): Promise<string> {
  const project = join(folder.path, sdk);
  writeFiles(project, { "package.json": '{ "name": "empty", "private": true }', "Pulumi.yaml": PULUMI("index.js"), "index.js": PROGRAM, "index.mjs": NATIVE, "typed.ts": TYPED });
  await install(project, tarball.path, `@pulumi/pulumi@${versionIn(ROOT, SDKS[sdk])}`);
  return project;
}

let installed: string;

for (const sdk of ["oldest", "newest"] satisfies Sdk[])
  describe(`the packed package in an empty project with the ${sdk} SDK`, { timeout: 300_000 }, () => {
    let project: string;
    before(async () => void (project = installed = await makeEmptyProject(sdk)));

    test("is installed beside that SDK alone", () => {
      assert.equal(versionIn(project, "@pulumi/pulumi"), versionIn(ROOT, SDKS[sdk]));
      assert.equal(versionIn(project, "pulumi-uccerts/node_modules/@pulumi/pulumi"), undefined);
    });

    test("makes a resource, finds nothing to do a second time, and removes it", async () => {
      const stack = await Stack.init(project, environment(join(folder.path, `${sdk}-room`)));
      const first = await stack.up();
      assert.match(first.text, /\+ 2 created/, first.text);
      const { generation } = await stack.outputs();
      const second = await stack.up();
      assert.match(second.text, /2 unchanged/, second.text);
      assert.deepEqual(await stack.outputs(), { generation });
      const third = await stack.destroy();
      assert.match(third.text, /- 2 deleted/, third.text);
      assert.deepEqual([first.code, second.code, third.code], [0, 0, 0]);
    });
  });

describe("the installed package", { timeout: 300_000 }, () => {
  test("works in a program of native modules", async () => {
    writeFiles(installed, { "Pulumi.yaml": PULUMI("index.mjs") });
    const stack = await Stack.init(installed, environment(join(folder.path, "native-room")));
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    assert.equal((await stack.outputs()).kind, "function");
  });

  for (const [module, resolution] of [["nodenext", "nodenext"], ["commonjs", "node10"]] as const)
    test(`has types for a program with "moduleResolution": "${resolution}"`, async () => {
      writeFiles(installed, { "tsconfig.json": TSCONFIG(module, resolution) });
      const { code, text } = await run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", "."], { cwd: installed });
      assert.deepEqual({ code, text }, { code: 0, text: "" });
    });

  test("brings the command", async () => {
    const { code, text } = await run(join(installed, "node_modules", ".bin", "uccerts"), ["--help"], { cwd: installed });
    assert.equal(code, 0);
    assert.match(text, /^Usage: uccerts <command>/);
  });
});
