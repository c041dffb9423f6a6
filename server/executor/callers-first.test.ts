import { expect, it } from 'vitest';
import { CallersFirst } from './callers-first.ts';

it('work goes on while nobody waits', () => {
  expect(new CallersFirst(() => false, expect.unreachable).stepBack()).toBe(false);
});

it('work that steps back is asked again, and goes on in the end though callers never cease', async () => {
  const gone = Promise.withResolvers<number>();
  let asked = 0;
  const callersFirst = new CallersFirst(
    () => true,
    () => {
      asked++;
      if (!callersFirst.stepBack()) gone.resolve(asked);
    },
  );
  expect(callersFirst.stepBack()).toBe(true);
  expect(await gone.promise).toBeGreaterThan(1);
});
