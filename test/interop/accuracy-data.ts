import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FeatureData, TrainingColumn, TrainingData } from '#nodes/kit/context.ts';
import { readDelimited } from '#nodes/kit/csv.ts';
import type { ColumnValues } from '#nodes/kit/table.ts';
import type { AccuracyDataset } from './accuracy-rows.ts';
import type { Cell } from './compare.ts';

export interface Split {
  readonly train: TrainingData;
  readonly test: TrainingData;
}

/** Reads a dataset as the studio does, and splits it: the last of each block of four rows is held back. */
export function readSplit({ path, label, drop, blocks }: AccuracyDataset): Split {
  const { schema, columns, rowCount } = readDelimited(readFileSync(resolve(path), 'utf8'), { header: 'yes' });
  const labels = columns.get(label)!;
  const known = (row: number) => labels[row] !== null && !Number.isNaN(labels[row]);
  const take = (held: boolean): TrainingData => {
    const kept = Uint32Array.from({ length: rowCount }, (_, row) => row).filter(
      (row) => Math.floor(row / 4) % blocks === 0 && (row % 4 === 3) === held && known(row),
    );
    const pick = (values: ColumnValues): ColumnValues =>
      values instanceof Float64Array ? Float64Array.from(kept, (row) => Math.fround(values[row]!)) : Array.from(kept, (row) => values[row] ?? '');
    const all = schema.columns.map((each): TrainingColumn => ({
      schema: each.type === 'text' ? { ...each, type: 'category' } : each,
      values: pick(columns.get(each.name)!),
    }));
    return {
      features: all.filter((each) => each.schema.name !== label && !drop.includes(each.schema.name)),
      label: all.find((each) => each.schema.name === label)!,
      rowCount: kept.length,
    };
  };
  return { train: take(false), test: take(true) };
}

/** The rows whose label is not the last level. */
export function usualRows({ features, label, rowCount }: TrainingData): FeatureData {
  const labels = label.values as readonly string[];
  const last = [...new Set(labels)].sort().at(-1);
  const kept = Uint32Array.from({ length: rowCount }, (_, row) => row).filter((row) => labels[row] !== last);
  const pick = (values: ColumnValues): ColumnValues =>
    values instanceof Float64Array ? Float64Array.from(kept, (row) => values[row]!) : Array.from(kept, (row) => values[row] as string);
  return { features: features.map((each) => ({ ...each, values: pick(each.values) })), rowCount: kept.length };
}

/** Columns as JSON holds them: null for missing. */
export const cellsOf = (values: ColumnValues): Cell[] => Array.from(values as ArrayLike<Cell>, (value) => (value === '' || Number.isNaN(value) ? null : value));
