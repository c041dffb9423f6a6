import { DuckDBDecimalValue, DuckDBTimestampValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { quoteName } from '#nodes/kit/define.ts';
import { column, findColumn, tableSchema, type ColumnSchema, type ColumnType, type TableSchema } from '#nodes/kit/table.ts';
import { createViews, drawsNumbers, oneQuery, withInputs, type DuckSession } from './duck.ts';
import { storedExpression, typeOfDuck } from './duck-types.ts';
import { copyToParquet, type WrittenTable } from './write-table.ts';

/**
 * Runs a query over Parquet files, each a view of its name, and writes the result. `schema` gives roles and tells categories from texts;
 * types come from the result. `own`: the text is the product's, not people's. Errors: `sql_invalid`, `sql_refused`, `column_duplicate`.
 */
export async function queryTable(
  session: DuckSession,
  sql: string,
  views: Readonly<Record<string, string>>,
  schema: TableSchema,
  path: string,
  own = false,
): Promise<WrittenTable> {
  const inline = own && !drawsNumbers(sql);
  const work = async (connection: DuckDBConnection): Promise<WrittenTable> => {
    if (!inline) await createViews(session, connection, views, sql);
    const { sql: query, columns: described } = await oneQuery(connection, inline ? withInputs(session, sql, views) : sql);
    const columns = described.map(({ name, duck }) => resultColumn(name, duck, findColumn(schema, name)));
    const expressions = described.map(({ name, duck }, index) => storedExpression(name, duck, columns[index]!.type));
    const asIs = expressions.every((expression, index) => expression === quoteName(described[index]!.name));
    const names = new Set(described.map(({ name }) => name.toLowerCase()));
    const wrap = !asIs && names.size === described.length;
    const projected = wrap
      ? `SELECT ${expressions.map((expression, index) => `${expression} AS ${quoteName(described[index]!.name)}`).join(', ')} FROM (${query}) AS result`
      : query;
    return session.target(path, (inside) => copyToParquet(connection, projected, tableSchema(columns), inside));
  };
  return inline ? session.withClean(work) : session.with(work);
}

function resultColumn(name: string, duck: string, promised: ColumnSchema | undefined): ColumnSchema {
  const found = typeOfDuck(duck);
  return column(name, promised ? reconcile(found, promised.type) : found, { role: promised?.role ?? 'feature', ...(promised?.model && { model: promised.model }) });
}

/** The type of the result, but a promised category stays one, and a promised number may hold whole numbers. */
function reconcile(found: ColumnType, promised: ColumnType): ColumnType {
  if ((found === 'text' || found === 'category') && (promised === 'category' || promised === 'text')) return promised;
  return found === 'integer' && promised === 'number' ? 'number' : found;
}

type Cell = number | string | boolean | null;

/** Rows of a small query. Numbers as number, datetimes as milliseconds, text as string, missing and not-a-number as null. */
export async function queryRows(session: DuckSession, sql: string, views: Readonly<Record<string, string>>): Promise<Record<string, Cell>[]> {
  return session.with(async (connection) => {
    await createViews(session, connection, views, sql);
    const { sql: query } = await oneQuery(connection, sql);
    const reader = await connection.runAndReadAll(query);
    return reader.getRowObjects().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainCell(value)])));
  });
}

export function plainCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBTimestampValue) return Number(value.micros / 1_000n);
  return value.toString();
}
