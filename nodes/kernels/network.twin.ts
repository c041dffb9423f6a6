import { layersOf, type NetworkShape } from './network.ts';
import type { NetworkOptions, NetworkRows } from './network.server.ts';
import { initialParameters } from './network.ts';
import { randomNumbers, shuffled } from './random.ts';

const SLOPES = { sigmoid: (value: number) => value * (1 - value), tanh: (value: number) => 1 - value * value, relu: (value: number) => Number(value > 0) };
const FUNCTIONS = { sigmoid: (sum: number) => 1 / (1 + Math.exp(-sum)), tanh: Math.tanh, relu: (sum: number) => Math.max(0, sum) };

/** The values of all layers for one row; the last are the scores before sigmoid or softmax. */
export function forwardPlainly(shape: NetworkShape, parameters: ArrayLike<number>, row: ArrayLike<number>): number[][] {
  const layers = layersOf(shape);
  const values: number[][] = [];
  for (const [index, { from, to, weights, biases }] of layers.entries()) {
    const before = values.at(-1) ?? row;
    values.push(
      Array.from({ length: to }, (_, unit) => {
        let sum = parameters[biases + unit]!;
        for (let each = 0; each < from; each += 1) sum += before[each]! * parameters[weights + each * to + unit]!;
        return index === layers.length - 1 ? sum : FUNCTIONS[shape.activation](sum);
      }),
    );
  }
  return values;
}

/** The loss of one row, and its slope by the scores. */
function lossPlainly(loss: NetworkShape['loss'], scores: readonly number[], target: number): { loss: number; slopes: number[] } {
  const [score] = scores as [number];
  if (loss === 'squared') return { loss: (score - target) ** 2 / 2, slopes: [score - target] };
  if (loss === 'log-loss') return { loss: Math.log1p(Math.exp(score)) - score * target, slopes: [FUNCTIONS.sigmoid(score) - target] };
  const total = scores.reduce((sum, each) => sum + Math.exp(each), 0);
  return { loss: Math.log(total) - scores[target]!, slopes: scores.map((each, level) => Math.exp(each) / total - Number(level === target)) };
}

/** The same training as `trainNetwork` without validation, row by row in plain arithmetic of doubles. */
export function trainNetworkPlainly({ matrix, targets, weights }: NetworkRows, options: NetworkOptions) {
  const { shape, optimizer, momentum, l2, rate, epochs, shuffle, seed, diameter } = options;
  const rowCount = targets.length;
  const parameters = Float64Array.from(initialParameters(shape, seed, diameter));
  const [first, second] = [new Float64Array(parameters.length), new Float64Array(parameters.length)];
  const layers = layersOf(shape);
  const meanWeight = weights ? weights.reduce((sum, each) => sum + each, 0) / rowCount : 1;
  const random = randomNumbers(seed + 1);
  const history: number[] = [];
  let order: ArrayLike<number> = Array.from(targets.keys());
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    if (shuffle) order = shuffled(rowCount, random);
    let total = 0;
    for (let begin = 0; begin < rowCount; begin += options.batch) {
      const end = Math.min(begin + options.batch, rowCount);
      const gradient = new Float64Array(parameters.length);
      for (let at = begin; at < end; at += 1) {
        const row = order[at]!;
        const weight = (weights?.[row] ?? 1) / meanWeight;
        const given = matrix.subarray(row * shape.inputs, (row + 1) * shape.inputs);
        const values = forwardPlainly(shape, parameters, given);
        const { loss, slopes } = lossPlainly(shape.loss, values.at(-1)!, targets[row]!);
        total += loss * weight;
        let above = slopes.map((each) => (each * weight) / (end - begin));
        for (let index = layers.length - 1; index >= 0; index -= 1) {
          const { from, to, weights: at0, biases } = layers[index]!;
          const before = values[index - 1] ?? given;
          const below = new Array<number>(from).fill(0);
          for (let unit = 0; unit < to; unit += 1) {
            gradient[biases + unit]! += above[unit]!;
            for (let each = 0; each < from; each += 1) {
              gradient[at0 + each * to + unit]! += before[each]! * above[unit]!;
              below[each]! += above[unit]! * parameters[at0 + each * to + unit]!;
            }
          }
          above = index === 0 ? [] : below.map((each, unit) => each * SLOPES[shape.activation](before[unit]!));
        }
      }
      for (const { weights: from, biases } of layers) for (let index = from; index < biases; index += 1) gradient[index]! += l2 * parameters[index]!;
      step += 1;
      for (let index = 0; index < parameters.length; index += 1) {
        const slope = gradient[index]!;
        if (optimizer === 'momentum') {
          first[index] = momentum * first[index]! + slope;
          parameters[index]! -= rate * first[index]!;
          continue;
        }
        // Kingma & Ba 2015, algorithm 1, with the corrections in the rate.
        first[index] = momentum * first[index]! + (1 - momentum) * slope;
        second[index] = 0.999 * second[index]! + 0.001 * slope * slope;
        const corrected = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - momentum ** step);
        parameters[index]! -= (corrected * first[index]!) / (Math.sqrt(second[index]!) + 1e-8);
      }
    }
    history.push(total / rowCount);
  }
  return { parameters, history };
}
