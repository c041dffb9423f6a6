import { column, type ColumnSchema, type ColumnType, type TableSchema } from '../table.ts';
import { readExpression, type Read } from './expression.ts';

/** A table's schema with a column of an expression: in place of the one of that name, whose role it keeps, or after all others. */
export function withDerived(schema: TableSchema, name: string, expression: string): TableSchema {
  return replaceColumn(schema, name, readExpression(expression, schema));
}

/** The same for an expression that is read already; unchanged where it cannot be computed. */
export function replaceColumn(schema: TableSchema, name: string, { typed }: Read): TableSchema {
  if (!typed) return schema;
  const old = schema.columns.find((each) => each.name === name);
  const made: ColumnSchema = column(name, typed.type as ColumnType, { nullable: typed.nullable, role: old?.role ?? 'feature' });
  return { ...schema, columns: old ? schema.columns.map((each) => (each === old ? made : each)) : [...schema.columns, made] };
}
