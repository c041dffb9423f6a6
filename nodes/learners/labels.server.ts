import type { TrainingColumn } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import { labelText } from '../kit/label-text.ts';
import { isNumeric, isTextual } from '../kit/table.ts';

export { labelText };

/** A label with more values is refused. */
export const CLASS_LIMIT = 1_000;

export interface Classes {
  /** Sorted by value: numbers by size, text by code. */
  readonly levels: readonly string[];
  /** The same as values of the column. */
  readonly values: readonly (number | string)[];
  /** The place of each row's class. */
  readonly targets: Int32Array;
}

export interface TwoClasses {
  /** Sorted; the last is the positive class. */
  readonly levels: readonly [string, string];
  /** The same as values of the column. */
  readonly values: readonly [number | string, number | string];
  /** 1 for the positive class, otherwise 0. */
  readonly targets: Float64Array;
}

/** The distinct values in order; stops when there are more than `most`. */
function distinctValues({ values }: TrainingColumn, most: number): (number | string)[] {
  const distinct = new Set<number | string>();
  let before: number | string | null = null;
  for (let row = 0; row < values.length && distinct.size <= most; row += 1) {
    const value = values[row]!;
    if (value !== before && value !== null) distinct.add(value);
    before = value;
  }
  return [...distinct].sort((a, b) => (a < b ? -1 : Number(a > b)));
}

function oneClass({ schema }: TrainingColumn, value: number | string, needs: string): NodeError {
  const found = `All rows have the same label: “${schema.name}” is “${labelText(value, schema.type)}” everywhere.`;
  return new NodeError('label_one_class', `${found} ${needs} Look at filters and splits upstream, or choose another label.`, { param: 'label' });
}

/** The classes of a label. Throws NodeError `label_one_class`, `label_too_many_classes`. */
export function classesOf(column: TrainingColumn, { most = CLASS_LIMIT }: { most?: number } = {}): Classes {
  const { schema } = column;
  const values = distinctValues(column, most);
  if (values.length === 1) throw oneClass(column, values[0]!, 'A classification needs rows of at least two classes.');
  if (values.length > most) {
    const advice = isTextual(schema.type) ? 'Group rare values, or choose another label.' : 'Choose a regression algorithm, or another label.';
    throw new NodeError(
      'label_too_many_classes',
      `“${schema.name}” has more than ${most.toLocaleString('en-US')} different values, too many to be classes. ${advice}`,
      { param: 'label' },
    );
  }
  return { levels: values.map((each) => labelText(each, schema.type)), values, targets: targetsOf(column, values) };
}

/** The place of each row's value among the classes; −1 where it is none of them, as may be in validation rows. */
export function targetsOf({ values }: TrainingColumn, classes: readonly (number | string)[]): Int32Array {
  const places = new Map<number | string | null, number>(classes.map((value, place) => [value, place]));
  return Int32Array.from({ length: values.length }, (_, row) => places.get(values[row]!) ?? -1);
}

/** Throws NodeError `label_one_class`, `label_not_two_classes`. */
export function twoClasses(column: TrainingColumn): TwoClasses {
  const { schema, values } = column;
  const sorted = distinctValues(column, Infinity);
  if (sorted.length === 1) throw oneClass(column, sorted[0]!, 'A two-class model needs rows of both classes.');
  if (sorted.length !== 2) {
    const message = `“${schema.name}” has ${sorted.length.toLocaleString('en-US')} different values, but a two-class model tells two apart. Choose another label, or a multiclass algorithm.`;
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

/** The numbers of a regression's label as float32, as the model will give them. Throws NodeError `label_not_numeric`, `values_not_finite`. */
export function numericTargets({ schema, values }: TrainingColumn): Float64Array {
  if (isTextual(schema.type) || !isNumeric(schema.type)) {
    throw new NodeError('label_not_numeric', `“${schema.name}” is ${schema.type}, but a regression predicts a number. Choose a numeric label.`, {
      param: 'label',
    });
  }
  const targets = new Float64Array(new Float32Array(values as Float64Array));
  if (!targets.every(Number.isFinite))
    throw new NodeError('values_not_finite', `“${schema.name}” holds infinite values, or numbers beyond 3.4e38. Remove these rows.`, { param: 'label' });
  return targets;
}

/** The numbers of a label that counts. Throws NodeError `label_negative`, `label_not_numeric`, `values_not_finite`. */
export function countTargets(column: TrainingColumn): Float64Array {
  const targets = numericTargets(column);
  const row = targets.findIndex((each) => each < 0);
  const name = `“${column.schema.name}”`;
  if (row >= 0) {
    const message = `${name} holds negative numbers, such as ${targets[row]}, but this algorithm predicts counts from 0 on. Remove or correct these rows, or choose another regression algorithm.`;
    throw new NodeError('label_negative', message, { param: 'label' });
  }
  if (targets.every((each) => each === 0)) {
    throw new NodeError('label_one_class', `${name} is 0 in every row, so there is nothing to learn. Look at filters upstream, or choose another label.`, {
      param: 'label',
    });
  }
  return targets;
}
