import { body, GraphBuilder, int, string } from '../kit/onnx/builder.ts';
import type { Weighting } from './neighbours-params.ts';

export interface StoredRows {
  /** Row after row, `width` numbers each. */
  readonly points: Float32Array;
  readonly rowCount: number;
  readonly width: number;
  /** What a row counts among the neighbours; all alike without. */
  readonly weights?: Float64Array;
}

export interface Neighbours {
  /** Row numbers of the nearest stored rows, nearest first, [rows, neighbours] of int64. */
  readonly places: string;
  /** What each counts, [rows, neighbours] of float64. */
  readonly counts: string;
}

/** Stored rows that are compared at once. */
const BLOCK_ROWS = 2_048;
/** Distances whose square is below this share of 1 + ‖x‖² are rounding: the rows are the same. */
const SAME = 1e-12;

/**
 * Writes the search for the nearest stored rows of each row of `matrix` [rows, width]: a Loop over blocks of stored rows keeps the nearest met,
 * by ‖c‖² − 2 x·c in float64, one matrix product a block. Of equally near rows the first are taken.
 */
export function writeNeighbours(builder: GraphBuilder, matrix: string, stored: StoredRows, neighbours: number, weighting: Weighting): Neighbours {
  const x = builder.cast(matrix, 'double');
  const points = builder.floats(stored.points, [stored.rowCount, stored.width]);
  const rows = builder.node('Shape', [x], { start: int(0), end: int(1) });
  const shape = builder.node('Concat', [rows, builder.int64s([neighbours])], { axis: int(0) });
  const start = [
    builder.node('Expand', [builder.doubles([Number.POSITIVE_INFINITY], [1, 1]), shape]),
    builder.node('Expand', [builder.int64s([0], [1, 1]), shape]),
  ];
  const blocks = builder.int64s([Math.ceil(stored.rowCount / BLOCK_ROWS)], []);
  // [−2x, 1] · [c, ‖c‖²]
  const ones = builder.node('Expand', [builder.doubles([1], [1, 1]), builder.node('Concat', [rows, builder.int64s([1])], { axis: int(0) })]);
  const factors = builder.concat([builder.node('Mul', [x, builder.doubles([-2])]), ones]);
  const search = { body: body(searchBlock(factors, points, neighbours)) };
  const [nearest, places] = builder.nodes('Loop', [blocks, '', ...start], search, { outputs: 2 }) as [string, string];
  return { places, counts: countsOf(builder, { x, nearest, places, shape }, stored.weights, weighting) };
}

/** One block: the nearest of its rows join the nearest so far, and the nearest of both stay. */
function searchBlock(factors: string, points: string, neighbours: number): GraphBuilder {
  const step = new GraphBuilder('block ');
  const number = step.tensor(' number', 'int64', []);
  const going = step.tensor(' going', 'bool', []);
  const nearest = step.tensor(' nearest', 'double', ['rows', neighbours]);
  const places = step.tensor(' places', 'int64', ['rows', neighbours]);
  const from = step.node('Reshape', [step.node('Mul', [number, step.int64s([BLOCK_ROWS], [])]), step.int64s([1])]);
  const to = step.node('Add', [from, step.int64s([BLOCK_ROWS])]);
  const block = step.cast(step.node('Slice', [points, from, to, step.int64s([0])]), 'double');
  const lengths = step.node('ReduceSumSquare', [block, step.int64s([1])], { keepdims: int(1) });
  const distances = step.node('MatMul', [factors, step.node('Transpose', [step.concat([block, lengths])])]);
  const count = step.int64s([neighbours]);
  const smallest = (values: string, most: string) => step.nodes('TopK', [values, most], { axis: int(1), largest: int(0) }, { outputs: 2 }) as [string, string];
  // The last block may have fewer rows than neighbours are asked for.
  const [own, at] = smallest(distances, step.node('Min', [count, step.node('Shape', [block], { start: int(0), end: int(1) })]));
  const [best, chosen] = smallest(step.concat([nearest, own]), count);
  const known = step.concat([places, step.node('Add', [at, from])]);
  step.result(step.node('Identity', [going]), 'bool', []);
  step.result(best, 'double', ['rows', neighbours]);
  step.result(step.node('GatherElements', [known, chosen], { axis: int(1) }), 'int64', ['rows', neighbours]);
  return step;
}

interface Found {
  readonly x: string;
  /** Squared distances without ‖x‖². */
  readonly nearest: string;
  readonly places: string;
  readonly shape: string;
}

function countsOf(builder: GraphBuilder, { x, nearest, places, shape }: Found, weights: Float64Array | undefined, weighting: Weighting): string {
  const own = weights && builder.node('Gather', [builder.doubles(weights), places]);
  if (weighting === 'uniform') return own ?? builder.node('Expand', [builder.doubles([1], [1, 1]), shape]);
  const one = builder.doubles([1], [1, 1]);
  const length = builder.node('ReduceSumSquare', [x, builder.int64s([1])], { keepdims: int(1) });
  const squared = builder.node('Add', [nearest, length]);
  const least = builder.node('Mul', [builder.node('Add', [length, one]), builder.doubles([SAME], [1, 1])]);
  const same = builder.node('LessOrEqual', [squared, least]);
  // The nearest is first: if any is at the very place, it is.
  const any = builder.node('Slice', [same, builder.int64s([0]), builder.int64s([1]), builder.int64s([1])]);
  const inverse = builder.node('Div', [one, builder.node('Sqrt', [builder.node('Max', [squared, least])])]);
  const counts = builder.node('Where', [any, builder.cast(same, 'double'), inverse]);
  return own ? builder.node('Mul', [counts, own]) : counts;
}

/** The share of each class among the neighbours, [rows, classes]. */
export function writeVotes(builder: GraphBuilder, { places, counts }: Neighbours, targets: ArrayLike<number>, classCount: number): string {
  const classes = builder.node('Gather', [builder.int64s(Array.from(targets)), places]);
  const shape = builder.node('Concat', [builder.node('Shape', [places], { start: int(0), end: int(1) }), builder.int64s([classCount])], { axis: int(0) });
  const none = builder.node('Expand', [builder.doubles([0], [1, 1]), shape]);
  const votes = builder.node('ScatterElements', [none, classes, counts], { axis: int(1), reduction: string('add') });
  return builder.cast(builder.node('Div', [votes, builder.node('ReduceSum', [counts, builder.int64s([1])], { keepdims: int(1) })]), 'float');
}

/** The mean of the neighbours' numbers, [rows, 1]. */
export function writeMean(builder: GraphBuilder, { places, counts }: Neighbours, targets: Float64Array): string {
  const sum = (value: string) => builder.node('ReduceSum', [value, builder.int64s([1])], { keepdims: int(1) });
  const numbers = builder.node('Gather', [builder.doubles(targets), places]);
  return builder.cast(builder.node('Div', [sum(builder.node('Mul', [numbers, counts])), sum(counts)]), 'float');
}
