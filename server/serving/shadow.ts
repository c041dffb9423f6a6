import { graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import type { SignatureInput, SignatureOutput } from '#nodes/kit/signature.ts';
import { inputLayout, type Batch, type OutputColumn } from './messages.ts';

type Inputs = readonly SignatureInput[];

/** The rows of a batch for a model with other inputs: columns by name, what the other does not have is missing. */
export function refit(batch: Batch, from: Inputs, to: Inputs): Batch {
  if (from === to) return batch;
  const [had, has] = [inputLayout(from), inputLayout(to)];
  const numbers = new Float32Array(batch.rowCount * has.numbers.length).fill(NaN);
  has.numbers.forEach((name, column) => {
    const source = had.numbers.indexOf(name);
    if (source < 0) return;
    for (let row = 0; row < batch.rowCount; row++) numbers[row * has.numbers.length + column] = batch.numbers[row * had.numbers.length + source]!;
  });
  const texts = has.texts.map((name) => batch.texts[had.texts.indexOf(name)] ?? new Array<string>(batch.rowCount).fill(''));
  return { rowCount: batch.rowCount, numbers, texts };
}

/** Numbers that differ by no more than this, relative to the greater, count as equal: two runtimes may round differently. */
const TOLERANCE = 1e-5;

export interface Comparison {
  readonly compared: number;
  /** Rows in which every common column agrees. */
  readonly equal: number;
  /** Sum over the rows of the absolute difference of the score: the last common column of numbers. */
  readonly difference: number;
}

/** Compares the answers of two models to the same rows, over the columns that both give. */
export function compareAnswers(
  one: { readonly columns: readonly SignatureOutput[]; readonly outputs: readonly OutputColumn[] },
  other: { readonly columns: readonly SignatureOutput[]; readonly outputs: readonly OutputColumn[] },
  rowCount: number,
): Comparison {
  const common = one.columns.flatMap((column, index) => {
    const there = other.columns.findIndex((each) => each.name === column.name && graphTypeOf(each.type) === graphTypeOf(column.type));
    return there < 0 ? [] : [{ mine: one.outputs[index]!, theirs: other.outputs[there]! }];
  });
  const score = common.findLast(({ mine, theirs }) => typeof mine[0] === 'number' && typeof theirs[0] === 'number');
  let [equal, difference] = [0, 0];
  for (let row = 0; row < rowCount; row++) {
    if (common.length > 0 && common.every(({ mine, theirs }) => same(mine[row]!, theirs[row]!))) equal++;
    if (score) {
      const apart = Math.abs((score.mine[row] as number) - (score.theirs[row] as number));
      if (Number.isFinite(apart)) difference += apart;
    }
  }
  return { compared: rowCount, equal, difference };
}

function same(one: number | string, other: number | string): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) && Number.isNaN(other);
  return Math.abs(one - other) <= TOLERANCE * Math.max(Math.abs(one), Math.abs(other));
}
