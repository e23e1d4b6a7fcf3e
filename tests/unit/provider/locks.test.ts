import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { ClusterLocks } from "../../../provider/locks";
import { until } from "../../support/until";

const MODULE = join(__dirname, "..", "..", "..", "provider", "locks.js");
const NEVER = new AbortController().signal;

let folder: string;
let lines: string[];
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "uccerts-locks-"));
  lines = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all([...children].map((child) => once(child, "exit")));
  rmSync(folder, { recursive: true, force: true });
});

function locks(wait = 5_000, where = folder): ClusterLocks {
  return new ClusterLocks({ folder: where, wait, poll: 10, say: (line) => lines.push(line) });
}

function lockFile(cluster = "pub"): string {
  return join(folder, `${cluster}.lock`);
}

/** Another process that takes the lock by the same code, says so, and holds it until a line is written to it. */
async function otherHolder(what: string): Promise<ChildProcess> {
  const program = `
    const { ClusterLocks } = require(${JSON.stringify(MODULE)});
    const locks = new ClusterLocks({ folder: ${JSON.stringify(folder)}, wait: 5000, poll: 10, say: () => {} });
    locks.exclusively("pub", ${JSON.stringify(what)}, new AbortController().signal, async () => {
      console.log("held");
      await new Promise((resolve) => process.stdin.once("data", resolve));
    }).then(() => process.exit(0));`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  await once(child.stdout, "data");
  return child;
}

/** A lock as a run leaves it that was killed. */
function leaveStale(content?: string): void {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(lockFile(), content ?? JSON.stringify({ pid, since: "2026-01-01T00:00:00.000Z", what: "upload tomcat" }));
}

/** Work that ends when it is told to. */
function held(): { work: () => Promise<void>; release: () => void; begun: Promise<void> } {
  let begin = () => {};
  let release = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const done = new Promise<void>((resolve) => (release = resolve));
  return {
    begun,
    release,
    work: () => {
      begin();
      return done;
    },
  };
}

