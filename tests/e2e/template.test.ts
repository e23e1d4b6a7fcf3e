// "pulumi new": the template, with the package as it will be published, on the lab.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { environment, run, type Said, Stack } from "../support/engine";
import { startLabProcess } from "../support/lab-process";
import { type Folder, makeFolder, ROOT } from "../support/project";
import { install, pack } from "../support/tarball";

const TEMPLATE = join(ROOT, "templates", "typescript");

interface Template {
  template?: { displayName: string; description: string; config: Record<string, { description: string; default: string }> };
}

function settings(folder: string): Template {
  return parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Template;
}

describe("the template", { timeout: 300_000 }, () => {
  let folder: Folder;
  let project: string;
  let env: NodeJS.ProcessEnv;
  let made: Said;
  before(async () => {
    folder = makeFolder();
    project = join(folder.path, "voice");
    env = environment(join(folder.path, "room"));
    made = await run("pulumi", ["new", TEMPLATE, "--generate-only", "--yes", "--name", "voice", "--description", "Voice of the head office", "--dir", project], { cwd: folder.path, env });
  });
  after(() => folder.remove());

  test("makes a project of the given name", () => {
    assert.equal(made.code, 0, made.text);
    const { name, description, template } = parse(readFileSync(join(project, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    assert.deepEqual({ name, description, template }, { name: "voice", description: "Voice of the head office", template: undefined });
    assert.equal((JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { name: string }).name, "voice");
    for (const file of ["index.ts", "tsconfig.json", "README.md", ".gitignore"]) {
      assert.ok(existsSync(join(project, file)), file);
      assert.doesNotMatch(readFileSync(join(project, file), "utf8"), /\$\{/);
    }
  });

  test("asks for the package in a version that is this one", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    const { dependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { dependencies: Record<string, string> };
    assert.equal(dependencies["pulumi-uccerts"], `^${version}`);
  });

  test("previews scenario A1 on the lab as it stands", async () => {
    await install(project, (await pack(folder.path)).path);
    const stack = await Stack.init(project, env);
    for (const [key, { default: value }] of Object.entries(settings(TEMPLATE).template!.config)) await stack.plain("config", "set", key, value);
    const lab = await startLabProcess(env);
    try {
      const { code, text } = await stack.preview();
      assert.equal(code, 0, text);
      assert.match(text, /restart Cisco Tomcat/);
    } finally {
      await lab.stop();
    }
  });
});

test("the repository itself is no template: pulumi new would copy all of it", () => {
  assert.equal(settings(ROOT).template, undefined);
});
