import { selectColumns, type ColumnSelection } from './columns.ts';
import { findColumn, isNumeric, isTextual, type ColumnSchema, type ColumnType, type TableSchema } from './table.ts';

/** A column of the left table and the column of the right table that it must equal. */
export interface KeyPair {
  readonly left: ColumnSchema;
  readonly right: ColumnSchema;
}
export interface Keys {
  readonly leftKeys: ColumnSelection;
  readonly rightKeys: ColumnSelection;
}

/** Types whose values can be equal: numbers with whole numbers, texts with categories. */
export const agree = (one: ColumnType, other: ColumnType): boolean =>
  one === other || (isNumeric(one) && isNumeric(other)) || (isTextual(one) && isTextual(other));

/** The pairs in the order of the two choices, as many as both have. */
export function pairsOf({ leftKeys, rightKeys }: Keys, left: TableSchema, right: TableSchema): KeyPair[] {
  const find = (selection: ColumnSelection, schema: TableSchema) => selectColumns(selection, schema).names.map((name) => findColumn(schema, name)!);
  const others = find(rightKeys, right);
  return find(leftKeys, left)
    .slice(0, others.length)
    .map((each, index) => ({ left: each, right: others[index]! }));
}
