import { describe, expect, it } from 'vitest';
import type { RunEvent } from '#pipelines/events.ts';
import { LiveCurves } from './live-curves.svelte.ts';

const metric = (node: string, name: string, iteration: number, value: number | null): RunEvent => ({
  seq: 1,
  at: 0,
  type: 'metric',
  node,
  name,
  value,
  iteration,
});

describe('curves of a training that runs', () => {
  it('grow by node and name; one with a single point or none is not there yet', () => {
    const curves = new LiveCurves();
    curves.take([metric('a', 'training loss', 1, 0.4), metric('b', 'training loss', 1, 9), metric('a', 'training loss', 2, null)]);
    expect(curves.of('a')).toEqual([]);
    curves.take([metric('a', 'training loss', 3, 0.2), metric('a', 'validation loss', 1, 0.5), metric('a', 'validation loss', 3, 0.4)]);
    expect(curves.of('a')).toEqual([
      { name: 'training loss', points: [[1, 0.4], [3, 0.2]] }, // prettier-ignore
      { name: 'validation loss', points: [[1, 0.5], [3, 0.4]] }, // prettier-ignore
    ]);
    expect(curves.of('c')).toEqual([]);
    curves.clear();
    expect(curves.of('a')).toEqual([]);
  });

  it('begin anew where the iterations do', () => {
    const curves = new LiveCurves();
    curves.take([1, 2, 3, 1, 2].map((iteration) => metric('a', 'loss', iteration, iteration / 10)));
    expect(curves.of('a')[0]!.points).toEqual([[1, 0.1], [2, 0.2]]); // prettier-ignore
  });

  it('keep their ends and their order however long they get', () => {
    const curves = new LiveCurves();
    for (let from = 1; from <= 10_000; from += 100) curves.take(Array.from({ length: 100 }, (_, at) => metric('a', 'loss', from + at, 1 / (from + at))));
    const { points } = curves.of('a')[0]!;
    expect(points.length).toBeLessThanOrEqual(1_000);
    expect(points.length).toBeGreaterThan(300);
    expect([points[0], points.at(-1)]).toEqual([[1, 1], [10_000, 1 / 10_000]]); // prettier-ignore
    expect(points.map(([iteration]) => iteration)).toEqual(points.map(([iteration]) => iteration).toSorted((a, b) => a - b));
  });
});
