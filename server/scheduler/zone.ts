const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
    formats.set(timeZone, format);
  }
  return format;
}

const partsOf = (at: number, timeZone: string): ((type: Intl.DateTimeFormatPartTypes) => string) => {
  const parts = formatOf(timeZone).formatToParts(at);
  return (type) => parts.find((each) => each.type === type)?.value ?? '';
};

/** Whether it is the name of a time zone. */
export function isZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** An instant with the zone's own offset, such as 2026-03-29T03:30:00+02:00. */
export function withOffset(at: number, timeZone: string): string {
  const part = partsOf(at, timeZone);
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

/** What a zone's clocks show beyond UTC at an instant, in milliseconds. */
export function offsetAt(at: number, timeZone: string): number {
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(partsOf(at, timeZone)('timeZoneName'));
  if (!match) return 0;
  const [, sign, hours, minutes, seconds = '0'] = match;
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}

/** A time during which a zone's clocks keep one offset; `until` is its end, and may lie before the next change. */
export interface Segment {
  readonly offset: number;
  readonly until: number;
}

/** The offsets of one zone; what was found out is kept. */
export class Zone {
  readonly #timeZone: string;
  readonly #days = new Map<number, readonly Segment[]>();

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** The segment that holds an instant. */
  segment(at: number): Segment {
    const day = Math.floor(at / DAY);
    return this.#ofDay(day).find(({ until }) => at < until)!;
  }

  /** Days of UTC; a day in which clocks change has two segments. */
  #ofDay(day: number): readonly Segment[] {
    const known = this.#days.get(day);
    if (known) return known;
    const [begin, end] = [day * DAY, (day + 1) * DAY];
    const [first, last] = [offsetAt(begin, this.#timeZone), offsetAt(end - 1, this.#timeZone)];
    const segments =
      first === last
        ? [{ offset: first, until: end }]
        : [
            { offset: first, until: this.#change(begin, end, first) },
            { offset: last, until: end },
          ];
    if (this.#days.size > 5_000) this.#days.clear();
    this.#days.set(day, segments);
    return segments;
  }

  #change(begin: number, end: number, offset: number): number {
    let [low, high] = [begin, end];
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (offsetAt(middle, this.#timeZone) === offset) low = middle;
      else high = middle;
    }
    return high;
  }
}
