// Maintenance windows: what users notice waits for them, the rest does not.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { type Lab, startLab } from "../../lab";
import { program, restarts, served, writes } from "../support/a1";
import { type Run, TestStack } from "../support/stack";

const pad = (number: number) => String(number).padStart(2, "0");
const time = (date: Date) => `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
const minutesFromNow = (minutes: number) => time(new Date(Date.now() + minutes * 60_000));

/** A window in UTC, as an argument of Cluster. */
const windowOf = (from: string, to: string) => `maintenanceWindow: { from: "${from}", to: "${to}", timeZone: "UTC" }`;
const closed = () => windowOf(minutesFromNow(120), minutesFromNow(180));
const open = () => windowOf(minutesFromNow(-60), minutesFromNow(180));

describe("outside the maintenance window", () => {
  let lab: Lab, stack: TestStack, up: Run;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: program("", closed()) });
    up = await stack.up();
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("everything but the restarts is done, and the run ends with success", () => {
    assert.equal(up.code, 0, up.output);
    assert.deepEqual(writes(lab).map(({ action }) => action), ["generate CSR tomcat", "store trust certificate", "store trust certificate", "install tomcat", "install tomcat", "install tomcat"]);
    assert.equal(served(lab).size, 3, "every node still serves its own old certificate");
  });

  it("the run ends with the list of what is due, and when the window opens", () => {
    assert.match(up.output, /Due, and waiting for the maintenance window:\n +- cs-ccm-pub\.example\.com: restart Cisco Tomcat: the maintenance window \(every day .* UTC\) is closed; it opens at \S+Z\n +- cs-ccm-pub\.example\.com: restart Cisco UDS Tomcat: the restart before it is due/);
    assert.equal(up.output.match(/^ +- .*: restart /gm)!.length, 16, "also what may not be active: that is looked at when its turn comes");
  });

  it("a second run outside does nothing, asks no node, and lists it again", async () => {
    const mark = lab.history.mark();
    const again = await stack.up();
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /27 unchanged/);
    assert.match(again.output, /Due, and waiting for the maintenance window:/);
    assert.deepEqual(lab.history.since(mark).filter(({ interface: at }) => at !== "certsrv"), []);
  });

  it("a preview does not fail for it", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    assert.match(output, /cs-imp\.example\.com: restart Cisco Tomcat: the restart before it is due/);
  });

  it("inside the window the next run finishes, each service once", async () => {
    stack.write(program("", open()));
    const mark = lab.history.mark();
    const done = await stack.up();
    assert.equal(done.code, 0, done.output);
    assert.equal(restarts(lab, mark).length, 14);
    assert.equal(served(lab).size, 1);
    assert.doesNotMatch(done.output, /Due, and waiting/);
    assert.match((await stack.up()).output, /27 unchanged/);
  });
});

describe("a window that closes between two nodes", () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: program("", closed()), timing: { usualMinute: "100ms", serviceRestart: "3m", webReady: "3m" } });
    assert.equal((await stack.up()).code, 0);
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("what has begun is finished, what comes behind it is due, and the next window finishes it", async () => {
    const soon = new Date(Math.ceil((Date.now() + 15_000) / 60_000) * 60_000);
    // The publisher's Tomcat takes until the window has closed.
    lab.timing.tomcatStart = soon.getTime() - Date.now() + 1_000;
    stack.write(program("", windowOf(minutesFromNow(-60), time(soon))));
    const first = await stack.up();
    lab.timing.tomcatStart = 250;
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(restarts(lab), ["cs-ccm-pub: Cisco Tomcat"]);
    assert.match(first.output, /- cs-ccm-pub\.example\.com: restart Cisco UDS Tomcat: the maintenance window .* is closed/);
    stack.write(program("", open()));
    const second = await stack.up();
    assert.equal(second.code, 0, second.output);
    assert.equal(restarts(lab).length, 14, "none twice");
    assert.equal(served(lab).size, 1);
  });
});

describe('a rollout with stopAfter: "upload"', () => {
  let lab: Lab, stack: TestStack;
  before(async () => {
    lab = await startLab();
    stack = await TestStack.create({ lab, program: program(`rollout: { stopAfter: "upload" }`) });
  });
  after(async () => {
    await lab.stop();
    stack.dispose();
  });

  it("installs the certificate and leaves every restart due", async () => {
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    assert.deepEqual(restarts(lab), []);
    assert.match(output, /restart Cisco Tomcat: the rollout stops after the upload \(stopAfter\)/);
  });

  it("and without it the next night restarts what is due", async () => {
    await sleep(1);
    stack.write(program());
    assert.equal((await stack.up()).code, 0);
    assert.equal(restarts(lab).length, 14);
    assert.equal(served(lab).size, 1);
  });
});
