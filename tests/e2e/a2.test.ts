// A2: a tomcat certificate on a cluster with SSO on (Cisco 118731): suspended for the upload, switched on again by a person, then a second round of restarts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab";
import { IMP, program, PUB, restarts, served, SUB, writes } from "../support/a1";
import { ssoOn, startWithSso, story } from "../support/sso";
import { type Run, TestStack } from "../support/stack";

const SUSPEND = `sso: "suspend",`;
const OFF = /Switched off, and to be switched on again:\n +- cluster "hq": SSO is off on cs-ccm-pub\.example\.com, cs-ccm-sub\.example\.com, cs-imp\.example\.com since/;
const SECOND_ROUND = ["cs-ccm-pub: Cisco Tomcat", "cs-ccm-pub: Cisco UDS Tomcat", "cs-ccm-sub: Cisco Tomcat", "cs-ccm-sub: Cisco UDS Tomcat", "cs-imp: Cisco Tomcat"];

describe("A2, SSO is on", () => {
  let lab: Lab, stack: TestStack, refused: Run, preview: Run, first: Run;
  before(async () => {
    lab = await startWithSso();
    stack = await TestStack.create({ lab, program: program() });
    refused = await stack.up();
    assert.deepEqual(writes(lab), []);
    stack.write(program(SUSPEND));
    preview = await stack.preview();
    first = await stack.up();
  });
  after(async () => {
    stack.dispose();
    await lab.stop();
  });

  it("is refused without sso: \"suspend\" (R38), before anything is written", () => {
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, new RegExp(`R38 ${SUB}: SSO is on\\. .*declare sso: "suspend"`));
  });

  it("is previewed with the suspension before the upload, the person after the restarts, and the second round", () => {
    const steps = [...preview.output.matchAll(/^ {4}(\d+) +(.+?)  +(\S+)/gm)].map(([, , what]) => what!);
    const at = (what: string) => steps.indexOf(what);
    assert.ok(at("switch SSO off (utils sso disable)") > 0, preview.output);
    assert.ok(at("switch SSO off (utils sso disable)") < at("upload the tomcat certificate"));
    assert.ok(at("SSO: a person switches it on again") > at("restart Cisco Tftp"));
    assert.equal(steps.slice(at("SSO: a person switches it on again") + 1).length, 5);
  });

  it("has it off on every node, by CLI and database, before the upload; restarts everything; then waits for a person", () => {
    assert.notEqual(first.code, 0, "a pending SSO is an error");
    const told = story(lab.history.entries);
    assert.deepEqual(told.slice(0, 7), ["cs-ccm-pub: disable SSO", "cs-ccm-sub: disable SSO", "cs-imp: disable SSO", "cs-ccm-pub: install tomcat", "cs-ccm-sub: install tomcat", "cs-imp: install tomcat", "cs-ccm-pub: restart Cisco Tomcat"]);
    assert.equal(restarts(lab).length, 14);
    assert.equal(served(lab).size, 1);
    assert.match(first.output, /R40 cs-imp\.example\.com: SSO is off[\s\S]*Only a person can switch it on:[\s\S]*1\. .*Export All Metadata[\s\S]*Run SSO Test/);
  });

  it("every run and every preview says so until then, and does nothing else", async () => {
    assert.match(first.output, OFF);
    const mark = lab.history.mark();
    const look = await stack.preview();
    assert.match(look.output, OFF);
    assert.deepEqual(lab.history.since(mark).filter(({ interface: at }) => at !== "certsrv"), [], "a preview asks no node");
    const again = await stack.up();
    assert.notEqual(again.code, 0);
    assert.match(again.output, OFF);
    assert.deepEqual(writes(lab, mark), []);
  });

  it("when a person has switched it on, the next run verifies it and makes the second round, one node after the other", async () => {
    await lab.cluster("hq").enableSso();
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(restarts(lab, mark), SECOND_ROUND);
    const spans = lab.history.since(mark).filter(({ action }) => action.startsWith("restart "));
    for (let index = 1; index < spans.length; index++) assert.ok(spans[index]!.at >= spans[index - 1]!.until!);
    assert.match(output, /SSO is on again on cs-ccm-pub/);
    assert.doesNotMatch(output, OFF);
  });

  it("then nothing is left to do, no node is asked, and nothing is said of SSO", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.match(output, /34 unchanged/);
    assert.doesNotMatch(output, /SSO/);
    assert.deepEqual(lab.history.since(mark).filter(({ interface: at }) => at !== "certsrv"), []);
  });

  it("is left on at destroy", async () => {
    const { code, output } = await stack.destroy();
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /SSO was switched off/);
    assert.deepEqual(ssoOn(lab), ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"]);
  });

  it("and an estate in order is adopted with SSO on: nothing is suspended, written or restarted", async () => {
    const mark = lab.history.mark();
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(writes(lab, mark), []);
    assert.deepEqual(ssoOn(lab), ["cs-ccm-pub", "cs-ccm-sub", "cs-imp"]);
    assert.match((await stack.up()).output, /34 unchanged/);
  });
});

describe("A2, a signature that is pending", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startWithSso({ authorities: [{ name: "ca", fqdn: "ca.example.com", decision: "hold" }] });
    stack = await TestStack.create({ lab, program: program(SUSPEND) });
  });
  after(async () => {
    stack.dispose();
    await lab.stop();
  });

  it("suspends nothing; a run that breaks off between suspension and upload is resumed, and says that SSO is off; removed, it says the steps", async () => {
    const waiting = await stack.up();
    assert.match(waiting.output, /request 32 is pending/);
    assert.equal(ssoOn(lab).length, 3);
    assert.doesNotMatch(waiting.output, OFF);

    await lab.authority("ca").issue(32);
    lab.faults.add({ fault: "dropped connection", node: PUB, interface: "rest", action: "POST /identity/certificates", times: 1 });
    const broken = await stack.up();
    assert.notEqual(broken.code, 0);
    assert.deepEqual(ssoOn(lab), []);
    assert.match(broken.output, OFF);
    lab.faults.clear();
    assert.match((await stack.preview()).output, OFF);

    const carried = await stack.up();
    assert.notEqual(carried.code, 0);
    assert.match(carried.output, /R40 cs-ccm-pub\.example\.com: SSO is off/);
    assert.equal(story(lab.history.entries).filter((line) => line.endsWith("disable SSO")).length, 3, "switched off once");
    assert.equal(served(lab).size, 1);

    stack.write(program());
    const removed = await stack.up();
    assert.equal(removed.code, 0, removed.output);
    assert.match(removed.output, new RegExp(`Warning: cluster "hq": SSO was switched off for a certificate and is not on again on ${PUB}, ${SUB}, ${IMP}\\. Nothing but a person can switch it on:`));
    assert.deepEqual(ssoOn(lab), []);
  });
});
