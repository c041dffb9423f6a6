import { expect, it } from 'vitest';
import { reasonToRollBack } from './auto-rollback.ts';

const settings = { enabled: true, errorRate: 0.05, p95Milliseconds: 20, windowSeconds: 60, minimumRequests: 20 };

it.each([
  ['too few requests decide nothing', { requests: 19, errors: 19, p95: 900 }, settings, null],
  ['the allowed rate is allowed', { requests: 100, errors: 5, p95: 5 }, settings, null],
  ['more than the allowed rate', { requests: 100, errors: 6, p95: 5 }, settings, '6 of 100 requests failed within 60 s: 6 %, more than the allowed 5 %.'],
  ['nothing when it is off', { requests: 100, errors: 100, p95: 900 }, { ...settings, enabled: false }, null],
  ['the allowed latency is allowed', { requests: 100, errors: 0, p95: 20 }, settings, null],
  [
    'more than the allowed latency',
    { requests: 100, errors: 0, p95: 20.5 },
    settings,
    'The 95th percentile of 100 requests within 60 s was 20.5 ms, more than the allowed 20 ms.',
  ],
  ['latency that nobody limits', { requests: 100, errors: 0, p95: 900 }, { ...settings, p95Milliseconds: null }, null],
  ['no answers have no latency', { requests: 100, errors: 0, p95: null }, settings, null],
])('%s', (_, recent, given, expected) => {
  expect(reasonToRollBack(given, recent)).toBe(expected);
});
