const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 10_080].map((minutes) => minutes * MINUTE);

/** At most seven round times of the local clock within [from, to], in milliseconds. */
export function timeTicks(from: number, to: number): number[] {
  const step = STEPS.find((each) => (to - from) / each <= 6) ?? STEPS.at(-1)!;
  const shift = new Date(from).getTimezoneOffset() * MINUTE;
  const found: number[] = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) found.push(at);
  return found;
}

const clock = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
const date = (at: number): string => new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

/** How a time reads on an axis of this length: the time of day, or the day. */
export const timeLabel = (at: number, span: number): string => (span > 2 * DAY ? date(at) : clock(at));
/** How it reads in a table. */
export const timeInFull = (at: number, span: number): string => (span > HOUR * 2 ? `${date(at)} ${clock(at)}` : clock(at));
