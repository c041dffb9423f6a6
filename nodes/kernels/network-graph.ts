import { body, float, GraphBuilder, int } from '../kit/onnx/builder.ts';
import { ACTIVATIONS, layersOf, parameterCount, type NetworkShape } from './network.ts';

export interface TrainingGraphOptions {
  readonly optimizer: 'adam' | 'momentum';
  /** Share of the last step that the next one keeps: momentum, or Adam's β₁. */
  readonly momentum: number;
  /** Weight of Σ weight²/2 beside the mean loss. */
  readonly l2: number;
  readonly weighted: boolean;
}
/** Adam's β₂ and ε as in Kingma & Ba 2015. */
export const BETA2 = 0.999;
export const EPSILON = 1e-8;

interface LayerValues {
  readonly weights: string;
  readonly biases: string;
}

/** The weights [from, to] and biases [to] of each layer out of the flat parameters. */
function splitParameters(builder: GraphBuilder, shape: NetworkShape, parameters: string): LayerValues[] {
  const layers = layersOf(shape);
  const sizes = layers.flatMap(({ from, to }) => [from * to, to]);
  const parts = builder.nodes('Split', [parameters, builder.int64s(sizes)], { axis: int(0) }, { outputs: sizes.length });
  return layers.map(({ from, to }, index) => ({
    weights: builder.node('Reshape', [parts[2 * index]!, builder.int64s([from, to])]),
    biases: parts[2 * index + 1]!,
  }));
}

/** The values of each layer; the last are the scores before sigmoid or softmax. */
function forward(builder: GraphBuilder, { activation }: NetworkShape, layers: readonly LayerValues[], matrix: string): string[] {
  const values: string[] = [];
  for (const [index, { weights, biases }] of layers.entries()) {
    const sums = builder.node('Gemm', [values.at(-1) ?? matrix, weights, biases]);
    values.push(index === layers.length - 1 ? sums : builder.node(ACTIVATIONS[activation], [sums]));
  }
  return values;
}

interface Rows {
  readonly targets: string;
  readonly weights: string | null;
}

/** The weighted sum of the rows' losses, and each row's slope by the scores. */
function lossOf(builder: GraphBuilder, { loss, outputs }: NetworkShape, scores: string, { targets, weights }: Rows) {
  const weighted = (value: string) => (weights ? builder.node('Mul', [value, weights]) : value);
  const total = (value: string) => builder.node('ReduceSum', [weighted(value)], { keepdims: int(0) });
  if (loss === 'squared') {
    const error = builder.node('Sub', [scores, targets]);
    return { loss: builder.node('Mul', [total(builder.node('Mul', [error, error])), builder.floats([0.5], [])]), slope: weighted(error) };
  }
  if (loss === 'log-loss') {
    const each = builder.node('Sub', [builder.node('Softplus', [scores]), builder.node('Mul', [scores, targets])]);
    return { loss: total(each), slope: weighted(builder.node('Sub', [builder.node('Sigmoid', [scores]), targets])) };
  }
  const levels = builder.node('OneHot', [builder.cast(targets, 'int64'), builder.int64s([outputs], []), builder.floats([0, 1])], { axis: int(1) });
  const truth = builder.node('Reshape', [levels, builder.int64s([-1, outputs])]);
  const logs = builder.node('LogSoftmax', [scores], { axis: int(1) });
  const slope = weighted(builder.node('Sub', [builder.node('Exp', [logs]), truth]));
  return { loss: builder.node('Neg', [total(builder.node('Mul', [logs, truth]))]), slope };
}

/** `slope` by a layer's values times the slope of its activation, which follows from the values. */
function throughActivation(builder: GraphBuilder, activation: NetworkShape['activation'], values: string, slope: string): string {
  const scalar = (value: number) => builder.floats([value], []);
  // 1 above zero and 0 at it: `Sign` and `Where` take several times as long.
  if (activation === 'relu') return builder.node('Mul', [slope, builder.node('Div', [values, builder.node('Add', [values, scalar(1e-30)])])]);
  if (activation === 'tanh') return builder.node('Mul', [slope, builder.node('Sub', [scalar(1), builder.node('Mul', [values, values])])]);
  return builder.node('Mul', [builder.node('Mul', [slope, values]), builder.node('Sub', [scalar(1), values])]);
}

interface Passed {
  readonly layers: readonly LayerValues[];
  readonly matrix: string;
  readonly values: readonly string[];
}

/** The slopes of the loss by all parameters, in their order. `ones` is a vector with an element per row. */
function backward(builder: GraphBuilder, shape: NetworkShape, { layers, matrix, values }: Passed, slope: string, ones: string, l2: number): string {
  const slopes: string[] = [];
  let above = slope;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const before = values[index - 1] ?? matrix;
    const { weights } = layers[index]!;
    const byWeights = builder.node('Gemm', l2 > 0 ? [before, above, weights] : [before, above], {
      transA: int(1),
      ...(l2 > 0 ? { beta: float(l2) } : {}),
    });
    slopes.unshift(builder.node('Reshape', [byWeights, builder.int64s([-1])]), builder.node('MatMul', [ones, above]));
    if (index > 0) above = throughActivation(builder, shape.activation, before, builder.node('Gemm', [above, weights], { transB: int(1) }));
  }
  return builder.node('Concat', slopes, { axis: int(0) });
}

