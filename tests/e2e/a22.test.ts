// A22: the core exchange on 12.5(1a), whose stores are those of OpenJDK, on the real engine: two AWs and a Rogger of it.
import assert from "node:assert/strict";
import { estateA21, type Lab, startLab } from "../../lab";
import { coreAttempts, deedNames, distrusted, domain, exchangeStack, only } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import type { TestStack } from "../support/stack";

const STORE = "C:\\Program Files (x86)\\OpenJDK\\jre-8.0.272.10-hotspot\\lib\\security\\cacerts";

describe("A22, the core exchange on 12.5(1a)", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(only(estateA21("12.5(1a)"), "awa", "awb", "roggera"));
    stack = await exchangeStack(lab);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });

  test("imports into the store of CCE_JAVA_HOME, and everything is trusted", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(stack.ofKind("KeystoreEntries").map(({ outputs }) => outputs!.path), Array.from({ length: 3 }, () => STORE));
    assert.ok(output.includes(`awa.example.com: change ${STORE}: 6 new`), output);
    assert.deepEqual(await distrusted(lab, coreAttempts(lab)), []);
  });

  test("puts back what a Java update has thrown away, after a refresh, and restarts only that server (R118)", async () => {
    const mark = lab.history.mark();
    await lab.host(domain("awa")).updateJava();
    const { code, output } = await stack.up("--refresh");
    assert.equal(code, 0, output);
    assert.deepEqual(deedNames(lab, mark), ["import into awa", "restart Tomcat9 on awa"]);
    assert.deepEqual(await distrusted(lab, coreAttempts(lab)), []);
  });
});
