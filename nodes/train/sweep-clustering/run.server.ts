import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { calinskiHarabasz, daviesBouldin } from '../../evaluate/metrics/clustering.ts';
import { silhouetteSamples } from '../../evaluate/metrics/silhouette.ts';
import { sampleOf } from '../../kernels/random.ts';
import { clusterFeatures, fitClusters, type FittedClusters } from '../../learners/clusters/fit.server.ts';
import { K_MEANS, kMeansParams } from '../../learners/clusters/params.ts';
import { rowMajor } from '../../learners/matrix.server.ts';
import { turns } from '../../kernels/turns.ts';
import { readChosen, scoredTable } from '../unsupervised.server.ts';
import { bestOf, type Tried } from './best.ts';
import { sweepClustering, SWEEP_SCHEMA } from './node.ts';

/** Silhouettes cost the square of the rows. */
const SILHOUETTE_ROWS = 2_000;

export default defineRun(sweepClustering, async ({ learner, data }, { metric, columns, append }, context) => {
  const rows = await readChosen('clustering', learner, data, columns, context);
  if (learner.learner !== K_MEANS.type)
    throw new NodeError('learner_wrong_task', 'Sweep Clustering tries numbers of centroids of K-Means Clustering. Wire that.');
  const params = kMeansParams.parse(learner.params);
  const wanted = (learner.ranges?.clusters as readonly number[] | undefined) ?? params.clustersRange;
  const numbers = [...new Set(wanted)].sort((a, b) => a - b);
  const features = clusterFeatures(rows, params);
  const width = features.columns.length;
  const breathe = turns(context.signal);
  const matrix = await rowMajor((index) => features.values(index), rows.rowCount, width, breathe);
  const sample =
    rows.rowCount > SILHOUETTE_ROWS ? sampleOf(rows.rowCount, SILHOUETTE_ROWS, params.seed) : Uint32Array.from({ length: rows.rowCount }, (_, row) => row);
  const sampled = new Float64Array(sample.length * width);
  sample.forEach((row, at) => sampled.set(matrix.subarray(row * width, (row + 1) * width), at * width));

  const tried: (Tried & { readonly fitted: FittedClusters })[] = [];
  for (const [index, clusters] of numbers.entries()) {
    const quiet = {
      ...context,
      metric: () => {},
      progress: (done: number) => context.progress((index + done * 0.9) / numbers.length, `${clusters} centroids`),
    };
    const fitted = await fitClusters(rows, { ...params, clusters }, quiet, features);
    const { labels, inertia } = fitted.clusters;
    await breathe();
    const samples = silhouetteSamples(
      sampled,
      width,
      Int32Array.from(sample, (row) => labels[row]!),
    );
    await breathe();
    const all = { matrix, width, clusters: labels };
    const silhouette = samples.reduce((sum, each) => sum + each, 0) / samples.length;
    tried.push({ clusters, inertia, silhouette, daviesBouldin: daviesBouldin(all), calinskiHarabasz: calinskiHarabasz(all), fitted });
    context.metric('silhouette', silhouette, clusters);
    context.metric('sum of squared distances', inertia, clusters);
    await breathe();
  }
  const best = bestOf(tried, metric);
  context.log(`${best.clusters} centroids are best of ${numbers.join(', ')}.`);
  const { model } = (best as (typeof tried)[number]).fitted;
  const numbersOf = (value: (each: Tried) => number) => Float64Array.from(tried, value);
  const sweep = await context.table(
    SWEEP_SCHEMA,
    new Map([
      ['Number of centroids', numbersOf((each) => each.clusters)],
      ['Sum of squared distances', numbersOf((each) => each.inertia)],
      ['Silhouette', numbersOf((each) => each.silhouette)],
      ['Davies–Bouldin', numbersOf((each) => each.daviesBouldin)],
      ['Caliński–Harabasz', numbersOf((each) => each.calinskiHarabasz)],
      ['Chosen', numbersOf((each) => Number(each === best))],
    ]),
  );
  return { model, data: await scoredTable(model, data, append, context, learner.labels), sweep };
});
