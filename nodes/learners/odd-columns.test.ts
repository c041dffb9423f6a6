import { describe, expect, it } from 'vitest';
import type { FeatureData } from '../kit/context.ts';
import type { Model } from '../kit/kinds.ts';
import { trainers, unsupervisedTrainers } from '../trainers.server.ts';
import { apply, labels, madeRows, numbers, quiet, words } from '#test/support/learners.ts';

const SUPERVISED = {
  'two-class-neural-network': 'two-class',
  'multiclass-neural-network': 'multiclass',
  'neural-network-regression': 'regression',
} as const;
const UNSUPERVISED = ['k-means-clustering', 'isolation-forest', 'pca-based-anomaly-detection', 'one-class-support-vector-machine'];

async function fit(learner: string, data: FeatureData, total: readonly number[]): Promise<Model> {
  const task = Object.hasOwn(SUPERVISED, learner) ? SUPERVISED[learner as keyof typeof SUPERVISED] : null;
  if (task) return (await trainers[learner]!()).default.fit({ ...data, label: labels[task](total) }, { iterations: 3 }, quiet());
  return (await unsupervisedTrainers[learner]!()).default.fit(data, {}, quiet());
}

/** The components of a thousand columns take seconds. */
const columnsOf = (learner: string): number => (learner === 'pca-based-anomaly-detection' ? 250 : 1_000);

const wide = (columns: number, rowCount: number, seed: number): FeatureData => ({
  rowCount,
  features: Array.from({ length: columns }, (_, index) =>
    numbers(
      `x${index}`,
      Array.from({ length: rowCount }, (_none, row) =>
        index % 50 === 0 ? 7 : index % 50 === 1 && row % 3 === 0 ? NaN : ((row + seed) * 7_919 + index * 104_729) % 1_009,
      ),
    ),
  ),
});

describe.each([...Object.keys(SUPERVISED), ...UNSUPERVISED])('%s', (learner) => {
  it('takes a category that nobody has seen as a missing one, in 1,000 rows with gaps', async () => {
    const { features, total, rowCount } = madeRows(600, 2);
    const model = await fit(learner, { features, rowCount }, total);
    const strange = madeRows(1_000, 77, true);
    const without = strange.features.map((each) =>
      each.schema.name === 'city' ? words('city', (each.values as readonly string[]).map((city) => (city === 'Atlantis' ? '' : city))) : each,
    ); // prettier-ignore
    expect((strange.features[0]!.values as readonly string[]).includes('Atlantis')).toBe(true);
    const scored = await apply(model, strange);
    expect(scored).toEqual(await apply(model, { features: without, rowCount: 1_000 }));
    for (const values of scored.values()) if (values instanceof Float64Array) expect(values.every(Number.isFinite)).toBe(true);
    const first = [...scored.values()].find((values) => values instanceof Float64Array)!;
    expect(new Set(first).size).toBeGreaterThan(1);
  });

  it('learns from a thousand columns, some constant, some with gaps', async () => {
    const data = wide(columnsOf(learner), 120, 0);
    const model = await fit(
      learner,
      data,
      Array.from({ length: 120 }, (_, row) => (row * 37) % 120),
    );
    const scored = await apply(model, wide(columnsOf(learner), 50, 200));
    for (const values of scored.values()) if (values instanceof Float64Array) expect(values.every(Number.isFinite)).toBe(true);
  });
});
