import type { GraphBuilder } from '../kit/onnx/builder.ts';
import { randomNumbers } from './random.ts';

/** The layers of a fully connected network. */
export interface NetworkShape {
  readonly inputs: number;
  /** Units of each hidden layer; none makes the network a linear model. */
  readonly hidden: readonly number[];
  /** 1, or the number of classes for `cross-entropy`. */
  readonly outputs: number;
  readonly activation: 'sigmoid' | 'tanh' | 'relu';
  readonly loss: 'log-loss' | 'cross-entropy' | 'squared';
}

/** A layer's place among the flat parameters: weights [from, to] row after row, then biases [to]. */
export interface Layer {
  readonly from: number;
  readonly to: number;
  readonly weights: number;
  readonly biases: number;
}

export function layersOf({ inputs, hidden, outputs }: NetworkShape): Layer[] {
  const widths = [inputs, ...hidden, outputs];
  let at = 0;
  return widths.slice(1).map((to, index) => {
    const from = widths[index]!;
    const layer = { from, to, weights: at, biases: at + from * to };
    at += (from + 1) * to;
    return layer;
  });
}

/** How many weights and biases all layers have. */
export function parameterCount(shape: NetworkShape): number {
  const { to, biases } = layersOf(shape).at(-1)!;
  return biases + to;
}

/**
 * Random weights and biases, evenly within ±diameter/2. Without a diameter each layer's bound is √(6/(from + to)), or √(2/(from + to)) before a
 * sigmoid (Glorot & Bengio 2010, equation 16).
 */
export function initialParameters(shape: NetworkShape, seed: number, diameter?: number): Float32Array {
  const random = randomNumbers(seed);
  const parameters = new Float32Array(parameterCount(shape));
  for (const { from, to, weights } of layersOf(shape)) {
    const bound = diameter === undefined ? Math.sqrt((shape.activation === 'sigmoid' ? 2 : 6) / (from + to)) : diameter / 2;
    for (let index = weights; index < weights + (from + 1) * to; index += 1) parameters[index] = (2 * random() - 1) * bound;
  }
  return parameters;
}

export const ACTIVATIONS = { sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' } as const;

/** Writes the network with fixed parameters: scores [rows, outputs], before sigmoid or softmax, of a matrix [rows, inputs]. */
export function networkScore(builder: GraphBuilder, shape: NetworkShape, parameters: Float32Array, matrix: string): string {
  const layers = layersOf(shape);
  return layers.reduce((value, { from, to, weights, biases }, index) => {
    const sums = builder.node('Gemm', [
      value,
      builder.floats(parameters.subarray(weights, biases), [from, to]),
      builder.floats(parameters.subarray(biases, biases + to), [to]),
    ]);
    return index === layers.length - 1 ? sums : builder.node(ACTIVATIONS[shape.activation], [sums]);
  }, matrix);
}