describe("in one process", () => {
  test("work on one cluster is done one after the other, in the order of asking", async () => {
    const own = locks();
    const order: string[] = [];
    const turn = (name: string) =>
      own.exclusively("pub", name, NEVER, async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
      });
    await Promise.all([turn("a"), turn("b"), turn("c")]);
    assert.deepEqual(order, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  test("two clusters do not wait for each other", async () => {
    const own = locks();
    const first = held();
    const one = own.exclusively("pub", "a", NEVER, first.work);
    await first.begun;
    await own.exclusively("other", "b", NEVER, async () => {});
    first.release();
    await one;
  });

  test("two runs in one process wait for each other too", async () => {
    const first = held();
    const one = locks().exclusively("pub", "a", NEVER, first.work);
    await first.begun;
    const order: string[] = [];
    const other = locks().exclusively("pub", "b", NEVER, async () => void order.push("b"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(order, []);
    first.release();
    await Promise.all([one, other]);
    assert.deepEqual(order, ["b"]);
  });

  test("work that fails gives the lock back, and its failure to who asked", async () => {
    const own = locks();
    await assert.rejects(own.exclusively("pub", "a", NEVER, () => Promise.reject(new Error("broken"))), /broken/);
    assert.equal(await own.exclusively("pub", "b", NEVER, async () => "done"), "done");
  });

  test("what waits when the run is cancelled is never begun", async () => {
    const own = locks();
    const cancel = new AbortController();
    const first = held();
    const one = own.exclusively("pub", "a", cancel.signal, first.work);
    await first.begun;
    let begun = false;
    const other = own.exclusively("pub", "restart b", cancel.signal, async () => void (begun = true));
    cancel.abort();
    first.release();
    await one;
    await assert.rejects(other, /cancelled before "restart b" began on pub/);
    assert.equal(begun, false);
  });

  test("nothing is left in the folder afterwards", async () => {
    await locks().exclusively("pub", "a", NEVER, async () => assert.ok(existsSync(lockFile())));
    assert.deepEqual(readdirSync(folder), []);
  });

  test("a cluster's name cannot name a file elsewhere", async () => {
    await locks().exclusively("../../etc/x", "a", NEVER, async () => assert.deepEqual(readdirSync(folder), [".._.._etc_x.lock"]));
  });
});

describe("another process", () => {
  test("that works is waited for, and the waiter says who it is and what it does", async () => {
    const child = await otherHolder("restart Cisco Tomcat");
    const order: string[] = [];
    const waiting = locks().exclusively("pub", "a", NEVER, async () => void order.push("begun"));
    await until(() => lines.length > 0);
    assert.match(lines[0]!, new RegExp(`^waiting for another run on pub \\(process ${child.pid} on this machine, since 20..-.*: restart Cisco Tomcat\\)$`));
    assert.deepEqual(order, []);
    child.stdin!.write("go on\n");
    await waiting;
    assert.deepEqual(order, ["begun"]);
    assert.equal(lines.length, 1);
  });

  test("that works too long is named in the error, and keeps its lock", async () => {
    const child = await otherHolder("restart Cisco Tomcat");
    const message = new RegExp(`The cluster pub is being worked on by another run \\(process ${child.pid} .*restart Cisco Tomcat\\)\\. Wait for it, or end that process; then run "pulumi up" again`);
    await assert.rejects(locks(50).exclusively("pub", "a", NEVER, async () => {}), message);
    assert.equal((JSON.parse(readFileSync(lockFile(), "utf8")) as { pid: number }).pid, child.pid);
  });

  test("that was killed has left a file that holds nobody up", async () => {
    const child = await otherHolder("upload tomcat");
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.ok(existsSync(lockFile()));
    await locks().exclusively("pub", "a", NEVER, async () => {});
    assert.deepEqual([lines, readdirSync(folder)], [[], []]);
  });

  test("is not waited for any longer when the run is cancelled", async () => {
    await otherHolder("restart Cisco Tomcat");
    const cancel = new AbortController();
    const waiting = locks().exclusively("pub", "a", cancel.signal, async () => {});
    await until(() => lines.length > 0);
    cancel.abort();
    await assert.rejects(waiting, /cancelled/);
  });
});

describe("a file that was left", () => {
  test("by a run that is gone is taken over by exactly one of those who wait, in however many processes", async () => {
    leaveStale();
    const marker = join(folder, "inside");
    // Everyone leaves the lock stale again, as if it had been killed: every turn is a take-over.
    const program = `
      const { rmSync, writeFileSync } = require("node:fs");
      const { ClusterLocks } = require(${JSON.stringify(MODULE)});
      const stale = ${JSON.stringify(readFileSync(lockFile(), "utf8"))};
      const locks = new ClusterLocks({ folder: ${JSON.stringify(folder)}, wait: 20000, poll: 1, say: () => {} });
      const turn = () => locks.exclusively("pub", "turn", new AbortController().signal, async () => {
        writeFileSync(${JSON.stringify(marker)}, "", { flag: "wx" });
        await new Promise((resolve) => setTimeout(resolve, 1));
        rmSync(${JSON.stringify(marker)});
        writeFileSync(${JSON.stringify(lockFile())}, stale);
      });
      (async () => { for (let round = 0; round < 60; round++) await turn(); })().catch((error) => { console.error(error.message); process.exit(1); });`;
    const codes = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "inherit", "inherit"] });
        children.add(child);
        const [code] = (await once(child, "exit")) as [number];
        children.delete(child);
        return code;
      }),
    );
    assert.deepEqual(codes, [0, 0, 0]);
  });

  test("and holds no holder is stale", async () => {
    for (const content of ["", "{", "null", '{"pid":"1"}', '{"pid":-1}']) {
      leaveStale(content);
      assert.equal(await locks(50).exclusively("pub", "a", NEVER, async () => content), content);
    }
  });

  test("by somebody who died while removing a stale one does not last", async () => {
    leaveStale();
    const guard = `${lockFile()}.stale`;
    writeFileSync(guard, "");
    await assert.rejects(locks(50).exclusively("pub", "a", NEVER, async () => {}), /the lock .*pub\.lock of a run that is gone/);
    utimesSync(guard, new Date(0), new Date(0));
    assert.equal(await locks().exclusively("pub", "a", NEVER, async () => "done"), "done");
  });

  test("is not ours to remove when it is not ours any more", async () => {
    await locks().exclusively("pub", "a", NEVER, async () => leaveStale());
    assert.ok(existsSync(lockFile()));
  });
});

test("a folder that cannot be written is named, with the setting that moves it", { skip: process.getuid?.() === 0 && "root may write everywhere" }, async () => {
  chmodSync(folder, 0o500);
  await assert.rejects(locks().exclusively("pub", "a", NEVER, async () => {}), /cannot be written \(EACCES\)\. UCCERTS_STATE names another folder/);
});

test("a path that is a file cannot be the folder of locks", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  await assert.rejects(locks(50, join(file, "locks")).exclusively("pub", "a", NEVER, async () => {}), /The lock .* cannot be written \(ENOTDIR\)/);
});
