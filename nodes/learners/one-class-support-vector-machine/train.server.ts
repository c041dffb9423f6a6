import type { UnsupervisedTrainer } from '../../kit/context.ts';
import { int, type GraphBuilder } from '../../kit/onnx/builder.ts';
import { oneClassShares } from '../../kernels/one-class.ts';
import { sampleOf } from '../../kernels/random.ts';
import { prepareFeatures } from '../features.server.ts';
import { requireMemory, rowMajor } from '../matrix.server.ts';
import { modelOf } from '../model.server.ts';
import { matrixInPieces, quantileOf, rawScores } from '../raw-scores.server.ts';
import { turns } from '../../kernels/turns.ts';
import { oneClassSupportVectorMachine as node } from './node.ts';

const kernelBytes = (rows: number): number => rows * rows * 4;

/** Support vectors that hold the border lie on it but for so much of it, and count as inside. */
const ON_THE_BORDER = 1e-4;
/** Of the border: rows that are all alike usual do not differ by more than the last digits say. */
const LEAST_SPREAD = 0.05;

/** scikit-learn's OneClassSVM is the same on standardised columns, but for the border, which lies where the wanted share of all rows is outside. */
const trainer: UnsupervisedTrainer = {
  learner: node.type,
  memory({ rowCount, columnCount }, given) {
    const rows = Math.min(rowCount, node.params.parse(given).rows);
    return { bytes: kernelBytes(rows) + rows * columnCount * 4, advice: 'Learn from fewer rows, or use fewer columns.' };
  },
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    const width = features.columns.length;
    const gamma = params.gamma || 1 / width;
    const breathe = turns(context.signal);
    const sample = sampleOf(data.rowCount, Math.min(data.rowCount, params.rows), params.seed);
    const count = sample.length;
    requireMemory(kernelBytes(count), `The kernel of ${count.toLocaleString('en-US')} rows`);
    const points = await rowMajor((index) => picked(features.values(index), sample), count, width, breathe);
    const kernel = await rawScores({ rowCount: count, width, most: count, read: () => points }, kernelGraph(points, width, gamma), { width: count, breathe });
    const history: number[] = [];
    const shares = await oneClassShares(
      { kernel, rowCount: count, weights: data.weights && picked(data.weights, sample) },
      { nu: params.nu },
      {
        breathe,
        step(done, violation) {
          history.push(violation);
          context.metric('distance from the optimum', violation, done);
        },
      },
    );
    const support = Uint32Array.from(shares.keys()).filter((row) => shares[row]! > 0);
    const vectors = Float32Array.from({ length: support.length * width }, (_, at) => points[support[Math.floor(at / width)]! * width + (at % width)]!);
    const kernelOf = kernelGraph(vectors, width, gamma);
    const usual = (builder: GraphBuilder, matrix: string) =>
      builder.node('MatMul', [kernelOf(builder, matrix), builder.floats(picked(shares, support), [support.length, 1])]);
    const values = await rawScores(matrixInPieces(data, features, breathe), usual, { breathe });
    const edge = quantileOf(values, params.nu);
    const border = edge * (1 - ON_THE_BORDER);
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length);
    const spread = Math.max(deviation, edge * LEAST_SPREAD);
    context.progress(1);
    const learned = count < data.rowCount ? `Learned from ${count.toLocaleString('en-US')} of ${data.rowCount.toLocaleString('en-US')} rows. ` : '';
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'anomaly',
      params,
      data,
      features,
      score: (builder, matrix) => {
        const outside = builder.node('Sub', [builder.floats([border], [1, 1]), usual(builder, matrix)]);
        return builder.node('Sigmoid', [builder.node('Mul', [outside, builder.floats([1 / spread], [1, 1])])]);
      },
      importance: new Map(),
      history,
      notes: [`${learned}${support.length.toLocaleString('en-US')} support vectors hold the border.`],
    });
  },
};
export default trainer;

function picked<T extends Float32Array | Float64Array>(values: T, rows: Uint32Array): T {
  const taken = values.slice(0, rows.length) as T;
  rows.forEach((row, place) => (taken[place] = values[row]!));
  return taken;
}

/** exp(−γ |x − point|²) for each point: [rows, points]. */
const kernelGraph =
  (points: Float32Array, width: number, gamma: number) =>
  (builder: GraphBuilder, matrix: string): string => {
    const count = points.length / width;
    const factors = Float32Array.from(points, (each) => 2 * gamma * each);
    const lengths = Float32Array.from({ length: count }, (_, at) => -gamma * squaredLength(points.subarray(at * width, (at + 1) * width)));
    const products = builder.node('Gemm', [matrix, builder.floats(factors, [count, width]), builder.floats(lengths, [count])], { transB: int(1) });
    const own = builder.node('Mul', [
      builder.node('ReduceSum', [builder.node('Mul', [matrix, matrix]), builder.int64s([1])], { keepdims: int(1) }),
      builder.floats([gamma], [1, 1]),
    ]);
    return builder.node('Exp', [builder.node('Min', [builder.node('Sub', [products, own]), builder.floats([0], [1, 1])])]);
  };

const squaredLength = (point: Float32Array): number => point.reduce((sum, each) => sum + each * each, 0);
