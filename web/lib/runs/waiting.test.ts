import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run, RunWaiting, Step } from '../api-types.ts';
import { newStep } from './step-events.ts';
import { isWaiting, WaitingPoll } from './waiting.svelte.ts';

const step = (more: Partial<Step>): Step => ({ ...newStep({ id: 'r', number: 1 }, 'a', 'a'), ...more });
const run = (status: Run['status'], ...steps: Step[]): Pick<Run, 'status' | 'steps'> => ({ status, steps });

describe('isWaiting', () => {
  it('is so for a queued run and for a step that is ready, not for one whose needs are not done', () => {
    expect([
      isWaiting(run('queued')),
      isWaiting(run('running', step({}))),
      isWaiting(run('running', step({ reason: 'waits for a slot of "small"' }))),
      isWaiting(run('running', step({ waiting: { compute: 'small', place: 1, of: 1 } }))),
      isWaiting(run('running', step({ status: 'running' }))),
    ]).toEqual([true, false, true, true, false]);
  });
});

describe('WaitingPoll', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks again and again while something waits, through failures, and forgets all when nothing does', async () => {
    const answers: (RunWaiting | Error)[] = [
      { place: 3, items: [] },
      new Error('The server does not answer.'),
      { place: null, items: [{ node: 'a', compute: 'small', place: 2, of: 5 }] },
    ];
    let asked = 0;
    const poll = new WaitingPoll(async () => {
      const answer = answers[asked++]!;
      if (answer instanceof Error) throw answer;
      return answer;
    }, 2_000);
    poll.watch(true);
    poll.watch(true);
    await vi.advanceTimersByTimeAsync(0);
    expect([asked, poll.place]).toEqual([1, 3]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked, poll.place]).toEqual([2, 3]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([poll.place, poll.of('a')]).toEqual([null, { node: 'a', compute: 'small', place: 2, of: 5 }]);
    poll.watch(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([asked, poll.of('a')]).toEqual([3, null]);
  });
});
