// What a person does with SSO in the lab, and what then differs.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Lab, startLab } from "../../lab";
import { startManagement } from "../../lab/management";
import { CliClient } from "./support/cli-client";

const SUB = "cs-ccm-sub.example.com";
let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.stop());

const status = () => CliClient.once(lab.node(SUB), "utils sso status");
const modes = () => lab.cluster("hq").nodes.map(({ health }) => (health.ssoInDatabase ?? health.sso));

async function disable(): Promise<void> {
  const cli = await CliClient.open(lab.node(SUB));
  cli.send("utils sso disable\n");
  await cli.see("(yes/no) ? ");
  cli.send("yes\n");
  await cli.answer();
  cli.close();
}

describe("a person who enables SSO", () => {
  test("has it on on every node with a passed test and today's dates, and Tomcat restarted on one node after the other", async () => {
    await lab.cluster("hq").enableSso();
    const shown = await status();
    assert.match(shown, new RegExp(`SAML SSO Enabled[\\s\\S]*SP Metadata Exported Date = .* ${new Date().getUTCFullYear()}[\\s\\S]*Test Status = passed`));
    const spans = lab.history.of("platform", "restart Cisco Tomcat");
    assert.equal(spans.length, 3);
    for (let index = 1; index < spans.length; index++) assert.ok(spans[index]!.at >= spans[index - 1]!.until!);
  });

  test("may have a failed test, or leave the metadata as it was", async () => {
    await lab.cluster("hq").enableSso({ test: "failed", metadata: "old" });
    assert.match(await status(), /SP Metadata Exported Date = Mon Mar 04 09:00:42 UTC 2024[\s\S]*Test Status = failed/);
  });

  test("may be a program in another process", async () => {
    const management = await startManagement(lab);
    const post = (body: object) => fetch(`${management.url}/clusters/hq/sso`, { method: "POST", headers: { authorization: `Bearer ${management.token}` }, body: JSON.stringify(body) });
    const answers = [await post({}), await post({ test: "perhaps" })];
    assert.deepEqual(answers.map((answer) => answer.status), [200, 400]);
    assert.deepEqual(((await answers[0]!.json()) as { sso: boolean }[]).map(({ sso }) => sso), [true, true, true]);
    await answers[1]!.text();
    await management.stop();
  });
});

describe("the fault that leaves SSO in the database", () => {
  test("is of one node and one command; enabling it puts both right", async () => {
    await lab.cluster("hq").enableSso();
    lab.faults.add({ fault: "SSO stays in the database", node: SUB, times: 1 });
    await disable();
    assert.match(await status(), /SAML SSO Disabled/);
    assert.deepEqual(modes(), [true, true, true]);
    await lab.cluster("hq").enableSso({ nodes: [lab.node(SUB)] });
    await disable();
    assert.deepEqual(modes(), [true, false, true]);
  });
});
