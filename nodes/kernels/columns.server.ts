import { readFileSync } from 'node:fs';
import { BASE, KERNELS_FOLDER } from './load.server.ts';

interface Exports {
  describe(values: number, rows: number, to: number): void;
  squares(values: number, rows: number, mean: number): number;
  encode(values: number, rows: number, impute: number, offset: number, scale: number): void;
}

export interface ColumnFigures {
  /** Values that are there. */
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Works on one column at a time, as float32; NaN is missing. */
export interface ColumnKernel {
  /** Takes a column; the others work on the one taken last. */
  take(values: Float64Array): void;
  describe(): ColumnFigures;
  /** Σ (x − mean)² of the values that are there. */
  squares(mean: number): number;
  /** The column with missing values filled in, then (x − offset) × scale; a copy. The column taken is gone then. */
  encode(impute: number, offset: number, scale: number): Float32Array;
}

/** A kernel with room for columns of `rowCount` rows; compiled at once, as it is small. */
export function createColumnKernel(rowCount: number): ColumnKernel {
  const padded = Math.ceil(rowCount / 4) * 4;
  const values = BASE + 64;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((values + padded * 4) / 65_536) });
  const module = new WebAssembly.Module(readFileSync(new URL('columns.wasm', KERNELS_FOLDER)));
  const abort = () => {
    throw new Error('A kernel stopped.');
  };
  const exports = new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Exports;
  const column = new Float32Array(memory.buffer, values, padded);
  const figures = new Float64Array(memory.buffer, BASE, 4);
  return {
    take(given) {
      column.set(given);
      column.fill(NaN, given.length);
    },
    describe() {
      exports.describe(values, padded, BASE);
      return { count: figures[0]!, sum: figures[1]!, minimum: figures[2]!, maximum: figures[3]! };
    },
    squares: (mean) => exports.squares(values, padded, mean),
    encode(impute, offset, scale) {
      exports.encode(values, padded, impute, offset, scale);
      return column.slice(0, rowCount);
    },
  };
}
