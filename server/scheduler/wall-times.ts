import { Cron } from 'croner';
import type { Recurrence } from './timing.ts';

const DAY = 86_400_000;

export class TimingError extends Error {
  override readonly name = 'TimingError';
}

/** Times as a clock on the wall shows them, written as if they were UTC. */
export interface WallTimes {
  /** The first time after another one; null when none comes. */
  next(after: number): number | null;
  /**
   * Whether it names certain times of day. Those come once a day: at the end of the gap when the clocks leave them out, and only the first time
   * when the clocks show them twice. The others come whenever the clocks show them.
   */
  readonly fixed: boolean;
}

const FIELDS = /^\S+(?:\s+\S+){4}$/;

/** Of a cron line with five fields. @throws TimingError with a text for people */
export function cronTimes(line: string): WallTimes {
  const trimmed = line.trim();
  if (!FIELDS.test(trimmed)) throw new TimingError('A cron line has five fields: minute, hour, day of the month, month, weekday. Example: 0 6 * * 1-5.');
  let cron: Cron;
  try {
    cron = new Cron(trimmed, { utcOffset: 0, paused: true });
  } catch (cause) {
    throw new TimingError(`The cron line cannot be read: ${cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : 'unknown reason'}`);
  }
  if (cron.nextRun() === null) throw new TimingError('The cron line names a date that never comes.');
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() ?? null, fixed: !trimmed.split(/\s+/)[1]!.includes('*') };
}

const minutesOf = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return (hour * 60 + minute) * 60_000;
};

/** Days are numbers since 1970. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
const dateOf = (day: number) => {
  const date = new Date(day * DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), date: date.getUTCDate() };
};
const lengthOf = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/** Whether a day is one of a recurrence of days, weeks or months that counts from the day of `anchor`. */
function isDue(day: number, anchor: number, { frequency, interval, weekdays, monthDays }: Recurrence): boolean {
  if (frequency === 'day') return (day - anchor) % interval === 0;
  if (frequency === 'week') {
    // Weeks begin on Monday.
    const weekOf = (each: number): number => Math.floor((each + 3) / 7);
    return (weekOf(day) - weekOf(anchor)) % interval === 0 && (weekdays?.length ? weekdays : [weekdayOf(anchor)]).includes(weekdayOf(day));
  }
  const [from, to] = [dateOf(anchor), dateOf(day)];
  if (((to.year - from.year) * 12 + to.month - from.month) % interval !== 0) return false;
  const days = monthDays?.length ? monthDays : [from.date];
  return days.includes(to.date) || (days.includes(-1) && to.date === lengthOf(to.year, to.month));
}

/** How many days without a slot are looked through: the 29th of February comes every eight years at worst, and that of every 12th month later. */
const LONGEST_PAUSE = 40 * 366;

/** Of every so many days, weeks or months, counted from the day of `anchor`, a wall time. Nothing comes before that day. */
export function calendarTimes(recurrence: Recurrence, anchor: number): WallTimes {
  const first = Math.floor(anchor / DAY);
  const given = recurrence.times?.length ? recurrence.times.map(minutesOf) : [Math.floor((anchor - first * DAY) / 60_000) * 60_000];
  const times = [...new Set(given)].sort((a, b) => a - b);
  return {
    fixed: true,
    next(after) {
      const begin = Math.max(first, Math.floor(after / DAY));
      for (let day = begin; day < begin + LONGEST_PAUSE; day++) {
        if (!isDue(day, first, recurrence)) continue;
        const time = times.find((each) => day * DAY + each > after);
        if (time !== undefined) return day * DAY + time;
      }
      return null;
    },
  };
}
