import { describe, expect, it } from 'vitest';
import { describeCron } from './describe-cron.ts';
import { manySlots, slotsOf, type Slots } from './slots.ts';
import { TimingError } from './wall-times.ts';
import { withOffset } from './zone.ts';

const at = (text: string): number => Date.parse(text);
const cron = (line: string, zone: string): Slots => slotsOf({ kind: 'cron', cron: line }, zone);
const slots = (line: string, zone: string, after: string, count: number): string[] =>
  manySlots(cron(line, zone), at(after), count).map((slot) => withOffset(slot, zone));

describe('slots', () => {
  it('come in the zone’s own time, over both changes of daylight saving', () => {
    expect(slots('0 6 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T06:00:00+01:00',
      '2026-03-29T06:00:00+02:00',
      '2026-03-30T06:00:00+02:00',
    ]);
    expect(slots('0 6 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2)).toEqual(['2026-11-01T06:00:00-05:00', '2026-11-02T06:00:00-05:00']);
  });

  it('come once on the day without that hour, and once on the day with two of them', () => {
    const spring = slots('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2);
    expect(spring[0]!.slice(0, 10)).toBe('2026-03-29');
    expect(spring[1]).toBe('2026-03-30T02:30:00+02:00');
    const autumn = slots('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2);
    expect(autumn.map((slot) => slot.slice(0, 10))).toEqual(['2026-10-25', '2026-10-26']);
  });

  it('come every hour of real time when the line says every hour', () => {
    const hours = manySlots(cron('0 * * * *', 'Europe/Berlin'), at('2026-10-24T22:30:00Z'), 5);
    for (let index = 1; index < hours.length; index++) expect(hours[index]! - hours[index - 1]!).toBe(3_600_000);
    const spring = manySlots(cron('0 * * * *', 'Europe/Berlin'), at('2026-03-28T22:30:00Z'), 5);
    for (let index = 1; index < spring.length; index++) expect(spring[index]! - spring[index - 1]!).toBe(3_600_000);
  });

  it('are strictly after the given instant', () => {
    const line = cron('0 12 * * *', 'UTC');
    expect(line.next(at('2026-01-01T12:00:00Z'))).toBe(at('2026-01-02T12:00:00Z'));
    expect(line.next(at('2026-01-01T11:59:59.999Z'))).toBe(at('2026-01-01T12:00:00Z'));
  });

  it('refuse what is no line or no zone', () => {
    for (const [line, zone] of [
      ['', 'UTC'],
      ['* * * *', 'UTC'],
      ['* * * * * *', 'UTC'],
      ['60 * * * *', 'UTC'],
      ['0 0 31 2 *', 'UTC'],
      ['0 0 * * *', 'Nowhere'],
    ]) {
      expect(() => cron(line!, zone!), `${line} ${zone}`).toThrow(TimingError);
    }
  });
});

describe('a cron line in words', () => {
  it.each([
    ['* * * * *', 'Every minute'],
    ['*/15 * * * *', 'Every 15 minutes'],
    ['0 * * * *', 'Every hour'],
    ['30 6 * * *', 'Every day at 06:30'],
    ['0 6 * * 1-5', 'At 06:00 on Monday to Friday'],
    ['0 6,18 * * sun', 'At 06:00, 18:00 on Sunday'],
    ['0 0 1 * *', 'At 00:00 on day 1 of the month'],
    ['0 0 1 1 *', 'At 00:00 on day 1 of the month in January'],
  ])('%s', (line, words) => expect(describeCron(line)).toBe(words));
});
