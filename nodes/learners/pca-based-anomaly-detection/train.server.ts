import type { UnsupervisedTrainer } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import { int, type GraphBuilder } from '../../kit/onnx/builder.ts';
import { principalComponents, type Components } from '../../kernels/pca.server.ts';
import { prepareFeatures, type Features } from '../features.server.ts';
import { matrixMemory } from '../matrix.server.ts';
import { modelOf } from '../model.server.ts';
import { matrixInPieces, quantileOf, rawScores } from '../raw-scores.server.ts';
import { turns } from '../../kernels/turns.ts';
import { pcaBasedAnomalyDetection as node } from './node.ts';

/**
 * A row's error is its squared distance from the plane of the first components (Shyu et al. 2003); its score is 1 − 2^(−error/limit), so that
 * the limit, beyond which the expected share of the training rows lies, is 0.5.
 */
const trainer: UnsupervisedTrainer = {
  learner: node.type,
  memory: matrixMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const features = prepareFeatures(data, { missing: 'impute', scaling: params.normalize ? 'standardize' : 'none' });
    const width = features.columns.length;
    if (params.components >= width) {
      const message = `${params.components} components of ${width} columns leave nothing that could be strange. Choose fewer components, or more columns.`;
      throw new NodeError('parameter_invalid', message, { param: 'components' });
    }
    const breathe = turns(context.signal);
    const columns = features.columns.map((_, index) => features.values(index));
    const found = await principalComponents(
      { rowCount: data.rowCount, columns },
      { scale: false, count: params.components, threads: context.threads },
      breathe,
    );
    context.progress(0.5, 'components found');
    const error = errorScore(found, params.components);
    const errors = await rawScores(matrixInPieces(data, features, breathe), error, { breathe });
    const limit = Math.max(quantileOf(errors, 1 - params.share), 1e-12);
    context.progress(1);
    const held = found.explained.reduce((sum, each) => sum + each, 0) / (found.total || 1);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'anomaly',
      params,
      data,
      features,
      score: (builder, matrix) => {
        const halvings = builder.node('Mul', [error(builder, matrix), builder.floats([-Math.LN2 / limit], [1, 1])]);
        return builder.node('Sub', [builder.floats([1], [1, 1]), builder.node('Exp', [halvings])]);
      },
      importance: residualShares(found, params.components, features),
      history: [],
      notes: [`The ${params.components} components hold ${(100 * held).toFixed(1)} % of the variance; what lies beside them is strange.`],
    });
  },
};
export default trainer;

/** Squared distance [rows, 1] from the plane of the first components. */
function errorScore({ means, vectors }: Components, count: number): (builder: GraphBuilder, matrix: string) => string {
  const width = means.length;
  const first = vectors.subarray(0, count * width);
  return (builder, matrix) => {
    const centred = builder.node('Sub', [matrix, builder.floats(means, [1, width])]);
    const basis = builder.floats(first, [count, width]);
    const along = builder.node('Gemm', [centred, basis], { transB: int(1) });
    const beside = builder.node('Sub', [centred, builder.node('MatMul', [along, basis])]);
    return builder.node('ReduceSum', [builder.node('Mul', [beside, beside]), builder.int64s([1])], { keepdims: int(1) });
  };
}

/** Each feature's share of the variance that the components do not hold. */
function residualShares({ variances, explained, vectors }: Components, count: number, features: Features): Map<string, number> {
  const width = variances.length;
  const left = variances.map((variance, index) => {
    let held = 0;
    for (let each = 0; each < count; each += 1) held += explained[each]! * vectors[each * width + index]! ** 2;
    return Math.max(0, variance - held);
  });
  const total = left.reduce((sum, each) => sum + each, 0) || 1;
  const importance = new Map(features.inputs.map((each) => [each.name, 0]));
  features.columns.forEach(({ feature }, index) => importance.set(feature, importance.get(feature)! + left[index]! / total));
  return importance;
}
