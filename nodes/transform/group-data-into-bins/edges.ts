import type { GraphBuilder } from '../../kit/onnx/builder.ts';
import { int } from '../../kit/onnx/builder.ts';
import { numberInSql } from '../values-in-sql.ts';

/** Rising, each once, as float32, which is what values are compared as. */
export const sortedEdges = (edges: readonly number[]): number[] => [...new Set(edges.map(Math.fround))].filter(Number.isFinite).sort((a, b) => a - b);

/** What so many bins are called, in their order: numbers from 1, or the share of the bins up to each, of 1 or of 100, to six digits. */
export const namesOfBins = (count: number, by: 'percent' | 'p-quantile' | 'index'): number[] =>
  Array.from({ length: count }, (_, bin) => (by === 'index' ? bin + 1 : Number((((bin + 1) / count) * (by === 'percent' ? 100 : 1)).toFixed(6))));

/** SQL for what the bin of `x` is called: text or a number. */
export function binInSql(x: string, edges: readonly number[], names: readonly number[], categorical: boolean): string {
  const below = edgesBelowInSql(x, edges);
  if (names.every((name, bin) => name === bin + 1)) return `CAST(1 + ${below} AS ${categorical ? 'VARCHAR' : 'BIGINT'})`;
  return `([${names.map((name) => (categorical ? `'${name}'` : numberInSql(name))).join(', ')}])[1 + ${below}]`;
}

/**
 * SQL for how many edges lie below `x`, null where it is missing: halving the edges, so that a thousand cost ten comparisons. A value that
 * equals an edge lies in the bin below it.
 */
export function edgesBelowInSql(x: string, edges: readonly number[]): string {
  const search = (from: number, to: number): string => {
    if (from === to) return String(from);
    const middle = (from + to) >> 1;
    return `CASE WHEN ${x} > ${numberInSql(edges[middle]!)} THEN ${search(middle + 1, to)} ELSE ${search(from, middle)} END`;
  };
  return `CASE WHEN ${x} IS NOT NULL THEN ${search(0, edges.length)} END`;
}

/** The bin of each value as a graph, [rows, 1]: float32 or text, by what each bin is called; missing where the value is. */
export function binInGraph(builder: GraphBuilder, x: string, edges: readonly number[], names: readonly number[], categorical: boolean): string {
  const missing = builder.node('IsNaN', [x]);
  const above = builder.cast(builder.node('Greater', [x, builder.floats(edges.length > 0 ? edges : [Infinity], [1, Math.max(1, edges.length)])]), 'float');
  const below = builder.cast(builder.node('ReduceSum', [above, builder.int64s([1])], { keepdims: int(1) }), 'int64');
  const called = categorical ? builder.strings(names.map(String), [names.length]) : builder.floats(names, [names.length]);
  const none = categorical ? builder.strings([''], [1, 1]) : builder.floats([NaN], [1, 1]);
  return builder.node('Where', [missing, none, builder.node('Gather', [called, below])]);
}

/** What is known of the label in the rows between two neighbouring candidate edges: rows, and sums and sums of squares of the label's numbers. */
export interface Slice {
  readonly rows: number;
  /** For a class label one indicator for each class, for a number the number itself. */
  readonly sums: readonly number[];
  readonly squares: number;
}

/** The squared error of the slices [from, to) around their mean; of indicators it is the Gini impurity times the rows. */
function errorOf(slices: readonly Slice[], from: number, to: number): number {
  let [rows, squares] = [0, 0];
  const sums = slices[0]!.sums.map(() => 0);
  for (let index = from; index < to; index += 1) {
    rows += slices[index]!.rows;
    squares += slices[index]!.squares;
    for (const [place, value] of slices[index]!.sums.entries()) sums[place]! += value;
  }
  return rows === 0 ? 0 : squares - sums.reduce((total, each) => total + each * each, 0) / rows;
}

/**
 * The cuts of a decision tree on one number, best first: places in `slices` before which to cut, rising, at most `bins` − 1. Each cut lowers the
 * squared error most among those that leave at least `minimumRows` on both sides.
 */
export function treeCuts(slices: readonly Slice[], bins: number, minimumRows: number): number[] {
  const cuts: number[] = [];
  const least = 1e-9 * Math.max(1e-9, errorOf(slices, 0, slices.length));
  const best = (from: number, to: number) => {
    const whole = errorOf(slices, from, to);
    const total = slices.slice(from, to).reduce((sum, each) => sum + each.rows, 0);
    let found = { from, to, at: -1, gain: least };
    let left = 0;
    for (let at = from + 1; at < to; at += 1) {
      left += slices[at - 1]!.rows;
      if (left < minimumRows || total - left < minimumRows) continue;
      const gain = whole - errorOf(slices, from, at) - errorOf(slices, at, to);
      if (gain > found.gain) found = { from, to, at, gain };
    }
    return found;
  };
  let leaves = slices.length > 0 ? [best(0, slices.length)] : [];
  while (cuts.length < bins - 1) {
    const next = leaves.filter((each) => each.at > 0).toSorted((a, b) => b.gain - a.gain || a.from - b.from)[0];
    if (!next) break;
    cuts.push(next.at);
    leaves = [...leaves.filter((each) => each !== next), best(next.from, next.at), best(next.at, next.to)];
  }
  return cuts.toSorted((a, b) => a - b);
}
