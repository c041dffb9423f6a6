import { selectColumns, type ColumnSelection } from '#nodes/kit/columns.ts';
import type { ColumnSchema, ColumnType, TableSchema } from '#nodes/kit/table.ts';

export interface Row {
  readonly column: ColumnSchema;
  readonly chosen: boolean;
  /** Missing values, once the table was read. */
  readonly missing: number | null;
  /** Missing values of all rows, 0 to 1. */
  readonly share: number;
}

const favourOrder = (favour: 'missing' | 'text' | 'number' | undefined, row: Row): number => {
  if (favour === 'missing') return -(row.missing ?? (row.column.nullable ? 0.5 : 0));
  if (favour === 'text') return row.column.type === 'text' ? 0 : row.column.type === 'category' ? 1 : 2;
  if (favour === 'number') return row.column.type === 'number' ? 0 : row.column.type === 'integer' ? 1 : 2;
  return 0;
};

/** The columns to choose among, those that the node cares about first, else in the table's order. */
export function columnRows(
  selection: ColumnSelection,
  table: TableSchema | undefined,
  {
    types,
    favour,
    missing,
    rowCount,
  }: { types?: readonly ColumnType[]; favour?: 'missing' | 'text' | 'number'; missing?: (name: string) => number | undefined; rowCount?: number },
): Row[] {
  const schema = table ?? { columns: [], open: true };
  const chosen = new Set(selectColumns(selection, schema).names);
  return schema.columns
    .filter((column) => !types || types.includes(column.type) || chosen.has(column.name))
    .map((column): Row => {
      const count = missing?.(column.name) ?? null;
      return { column, chosen: chosen.has(column.name), missing: count, share: count && rowCount ? count / rowCount : 0 };
    })
    .sort((a, b) => favourOrder(favour, a) - favourOrder(favour, b));
}

/** A pasted list of names: one a line, or parted by commas, semicolons or tabs; quotes are taken off. */
export function namesFromText(text: string): string[] {
  const names = text
    .split(/[\n\r\t,;]+/)
    .map((each) => each.trim().replace(/^(["'`])(.*)\1$/, '$2'))
    .filter(Boolean);
  return [...new Set(names)];
}

/** The chosen names with one more or one fewer; columns that the table does not have stay. */
export function toggled(selection: ColumnSelection, table: TableSchema | undefined, name: string, on: boolean): ColumnSelection {
  const { names, missing } = table ? selectColumns(selection, table) : { names: selection.mode === 'names' ? selection.names : [], missing: [] };
  const kept = [...names, ...missing].filter((each) => each !== name);
  return { mode: 'names', names: on ? [...kept, name] : kept };
}
