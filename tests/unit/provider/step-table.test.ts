import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Step } from "../../../provider/lifecycle";
import { stepTable } from "../../../provider/step-table";

const UPLOAD: Step = { what: "upload tomcat", where: "pub.example.com", reason: "no certificate satisfies", minutes: 1 };
const WINDOW = { from: "22:00", to: "23:00", timeZone: "Etc/UTC" } as const;
const RESTART: Step = { what: "restart Cisco Tomcat", where: "pub.example.com", reason: "a new certificate", notice: "web pages", minutes: 10, window: WINDOW };
const NOON = new Date("2026-06-01T12:00:00Z");
const NIGHT = new Date("2026-06-01T22:15:00Z");

describe("the table of steps", () => {
  test("numbers the steps in their order, with what users notice and the minutes", () => {
    const lines = stepTable([UPLOAD, RESTART], NOON).split("\n");
    assert.equal(lines[0], "Steps that this would take, in order:");
    assert.match(lines[1]!, /^# {2}step +where +why +away meanwhile +min$/);
    assert.match(lines[2]!, /^1 {2}upload tomcat +pub\.example\.com +no certificate satisfies +1$/);
    assert.match(lines[3]!, /^2 {2}restart Cisco Tomcat +pub\.example\.com +a new certificate +web pages +10$/);
  });

  test("sums the minutes and says how many steps users notice", () => {
    assert.match(stepTable([UPLOAD, RESTART], NOON), /2 steps, usually 11 minutes; users notice 1 of them\./);
    assert.match(stepTable([UPLOAD], NOON), /1 steps, usually 1 minutes; users notice nothing\.$/);
  });

  test("a step without minutes counts as none", () => assert.match(stepTable([{ ...UPLOAD, minutes: undefined }], NOON), /usually 0 minutes/));

  test("without a window nothing is said of one", () => assert.doesNotMatch(stepTable([{ ...RESTART, window: undefined }], NIGHT), /maintenance window/));

  test("outside the window it says when the next one opens and that the steps would be due", () => {
    assert.match(stepTable([RESTART], NOON), /is closed until 2026-06-01T22:00:00\.000Z: the steps that users notice would be left due\.$/);
  });

  test("inside the window it says when they end and how much of it is left", () => {
    assert.match(stepTable([UPLOAD, RESTART], NIGHT), /end at about 2026-06-01T22:25:00\.000Z, inside the maintenance window \(.*, 45 minutes left\)\.$/);
  });

  test("steps that take longer than what is left of the window end after it", () => {
    assert.match(stepTable(Array<Step>(5).fill(RESTART), NIGHT), /after the end of the maintenance window/);
  });
});
