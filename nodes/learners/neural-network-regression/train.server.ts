import type { Trainer } from '../../kit/context.ts';
import { numericTargets } from '../labels.server.ts';
import { matrixMemory } from '../matrix.server.ts';
import { modelOf } from '../model.server.ts';
import { fitNetwork } from '../network.server.ts';
import { neuralNetworkRegression as node } from './node.ts';

/** Minimises the mean squared error of the standardised label; the graph brings the score back to its unit. */
const trainer: Trainer = {
  learner: node.type,
  memory: matrixMemory,
  async fit(data, given, context) {
    const params = node.params.parse(given);
    const values = numericTargets(data.label);
    const { mean, deviation } = scaleOf(values, data.weights);
    const scaled = (numbers: Float64Array) => Float32Array.from(numbers, (value) => (value - mean) / deviation);
    const { score, ...fitted } = await fitNetwork(
      data,
      params,
      {
        loss: 'squared',
        outputs: 1,
        training: scaled(values),
        weights: data.weights,
        validation: ({ label }) => scaled(numericTargets(label)),
        lossUnit: 2 * deviation * deviation,
      },
      context,
    );
    return modelOf({
      learner: node.type,
      title: node.title,
      task: 'regression',
      params,
      data,
      ...fitted,
      score: (builder, matrix) =>
        builder.node('Add', [builder.node('Mul', [score(builder, matrix), builder.floats([deviation], [1, 1])]), builder.floats([mean], [1, 1])]),
    });
  },
};
export default trainer;

function scaleOf(values: Float64Array, weights: Float64Array | undefined): { mean: number; deviation: number } {
  const total = weights ? weights.reduce((sum, each) => sum + each, 0) : values.length;
  const mean = values.reduce((sum, value, row) => sum + (weights?.[row] ?? 1) * value, 0) / total;
  const squares = values.reduce((sum, value, row) => sum + (weights?.[row] ?? 1) * (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / total) || 1 };
}
