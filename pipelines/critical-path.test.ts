import { describe, expect, it } from 'vitest';
import { criticalPath, expectedEnds, type ExpectedStep, type TimedStep } from './critical-path.ts';

const step = (node: string, needs: string[], startedAt: number | null, finishedAt: number | null): TimedStep => ({ node, needs, startedAt, finishedAt });
const at = { begin: 0, now: 1_000 };

describe('criticalPath', () => {
  it('follows the need that ended last, back from the last step to end', () => {
    const steps = [step('data', [], 10, 100), step('left', ['data'], 100, 300), step('right', ['data'], 110, 700), step('join', ['left', 'right'], 720, 900)];
    expect(criticalPath(steps, at)).toEqual({
      nodes: ['data', 'right', 'join'],
      milliseconds: 900,
      busy: 90 + 590 + 180,
      slowest: { node: 'right', milliseconds: 590, saves: 390 },
    });
  });

  it('leaves out what is not at fault: without it another chain is as long', () => {
    const steps = [step('a', [], 0, 500), step('b', [], 0, 499), step('end', ['a', 'b'], 500, 510)];
    expect(criticalPath(steps, at).slowest).toEqual({ node: 'a', milliseconds: 500, saves: 1 });
  });

  it('goes on with the step that held the slot which a ready step waited for', () => {
    const on = (compute: string, ready: number, ...rest: Parameters<typeof step>) => ({ ...step(...rest), compute, readyAt: ready });
    const steps = [
      on('local', 0, 'rows', [], 0, 10),
      on('small', 10, 'long', ['rows'], 12, 700),
      on('local', 10, 'other', ['rows'], 10, 690),
      on('small', 10, 'short', ['rows'], 701, 800),
      on('local', 800, 'join', ['long', 'short'], 800, 820),
    ];
    expect(criticalPath(steps, at)).toEqual({
      nodes: ['rows', 'long', 'short', 'join'],
      milliseconds: 820,
      busy: 10 + 688 + 99 + 20,
      slowest: { node: 'long', milliseconds: 688, saves: 28 },
    });
  });

  it('counts a step that runs as ending now, and one that never began not at all', () => {
    const steps = [step('a', [], 0, 200), step('b', ['a'], 200, null), step('c', ['b'], null, null)];
    expect(criticalPath(steps, at)).toMatchObject({ nodes: ['a', 'b'], milliseconds: 1_000, slowest: { node: 'b', milliseconds: 800 } });
  });

  it('takes the steps of part of a pipeline, of nothing, and of instants', () => {
    expect(criticalPath([step('b', ['outside'], 5, 25)], at)).toMatchObject({ nodes: ['b'], milliseconds: 25 });
    expect(criticalPath([], at)).toEqual({ nodes: [], milliseconds: 0, busy: 0, slowest: null });
    expect(criticalPath([step('a', [], 5, 5)], at).slowest).toBeNull();
  });

  it('goes through ten thousand steps in a row, in any order', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => step(`s${index}`, index === 0 ? [] : [`s${index - 1}`], index * 10, index * 10 + 10));
    for (const steps of [chain, chain.toReversed()]) {
      const path = criticalPath(steps, { begin: 0, now: 0 });
      expect([path.nodes.length, path.nodes.at(-1), path.busy, path.slowest?.saves]).toEqual([10_000, 's9999', 100_000, 10]);
    }
  });
});

describe('expectedEnds', () => {
  const expected = (node: string, needs: string[], more: Partial<ExpectedStep>): ExpectedStep => ({
    ...step(node, needs, null, null),
    expectedMilliseconds: null,
    final: false,
    ...more,
  });
  it('adds up what is left along the needs', () => {
    const ends = expectedEnds(
      [
        expected('done', [], { startedAt: 0, finishedAt: 600, final: true }),
        expected('running', ['done'], { startedAt: 700, expectedMilliseconds: 500 }),
        expected('late', ['done'], { startedAt: 700, expectedMilliseconds: 100 }),
        expected('next', ['running', 'late'], { expectedMilliseconds: 300 }),
        expected('unknown', ['next'], {}),
      ],
      1_000,
    );
    expect([...ends]).toEqual([
      ['done', 600],
      ['running', 1_200],
      ['late', 1_000],
      ['next', 1_500],
      ['unknown', 1_500],
    ]);
  });
});
