import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { hourly } from './hourly.ts';

const HOUR = 3_600_000;

it('work is done at once and each hour, and no more once it is called off', async () => {
  const clock = new ManualClock(0);
  const times: number[] = [];
  const callOff = hourly(clock, async () => void times.push(clock.now()));
  for (const time of [HOUR - 1, HOUR, 2 * HOUR]) {
    await setImmediate();
    clock.turnTo(time);
  }
  expect(times).toEqual([0, HOUR, 2 * HOUR]);
  await setImmediate();
  callOff();
  clock.turnTo(10 * HOUR);
  expect(times.length).toBe(3);
});
