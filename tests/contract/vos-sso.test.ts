// SSO of a VOS node through the contract: what it tells, and that it is switched off once.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultName } from "../../lab";
import { startNodes } from "../lab/support/estates";
import { Bench, fails, SUB } from "./support";

describe("SSO of a node", () => {
  const bench = new Bench(() => startNodes());
  const health = () => bench.lab.node(SUB).health;
  const disabled = (since: number) => bench.lab.history.since(since).filter(({ action }) => action === "disable SSO").length;

  test("that is off is off, with nothing else to tell", async () => {
    assert.deepEqual(await bench.run().vos(SUB).sso(), { on: false, test: undefined, metadataExported: undefined });
  });

  test("that is on comes with its test and the date of its metadata", async () => {
    health().sso = true;
    assert.deepEqual(await bench.run().vos(SUB).sso(), { on: true, test: "passed", metadataExported: new Date("2024-03-04T09:00:42Z") });
  });

  test("whose test failed says so", async () => {
    Object.assign(health(), { sso: true, saml: { ...health().saml, test: "failed" } });
    assert.equal((await bench.run().vos(SUB).sso()).test, "failed");
  });

  test("is switched off, and a second time is nothing", async () => {
    health().sso = true;
    const mark = bench.lab.history.mark();
    const vos = bench.run().vos(SUB);
    await vos.disableSso();
    await vos.disableSso();
    assert.deepEqual([health().sso, disabled(mark)], [false, 1]);
  });

  for (const fault of ["dropped answer", "lost prompt"] as FaultName[])
    test(`is looked up after a ${fault}, and not switched off again`, async () => {
      health().sso = true;
      const mark = bench.lab.history.mark();
      bench.lab.faults.add({ fault, node: SUB, interface: "cli", action: "utils sso disable", times: 1 });
      await bench.run({ timing: { cliCommand: "1s" } }).vos(SUB).disableSso();
      assert.deepEqual([health().sso, disabled(mark)], [false, 1]);
    });

  test("that could not be switched off is an error, and it is tried once", async () => {
    health().sso = true;
    bench.lab.faults.add({ fault: "dropped connection", node: SUB, interface: "cli", action: "utils sso disable", times: 1 });
    const run = bench.run();
    await fails(run.vos(SUB).disableSso(), { kind: "connection", node: SUB, action: "switch SSO off", answer: /./ });
    assert.ok(health().sso);
    assert.equal(run.asked("cli", "utils sso disable").length, 1);
  });
});
