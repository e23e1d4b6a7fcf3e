// A23: the core exchange on 12.6(2), whose store lies in the ICM folder (two AWs and a Rogger of it); entries that only the JRE's own store has count for nothing.
import assert from "node:assert/strict";
import { estateA21, type IdentityName, type Lab, startLab } from "../../lab";
import { coreAttempts, distrusted, domain, entriesOf, exchangeStack, importByHand, only } from "../support/exchange";
import { after, before, describe, test } from "../support/hosts-test";
import type { TestStack } from "../support/stack";

const STORE = "C:\\icm\\ssl\\cacerts";

describe("A23, the core exchange on 12.6(2)", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack, jre: string;
  before(async () => {
    lab = await startLab(only(estateA21("12.6(2)"), "awa", "awb", "roggera"));
    jre = `${lab.host(domain("awa")).layout.javaHomes[0]!}\\lib\\security\\cacerts`;
    for (const kind of ["IIS", "DFP"] satisfies IdentityName[]) await importByHand(lab, "awa", { path: jre, alias: `roggera.example.com_${kind}`, of: "roggera", kind });
    await lab.host(domain("awa")).services.restart("Tomcat9");
    stack = await exchangeStack(lab);
  });
  after(async () => {
    stack?.dispose();
    await lab?.stop();
  });

  test("entries that are only in the JRE's store are missing: all are imported into the store of the release", async () => {
    const before = entriesOf(lab, "awa", jre);
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.ok(output.includes(`awa.example.com: change ${STORE}: 6 new`), output);
    assert.deepEqual(stack.ofKind("KeystoreEntries").map(({ outputs }) => outputs!.path), Array.from({ length: 3 }, () => STORE));
    assert.deepEqual(entriesOf(lab, "awa", jre), before);
    assert.deepEqual(await distrusted(lab, coreAttempts(lab)), []);
  });

  test("a refresh reports entries that are gone from it as missing, though the JRE's store has them", async () => {
    const host = lab.host(domain("awa"));
    host.drive.write(STORE, host.trust.pristine!);
    const { code, output } = await stack.refresh();
    assert.equal(code, 0, output);
    assert.match(output, /KeystoreEntries exchange-awa-truststore +updated/);
    const { outputs } = stack.ofKind("KeystoreEntries").find(({ urn }) => urn.endsWith("::exchange-awa-truststore"))!;
    assert.deepEqual(outputs!.fingerprints, {});
    const { output: preview } = await stack.preview();
    assert.match(preview, /import 6 entries into the truststore +awa\.example\.com/);
  });
});
