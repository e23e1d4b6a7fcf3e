// The ways in which the platform writes a moment. The lab's nodes live in UTC.
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function parts(date: Date) {
  return {
    day: DAYS[date.getUTCDay()]!,
    month: MONTHS[date.getUTCMonth()]!,
    date: two(date.getUTCDate()),
    year: date.getUTCFullYear(),
    time: [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":"),
  };
}

/** `Mon Feb 03 10:00:00 UTC 2025` */
export function zonedDate(value: Date): string {
  const { day, month, date, year, time } = parts(value);
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}

/** `Mon Feb 3 10:00:00 2025` */
export function plainDate(value: Date): string {
  const { day, month, date, year, time } = parts(value);
  return `${day} ${month} ${Number(date)} ${time} ${year}`;
}

/** `Mon Feb 03, 2025 10:00:00` */
export function statusDate(value: Date): string {
  const { day, month, date, year, time } = parts(value);
  return `${day} ${month} ${date}, ${year} ${time}`;
}

/** `10:00:00` */
export function clockTime(value: Date): string {
  return parts(value).time;
}

/** `2025-02-03-10-00-00` */
export function fileStamp(value: Date): string {
  return value.toISOString().slice(0, 19).replace(/[T:]/g, "-");
}
