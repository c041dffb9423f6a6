import { Cron } from 'croner';

export class CronError extends Error {}

const FIELDS = /^\S+(?:\s+\S+){4}$/;

/**
 * The instants at which a cron line is due. croner only computes; nothing here waits.
 * Five fields (minute hour day month weekday), so that nothing runs more than once a minute.
 */
export class CronLine {
  readonly #cron: Cron;

  /** Throws CronError with a text for people. */
  constructor(line: string, timeZone: string) {
    if (!FIELDS.test(line.trim())) throw new CronError('A cron line has five fields: minute, hour, day of the month, month, weekday. Example: 0 6 * * 1-5.');
    try {
      new Intl.DateTimeFormat('en', { timeZone });
    } catch {
      throw new CronError(`"${timeZone}" is no time zone. Use a name such as Europe/Berlin or UTC.`);
    }
    try {
      this.#cron = new Cron(line.trim(), { timezone: timeZone, paused: true });
    } catch (cause) {
      throw new CronError(`The cron line cannot be read: ${cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : 'unknown reason'}`);
    }
    if (this.#cron.nextRun() === null) throw new CronError('The cron line names a date that never comes.');
  }

  /** The first slot after `after`, in milliseconds since 1970; null when none comes. */
  next(after: number): number | null {
    return this.#cron.nextRun(new Date(after))?.getTime() ?? null;
  }

  /** The next `count` slots after `after`. */
  many(after: number, count: number): number[] {
    const slots: number[] = [];
    let at: number | null = after;
    while (slots.length < count && (at = this.next(at)) !== null) slots.push(at);
    return slots;
  }
}

/** An instant with the zone's own offset, such as 2026-03-29T03:30:00+02:00. */
export function withOffset(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}
