import { GraphBuilder, int, MICROSOFT } from '../kit/onnx/builder.ts';

/**
 * Losses of a linear model as functions of a row's margins m = x·coefficients:
 * `logistic` log(1 + e^m) − y m with y 0 or 1; `softmax` log Σ e^m − m of the row's class; `poisson` e^m − y m;
 * `squared-hinge` max(0, 1 − s m)² / 2 with s = ±1 for y 1 or 0.
 */
export type LinearLoss = 'logistic' | 'softmax' | 'poisson' | 'squared-hinge';

/**
 * Feeds: `matrix` [blocks, columns, rows], `targets` and `weights` [blocks, rows], `coefficients` [columns, outputs]. Results by position:
 * the weighted loss of each block (float64), its gradient [blocks, columns, outputs] and, with `curvature`, Σ blocks of the Hessian
 * [columns, columns] (float64; one output only). Blocks make the sums the same for any number of threads, and rounding small.
 */
export function linearGraph(loss: LinearLoss, outputs: number, curvature: boolean): Uint8Array {
  const builder = new GraphBuilder();
  const matrix = builder.tensor('matrix', 'float', ['blocks', 'columns', 'rows']);
  const targets = builder.tensor('targets', 'float', ['blocks', 'rows']);
  const weights = builder.tensor('weights', 'float', ['blocks', 'rows']);
  const coefficients = builder.tensor('coefficients', 'float', ['columns', outputs]);
  const fused = { domain: MICROSOFT };
  const products = builder.node('FusedMatMul', [matrix, coefficients], { transA: int(1) }, fused);
  // Rows last: the operators on single values are many times slower where the last dimension is 1.
  const flat = builder.int64s([0, -1]);
  const deep = builder.int64s([0, -1, outputs]);
  const margins = outputs === 1 ? builder.node('Reshape', [products, flat]) : products;
  const each = LOSSES[loss](builder, { margins, targets, outputs });
  const weighted = builder.cast(builder.node('Mul', [each.loss, weights]), 'double');
  builder.result(builder.node('ReduceSum', [weighted, builder.int64s([1])], { keepdims: int(0) }), 'double', ['blocks']);
  const slope =
    outputs === 1
      ? builder.node('Reshape', [builder.node('Mul', [each.slope, weights]), deep])
      : builder.node('Mul', [each.slope, builder.node('Reshape', [weights, builder.int64s([0, -1, 1])])]);
  builder.result(builder.node('MatMul', [matrix, slope]), 'float', ['blocks', 'columns', outputs]);
  if (curvature) {
    const bend = builder.node('Reshape', [builder.node('Mul', [each.bend!, weights]), builder.int64s([0, 1, -1])]);
    const squares = builder.node('FusedMatMul', [builder.node('Mul', [matrix, bend]), matrix], { transB: int(1) }, fused);
    builder.result(builder.node('ReduceSum', [builder.cast(squares, 'double'), builder.int64s([0])], { keepdims: int(0) }), 'double', ['columns', 'columns']);
  }
  return builder.toBytes();
}

interface Margins {
  /** [blocks, rows] for one output, otherwise [blocks, rows, outputs]. */
  readonly margins: string;
  /** [blocks, rows]. */
  readonly targets: string;
  readonly outputs: number;
}
interface Derivatives {
  /** [blocks, rows]. */
  readonly loss: string;
  /** By the margins, in their shape. */
  readonly slope: string;
  /** The second derivative, for one output. */
  readonly bend?: string;
}

/**
 * log(1 + e) for e from 0 to 1 as 2 artanh(e / (e + 2)), whose series ends here below float32's rounding. Only operators that round exactly:
 * ONNX Runtime's own logarithm differs in the last digit at the seams between threads.
 */
function log1p(builder: GraphBuilder, e: string): string {
  const t = builder.node('Div', [e, builder.node('Add', [e, builder.floats([2])])]);
  const square = builder.node('Mul', [t, t]);
  let sum = builder.floats([1 / 13]);
  for (const power of [11, 9, 7, 5, 3, 1]) sum = builder.node('Add', [builder.node('Mul', [sum, square]), builder.floats([1 / power])]);
  return builder.node('Mul', [builder.node('Add', [t, t]), sum]);
}

const LOSSES: Readonly<Record<LinearLoss, (builder: GraphBuilder, given: Margins) => Derivatives>> = {
  logistic(builder, { margins, targets }) {
    // With m turned to the side of the row's class: loss = log(1 + e^−|m|) + max(0, −m).
    const side = builder.node('Sub', [builder.node('Mul', [targets, builder.floats([2])]), builder.floats([1])]);
    const turned = builder.node('Mul', [margins, side]);
    const small = builder.node('Exp', [builder.node('Neg', [builder.node('Abs', [margins])])]);
    const loss = builder.node('Add', [log1p(builder, small), builder.node('Relu', [builder.node('Neg', [turned])])]);
    // p − y = −side × sigmoid(−m turned), which keeps its digits where p is near y.
    const wrong = builder.node('Sigmoid', [builder.node('Neg', [turned])]);
    const slope = builder.node('Neg', [builder.node('Mul', [side, wrong])]);
    const bend = builder.node('Mul', [wrong, builder.node('Sub', [builder.floats([1]), wrong])]);
    return { loss, slope, bend };
  },
  softmax(builder, { margins, targets, outputs }) {
    const place = builder.node('Reshape', [builder.cast(targets, 'int64'), builder.int64s([0, -1, 1])]);
    const logs = builder.node('LogSoftmax', [margins], { axis: int(2) });
    const loss = builder.node('Reshape', [builder.node('Neg', [builder.node('GatherElements', [logs, place], { axis: int(2) })]), builder.int64s([0, -1])]);
    const classes = builder.int64s(Array.from({ length: outputs }, (_, index) => index));
    const own = builder.cast(builder.node('Equal', [place, classes]), 'float');
    return { loss, slope: builder.node('Sub', [builder.node('Exp', [logs]), own]) };
  },
  poisson(builder, { margins, targets }) {
    const expected = builder.node('Exp', [margins]);
    const loss = builder.node('Sub', [expected, builder.node('Mul', [targets, margins])]);
    return { loss, slope: builder.node('Sub', [expected, targets]), bend: expected };
  },
  'squared-hinge'(builder, { margins, targets }) {
    const side = builder.node('Sub', [builder.node('Mul', [targets, builder.floats([2])]), builder.floats([1])]);
    const short = builder.node('Relu', [builder.node('Sub', [builder.floats([1]), builder.node('Mul', [margins, side])])]);
    const loss = builder.node('Mul', [builder.node('Mul', [short, short]), builder.floats([0.5])]);
    const bend = builder.cast(builder.node('Greater', [short, builder.floats([0])]), 'float');
    return { loss, slope: builder.node('Neg', [builder.node('Mul', [side, short])]), bend };
  },
};
