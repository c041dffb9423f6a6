import { column, type ColumnSchema, type ColumnType, type TableSchema } from '../table.ts';
import type { Typed } from './check.ts';
import { readExpression, type Read } from './expression.ts';

/** A table's schema with a column of an expression: in place of the one of that name, whose role it keeps, or after all others. */
export function withDerived(schema: TableSchema, name: string, expression: string): TableSchema {
  return replaceColumn(schema, name, readExpression(expression, schema));
}

/** The same for an expression that is read already; unchanged where it cannot be computed. */
export const replaceColumn = (schema: TableSchema, name: string, read: Read): TableSchema => replaceColumns(schema, [{ name, read }]);

/** The same for several, one after the other. */
export function replaceColumns(schema: TableSchema, several: readonly { readonly name: string; readonly read: Read }[]): TableSchema {
  const columns = new Map(schema.columns.map((each) => [each.name, each]));
  for (const { name, read } of several) if (read.typed) columns.set(name, columnOf(name, read.typed, columns.get(name)));
  return { ...schema, columns: [...columns.values()] };
}

const columnOf = (name: string, { type, nullable }: Typed, old: ColumnSchema | undefined): ColumnSchema =>
  column(name, type as ColumnType, { nullable, role: old?.role ?? 'feature' });
