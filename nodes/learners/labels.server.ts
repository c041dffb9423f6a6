import type { TrainingColumn } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import { isNumeric, isTextual, type ColumnType } from '../kit/table.ts';

/** A label value in words: as signatures, reports and messages show it. */
export function labelText(value: number | string | null, type: ColumnType): string {
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  return String(value);
}

export interface TwoClasses {
  /** Sorted; the last is the positive class. */
  readonly levels: readonly [string, string];
  /** The same as values of the column. */
  readonly values: readonly [number | string, number | string];
  /** 1 for the positive class, otherwise 0. */
  readonly targets: Float64Array;
}

/** Throws NodeError `label_one_class`, `label_not_two_classes`. */
export function twoClasses({ schema, values }: TrainingColumn): TwoClasses {
  const distinct = new Set<number | string>();
  let before: number | string | null = null;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value !== before && value !== null) distinct.add(value);
    before = value;
  }
  const sorted = [...distinct].sort((a, b) => (a < b ? -1 : Number(a > b)));
  if (sorted.length === 1) {
    throw new NodeError(
      'label_one_class',
      `All rows have the same label: “${schema.name}” is “${labelText(sorted[0]!, schema.type)}” everywhere. A two-class model needs rows of both classes.`,
    );
  }
  if (sorted.length !== 2) {
    const message = `“${schema.name}” has ${sorted.length.toLocaleString('en-US')} different values, but a two-class model tells two apart. Choose another label, or another algorithm.`;
    throw new NodeError('label_not_two_classes', message, { param: 'label' });
  }
  const [negative, positive] = [sorted[0]!, sorted[1]!];
  const targets = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += 1) if (values[row] === positive) targets[row] = 1;
  return {
    levels: [labelText(negative, schema.type), labelText(positive, schema.type)],
    values: [negative, positive],
    targets,
  };
}

/** The numbers of a regression's label. Throws NodeError `label_not_numeric`, `values_not_finite`. */
export function numericTargets({ schema, values }: TrainingColumn): Float64Array {
  if (isTextual(schema.type) || !isNumeric(schema.type)) {
    throw new NodeError('label_not_numeric', `“${schema.name}” is ${schema.type}, but a regression predicts a number. Choose a numeric label.`, {
      param: 'label',
    });
  }
  const targets = values as Float64Array;
  if (!targets.every(Number.isFinite))
    throw new NodeError('values_not_finite', `“${schema.name}” holds infinite values, or numbers beyond 3.4e38. Remove these rows.`, { param: 'label' });
  return targets;
}
