import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { twoClassCurve } from '../evaluate/metrics/two-class.ts';
import type { FeatureData, FitContext, TrainingColumn } from '../kit/context.ts';
import type { Model } from '../kit/kinds.ts';
import { createOnnxRunner } from '../kit/onnx/session.server.ts';
import { ASSIGNMENTS, distanceColumn, SCORED_LABELS, SCORED_PROBABILITIES } from '../kit/signature.ts';
import { column } from '../kit/table.ts';
import { trainers, unsupervisedTrainers } from '../trainers.server.ts';
import { clusterFeatures, fitClusters } from './clusters/fit.server.ts';
import { kMeansClustering } from './k-means-clustering/node.ts';
import reference from './matrix.reference.json' with { type: 'json' };

const runner = createOnnxRunner({ threads: 1 });
const context: FitContext = { signal: new AbortController().signal, threads: 1, log: () => {}, progress: () => {}, metric: () => {} };

const [header, ...lines] = readFileSync(new URL('../../pipelines/samples/data/breast-cancer.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/)
  .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
const labels = lines.map((cells) => cells[header!.indexOf('Class')]!);
const last = [...new Set(labels)].sort().at(-1)!;
/** The chosen rows' measures. */
function rowsOf(chosen: (row: number) => boolean): FeatureData & { label: TrainingColumn } {
  const rows = lines.flatMap((cells, row) => (chosen(row) ? [{ cells, row }] : []));
  const features = header!.flatMap((name, at): TrainingColumn[] =>
    name === 'Id' || name === 'Class'
      ? []
      : [
          {
            schema: column(name, 'number', { nullable: true }),
            values: Float64Array.from(rows, ({ cells }) => Math.fround(cells[at] === '' ? NaN : Number(cells[at]))),
          },
        ],
  );
  return { features, rowCount: rows.length, label: { schema: column('Class', 'category'), values: rows.map(({ row }) => labels[row]!) } };
}
const apply = (model: Model, data: FeatureData) =>
  runner.apply(model.onnx, model.signature, new Map(data.features.map((each) => [each.schema.name, each.values])), data.rowCount);
const all = rowsOf(() => true);

describe('on breast-cancer', () => {
  it('a network with the usual settings is as good as scikit-learn’s with the same', async () => {
    const held = rowsOf((row) => row % 4 === 3);
    const model = await (
      await trainers['two-class-neural-network']!()
    ).default.fit(
      rowsOf((row) => row % 4 !== 3),
      {},
      context,
    );
    const scores = (await apply(model, held)).get(SCORED_PROBABILITIES) as Float64Array;
    const positive = Uint8Array.from(held.label.values as string[], (each) => Number(each === last));
    expect(twoClassCurve('', { scores, positive }).metrics.auc).toBeGreaterThan(reference.networkAuc - 0.005);
  });

  it('k-means reaches the inertia of scikit-learn’s best of ten starts, and the graph gives its own labels and distances', async () => {
    const params = kMeansClustering.params.parse({ starts: 3 });
    const features = clusterFeatures(all, params);
    const { model, clusters } = await fitClusters(all, params, context, features);
    expect(clusters.inertia).toBeLessThan(reference.inertia * 1.001);
    const scored = await apply(model, all);
    expect([...(scored.get(ASSIGNMENTS) as Float64Array)]).toEqual([...clusters.labels]);
    const columns = features.columns.map((_, index) => features.values(index));
    const width = columns.length;
    for (const centre of [0, 1])
      (scored.get(distanceColumn(centre)) as Float64Array).forEach((value, row) => {
        const own = Math.sqrt(columns.reduce((sum, values, index) => sum + (values[row]! - clusters.centres[centre * width + index]!) ** 2, 0));
        expect(Math.abs(value - own)).toBeLessThan(1e-5);
      });
  });

  it.each([
    ['pca-based-anomaly-detection', {}, reference.pcaAuc, 0.05],
    // η is the most that may lie outside; scikit-learn's border has 24 of 345 beyond it, and as many on it.
    ['one-class-support-vector-machine', {}, reference.oneClassAuc, 24 / 345],
  ] as const)('%s orders rows as well as scikit-learn’s, and flags its share of the training rows', async (learner, params, auc, share) => {
    const usual = rowsOf((row) => row % 4 !== 3 && labels[row] !== last);
    const trainer = (await unsupervisedTrainers[learner]!()).default;
    const model = await trainer.fit(usual, params, context);
    const scores = (await apply(model, all)).get(SCORED_PROBABILITIES) as Float64Array;
    const positive = Uint8Array.from(labels, (each) => Number(each === last));
    expect(Math.abs(twoClassCurve('', { scores, positive }).metrics.auc! - auc)).toBeLessThan(1e-4);
    const flagged = ((await apply(model, usual)).get(SCORED_LABELS) as Float64Array).reduce((sum, each) => sum + each, 0);
    expect(Math.abs(flagged / usual.rowCount - share)).toBeLessThan(0.01);
    expect((await trainer.fit(usual, params, { ...context, threads: 2 })).onnx).toEqual(model.onnx);
  });
});
