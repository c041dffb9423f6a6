import type { UnsupervisedTrainer } from '../../kit/context.ts';
import { isolationTree, meanDepth, type IsolationTree } from '../../kernels/isolation-forest.ts';
import { randomNumbers, sampleOf } from '../../kernels/random.ts';
import { prepareFeatures } from '../features.server.ts';
import { modelOf, type ModelParts } from '../model.server.ts';
import { matrixMemory } from '../matrix.server.ts';
import { matrixInPieces, quantileOf, rawScores } from '../raw-scores.server.ts';
import { sumOfTrees } from '../trees/graph.ts';
import { drawnTrees, gainImportance } from '../trees/summary.ts';
import { turns } from '../../kernels/turns.ts';
import { isolationForest as node } from './node.ts';

/** A row's score is 2^(−mean depth / c(rows per tree)): Liu, Ting & Zhou 2008, equation 2. Rows that are soon alone come near 1. */
const trainer: UnsupervisedTrainer = {
  learner: node.type,
  memory: matrixMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const features = prepareFeatures(data, { missing: 'keep', scaling: 'none', missingNote: 'A missing number goes with the larger part of the rows.' });
    const columns = features.columns.map((_, index) => features.values(index));
    const breathe = turns(context.signal);
    const random = randomNumbers(params.seed);
    const size = Math.min(params.samples, data.rowCount);
    const trees: IsolationTree[] = [];
    for (let tree = 0; tree < params.trees; tree += 1) {
      const seed = Math.floor(random() * 2 ** 31);
      trees.push(isolationTree(columns, sampleOf(data.rowCount, size, seed), seed));
      context.progress((tree + 1) / (params.trees + 1), `tree ${tree + 1} of ${params.trees}`);
      await breathe();
    }
    const score = isolationScore(trees, size);
    const threshold = params.share > 0 ? quantileOf(await rawScores(matrixInPieces(data, features, breathe), score, { breathe }), 1 - params.share) : 0.5;
    context.progress(1);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'anomaly',
      params,
      data,
      features,
      score,
      threshold,
      importance: gainImportance(trees, features),
      trees: drawnTrees(trees, features, (tree, place) => trees[tree]!.value[place]!),
      history: [],
      notes: [`Rows with a score from ${threshold.toFixed(4)} count as anomalies.`],
    });
  },
};
export default trainer;

/** 2^(−Σ depths / (trees · c(size))). */
export const isolationScore =
  (trees: readonly IsolationTree[], size: number): ModelParts['score'] =>
  (builder, matrix) => {
    const depths = sumOfTrees(builder, matrix, trees, 1, (tree, place) => trees[tree]!.value[place]!);
    const usual = trees.length * Math.max(meanDepth(size), 1e-9);
    return builder.node('Exp', [builder.node('Mul', [depths, builder.floats([-Math.LN2 / usual], [1, 1])])]);
  };
