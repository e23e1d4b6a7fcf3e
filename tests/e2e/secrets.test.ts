// No password and no private key in the state, in what is printed, or in what a run leaves on disk; failing runs included.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connectionsOf, type Lab, startLab } from "../../lab";
import { program, PUB, SUB } from "../support/a1";
import { leaks as leaksOf, passwordsIn, type Place, textsBelow } from "../support/leaks";
import { type Run, TestStack } from "../support/stack";

describe("the secrets of the connections", () => {
  let lab: Lab, stack: TestStack, passwords: string[];
  const runs: [what: string, run: Run][] = [];
  const locks: string[] = [];
  before(async () => {
    lab = await startLab();
    passwords = passwordsIn(connectionsOf(lab));
    stack = await TestStack.create({ lab, program: program(`csrFile: "tomcat.csr"`), timing: { webReady: "2s" } });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  const leaks = (places: readonly Place[]) => leaksOf(places, passwords);

  /** Runs, and reads meanwhile what stands in the lock files. */
  async function watched(what: string, run: Promise<Run>): Promise<Run> {
    const folder = join(stack.folder, "state", "locks");
    const look = setInterval(() => {
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder)) locks.push(textOf(join(folder, name)));
    }, 20);
    try {
      const done = await run;
      runs.push([what, done]);
      return done;
    } finally {
      clearInterval(look);
    }
  }

  /** A lock may be given back between two looks. */
  function textOf(file: string): string {
    try {
      return readFileSync(file, "latin1");
    } catch {
      return "";
    }
  }

  it("are found by this search where they are", () => {
    assert.ok(passwords.length >= 3, String(passwords.length));
    for (const password of passwords) assert.ok(leaks([["here", `x${password}y`]]).length > 0);
    assert.deepEqual(leaks([["here", "-----BEGIN PRIVATE KEY-----"]]), ["here: PRIVATE KEY"]);
  });

  it("are used by runs that fail and runs that succeed", async () => {
    assert.equal((await watched("preview", stack.preview("--diff"))).code, 0);
    // A log-in is refused.
    const wrong = structuredClone(connectionsOf(lab)) as { ca: { certsrv: { password: string } }; hq: { osAdministrator: { password: string } } };
    wrong.hq.osAdministrator.password = "Wrong-but-secret-1";
    passwords.push("Wrong-but-secret-1");
    stack.setConnections(wrong);
    assert.notEqual((await watched("wrong password", stack.up("--diff"))).code, 0);
    stack.setConnections(connectionsOf(lab));
    // The command line dies in the middle.
    lab.faults.add({ fault: "dropped connection", node: SUB, interface: "cli", action: "show version", times: 1 });
    lab.faults.add({ fault: "old certificate", node: PUB, times: 2 });
    assert.notEqual((await watched("a restart that is not proved", stack.up("--diff", "--verbose=3", "--logtostderr"))).code, 0);
    assert.equal((await watched("up", stack.up("--diff"))).code, 0);
    assert.equal((await watched("refresh", stack.refresh("--diff"))).code, 0);
    assert.equal((await watched("export", stack.run("stack", "export"))).code, 0);
  });

  it("stand in nothing that was printed", () => assert.deepEqual(leaks(runs.map(([what, { output }]) => [what, output])), []));

  it("stand in no lock file", () => {
    assert.ok(locks.some((text) => text.includes("restart Cisco Tomcat")), "lock files were seen");
    assert.deepEqual(leaks(locks.map((text, index) => [`lock ${index}`, text])), []);
  });

  it("stand in no file of the stack, its history and backups, or our state folder", () => {
    const left = textsBelow(stack.folder).filter(([name]) => !name.endsWith("connections.json"));
    assert.ok(left.some(([name]) => name.endsWith("test.json")) && left.some(([name]) => name.endsWith("tomcat.csr")), "state and request were searched");
    assert.deepEqual(leaks(left), []);
  });
});
