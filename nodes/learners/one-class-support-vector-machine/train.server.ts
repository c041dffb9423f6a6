import type { UnsupervisedTrainer } from '../../kit/context.ts';
import type { GraphBuilder } from '../../kit/onnx/builder.ts';
import { fitOneClass, randomWaves, type Waves } from '../../kernels/one-class.ts';
import { sampleOf } from '../../kernels/random.ts';
import { prepareFeatures } from '../features.server.ts';
import { modelOf } from '../model.server.ts';
import { quantileOf, rawScores } from '../raw-scores.server.ts';
import { turns } from '../../kernels/turns.ts';
import { oneClassSupportVectorMachine as node } from './node.ts';

/** More rows than this do not move the border much; it is learned from a sample of them. */
const MOST_ROWS = 20_000;

const trainer: UnsupervisedTrainer = {
  learner: node.type,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const features = prepareFeatures(data, { missing: 'impute', scaling: 'standardize' });
    const width = features.columns.length;
    const breathe = turns(context.signal);
    const sample = data.rowCount > MOST_ROWS ? sampleOf(data.rowCount, MOST_ROWS, params.seed) : null;
    const count = sample ? sample.length : data.rowCount;
    const waves = randomWaves(width, params.randomFeatures, params.gamma || 1 / width, params.seed);
    const mapped = await rawScores(features, sample, data.rowCount, waveGraph(waves), { width: params.randomFeatures, breathe });
    const weights = data.weights && (sample ? Float64Array.from(sample, (row) => data.weights![row]!) : data.weights);
    const { normal, history } = await fitOneClass(
      { mapped, rowCount: count, width: params.randomFeatures, weights },
      { nu: params.nu, epochs: params.iterations, seed: params.seed },
      {
        breathe,
        epoch(done, loss) {
          context.metric('training loss', loss, done);
          context.progress(done / (params.iterations + 1), `iteration ${done} of ${params.iterations}`);
        },
      },
    );
    const inside = (builder: GraphBuilder, matrix: string) =>
      builder.node('MatMul', [waveGraph(waves)(builder, matrix), builder.floats(normal, [normal.length, 1])]);
    // The border is laid where the wanted share of all rows lies outside.
    const values = await rawScores(features, null, data.rowCount, inside, { breathe });
    const border = quantileOf(values, params.nu);
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length) || 1;
    context.progress(1);
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'anomaly',
      params,
      data,
      features,
      score: (builder, matrix) => {
        const outside = builder.node('Sub', [builder.floats([border], [1, 1]), inside(builder, matrix)]);
        return builder.node('Sigmoid', [builder.node('Mul', [outside, builder.floats([1 / spread], [1, 1])])]);
      },
      importance: new Map(),
      history,
      notes: sample ? [`Learned from ${count.toLocaleString('en-US')} of ${data.rowCount.toLocaleString('en-US')} rows.`] : [],
    });
  },
};
export default trainer;

/** √(2/D) cos(x·ω + b) for each wave: [rows, D]. */
const waveGraph =
  ({ frequencies, phases, width }: Waves) =>
  (builder: GraphBuilder, matrix: string): string => {
    const count = phases.length;
    const angles = builder.node('Gemm', [matrix, builder.floats(frequencies, [width, count]), builder.floats(phases, [count])]);
    return builder.node('Mul', [builder.node('Cos', [angles]), builder.floats([Math.sqrt(2 / count)], [1, 1])]);
  };
