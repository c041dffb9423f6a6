import { describe, expect, it } from 'vitest';
import type { Step } from '../api-types.ts';
import { afterEvent, attemptsAfter, newStep, waitsForSlot, type Attempt, type StepEvent } from './step-events.ts';
import { forecastWords, ordinal, roughly, rowsWords, shareDone, stateWords, timeWords, whyWords } from './step-words.ts';

const step = (more: Partial<Step> = {}): Step => ({ ...newStep({ id: 'r', number: 42 }, 'train', 'Train'), ...more });
const event = (more: Partial<StepEvent>): StepEvent => ({
  seq: 1,
  at: 5_000,
  type: 'step',
  node: 'train',
  status: 'running',
  attempt: 1,
  milliseconds: null,
  reason: null,
  error: null,
  outputs: [],
  reusedFrom: null,
  ...more,
});
const iso = (at: number): string => new Date(at).toISOString();

describe('words of a step', () => {
  it('tell the place in a queue, the attempt and whose result was taken', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 113].map(ordinal)).toEqual(['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '113th']);
    expect(stateWords(step({ waiting: { compute: 'small', place: 2, of: 5 } }))).toBe('Queued · 2nd of 5 for small');
    expect(stateWords(step({ status: 'running', attempt: 2, attemptsAllowed: 3 }))).toBe('Running · attempt 2 of 3');
    expect(stateWords(step({ status: 'succeeded', attempt: 2, attemptsAllowed: 1 }))).toBe('Succeeded · attempt 2');
    expect(stateWords(step({ status: 'reused', reusedFrom: 41 }))).toBe('Reused · run 41');
    expect(stateWords(step({ status: 'running' }))).toBe('Running');
  });

  it('tell time so far and expected', () => {
    const running = step({ status: 'running', startedAt: iso(1_000), expectedMilliseconds: 40_000 });
    expect(timeWords(running, 13_000)).toBe('12 s of about 40 s');
    expect(timeWords({ ...running, expectedMilliseconds: null }, 1_400)).toBe('0.4 s');
    expect(timeWords(step({ expectedMilliseconds: 40_000 }), 0)).toBe('about 40 s');
    expect(timeWords(step(), 0)).toBe('–');
    expect(timeWords({ ...running, status: 'succeeded', milliseconds: 312 }, 0)).toBe('0.31 s');
    expect([roughly(20), roughly(950), roughly(94_400), roughly(200_000)]).toEqual(['0.1 s', '1 s', '94 s', '3 min 20 s']);
  });

  it('tell rows in and out, else what was given', () => {
    const table = { port: 'a', kind: 'table', hash: 'h', bytes: 1, rowCount: 5282, columnCount: 20 } as const;
    expect(rowsWords(step({ rowsIn: 7043, rowsOut: 5282 }))).toBe('7,043 → 5,282');
    expect(rowsWords(step({ rowsOut: 7043 }))).toBe('7,043');
    expect(rowsWords(step({ outputs: [table, { ...table, rowCount: 1761 }] }))).toBe('5,282 + 1,761');
    expect(rowsWords(step({ rowsIn: 5282, outputs: [{ ...table, kind: 'model', rowCount: null, columnCount: null }] }))).toBe('5,282 → model');
    expect([rowsWords(step({ rowsIn: 7043 })), rowsWords(step({ rowsIn: 7043, status: 'failed' }))]).toEqual(['7,043 → …', '7,043 → –']);
  });

  it('tell why, and forget waits that are over', () => {
    const reason = 'tries again in 10 s';
    expect([whyWords(step({ reason })), whyWords(step({ status: 'running', reason })), whyWords(step({ status: 'running', reason: 'never ran' }))]).toEqual([
      'Tries again in 10 s',
      '',
      'Never ran',
    ]);
  });

  it('guess the share done from the last time, never quite all of it', () => {
    const running = step({ status: 'running', startedAt: iso(0), expectedMilliseconds: 1_000 });
    expect([shareDone(running, 0.4, 900), shareDone(running, undefined, 500), shareDone(running, 0, 5_000), shareDone(step(), undefined, 5)]).toEqual([
      0.4,
      0.5,
      0.99,
      null,
    ]);
  });

  it('sum up what a run would do', () => {
    const run = (lastMilliseconds: number | null) => ({ will: 'run' as const, lastMilliseconds });
    const reuse = { will: 'reuse' as const, lastMilliseconds: 9 };
    expect(forecastWords([reuse])).toBe('The step is reused');
    expect([forecastWords([]), forecastWords([reuse, reuse]), forecastWords([run(3_000), reuse, run(1_200)])]).toEqual([
      '',
      'All 2 steps reused',
      '2 of 3 steps run, about 4 s',
    ]);
    expect([forecastWords([run(3_000), run(null)]), forecastWords([run(null)])]).toEqual(['2 of 2 steps run, over 3 s', '1 of 1 step runs']);
  });
});

describe('events of a step', () => {
  it('change what they tell and keep the rest', () => {
    const waiting = afterEvent(step({ expectedMilliseconds: 7 }), event({ status: 'queued', reason: 'waits for a slot of "small"', at: 3_000 }));
    expect([waitsForSlot(waiting), waiting.readyAt, waiting.expectedMilliseconds]).toEqual([true, iso(3_000), 7]);
    const running = afterEvent({ ...waiting, waiting: { compute: 'small', place: 1, of: 1 } }, event({}));
    expect(running).toMatchObject({ readyAt: iso(3_000), startedAt: iso(5_000), finishedAt: null, waiting: null });
    const done = afterEvent(running, event({ status: 'succeeded', at: 9_000, milliseconds: 4_000, peakBytes: 64, cpuMilliseconds: 3_900 }));
    expect(done).toMatchObject({ startedAt: iso(5_000), finishedAt: iso(9_000), milliseconds: 4_000, peakBytes: 64, cpuMilliseconds: 3_900 });
  });

  it('give the tries of a step, also when they are told twice', () => {
    const told = [
      event({ at: 1 }),
      event({ at: 1 }),
      event({ at: 4, status: 'queued', reason: 'tries again in 10 s', error: { code: 'label_missing', message: 'No.' } }),
      event({ at: 9, attempt: 2 }),
      event({ at: 12, attempt: 2, status: 'succeeded' }),
    ];
    expect(told.reduce<readonly Attempt[]>(attemptsAfter, [])).toEqual([
      { from: 1, to: 4, failed: true },
      { from: 9, to: 12, failed: false },
    ]);
  });
});
