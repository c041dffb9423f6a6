import { DuckDBDecimalValue, DuckDBTimestampValue, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { quoteName } from '#nodes/kit/define.ts';
import { findColumn, resultColumn, tableSchema, type ColumnSchema, type TableSchema } from '#nodes/kit/table.ts';
import { WIDE } from '#nodes/transform/query-in-parts.server.ts';
import type { Relation } from '../table-query.ts';
import { createViews, drawsNumbers, oneQuery, withInputs, type DuckSession, type OneQuery } from './duck.ts';
import { STORED, storedExpression, typeOfDuck } from './duck-types.ts';
import { assertDistinctNames, copyToParquet, type CopiedTable, type WrittenTable } from './write-table.ts';

/**
 * Runs a query over tables, each a view of its name, and writes the result. `schema` gives roles and tells categories from texts; types come
 * from the result. `own`: the text is the product's, not people's. Errors: `sql_invalid`, `sql_refused`, `column_duplicate`.
 */
export async function queryTable(
  session: DuckSession,
  sql: string,
  views: Readonly<Record<string, Relation>>,
  schema: TableSchema,
  path: string,
  own = false,
): Promise<WrittenTable> {
  const inline = own && !drawsNumbers(sql);
  const work = async (connection: DuckDBConnection): Promise<WrittenTable> => {
    if (!inline) await createViews(session, connection, views, sql);
    const query = await oneQuery(connection, inline ? withInputs(session, sql, views) : sql);
    const write = (defined: boolean): Promise<CopiedTable> => {
      const { columns, projected } = asStored(query.sql, query.columns, schema, defined);
      return session.target(path, (inside) => copyToParquet(connection, projected, tableSchema(columns), inside));
    };
    // Planning takes with the square of the expressions that name a column twice, as those that tell numbers from not-a-number do. So wide results are
    // written as they are, and a second time in the rare case that the file then says it holds such a number.
    const copied = await write(query.columns.length > WIDE);
    return copied.undefinedNumbers ? write(false) : copied;
  };
  return inline ? session.withClean(work) : session.with(work);
}

/** What a query would give: its own SQL for what would be stored, over the same names, and its size. */
export interface DescribedTable extends WrittenTable {
  readonly sql: string;
}

/**
 * Looks at what the product's own query gives without writing it: counts its rows, and the missing values of columns that `schema` says may
 * have some. What is computed is computed for each row, so that whatever fails fails here. With a `known` number of rows nothing is counted.
 */
export function describeTable(
  session: DuckSession,
  sql: string,
  views: Readonly<Record<string, Relation>>,
  schema: TableSchema,
  known?: number,
): Promise<DescribedTable> {
  return session.withClean(async (connection) => {
    const { columns: described } = await oneQuery(connection, withInputs(session, sql, views));
    const { columns, projected } = asStored(sql, described, schema, known !== undefined);
    assertDistinctNames(columns);
    const mayMiss = ({ name }: ColumnSchema): boolean => findColumn(schema, name)?.nullable !== false;
    if (known !== undefined) return { sql: projected, rowCount: known, schema: tableSchema(columns.map((each) => ({ ...each, nullable: mayMiss(each) }))) };
    const counted = columns.filter(mayMiss);
    const counts = ['count(*)', ...counted.map(({ name }) => `count(${quoteName(name)})`)];
    const reader = await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM (${withInputs(session, projected, views)}) AS result`);
    const [rowCount = 0, ...present] = (reader.getRows()[0] ?? []).map(Number);
    const missing = new Set(counted.filter((_, index) => present[index] !== rowCount));
    return { sql: projected, rowCount, schema: tableSchema(columns.map((each) => ({ ...each, nullable: missing.has(each) }))) };
  });
}

/** The columns of a query's result, and the query that gives them as they are stored. `defined`: no number of it is NaN. */
function asStored(query: string, described: OneQuery['columns'], schema: TableSchema, defined = false): { columns: ColumnSchema[]; projected: string } {
  const columns = described.map(({ name, duck }) => resultColumn(name, typeOfDuck(duck), findColumn(schema, name)));
  const expressions = described.map(({ name, duck }, index) =>
    defined && duck === STORED[columns[index]!.type] ? quoteName(name) : storedExpression(name, duck, columns[index]!.type),
  );
  const asIs = expressions.every((expression, index) => expression === quoteName(described[index]!.name));
  const names = new Set(described.map(({ name }) => name.toLowerCase()));
  if (asIs || names.size !== described.length) return { columns, projected: query };
  const list = expressions.map((expression, index) => `${expression} AS ${quoteName(described[index]!.name)}`);
  return { columns, projected: `SELECT ${list.join(', ')} FROM (${query}) AS result` };
}

export type Cell = number | string | boolean | null;

/** Rows of a small query. Numbers as number, datetimes as milliseconds, text as string, missing and not-a-number as null. */
export async function queryRows(session: DuckSession, sql: string, views: Readonly<Record<string, Relation>>): Promise<Record<string, Cell>[]> {
  return session.with(async (connection) => {
    await createViews(session, connection, views, sql);
    const { sql: query } = await oneQuery(connection, sql);
    const reader = await connection.runAndReadAll(query);
    const names = reader.deduplicatedColumnNames();
    return reader.getRows().map((row) => rowObject(names, row.map(plainCell)));
  });
}

/** Without a prototype an object is a mere dictionary; with one, V8 makes a class of its own for each of hundreds of names, and for each kind of value. */
function rowObject(names: readonly string[], cells: readonly Cell[]): Record<string, Cell> {
  const row = Object.create(null) as Record<string, Cell>;
  for (const [index, name] of names.entries()) row[name] = cells[index]!;
  return row;
}

export function plainCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBTimestampValue) return Number(value.micros / 1_000n);
  return value.toString();
}
