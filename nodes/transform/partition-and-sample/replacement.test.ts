import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { tableOf, type Table } from '../../kit/table.ts';
import { partitionAndSample } from './node.ts';

const numbered = (rowCount: number) =>
  tableOf({
    n: Array.from({ length: rowCount }, (_, row) => row),
    class: Array.from({ length: rowCount }, (_, row) => (row % 7 === 0 ? null : ['a', 'b', 'b'][row % 3]!)),
  });

async function drawn(rowCount: number, params: Record<string, unknown>): Promise<{ n: number[]; classes: (string | null)[]; folds: number[] }> {
  const { outputs } = await runNode(partitionAndSample, { data: numbered(rowCount) }, { replacement: true, ...params });
  const columns = await (outputs.data as Table).read();
  return {
    n: [...(columns.get('n') as Float64Array)],
    classes: [...(columns.get('class') as (string | null)[])],
    folds: [...((columns.get('Fold Number') as Float64Array | undefined) ?? [])],
  };
}

const counted = <T>(values: readonly T[]): Map<T, number> =>
  values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map<T, number>());
const rising = (values: readonly number[]): boolean => values.every((value, index) => index === 0 || values[index - 1]! <= value);

describe('rows drawn with replacement', () => {
  it('are as many as asked for, whole rows of the table, in its order, and of each stratum its share', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 20 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 999 }),
        async (rowCount, twentieths, stratified, seed) => {
          const rate = twentieths / 20;
          const { n, classes } = await drawn(rowCount, { rate, seed, stratified, stratifyBy: 'class' });
          expect(n).toHaveLength(Math.round(rowCount * rate));
          expect(rising(n)).toBe(true);
          const all = [...((await numbered(rowCount).read()).get('class') as (string | null)[])];
          expect(classes).toEqual(n.map((row) => all[row]));
          if (stratified) for (const [value, size] of counted(all)) expect(Math.abs((counted(classes).get(value) ?? 0) - size * rate)).toBeLessThanOrEqual(1.5);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('come several times or never, each as likely as any other', async () => {
    const times = new Array<number>(50).fill(0);
    for (let seed = 0; seed < 40; seed += 1) for (const row of (await drawn(50, { rate: 1, seed })).n) times[row]! += 1;
    // 2,000 draws of 50: 40 each, with a deviation of 6.3.
    for (const count of times) expect(Math.abs(count - 40)).toBeLessThan(30);
    expect(new Set((await drawn(1_000, { rate: 1 })).n).size / 1_000).toBeCloseTo(1 - 1 / Math.E, 1);
  });

  it('make folds of the same sizes as without, of which one row can be in several', async () => {
    const { n, folds, classes } = await drawn(103, { mode: 'assign', partitioner: 'custom', proportions: [0.5, 0.2], stratified: true, stratifyBy: 'class' });
    expect([...counted(folds)].toSorted()).toEqual([
      [1, 52],
      [2, 20],
      [3, 31],
    ]);
    expect(rising(n)).toBe(true);
    expect(counted(classes)).toEqual(counted([...((await numbered(103).read()).get('class') as (string | null)[])]));
    const where = new Map<number, Set<number>>();
    for (const [index, row] of n.entries()) where.set(row, (where.get(row) ?? new Set()).add(folds[index]!));
    expect(Math.max(...[...where.values()].map((each) => each.size))).toBeGreaterThan(1);
  });
});
