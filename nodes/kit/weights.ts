import { NodeError } from './issues.ts';
import type { ColumnValues } from './table.ts';

/** The values of a weight column, NaN where missing. Throws NodeError `column_wrong_type` for text, `values_not_finite` for negative and infinite ones. */
export function weightsOf(values: ColumnValues, name: string): Float64Array {
  if (!(values instanceof Float64Array)) throw new NodeError('column_wrong_type', `The weight column “${name}” is text; weights are numbers.`);
  const wrong = values.find((each) => each < 0 || each === Infinity);
  if (wrong === undefined) return values;
  const message = `The weight column “${name}” holds negative or infinite numbers, such as ${wrong}. Replace or remove them, by Clip Values or Filter Rows.`;
  throw new NodeError('values_not_finite', message);
}
