// An exchange that people make in OS Administration: each step is pending with its clicks until it is verified.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { A16, estateOf, exchangeText, orders, SOURCE_PUB, DESTINATION_PUB } from "../support/bulk-exchange";
import { TestStack } from "../support/stack";
import { answersFor, holds, own } from "../lab/support/bulk";

describe("a bulk exchange by people", { timeout: 300_000 }, () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab(estateOf(A16));
    stack = await TestStack.create({ lab, program: exchangeText(A16, 'by: "person"') });
  });
  after(async () => {
    await lab?.stop();
    stack?.dispose();
  });
  const page = (fqdn: string) => lab.node(fqdn).administration;
  const pending = async (...expected: RegExp[]) => {
    const { code, output } = await stack.up("--continue-on-error");
    assert.notEqual(code, 0, output);
    for (const one of expected) assert.match(output, one);
    assert.deepEqual(orders(lab), [], "nothing is run on the command line");
  };

  it("waits for the exports, with the clicks for each", () =>
    pending(/A person exports the certificates of cluster "source":/, /On CUCM1151PUB\.example\.com: Cisco Unified OS Administration > Security > Bulk Certificate Management\s+1\. IP Address sftp\.example\.com, Port 22, User ID bulk, its password, Directory \/exchange; Save\.\s+2\. Export, Certificate Type all; Export\./));

  it("waits for the consolidation when both have exported", async () => {
    for (const fqdn of [SOURCE_PUB, DESTINATION_PUB]) {
      await page(fqdn).saveBulkServer({ ...answersFor(lab), port: 22 });
      await page(fqdn).bulk("export", "all");
    }
    await pending(/A person consolidates, once, on CUCM1052PUB\.example\.com alone/);
  });

  it("waits for the imports, and names what each node lacks", async () => {
    // Times of files are whole seconds.
    await new Promise((done) => setTimeout(done, 1100));
    await page(SOURCE_PUB).bulk("consolidate", "all");
    await pending(/A person imports on cluster "source", whose phones reset:/, /R98 CUCM1052PUB\.example\.com: its Phone-SAST-trust lacks the CallManager certificate of CUCM1151PUB\.example\.com/);
  });

  it("is done when every node knows the others' certificates", async () => {
    for (const fqdn of [SOURCE_PUB, DESTINATION_PUB]) await page(fqdn).bulk("import", "all");
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(orders(lab), []);
    assert.ok(holds(lab, SOURCE_PUB, "tomcat-trust", own(lab, DESTINATION_PUB, "tomcat")));
  });

  it("a second up asks nobody", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(lab.history.since(mark), []);
  });
});
