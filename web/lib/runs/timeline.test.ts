import { describe, expect, it } from 'vitest';
import type { Run, Step } from '../api-types.ts';
import { newStep, type Attempt } from './step-events.ts';
import { timelineOf, waited } from './timeline.ts';

const BEGIN = 1_000_000;
const iso = (at: number | null): string | null => (at === null ? null : new Date(BEGIN + at).toISOString());
const step = (node: string, needs: string[], times: readonly (number | null)[], more: Partial<Step> = {}): Step => {
  const [ready = null, started = null, finished = null] = times;
  return {
    ...newStep({ id: 'r', number: 1 }, node, node),
    needs,
    readyAt: iso(ready),
    startedAt: iso(started),
    finishedAt: iso(finished),
    status: finished !== null ? 'succeeded' : started !== null ? 'running' : 'queued',
    ...more,
  };
};
const run = (steps: Step[], more: Partial<Run> = {}): Run =>
  ({ status: 'running', createdAt: iso(-500), startedAt: iso(0), finishedAt: null, steps, ...more }) as unknown as Run;
const none = new Map<string, readonly Attempt[]>();

describe('timelineOf', () => {
  it('draws waiting, running and what is expected, in the order of beginning', () => {
    const steps = [
      step('next', ['b'], []),
      step('b', ['a'], [100, 300], { expectedMilliseconds: 1_000 }),
      step('waits', ['a'], [100]),
      step('a', [], [0, 10, 100]),
      step('old', [], [null, null, 5], { status: 'reused', reusedFrom: 3 }),
    ];
    const { lanes, end, expected, path, now } = timelineOf(run(steps), none, BEGIN + 800);
    expect(lanes.map((lane) => lane.step.node)).toEqual(['old', 'a', 'b', 'waits', 'next']);
    expect(lanes.map((lane) => lane.bars.map((bar) => [bar.kind, bar.from, bar.to]))).toEqual([
      [],
      [
        ['wait', 0, 10],
        ['run', 10, 100],
      ],
      [
        ['wait', 100, 300],
        ['run', 300, 800],
      ],
      [['wait', 100, 800]],
      [],
    ]);
    expect([lanes[0]!.mark, lanes[2]!.expected, waited(lanes[2]!), expected, end, now]).toEqual([5, 1_300, 200, 1_300, 1_300, 800]);
    expect([path.nodes, lanes.filter((lane) => lane.critical).length, path.milliseconds]).toEqual([['a', 'b'], 2, 800]);
  });

  it('shows each try of a step and the pauses between them', () => {
    const tries = new Map([
      [
        'a',
        [
          { from: BEGIN + 10, to: BEGIN + 50, failed: true },
          { from: BEGIN + 90, to: BEGIN + 120, failed: false },
        ],
      ],
    ]);
    const done = timelineOf(run([step('a', [], [0, 90, 120], { attempt: 2 })], { status: 'succeeded', finishedAt: iso(130) }), tries, BEGIN + 9_999);
    expect(done.lanes[0]!.bars.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['wait', 0, 10],
      ['retried', 10, 50],
      ['wait', 50, 90],
      ['run', 90, 120],
    ]);
    expect([done.end, done.expected, done.path.slowest?.milliseconds]).toEqual([130, null, 110]);
    const waits = timelineOf(run([step('a', [], [0, 10], { status: 'queued' })]), new Map([['a', [tries.get('a')![0]!]]]), BEGIN + 70);
    expect(waits.lanes[0]!.bars.map(({ kind, to }) => [kind, to])).toEqual([
      ['wait', 10],
      ['retried', 50],
      ['wait', 70],
    ]);
    expect(waits.path.nodes).toEqual([]);
  });

  it('expects no end when nothing ran before', () => {
    expect(timelineOf(run([step('a', [], [0, 10])]), none, BEGIN + 70)).toMatchObject({ expected: null, end: 70 });
  });
});
