import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { tableOf, type Table } from '../../kit/table.ts';
import { partitionAndSample } from './node.ts';

const strata = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 40 });
const sizes = (folds: number[], count: number) => Array.from({ length: count }, (_, at) => folds.filter((fold) => fold === at + 1).length);
const differ = (counts: number[]): number => Math.max(...counts) - Math.min(...counts);

async function foldsOf(classes: (string | null)[], params: Record<string, unknown>): Promise<number[]> {
  const { outputs } = await runNode(partitionAndSample, { data: tableOf({ class: classes }) }, { mode: 'assign', randomized: false, ...params });
  return [...((await (outputs.data as Table).read()).get('Fold Number') as Float64Array)];
}

it('rows are dealt to even folds in turn, and with strata those of each are', async () => {
  const property = fc.asyncProperty(strata, fc.integer({ min: 1, max: 5 }), async (classes, folds) => {
    expect(await foldsOf(classes, { folds })).toEqual(classes.map((_, row) => 1 + (row % folds)));
    const stratified = await foldsOf(classes, { folds, stratified: true, stratifyBy: 'class' });
    expect(differ(sizes(stratified, folds))).toBeLessThanOrEqual(1);
    for (const each of new Set(classes)) {
      const own = stratified.filter((_, row) => classes[row] === each);
      expect(differ(sizes(own, folds))).toBeLessThanOrEqual(1);
      expect(own).toEqual(own.map((_, at) => 1 + ((own[0]! - 1 + at) % folds)));
    }
  });
  await fc.assert(property, { numRuns: 12 });
});
