import type { Trainer } from '../../kit/context.ts';
import { int, type GraphBuilder } from '../../kit/onnx/builder.ts';
import { trainForest } from '../../kernels/forest.server.ts';
import { prepareFeatures } from '../features.server.ts';
import { numericTargets } from '../labels.server.ts';
import { modelOf } from '../model.server.ts';
import { treeColumns } from '../trees/features.server.ts';
import { forestNeed, forestScore, groupShares } from '../trees/forest.server.ts';
import { drawnTrees, gainImportance } from '../trees/summary.ts';
import { gridOf, type Grid } from './grid.ts';
import { fastForestQuantileRegression as node, risingQuantiles } from './node.ts';

/** Shares are sums of quotients: a share this near below a quantile counts as having reached it. */
const TOLERANCE = 1e-6;

/**
 * The distribution of the answer for a row is the mean over trees of those in its leaves (Meinshausen 2006); a quantile is the smallest answer
 * that so much of it does not exceed. Answers are told apart by a grid of at most 256 values.
 */
const trainer: Trainer = {
  learner: node.type,
  memory(shape, given) {
    const { minimumSamples, leaves } = node.params.parse(given);
    return forestNeed(shape, { minimumSamples, maximumDepth: 0, maximumLeaves: leaves });
  },
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const targets = numericTargets(data.label);
    const quantiles = risingQuantiles(params.quantiles);
    const grid = gridOf(targets);
    const features = prepareFeatures(data, { missing: 'keep', scaling: 'none' });
    const { trees } = await trainForest(
      { columns: treeColumns(features), targets, weights: data.weights, groups: grid.places },
      {
        trees: params.trees,
        seed: params.seed,
        minimumSamples: params.minimumSamples,
        maximumDepth: 0,
        maximumLeaves: params.leaves,
        columnsTried: Math.max(1, Math.round(params.columnShare * features.columns.length)),
        sampling: params.rowShare < 1 ? 'share' : 'all',
        rowShare: params.rowShare,
        groupCount: grid.values.length,
      },
      {
        signal: context.signal,
        threads: context.threads,
        tree: (done, partly) => context.progress((done + partly) / params.trees, `tree ${done} of ${params.trees}`),
      },
    );
    const shares = trees.map((tree) => groupShares(tree, grid.values.length));
    const distribution = forestScore(trees, shares, grid.values.length);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'regression',
      params,
      data,
      features,
      quantiles,
      score: (builder, matrix) => quantilesOf(builder, distribution(builder, matrix), grid, quantiles),
      importance: gainImportance(trees, features),
      trees: drawnTrees(trees, features, (tree, place) => trees[tree]!.value[place]!),
      history: [],
      notes: ['“Scored Labels” is the quantile that is nearest to the median.'],
    });
  },
};
export default trainer;

/** For each quantile the value at the number of places whose cumulated share lies below it: [rows, quantiles]. */
function quantilesOf(builder: GraphBuilder, shares: string, { values }: Grid, quantiles: readonly number[]): string {
  const cumulated = builder.node('CumSum', [shares, builder.int64s([1], [])]);
  const table = builder.floats(values);
  const last = builder.int64s([values.length - 1], [1, 1]);
  return builder.concat(
    quantiles.map((quantile) => {
      const below = builder.cast(builder.node('Less', [cumulated, builder.floats([quantile - TOLERANCE], [1, 1])]), 'int64');
      const place = builder.node('Min', [builder.node('ReduceSum', [below, builder.int64s([1])], { keepdims: int(1) }), last]);
      return builder.node('Gather', [table, place]);
    }),
  );
}
