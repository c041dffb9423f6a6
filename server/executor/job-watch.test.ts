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

test('what a job uses is told soon after its start, then twice a second', () => {
  const watch = new JobWatch(sample('R', 1_000), 0);
  expect(watch.usage(sample('R', 1_090), 90)).toBeNull();
  expect(watch.usage(sample('R', 1_100), 100)).toEqual({ cpuMilliseconds: 100, residentBytes: 1 });
  expect(watch.usage(sample('R', 1_590), 590)).toBeNull();
  expect(watch.usage(sample('R', 1_600), 600)).toEqual({ cpuMilliseconds: 600, residentBytes: 1 });
});
