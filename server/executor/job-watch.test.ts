import { expect, test } from 'vitest';
import { JobWatch } from './job-watch.ts';
import type { ProcessSample } from './process-sample.ts';

const sample = (state: string, cpuMilliseconds: number): ProcessSample => ({ state, cpuMilliseconds, residentBytes: 1, began: '0' });

test('a process stands still when it is stopped or waits for a device, and computes nothing', () => {
  const watch = new JobWatch(sample('R', 100), 0);
  expect(watch.stillFor(sample('T', 100), 100)).toBe(0);
  expect(watch.stillFor(sample('T', 100), 200)).toBe(100);
  expect(watch.stillFor(sample('D', 100), 300)).toBe(200);
  expect(watch.stillFor(sample('D', 110), 400)).toBe(0);
  expect(watch.stillFor(sample('S', 110), 500)).toBe(0);
  expect(watch.stillFor(sample('S', 110), 9_000)).toBe(0);
});

test('what a job uses is told twice a second, from its own start', () => {
  const watch = new JobWatch(sample('R', 1_000), 0);
  expect(watch.usage(sample('R', 1_400), 400)).toBeNull();
  expect(watch.usage(sample('R', 1_500), 500)).toEqual({ cpuMilliseconds: 500, residentBytes: 1 });
  expect(watch.usage(sample('R', 1_900), 900)).toBeNull();
  expect(watch.usage(sample('R', 2_000), 1_000)).toEqual({ cpuMilliseconds: 1_000, residentBytes: 1 });
});
