import { describe, expect, it } from 'vitest';
import { memoryTable, tableSchema, type Table } from '../../kit/table.ts';
import { fit, sample } from '#test/support/learners.ts';
import type { TrainingData } from '../../kit/context.ts';
import { runNode } from '#test/support/run-node.ts';
import { permutationFeatureImportance } from './node.ts';
import reference from './importance.reference.json' with { type: 'json' };

const tableWith = ({ features, label }: TrainingData): Table =>
  memoryTable(tableSchema([...features, label].map(({ schema }) => schema)), new Map([...features, label].map(({ schema, values }) => [schema.name, values])));
async function importances(model: unknown, data: Table, params: object, threads = 1) {
  const { outputs } = await runNode(permutationFeatureImportance, { model, data }, params as Record<string, unknown>, { threads });
  const columns = await (outputs.importance as Table).read();
  const [means, deviations] = ['Score', 'Standard deviation'].map((name) => columns.get(name) as Float64Array);
  return (columns.get('Feature') as string[]).map((feature, row) => ({ feature, mean: means![row]!, deviation: deviations![row]! }));
}

describe('permutation importance', () => {
  it('is scikit-learn’s, but for chance, of a figure and of an error', async () => {
    const { train, test } = sample('diamonds', 'price', ['cut', 'color', 'clarity', 'y', 'z']);
    const model = await fit('linear-regression', train, { l2: 0 });
    for (const metric of ['r2', 'mae'] as const) {
      const found = await importances(model, tableWith(test), { regressionMetric: metric, repeats: reference.repeats });
      expect(found.map(({ feature }) => feature)).toEqual(['carat', 'x', 'depth', 'table']);
      for (const { feature, mean, deviation } of found) {
        const theirs = reference[metric][feature as 'carat'];
        // Both means are over as many repeats: five of their deviations.
        expect(Math.abs(mean - theirs.mean), feature).toBeLessThan(5 * theirs.deviation * Math.sqrt(2 / reference.repeats));
        expect(deviation / theirs.deviation, feature).toBeGreaterThan(0.5);
        expect(deviation / theirs.deviation, feature).toBeLessThan(2);
      }
    }
  }, 60_000);

  it('finds what a classifier relies on, the same for a seed on any number of threads', async () => {
    const { train, test } = sample('telco-churn', 'churn');
    const model = await fit('two-class-logistic-regression', train);
    const data = tableWith(test);
    const found = await importances(model, data, { twoClassMetric: 'auc', repeats: 2, seed: 4 });
    expect(found.length).toBe(model.signature.inputs.length);
    expect(found.slice(0, 4).map(({ feature }) => feature)).toContain('tenure');
    expect(Math.abs(found.find(({ feature }) => feature === 'female')!.mean)).toBeLessThan(0.002);
    expect(await importances(model, data, { twoClassMetric: 'auc', repeats: 2, seed: 4 }, 2)).toEqual(found);
  }, 60_000);
});
