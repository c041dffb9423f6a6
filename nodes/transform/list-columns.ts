import { problem, type Fix, type Issue } from '../kit/issues.ts';
import type { TableSchema } from '../kit/table.ts';
import { nearestName } from './choose-columns.ts';

/** `column_missing` for the column of an item of a list, with a fix that takes the nearest name, or removes the item. */
export function missingColumnOf<I extends { readonly column: string }>(param: string, items: readonly I[], index: number, data: TableSchema): Issue {
  const item = items[index]!;
  const near = nearestName(
    item.column,
    data.columns.map((each) => each.name),
  );
  const fix =
    near === undefined
      ? { title: `Remove “${item.column}”`, set: { [param]: items.filter((each) => each !== item) } }
      : { title: `Use “${near}”`, set: { [param]: items.map((each) => (each === item ? { ...each, column: near } : each)) } };
  return problem('column_missing', `The table has no column “${item.column}”.${near === undefined ? '' : ` Did you mean “${near}”?`}`, { param, fix });
}

/** `column_missing` for a parameter that names one column, with a fix that takes the nearest name, or `otherwise`. */
export function missingName(param: string, name: string, data: TableSchema, otherwise?: Fix): Issue {
  const near = nearestName(
    name,
    data.columns.map((each) => each.name),
  );
  const fix = near === undefined ? otherwise : { title: `Use “${near}”`, set: { [param]: near } };
  return problem('column_missing', `The table has no column “${name}”.${near === undefined ? '' : ` Did you mean “${near}”?`}`, { param, fix });
}
