import { describe, expect, it } from 'vitest';
import { manySlots, slotsOf } from './slots.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Apia',
];
/** Where lines with tens of thousands of slots are looked at too: a whole hour, half an hour, an odd offset, twice a year around Ramadan. */
const OFTEN = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca'];
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2028, 0, 1);

/** The wall time of each minute, read off Intl: day by day where the clocks stand still, minute by minute where they change. */
function walls(timeZone: string): Float64Array {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const wallOf = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute);
  };
  const found = new Float64Array((TO - FROM) / MINUTE + 1);
  for (let day = FROM; day <= TO; day += DAY) {
    const steady = wallOf(day + DAY) - wallOf(day) === DAY;
    const first = wallOf(day);
    for (let at = day; at < day + DAY && at <= TO; at += MINUTE) found[(at - FROM) / MINUTE] = steady ? first + (at - day) : wallOf(at);
  }
  return found;
}

/** Whether a wall time is one of a line's; written out here, apart from the code that is tested. */
interface Rule {
  readonly cron: string;
  /** Certain times of day: once a day, whatever the clocks do. */
  readonly fixed: boolean;
  matches(hour: number, minute: number, weekday: number): boolean;
}
const RULES: readonly Rule[] = [
  { cron: '30 2 * * *', fixed: true, matches: (hour, minute) => hour === 2 && minute === 30 },
  { cron: '15 0,1,2,3 * * *', fixed: true, matches: (hour, minute) => hour <= 3 && minute === 15 },
  { cron: '0 6 * * 1-5', fixed: true, matches: (hour, minute, weekday) => hour === 6 && minute === 0 && weekday >= 1 && weekday <= 5 },
  { cron: '*/30 * * * *', fixed: false, matches: (_hour, minute) => minute % 30 === 0 },
  { cron: '10 */2 * * *', fixed: false, matches: (hour, minute) => hour % 2 === 0 && minute === 10 },
];

/** Every minute of two years is looked at: a slot is a minute whose wall time matches and is new, or the minute after a gap in which one lay. */
function expected(times: Float64Array, { fixed, matches }: Rule): number[] {
  const isDue = (wall: number): boolean => {
    const minutes = wall / MINUTE;
    return matches(Math.floor(minutes / 60) % 24, minutes % 60, (Math.floor(wall / DAY) + 4) % 7);
  };
  const slots: number[] = [];
  let highest = times[0]! - MINUTE;
  for (let index = 0; index < times.length; index++) {
    const wall = times[index]!;
    const before = index === 0 ? wall - MINUTE : times[index - 1]!;
    const isNew = wall > highest;
    let due = isDue(wall) && (isNew || !fixed);
    if (fixed && isNew) for (let gone = Math.max(before, highest) + MINUTE; gone < wall; gone += MINUTE) due ||= isDue(gone);
    if (due) slots.push(FROM + index * MINUTE);
    highest = Math.max(highest, wall);
  }
  return slots;
}

describe.each(ZONES)('over two years, the slots in %s', (timeZone) => {
  const times = walls(timeZone);
  it.each(RULES.filter(({ fixed }) => fixed || OFTEN.includes(timeZone)))('of $cron are those that looking at every minute gives', (rule) => {
    const wanted = expected(times, rule);
    const found = manySlots(slotsOf({ kind: 'cron', cron: rule.cron }, timeZone, { endAt: TO }), FROM - 1, wanted.length + 10);
    expect(found.map((at) => new Date(at).toISOString())).toEqual(wanted.map((at) => new Date(at).toISOString()));
  });
});

describe('the next slot', () => {
  it('is the same from wherever it is asked, also between clocks that were turned back', () => {
    for (const timeZone of ['Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York']) {
      const slots = slotsOf({ kind: 'cron', cron: '30 1,2 * * *' }, timeZone);
      for (const around of [Date.UTC(2026, 9, 25), Date.UTC(2026, 3, 4, 12), Date.UTC(2026, 10, 1)]) {
        const list = manySlots(slots, around - DAY, 12);
        for (let at = around - DAY; at < around + DAY; at += 5 * MINUTE) expect(slots.next(at)).toBe(list.find((slot) => slot > at));
      }
    }
  });
});
