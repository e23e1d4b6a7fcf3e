// Maintenance windows: when what users notice may happen. Pure; the clock is given.

export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
export type Day = (typeof DAYS)[number];

/** When steps that users notice may run. */
export interface MaintenanceWindow {
  /** Days on which it opens. Default: every day. */
  days?: readonly Day[];
  /** Time of day at which it opens, `HH:MM`. */
  from: string;
  /** Time of day at which it closes, `HH:MM`; not later than `from` means on the next day. */
  to: string;
  /** IANA name of the time zone, such as `Europe/Berlin`. */
  timeZone: string;
  /** Dates, `YYYY-MM-DD` in that zone, on which it does not open. */
  freeze?: readonly string[];
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Everything that is wrong with a window, one sentence each. */
export function windowFailures(window: MaintenanceWindow): string[] {
  const failures: string[] = [];
  const days = window.days ?? DAYS;
  const badDates = (window.freeze ?? []).filter((date) => !isDate(date));
  const badTimes = (["from", "to"] as const).filter((key) => !TIME.test(window[key]));
  failures.push(...badTimes.map((key) => `${key} "${String(window[key])}" is no time of day: write HH:MM, such as "22:00"`));
  failures.push(...days.filter((day) => !DAYS.includes(day)).map((day) => `days: "${day}" is no day: write one of ${DAYS.join(", ")}`));
  failures.push(...badDates.map((date) => `freeze: "${date}" is no date: write YYYY-MM-DD`));
  if (days.length === 0) failures.push("days is empty: the window would never open");
  if (!isTimeZone(window.timeZone)) failures.push(`timeZone "${String(window.timeZone)}" is unknown: write an IANA name, such as "Europe/Berlin"`);
  return failures;
}

/** A date of the calendar: not 30 February, which Date.parse would take for 2 March. */
function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone });
    return typeof timeZone === "string" && timeZone !== "";
  } catch {
    return false;
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the wall clock of a zone shows at a moment, as if that were UTC. */
function wallClock(at: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" });
    formatters.set(timeZone, formatter);
  }
  const part = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) + (((at % 1000) + 1000) % 1000);
}

/** The first and the last moment at which the wall clock shows `wall`; where summer time skips it, the moment of the change. */
function momentsOf(wall: number, timeZone: string): { first: number; last: number } {
  const guesses = [wall - DAY, wall + DAY].map((at) => wall - (wallClock(at, timeZone) - at));
  const exact = guesses.filter((at) => wallClock(at, timeZone) === wall);
  if (exact.length > 0) return { first: Math.min(...exact), last: Math.max(...exact) };
  let change = Math.min(...guesses);
  while (wallClock(change, timeZone) < wall) change += MINUTE;
  return { first: change, last: change };
}

function timeOfDay(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours! * 60 + minutes!) * MINUTE;
}

/** The day, as its midnight in UTC, that the wall clock shows at `now`. */
function dayOf(now: Date, timeZone: string): number {
  return Math.floor(wallClock(now.getTime(), timeZone) / DAY) * DAY;
}

/**
 * From when to when the window that opens on `day` is open; undefined when it does not open on that day.
 * An hour that the end of summer time repeats: it opens in the second and closes in the first, so that it is never longer than declared.
 */
function opening({ days, from, to, timeZone, freeze = [] }: MaintenanceWindow, day: number): { open: number; close: number } | undefined {
  const date = new Date(day);
  if ((days && !days.includes(DAYS[date.getUTCDay()]!)) || freeze.includes(date.toISOString().slice(0, 10))) return undefined;
  const open = momentsOf(day + timeOfDay(from), timeZone).last;
  const { first, last } = momentsOf(day + timeOfDay(to) + (timeOfDay(to) <= timeOfDay(from) ? DAY : 0), timeZone);
  const close = first > open ? first : last;
  return close > open ? { open, close } : undefined;
}

/** Minutes until the window closes at `now`; 0 when it is closed. A window over midnight belongs to the day on which it opened. */
export function minutesLeft(window: MaintenanceWindow, now: Date): number {
  const [today, at] = [dayOf(now, window.timeZone), now.getTime()];
  const left = [today, today - DAY].map((day) => opening(window, day)).map((one) => (one && one.open <= at && at < one.close ? (one.close - at) / MINUTE : 0));
  return Math.max(...left);
}

/** Whether a step of usual length `minutes` may begin at `now`: the window is open, and long enough still. */
export function mayBegin(window: MaintenanceWindow | undefined, now: Date, minutes = 0): boolean {
  return !window || minutesLeft(window, now) > minutes;
}

/** The next moment at which the window opens, to the minute; undefined when it does not within a year (all dates frozen). */
export function nextOpening(window: MaintenanceWindow, now: Date): Date | undefined {
  const today = dayOf(now, window.timeZone);
  for (let day = today; day <= today + 366 * DAY; day += DAY) {
    const next = opening(window, day);
    if (next && next.open > now.getTime()) return new Date(next.open);
  }
  return undefined;
}

/** `Saturday, Sunday 22:00–04:00 Europe/Berlin`. */
export function windowText({ days, from, to, timeZone }: MaintenanceWindow): string {
  return `${days ? days.join(", ") : "every day"} ${from}–${to} ${timeZone}`;
}
