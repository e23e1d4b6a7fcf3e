// Windows of any shape, at any moment, in zones that change their clocks at different hours.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DAYS, type MaintenanceWindow, mayBegin, minutesLeft, nextOpening } from "../../../domain/windows";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const ZONES = ["UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"];

/** The wall clock, written down in another way than windows.ts does: `2026-03-29 02:30`. */
function wall(at: Date, timeZone: string): { date: string; time: string } {
  const [date, time] = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at).split(" ");
  return { date: date!, time: time! };
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - DAY).toISOString().slice(0, 10);
}

/** Whether the clock on the wall says that the window is open. */
function openByTheWall({ days, from, to, timeZone, freeze = [] }: MaintenanceWindow, at: Date): boolean {
  const { date, time } = wall(at, timeZone);
  const opens = (on: string) => !freeze.includes(on) && (!days || days.includes(DAYS[new Date(on).getUTCDay()]!));
  if (from < to) return opens(date) && from <= time && time < to;
  return (opens(date) && from <= time) || (opens(dayBefore(date)) && time < to);
}

/** Whether the zone changes its clocks within a day and a half of a moment. */
function nearChange(at: Date, timeZone: string): boolean {
  const offset = (ms: number) => Date.parse(`${Object.values(wall(new Date(ms), timeZone)).join("T")}Z`) - Math.floor(ms / MINUTE) * MINUTE;
  return offset(at.getTime() - 1.5 * DAY) !== offset(at.getTime() + 1.5 * DAY);
}

const two = (value: number) => String(value).padStart(2, "0");
const time = fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const anyMoment = fc.date({ min: new Date("2026-01-01T00:00:00Z"), max: new Date("2027-12-31T00:00:00Z"), noInvalidDate: true });
/** Moments around the Sundays on which clocks change. */
const changing = fc.tuple(fc.constantFrom("2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-09-06", "2026-10-25", "2026-10-29", "2026-11-01"), fc.integer({ min: -2880, max: 2880 })).map(([date, minutes]) => new Date(Date.parse(date) + minutes * MINUTE));
const moment = fc.oneof(anyMoment, changing);
const date = fc.oneof(anyMoment, changing).map((at) => at.toISOString().slice(0, 10));
const window: fc.Arbitrary<MaintenanceWindow> = fc.record({
  days: fc.option(fc.subarray([...DAYS], { minLength: 1 }), { nil: undefined }),
  from: time,
  to: time,
  timeZone: fc.constantFrom(...ZONES),
  freeze: fc.option(fc.array(date, { maxLength: 5 }), { nil: undefined }),
});
const RUNS = { numRuns: 400 };

describe("any window, at any moment", () => {
  test("is never open when the clock on the wall says that it is closed", () => {
    fc.assert(fc.property(window, moment, (any, at) => minutesLeft(any, at) === 0 || openByTheWall(any, at)), RUNS);
  });

  test("is open whenever the clock on the wall says so, away from a change of clocks", () => {
    fc.assert(fc.property(window, moment, (any, at) => nearChange(at, any.timeZone) || minutesLeft(any, at) > 0 === openByTheWall(any, at)), RUNS);
  });

  test("stays open for the minutes that are left, and not a minute longer", () => {
    fc.assert(
      fc.property(window, moment, (any, at) => {
        const left = minutesLeft(any, at);
        if (left === 0) return;
        const close = at.getTime() + left * MINUTE;
        const remaining = minutesLeft(any, new Date(close - MINUTE / 2));
        assert.equal(remaining, 0.5);
        assert.ok(minutesLeft(any, new Date(close)) === 0 || any.from === any.to, "closed");
      }),
      RUNS,
    );
  });

  test("a step may begin exactly when it is shorter than the minutes that are left", () => {
    fc.assert(fc.property(window, moment, fc.nat(1500), (any, at, minutes) => mayBegin(any, at, minutes) === minutesLeft(any, at) > minutes), RUNS);
  });

  test("may begin at its next opening, and not in the minute before, unless it was open then", () => {
    fc.assert(
      fc.property(window, moment, (any, at) => {
        const next = nextOpening(any, at);
        if (!next) return assert.fail("five frozen dates do not close a window for a year");
        assert.ok(next > at, "later than now");
        assert.equal(mayBegin(any, next), true);
        const before = new Date(next.getTime() - MINUTE);
        assert.ok(!mayBegin(any, before) || openByTheWall(any, before));
      }),
      RUNS,
    );
  });

  test("does not open between now and its next opening", () => {
    fc.assert(
      fc.property(window, moment, fc.double({ min: 0, max: 1, noNaN: true }), (any, at, part) => {
        const next = nextOpening(any, at)!;
        const between = new Date(Math.floor(at.getTime() + part * (next.getTime() - at.getTime() - 1)));
        const left = minutesLeft(any, between);
        // Open in between only when it was open all along.
        assert.ok(left === 0 || minutesLeft(any, at) > 0, between.toISOString());
      }),
      RUNS,
    );
  });

  test("does not open on a frozen date", () => {
    fc.assert(fc.property(window, moment, (any, at) => {
      const next = nextOpening(any, at)!;
      assert.ok(!(any.freeze ?? []).includes(wall(next, any.timeZone).date));
    }), RUNS);
  });
});
