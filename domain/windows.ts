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
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MINUTE = 60_000;

/** Everything that is wrong with a window, one sentence each. */
export function windowFailures(window: MaintenanceWindow): string[] {
  const failures: string[] = [];
  const days = window.days ?? DAYS;
  const badDates = (window.freeze ?? []).filter((date) => !DATE.test(date) || Number.isNaN(Date.parse(date)));
  const badTimes = (["from", "to"] as const).filter((key) => !TIME.test(window[key]));
  failures.push(...badTimes.map((key) => `${key} "${String(window[key])}" is no time of day: write HH:MM, such as "22:00"`));
  failures.push(...days.filter((day) => !DAYS.includes(day)).map((day) => `days: "${day}" is no day: write one of ${DAYS.join(", ")}`));
  failures.push(...badDates.map((date) => `freeze: "${date}" is no date: write YYYY-MM-DD`));
  if (days.length === 0) failures.push("days is empty: the window would never open");
  if (!isTimeZone(window.timeZone)) failures.push(`timeZone "${String(window.timeZone)}" is unknown: write an IANA name, such as "Europe/Berlin"`);
  return failures;
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone });
    return typeof timeZone === "string" && timeZone !== "";
  } catch {
    return false;
  }
}

/** The wall clock of a zone at a moment. */
interface Wall {
  date: string;
  day: Day;
  /** Minutes since midnight, with fractions. */
  minutes: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function wallClock(at: Date, timeZone: string): Wall {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "long", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    formatters.set(timeZone, formatter);
  }
  const parts = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  const minutes = Number(parts.hour) * 60 + Number(parts.minute) + Number(parts.second) / 60 + at.getMilliseconds() / MINUTE;
  return { date: `${parts.year}-${parts.month}-${parts.day}`, day: parts.weekday as Day, minutes };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return hours! * 60 + minutes!;
}

/** Whether a window may open on the date and day of `wall`. */
function opensOn({ days, freeze }: MaintenanceWindow, { date, day }: Wall): boolean {
  return (!days || days.includes(day)) && !(freeze ?? []).includes(date);
}

/**
 * Minutes until the window closes at `now`; 0 when it is closed.
 * A window over midnight belongs to the day on which it opened. Wall-clock minutes: at a change of summer time an hour may be longer or shorter.
 */
export function minutesLeft(window: MaintenanceWindow, now: Date): number {
  const [from, to] = [minutesOf(window.from), minutesOf(window.to)];
  const today = wallClock(now, window.timeZone);
  const overnight = to <= from;
  if (opensOn(window, today) && today.minutes >= from && (overnight || today.minutes < to)) return (overnight ? to + 1440 : to) - today.minutes;
  const yesterday = wallClock(new Date(now.getTime() - 1440 * MINUTE), window.timeZone);
  if (overnight && today.minutes < to && opensOn(window, yesterday)) return to - today.minutes;
  return 0;
}

/** Whether a step of usual length `minutes` may begin at `now`: the window is open, and long enough still. */
export function mayBegin(window: MaintenanceWindow | undefined, now: Date, minutes = 0): boolean {
  return !window || minutesLeft(window, now) > minutes;
}

/** The next moment at which the window opens, to the minute; undefined when it does not within a year (all dates frozen). */
export function nextOpening(window: MaintenanceWindow, now: Date): Date | undefined {
  const from = minutesOf(window.from);
  for (let day = 0; day <= 366; day++) {
    const probe = new Date(now.getTime() + day * 1440 * MINUTE);
    const wall = wallClock(probe, window.timeZone);
    const at = new Date(Math.floor((probe.getTime() + (from - wall.minutes) * MINUTE) / MINUTE + 0.5) * MINUTE);
    if (opensOn(window, wall) && at > now) return at;
  }
  return undefined;
}

/** `Saturday, Sunday 22:00–04:00 Europe/Berlin`. */
export function windowText({ days, from, to, timeZone }: MaintenanceWindow): string {
  return `${days ? days.join(", ") : "every day"} ${from}–${to} ${timeZone}`;
}
