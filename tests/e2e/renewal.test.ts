// Renewal by age: decided from state and clock alone, the whole chain in one run.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { program, restarts, served, writes } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

/** Longer than a first issue takes, so that what is new is not at once too old. */
const AFTER = "40s";

describe("a renewal that is due", () => {
  let lab: Lab, stack: TestStack, preview: Run, up: Run, before1: string, mark: number;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: program(`renewal: { after: "${AFTER}" }`) });
    const first = await stack.up();
    assert.equal(first.code, 0, first.output);
    [before1] = [...served(lab)] as [string];
    const dueAt = Date.parse(String(stack.ofKind("Renewal")[0]!.outputs!.dueAt));
    await sleep(Math.max(0, dueAt - Date.now()) + 100);
    mark = lab.history.mark();
    preview = await stack.preview();
    assert.deepEqual(writes(lab, mark), []);
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("shows in a preview with its reason, and with the steps that it takes", () => {
    assert.equal(preview.code, 0, preview.output);
    assert.match(preview.output, new RegExp(`renewal is due since \\S+ \\(${AFTER} after \\S+\\)`));
    assert.match(preview.output, /\d+ +generate a tomcat CSR +cs-ccm-pub\.example\.com/);
    assert.match(preview.output, /\d+ +restart Cisco Tomcat +cs-imp\.example\.com/);
  });

  it("runs the whole chain once in one run: request, signature, certificate, restarts", () => {
    assert.equal(up.code, 0, up.output);
    const order = writes(lab, mark).map(({ action }) => action).filter((action) => !action.startsWith("restart"));
    assert.deepEqual(order, ["generate CSR tomcat", "install tomcat", "install tomcat", "install tomcat"]);
    assert.equal(lab.authority("ca").requests.length, 2);
    assert.equal(restarts(lab, mark).length, 14);
  });

  it("has every node serve the new certificate, and none the old one", () => {
    assert.equal(served(lab).size, 1);
    assert.ok(!served(lab).has(before1));
  });

  it("is not renewed again by a refresh, although the authority backdates its certificates", async () => {
    const refreshed = await stack.refresh();
    assert.equal(refreshed.code, 0, refreshed.output);
    assert.equal(String(stack.ofKind("MultiSanCsr")[0]!.outputs!.drift), "");
  });
});
