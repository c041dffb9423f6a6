import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { openSession } from '../kit/onnx/session.server.ts';
import type { MemoryNeed, TrainingShape } from '../kit/context.ts';
import { linearGraph, type LinearLoss } from './linear-graph.ts';
import { requireMemory } from './memory.server.ts';

/** Rows of a block: sums within it are float32, sums over blocks float64. */
export const BLOCK_ROWS = 2_048;
/** Numbers of a part: one call of ONNX Runtime goes through a part, and an abort waits for it. */
const PART_NUMBERS = 16_000_000;

export interface LinearProblem {
  readonly loss: LinearLoss;
  readonly rowCount: number;
  /** Columns beside the intercept. */
  readonly columnCount: number;
  /** Margins of a row: the number of classes for `softmax`, otherwise 1. */
  readonly outputs: number;
  /** A column's values, asked for once. */
  values(index: number): Float32Array;
  readonly targets: ArrayLike<number>;
  readonly weights?: ArrayLike<number>;
  readonly intercept: boolean;
  readonly threads: number;
}

/** Sums of a loss over all rows. Coefficients and gradients hold one output after the other, each with its intercept last. */
export interface LinearLosses {
  /** Gives the loss and writes its gradient. The intercept's is zero where the problem has none. */
  evaluate(coefficients: Float64Array, gradient: Float64Array): Promise<number>;
  /** The same, and the Hessian (row after row, intercept last); for one output. */
  evaluateCurved(coefficients: Float64Array, gradient: Float64Array, hessian: Float64Array): Promise<number>;
  release(): Promise<void>;
}

interface Part {
  readonly matrix: Tensor;
  readonly targets: Tensor;
  readonly weights: Tensor;
}

/** The matrix, an intercept, targets and weights. */
export const linearMemory = ({ rowCount, columnCount }: TrainingShape): MemoryNeed => ({ bytes: 4 * rowCount * (columnCount + 3) });

/**
 * A linear model's loss, gradient and Hessian as matrix products in ONNX Runtime: float32 within blocks of rows, float64 over them. `breathe`
 * runs between parts. The results do not depend on the number of threads. Throws NodeError `memory_exhausted` with the estimate before
 * anything is allocated.
 */
export async function createLinearLosses(problem: LinearProblem, breathe: () => Promise<void>): Promise<LinearLosses> {
  const { rowCount, columnCount, outputs, loss } = problem;
  const width = columnCount + 1;
  requireMemory(linearMemory(problem).bytes, `Training on ${rowCount.toLocaleString('en-US')} rows × ${columnCount.toLocaleString('en-US')} columns`);
  const parts = await fill(problem, breathe);
  // With more threads than blocks, ONNX Runtime would divide single products among them, and round differently at the seams.
  const threads = Math.min(problem.threads, ...parts.map(({ matrix }) => matrix.dims[0]!));
  const sessions = new Map<boolean, Promise<InferenceSession>>();
  const sessionOf = (curved: boolean): Promise<InferenceSession> => {
    const open = sessions.get(curved) ?? openSession(linearGraph(loss, outputs, curved), { threads });
    sessions.set(curved, open);
    return open;
  };

  async function evaluate(coefficients: Float64Array, gradient: Float64Array, hessian?: Float64Array): Promise<number> {
    const session = await sessionOf(hessian !== undefined);
    const given = new Float32Array(width * outputs);
    for (let output = 0; output < outputs; output += 1)
      for (let column = 0; column < width; column += 1) given[column * outputs + output] = coefficients[output * width + column]!;
    const feed = new Tensor('float32', given, [width, outputs]);
    let total = 0;
    gradient.fill(0);
    hessian?.fill(0);
    for (const part of parts) {
      const results = await session.run({ ...part, coefficients: feed });
      const [losses, slopes, curves] = session.outputNames.map((name) => results[name]!.data);
      for (const each of losses as Float64Array) total += each;
      const values = slopes as Float32Array;
      for (let at = 0; at < values.length; at += width * outputs)
        for (let column = 0; column < width; column += 1)
          for (let output = 0; output < outputs; output += 1) gradient[output * width + column]! += values[at + column * outputs + output]!;
      if (hessian) (curves as Float64Array).forEach((each, at) => (hessian[at]! += each));
      await breathe();
    }
    return total;
  }
  return {
    evaluate: (coefficients, gradient) => evaluate(coefficients, gradient),
    evaluateCurved: evaluate,
    async release() {
      for (const session of sessions.values()) await (await session).release();
    },
  };
}

/** The rows in blocks [block, column, row] with the ones of the intercept as the last column; rows beyond the end weigh nothing. */
async function fill({ rowCount, columnCount, outputs, values, targets, weights, intercept }: LinearProblem, breathe: () => Promise<void>): Promise<Part[]> {
  const width = columnCount + 1;
  const blockRows = Math.min(BLOCK_ROWS, rowCount);
  const blocks = Math.ceil(rowCount / blockRows);
  const mostBlocks = Math.max(1, Math.floor(PART_NUMBERS / (blockRows * Math.max(width, outputs * 4))));
  const partBlocks = Math.ceil(blocks / Math.ceil(blocks / mostBlocks));
  const counts = Array.from({ length: Math.ceil(blocks / partBlocks) }, (_, part) => Math.min(partBlocks, blocks - part * partBlocks));
  const matrices = counts.map((count) => new Float32Array(count * width * blockRows));
  const set = (column: number, block: number, from: Float32Array) =>
    matrices[Math.floor(block / partBlocks)]!.set(from, ((block % partBlocks) * width + column) * blockRows);
  for (let column = 0; column < columnCount; column += 1) {
    const own = values(column);
    for (let block = 0; block < blocks; block += 1) set(column, block, own.subarray(block * blockRows, (block + 1) * blockRows));
    await breathe();
  }
  if (intercept) {
    const ones = new Float32Array(blockRows).fill(1);
    for (let block = 0; block < blocks; block += 1) set(columnCount, block, ones);
  }
  return counts.map((count, part): Part => {
    const from = part * partBlocks * blockRows;
    const end = Math.min(rowCount, from + count * blockRows);
    const column = (given: ArrayLike<number> | undefined) => {
      const data = new Float32Array(count * blockRows);
      if (!given) data.fill(1, 0, end - from);
      else for (let row = from; row < end; row += 1) data[row - from] = given[row]!;
      return new Tensor('float32', data, [count, blockRows]);
    };
    return {
      matrix: new Tensor('float32', matrices[part]!, [count, width, blockRows]),
      targets: column(targets),
      weights: column(weights),
    };
  });
}
