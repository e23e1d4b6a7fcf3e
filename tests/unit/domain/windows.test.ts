import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DAYS, type MaintenanceWindow, mayBegin, minutesLeft, nextOpening, windowFailures, windowText } from "../../../domain/windows";

const NIGHT: MaintenanceWindow = { days: ["Saturday"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" };
const EVENING: MaintenanceWindow = { from: "20:00", to: "23:00", timeZone: "America/New_York" };

/** Minutes left at moments that are written in UTC. */
function leftAt(window: MaintenanceWindow, moments: Record<string, number>): void {
  for (const [at, minutes] of Object.entries(moments)) assert.equal(minutesLeft(window, new Date(at)), minutes, at);
}

describe("a window within one day", () => {
  test("is open from its first minute until just before its last", () => {
    leftAt(EVENING, { "2026-02-02T00:59:59.999Z": 0, "2026-02-02T01:00:00Z": 180, "2026-02-02T03:59:00Z": 1, "2026-02-02T04:00:00Z": 0 });
  });

  test("opens only on its days", () => {
    const sunday: MaintenanceWindow = { ...EVENING, days: ["Sunday"] };
    leftAt(sunday, { "2026-02-02T01:30:00Z": 150, "2026-02-03T01:30:00Z": 0 });
  });

  test("seconds count", () => {
    leftAt(EVENING, { "2026-02-02T03:59:30Z": 0.5 });
  });
});

describe("a window over midnight", () => {
  test("belongs to the day on which it opened", () => {
    leftAt(NIGHT, { "2026-06-06T19:59:00Z": 0, "2026-06-06T20:00:00Z": 360, "2026-06-06T22:30:00Z": 210, "2026-06-07T02:00:00Z": 0, "2026-06-07T20:30:00Z": 0 });
  });

  test("the same time at both ends is a whole day", () => {
    const day: MaintenanceWindow = { ...NIGHT, from: "22:00", to: "22:00" };
    leftAt(day, { "2026-06-06T20:00:00Z": 1440, "2026-06-07T19:59:00Z": 1, "2026-06-07T20:00:00Z": 0 });
  });
});

describe("freeze dates", () => {
  test("on a frozen date it does not open", () => {
    leftAt({ ...NIGHT, freeze: ["2026-06-06"] }, { "2026-06-06T20:30:00Z": 0, "2026-06-06T22:30:00Z": 0 });
  });

  test("what opened on the evening before a frozen date stays open", () => {
    leftAt({ ...NIGHT, freeze: ["2026-06-07"] }, { "2026-06-06T22:30:00Z": 210 });
  });

  test("the date is that of the window's own time zone", () => {
    leftAt({ ...EVENING, freeze: ["2026-02-01"] }, { "2026-02-02T01:30:00Z": 0, "2026-02-03T01:30:00Z": 150 });
  });
});

describe("summer time in Berlin: clocks go forward on 29 March 2026 and back on 25 October 2026", () => {
  test("a night that loses an hour is an hour shorter", () => {
    leftAt(NIGHT, { "2026-03-28T21:00:00Z": 300, "2026-03-29T00:59:00Z": 61, "2026-03-29T01:59:00Z": 1, "2026-03-29T02:00:00Z": 0 });
  });

  test("a night that gains an hour is an hour longer", () => {
    leftAt(NIGHT, { "2026-10-24T20:00:00Z": 420, "2026-10-25T02:59:00Z": 1, "2026-10-25T03:00:00Z": 0 });
  });

  test("Saturday's window is closed in the night after the short Sunday", () => {
    leftAt(NIGHT, { "2026-03-29T22:30:00Z": 0 });
  });

  test("Sunday's window is open in the night after the short Sunday", () => {
    leftAt({ ...NIGHT, days: ["Sunday"] }, { "2026-03-29T22:30:00Z": 210 });
  });

  test("it opens late when its first minute does not exist", () => {
    const window: MaintenanceWindow = { from: "02:30", to: "05:00", timeZone: "Europe/Berlin" };
    leftAt(window, { "2026-03-29T00:59:00Z": 0, "2026-03-29T01:00:00Z": 120, "2026-03-29T03:00:00Z": 0 });
  });

  test("it does not open when none of its minutes exist", () => {
    const window: MaintenanceWindow = { from: "02:10", to: "02:50", timeZone: "Europe/Berlin" };
    leftAt(window, { "2026-03-29T00:30:00Z": 0, "2026-03-29T01:00:00Z": 0, "2026-03-29T01:20:00Z": 0 });
    assert.equal(nextOpening(window, new Date("2026-03-28T12:00:00Z"))?.toISOString(), "2026-03-30T00:10:00.000Z");
  });

  test("of a repeated hour the second opens and the first closes it", () => {
    leftAt({ ...NIGHT, to: "02:30" }, { "2026-10-25T00:29:00Z": 1, "2026-10-25T00:30:00Z": 0, "2026-10-25T01:15:00Z": 0 });
    leftAt({ from: "02:30", to: "05:00", timeZone: "Europe/Berlin" }, { "2026-10-25T00:45:00Z": 0, "2026-10-25T01:30:00Z": 150 });
  });

  test("the next opening is at the declared time of day though the change lies in between", () => {
    const sunday: MaintenanceWindow = { ...NIGHT, days: ["Sunday"] };
    assert.equal(nextOpening(sunday, new Date("2026-03-29T00:00:00Z"))?.toISOString(), "2026-03-29T20:00:00.000Z");
    assert.equal(nextOpening(sunday, new Date("2026-03-28T22:30:00Z"))?.toISOString(), "2026-03-29T20:00:00.000Z");
    assert.equal(nextOpening(sunday, new Date("2026-10-25T00:00:00Z"))?.toISOString(), "2026-10-25T21:00:00.000Z");
  });

  test("a zone in which the day begins at one o'clock", () => {
    const window: MaintenanceWindow = { from: "00:00", to: "03:00", timeZone: "Africa/Cairo" };
    leftAt(window, { "2026-04-23T21:59:00Z": 0, "2026-04-23T22:00:00Z": 120 });
  });
});

describe("whether a step may begin", () => {
  const at = new Date("2026-02-02T03:50:00Z");

  test("without a window anything may", () => {
    assert.equal(mayBegin(undefined, at, 600), true);
  });

  test("a step that ends within the window may", () => {
    assert.equal(mayBegin(EVENING, at, 9), true);
  });

  test("a step that would still run when the window closes may not", () => {
    assert.equal(mayBegin(EVENING, at, 10), false);
  });

  test("nothing may while the window is closed, however short", () => {
    assert.equal(mayBegin(EVENING, new Date("2026-02-02T12:00:00Z")), false);
  });
});

describe("the next opening", () => {
  test("is today's when that is still to come", () => {
    assert.equal(nextOpening(EVENING, new Date("2026-02-01T12:00:00Z"))?.toISOString(), "2026-02-02T01:00:00.000Z");
  });

  test("is the following one while the window is open", () => {
    assert.equal(nextOpening(NIGHT, new Date("2026-06-06T21:00:00Z"))?.toISOString(), "2026-06-13T20:00:00.000Z");
  });

  test("passes over frozen dates", () => {
    assert.equal(nextOpening({ ...NIGHT, freeze: ["2026-06-06", "2026-06-13"] }, new Date("2026-06-01T12:00:00Z"))?.toISOString(), "2026-06-20T20:00:00.000Z");
  });

  test("is not there when a year of dates is frozen", () => {
    const freeze = Array.from({ length: 400 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
    assert.equal(nextOpening({ ...EVENING, freeze }, new Date("2026-01-01T12:00:00Z")), undefined);
  });
});

describe("what is wrong with a window", () => {
  test("nothing", () => {
    assert.deepEqual(windowFailures({ ...NIGHT, freeze: ["2026-12-24", "2028-02-29"] }), []);
  });

  const BROKEN: [Partial<MaintenanceWindow>, string][] = [
    [{ from: "9:00" }, 'from "9:00" is no time of day: write HH:MM, such as "22:00"'],
    [{ to: "24:00" }, 'to "24:00" is no time of day: write HH:MM, such as "22:00"'],
    [{ days: ["Samstag" as "Saturday"] }, `days: "Samstag" is no day: write one of ${DAYS.join(", ")}`],
    [{ days: [] }, "days is empty: the window would never open"],
    [{ freeze: ["24.12.2026"] }, 'freeze: "24.12.2026" is no date: write YYYY-MM-DD'],
    [{ freeze: ["2026-02-30"] }, 'freeze: "2026-02-30" is no date: write YYYY-MM-DD'],
    [{ timeZone: "Berlin" }, 'timeZone "Berlin" is unknown: write an IANA name, such as "Europe/Berlin"'],
    [{ timeZone: "" }, 'timeZone "" is unknown: write an IANA name, such as "Europe/Berlin"'],
  ];
  for (const [broken, sentence] of BROKEN)
    test(sentence, () => {
      assert.deepEqual(windowFailures({ ...NIGHT, ...broken }), [sentence]);
    });

  test("everything at once", () => {
    assert.equal(windowFailures({ days: [], from: "x", to: "y", timeZone: "z", freeze: ["w"] }).length, 5);
  });
});

describe("how a window is written", () => {
  test("days, times and zone", () => {
    assert.equal(windowText({ ...NIGHT, days: ["Saturday", "Sunday"] }), "Saturday, Sunday 22:00–04:00 Europe/Berlin");
    assert.equal(windowText(EVENING), "every day 20:00–23:00 America/New_York");
  });
});
