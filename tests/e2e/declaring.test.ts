// What declaring a resource does to the program around it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { TestStack } from "../support/stack";

const PROGRAM = `
  const limit = Error.stackTraceLimit;
  const renewal = new uccerts.Renewal("renewal", { after: "300d", generation: undefined });
  require("node:fs").writeFileSync("seen.json", JSON.stringify({
    before: limit,
    after: Error.stackTraceLimit,
    properties: Object.keys(renewal).filter((name) => pulumi.Output.isInstance(renewal[name])),
  }));`;

describe("a program that declares a resource", () => {
  let lab: Lab, stack: TestStack, seen: { before: number; after: number; properties: string[] };
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: PROGRAM });
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    seen = JSON.parse(readFileSync(join(stack.folder, "seen.json"), "utf8")) as typeof seen;
  });
  after(async () => {
    stack.dispose();
    await lab.stop();
  });

  it("keeps the length of its own stacks", () => assert.equal(seen.after, seen.before));

  it("can read every output, also one that it handed over as undefined", () => assert.deepEqual(seen.properties.filter((name) => ["after", "generation", "dueAt"].includes(name)).sort(), ["after", "dueAt", "generation"]));
});