/**
 * The next parameters and moments. Momentum: v = μ v + g, w = w − rate v. Adam: m = β₁ m + g, v = β₂ v + g², w = w − rate m/(√v + ε); the
 * usual factors 1 − β and the correction of the bias are part of `rate` and ε (see `stepRate`).
 */
function update(builder: GraphBuilder, { optimizer, momentum }: TrainingGraphOptions, state: readonly string[], slope: string, rate: string): string[] {
  const scalar = (value: number) => builder.floats([value], []);
  const [parameters, first, second] = state as [string, string, string];
  const moment = builder.node('Add', [builder.node('Mul', [first, scalar(momentum)]), slope]);
  if (optimizer === 'momentum') return [builder.node('Sub', [parameters, builder.node('Mul', [moment, rate])]), moment];
  const squares = builder.node('Add', [builder.node('Mul', [second, scalar(BETA2)]), builder.node('Mul', [slope, slope])]);
  const divisor = builder.node('Add', [builder.node('Sqrt', [squares]), scalar(EPSILON / Math.sqrt(1 - BETA2))]);
  return [builder.node('Sub', [parameters, builder.node('Div', [builder.node('Mul', [moment, rate]), divisor])]), moment, squares];
}

/** The rate of step `step` (from 1) as the graph's update takes it. */
export function stepRate({ optimizer, momentum }: Pick<TrainingGraphOptions, 'optimizer' | 'momentum'>, rate: number, step: number): number {
  if (optimizer === 'momentum') return rate;
  return (rate * Math.sqrt(1 - BETA2 ** step) * (1 - momentum)) / (1 - momentum ** step) / Math.sqrt(1 - BETA2);
}

/**
 * One run of this graph is several steps of training: a Loop over minibatches, each gathered by row number, with forward pass, backward pass
 * (Rumelhart, Hinton & Williams 1986) and update. Inputs: `matrix` [rows, inputs], `targets` [rows, 1] (the class index for cross-entropy),
 * `weights` [rows, 1] where weighted, `order` [steps, batch] row numbers, `rates` [steps], `share` = 1/batch, `ones` [batch], `steps`, then
 * `parameters` and the moments `first` and `second` (Adam alone) [parameters]. Outputs by position: the new state in the same order, and the
 * sum of losses of each step.
 */
export function trainingGraph(shape: NetworkShape, options: TrainingGraphOptions): Uint8Array {
  const count = parameterCount(shape);
  const outer = new GraphBuilder();
  const matrix = outer.tensor('matrix', 'float', ['rows', shape.inputs]);
  const targets = outer.tensor('targets', 'float', ['rows', 1]);
  const weights = options.weighted ? outer.tensor('weights', 'float', ['rows', 1]) : null;
  const order = outer.tensor('order', 'int32', ['steps', 'batch']);
  const rates = outer.tensor('rates', 'float', ['steps']);
  const share = outer.tensor('share', 'float', []);
  const ones = outer.tensor('ones', 'float', ['batch']);
  const steps = outer.tensor('steps', 'int64', []);
  const state = stateNames(options).map((name) => outer.tensor(name, 'float', [count]));

  const step = new GraphBuilder('step ');
  const number = step.tensor(' number', 'int64', []);
  const going = step.tensor(' going', 'bool', []);
  const inner = state.map((name) => step.tensor(` ${name}`, 'float', [count]));
  const numbers = step.node('Gather', [order, number], { axis: int(0) });
  const rowsOf = (value: string) => step.node('Gather', [value, numbers], { axis: int(0) });
  const batch = rowsOf(matrix);
  const layers = splitParameters(step, shape, inner[0]!);
  const values = forward(step, shape, layers, batch);
  const { loss, slope } = lossOf(step, shape, values.at(-1)!, { targets: rowsOf(targets), weights: weights && rowsOf(weights) });
  const slopes = backward(step, shape, { layers, matrix: batch, values }, step.node('Mul', [slope, share]), ones, options.l2);
  const next = update(step, options, inner, slopes, step.node('Gather', [rates, number], { axis: int(0) }));
  step.result(step.node('Identity', [going]), 'bool', []);
  for (const value of next) step.result(value, 'float', [count]);
  step.result(loss, 'float', []);

  const results = outer.nodes('Loop', [steps, '', ...state], { body: body(step) }, { outputs: state.length + 1 });
  for (const value of results) outer.result(value, 'float', value === results.at(-1) ? ['steps'] : [count]);
  return outer.toBytes();
}

export const stateNames = ({ optimizer }: Pick<TrainingGraphOptions, 'optimizer'>): string[] =>
  optimizer === 'adam' ? ['parameters', 'first', 'second'] : ['parameters', 'first'];

/** The weighted sum of losses over rows: of `matrix`, `targets`, `weights` where weighted, and `parameters`. */
export function lossGraph(shape: NetworkShape, weighted: boolean): Uint8Array {
  const builder = new GraphBuilder();
  const matrix = builder.tensor('matrix', 'float', ['rows', shape.inputs]);
  const targets = builder.tensor('targets', 'float', ['rows', 1]);
  const weights = weighted ? builder.tensor('weights', 'float', ['rows', 1]) : null;
  const parameters = builder.tensor('parameters', 'float', [parameterCount(shape)]);
  const values = forward(builder, shape, splitParameters(builder, shape, parameters), matrix);
  builder.result(lossOf(builder, shape, values.at(-1)!, { targets, weights }).loss, 'float', []);
  return builder.toBytes();
}
