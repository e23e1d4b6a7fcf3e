import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import type { VosNode } from "../../lab/vos/node";
import { logIn } from "./support/cli-client";
import { PUB, startNodes, SUB, within } from "./support/estates";
import { basic, rest } from "./support/node-client";

type Way = "REST" | "SSH";

async function enters(node: VosNode, way: Way, password = node.cluster.osAdministrator.password): Promise<boolean> {
  if (way === "REST") return (await rest(node, "GET /snapshot/server", undefined, { headers: basic(node.cluster.osAdministrator.username, password) })).status === 200;
  return logIn(node, { password }).then(
    (client) => (client.end(), true),
    () => false,
  );
}

const WAYS: Way[] = ["REST", "SSH"];

/** Only the date: servers and clients keep their own timers. */
function stopClock({ mock }: TestContext): void {
  mock.timers.enable({ apis: ["Date"], now: Date.now() });
}

describe("an OS account", () => {
  for (const way of WAYS)
    test(`that was locked over ${way} is locked for 300 seconds, over REST and over SSH`, (context) =>
      within(startNodes(), async (lab) => {
        const pub = lab.node(PUB);
        stopClock(context);
        for (let attempt = 0; attempt < 3; attempt++) assert.equal(await enters(pub, way, "wrong"), false);
        context.mock.timers.tick(299_000);
        for (const other of WAYS) assert.equal(await enters(pub, other), false, other);
        context.mock.timers.tick(1_000);
        for (const other of WAYS) assert.equal(await enters(pub, other), true, other);
      }));

  test("is locked by wrong passwords that came in both ways", () =>
    within(startNodes(), async (lab) => {
      for (const way of ["REST", "SSH", "REST"] as const) assert.equal(await enters(lab.node(PUB), way, "wrong"), false);
      for (const way of WAYS) assert.equal(await enters(lab.node(PUB), way), false, way);
      for (const way of WAYS) assert.equal(await enters(lab.node(SUB), way), true, `${way} of another node`);
    }));

  test("is not locked longer by what is tried while it is locked", (context) =>
    within(startNodes(), async (lab) => {
      stopClock(context);
      for (let attempt = 0; attempt < 3; attempt++) await enters(lab.node(PUB), "REST", "wrong");
      context.mock.timers.tick(200_000);
      for (let attempt = 0; attempt < 3; attempt++) assert.equal(await enters(lab.node(PUB), "REST", "wrong"), false);
      context.mock.timers.tick(100_000);
      assert.ok(await enters(lab.node(PUB), "REST"));
    }));

  test("is not locked by a user name that does not exist", () =>
    within(startNodes(), async (lab) => {
      for (let attempt = 0; attempt < 4; attempt++) assert.equal((await rest(lab.node(PUB), "GET /snapshot/server", undefined, { headers: basic("nobody", "wrong") })).status, 401);
      assert.ok(await enters(lab.node(PUB), "REST"));
    }));
});
