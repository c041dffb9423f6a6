import { describe, expect, it } from 'vitest';
import { describeTiming } from './describe-timing.ts';
import { MacroError, resolveMacros, type MacroContext } from './macros.ts';
import { jitterOf } from './slots.ts';

const context: MacroContext = {
  scheduledTime: Date.parse('2026-03-29T01:30:00Z'),
  previousTime: Date.parse('2026-03-28T01:30:00Z'),
  timeZone: 'Europe/Berlin',
  scheduleName: 'Nightly',
  event: { dataset: 'sales', version: 4 },
};
const resolved = (text: unknown): unknown => resolveMacros({ value: text }, context).value;

describe('macros', () => {
  it.each([
    ['${{scheduledTime}}', '2026-03-29T03:30:00+02:00'],
    ['${{previousTime}}', '2026-03-28T02:30:00+01:00'],
    ['${{date}}', '2026-03-29'],
    ['${{ date - 1d }}', '2026-03-28'],
    ['${{date+1M:yyyyMMdd}}', '20260429'],
    ["${{scheduledTime-1d:yyyy-MM-dd'T'HH:mm}}", '2026-03-28T03:30'],
    ['${{scheduledTime-1d}}', '2026-03-28T03:30:00+01:00'],
    ['s3/${{date:yyyy}}/${{date:DDD}}.csv', 's3/2026/088.csv'],
    ['${{scheduleName}} ${{event.dataset}}', 'Nightly sales'],
    ['${{event.version}}', 4],
    ['${{event.path}}', ''],
    ['no macro', 'no macro'],
    [7, 7],
    [
      { name: '${{event.dataset}}', version: '${{event.version}}' },
      { name: 'sales', version: 4 },
    ],
  ])('%j gives %j', (text, wanted) => expect(resolved(text)).toEqual(wanted));

  it('end a month that is too short at its end', () => {
    const at = { ...context, scheduledTime: Date.parse('2026-01-31T12:00:00Z'), timeZone: 'UTC' };
    expect(resolveMacros({ value: '${{date+1M}}' }, at)).toEqual({ value: '2026-02-28' });
  });

  it.each(['${{nope}}', '${{date+1q}}', '${{constructor}}', '${{}}', '${{date+99999999999M}}'])('refuse %s', (text) => {
    expect(() => resolved(text)).toThrow(MacroError);
  });
});

describe('a timing in words', () => {
  it.each([
    [{ frequency: 'minute', interval: 15 }, 'Every 15 minutes'],
    [{ frequency: 'day', interval: 1, times: ['18:30', '06:00'] }, 'Every day at 06:00 and 18:30'],
    [{ frequency: 'week', interval: 2, weekdays: [0, 1], times: ['06:00'] }, 'Every 2 weeks on Monday and Sunday at 06:00'],
    [{ frequency: 'week', interval: 1, weekdays: [1, 2, 3, 4, 5] }, 'Every week on Monday to Friday'],
    [{ frequency: 'month', interval: 1, monthDays: [-1, 1, 22, 13], times: ['00:00'] }, 'Every month on the 1st, the 13th, the 22nd and the last day at 00:00'],
  ] as const)('%j', (recurrence, words) => expect(describeTiming({ kind: 'recurrence', recurrence, anchor: 0 })).toBe(words));
});

describe('jitter', () => {
  it('is the same for the same slot, and spread over its time', () => {
    const all = Array.from({ length: 500 }, (_, slot) => jitterOf('schedule', slot * 60_000, 60));
    expect(all).toEqual(Array.from({ length: 500 }, (_, slot) => jitterOf('schedule', slot * 60_000, 60)));
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThanOrEqual(60_000);
    expect(new Set(all).size).toBeGreaterThan(400);
    expect(jitterOf('schedule', 1, 0)).toBe(0);
  });
});
