import { expect, it } from 'vitest';
import { nextStanding, type AlertStanding } from './alert-rules.ts';

const MINUTE = 60_000;
const rule = { comparison: 'above', threshold: 0.2, forMinutes: 2 } as const;
const quiet: AlertStanding = { state: 'quiet', since: 0 };

it('fires once it has held for long enough, and tells when it is over', () => {
  const first = nextStanding(rule, quiet, 0.3, MINUTE);
  expect(first).toEqual({ state: 'pending', since: MINUTE, tell: null });
  const second = nextStanding(rule, first, 0.3, 2 * MINUTE);
  expect(second).toEqual({ state: 'pending', since: MINUTE, tell: null });
  const third = nextStanding(rule, second, 0.3, 3 * MINUTE);
  expect(third).toEqual({ state: 'firing', since: 3 * MINUTE, tell: 'firing' });
  expect(nextStanding(rule, third, 0.9, 4 * MINUTE).tell).toBeNull();
  expect(nextStanding(rule, third, 0.2, 5 * MINUTE)).toEqual({ state: 'quiet', since: 5 * MINUTE, tell: 'resolved' });
});

it('begins anew after a moment of quiet, and fires at once when it need not hold', () => {
  const pending = nextStanding(rule, quiet, 0.3, MINUTE);
  expect(nextStanding(rule, pending, null, 2 * MINUTE)).toEqual({ state: 'quiet', since: 2 * MINUTE, tell: null });
  expect(nextStanding({ ...rule, forMinutes: 0 }, quiet, 0.3, MINUTE).tell).toBe('firing');
  expect(nextStanding({ ...rule, comparison: 'below', forMinutes: 0 }, quiet, 0.1, MINUTE).tell).toBe('firing');
  expect(nextStanding(rule, quiet, null, MINUTE)).toEqual({ state: 'quiet', since: 0, tell: null });
});
