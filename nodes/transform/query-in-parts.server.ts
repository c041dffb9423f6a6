import type { RunContext } from '../kit/context.ts';
import { quoteName, type ColumnQuery } from '../kit/define.ts';
import { OPEN_TABLE, tableSchema, type ColumnSchema, type Table, type TableSchema } from '../kit/table.ts';

/**
 * Columns of one query: the time that DuckDB plans one grows with the square of its expressions, and with all columns of its inputs; with 10,000 of
 * both it takes minutes. It also holds some rows of all of them at once. All that takes columns some at a time takes as many, since what `narrow` makes
 * of a table is then made once.
 */
export const COLUMNS_AT_ONCE = 250;
/** A table of more columns is wide: what each of them takes in plans and in memory counts. */
export const WIDE = 500;

export const isWide = ({ schema }: Pick<Table, 'schema'>): boolean => schema.columns.length > WIDE;

export interface RowSource {
  /** What the expressions are computed from, in SQL over `inputs`; its rows have an order. Of the input `data` only what the expressions name is there. */
  readonly from: string;
  readonly inputs: Readonly<Record<string, Table>>;
  /**
   * Values of each row by name, as SQL over `from`, that expressions name beside columns: they are computed once, and an expression that names one ten
   * times is planned ten times as fast as if it had it written out.
   */
  readonly values?: ReadonlyMap<string, string>;
}

/** A column that an expression makes. */
export interface MadeColumn {
  readonly column: ColumnSchema;
  readonly sql: string;
}

/** Rows of a table that surely is one row group, as what is made of it then is too. */
const ONE_GROUP = 2_048;

/**
 * The table `SELECT expressions FROM from`, each with the name of its column. Many are computed by several queries and laid side by side, so they must
 * be of single rows.
 */
export function queryInParts(made: readonly MadeColumn[], source: RowSource, open: boolean, context: PartContext): Promise<Table> {
  const columns = made.map(({ column }) => column);
  const expressions = new Map(made.map(({ column, sql }) => [column.name, sql]));
  const passing = source.from === 'data' ? columns.filter(({ name }) => expressions.get(name) === quoteName(name)).map(({ name }) => name) : [];
  const select = (names = columns.map(({ name }) => name)): string =>
    selectFrom(
      source,
      names.map((name) => `${expressions.get(name)!} AS ${quoteName(name)}`),
    );
  return selectInParts({ select, passing }, source.inputs, tableSchema(columns, open), context);
}

function selectFrom({ from, values }: RowSource, expressions: readonly string[]): string {
  const named = namesIn(expressions);
  const used = [...(values ?? [])].filter(([name]) => named.has(name)).map(([name, sql]) => `${sql} AS ${quoteName(name)}`);
  return `SELECT ${expressions.join(', ')} FROM ${used.length > 0 ? `(SELECT *, ${used.join(', ')} FROM ${from})` : from}`;
}

/** What is needed of a run. */
export type PartContext = Pick<RunContext, 'query' | 'only' | 'sideBySide' | 'progress'>;

/** The result of a query over tables of any width: where it has many columns, by several queries whose results are laid side by side. */
export async function selectInParts(
  { select, passing = [], tables = {} }: ColumnQuery,
  inputs: Readonly<Record<string, Table>>,
  schema: TableSchema,
  context: PartContext,
): Promise<Table> {
  const query = async (sql: string, given: Readonly<Record<string, Table>>, result: TableSchema): Promise<Table> =>
    context.query(sql, await narrowed(given, sql, context), result);
  const sources = { ...inputs };
  for (const [name, sql] of Object.entries(tables)) sources[name] = await query(sql, sources, OPEN_TABLE);
  const names = schema.columns.map(({ name }) => name);
  if (names.length <= WIDE) return query(select(names), sources, schema);
  const { data } = inputs;
  const asTheyAre = data && data.rowCount <= ONE_GROUP ? new Set(passing) : new Set();
  const computed = schema.columns.filter(({ name }) => !asTheyAre.has(name));
  const parts: Table[] = [];
  for (let at = 0; at < computed.length; at += COLUMNS_AT_ONCE) {
    const some = computed.slice(at, at + COLUMNS_AT_ONCE);
    context.progress((0.8 * at) / computed.length, `Columns ${at + 1} to ${at + some.length}`);
    parts.push(await query(select(some.map(({ name }) => name)), sources, tableSchema(some)));
  }
  return context.sideBySide([...(asTheyAre.size > 0 ? [data!] : []), ...parts], schema);
}

/** The inputs of a query of the product's own: wide ones with the columns alone that it names. */
export async function narrowed<T extends Readonly<Record<string, Table>>>(inputs: T, sql: string, context: Pick<RunContext, 'only'>): Promise<T> {
  const entries = Object.entries(inputs).map(async ([name, table]) => [name, await narrow(table, [sql], context)] as const);
  return Object.fromEntries(await Promise.all(entries)) as T;
}

const TOKENS = /'(?:[^']|'')*'|"((?:[^"]|"")*)"/g;

const namesIn = (expressions: readonly string[]): ReadonlySet<string> =>
  new Set(expressions.flatMap((sql) => [...sql.matchAll(TOKENS)].flatMap(([, name]) => name?.replaceAll('""', '"') ?? [])));

/** A wide table with the columns alone that the product's own expressions name, in double quotes; any other table as it is. */
export function narrow(data: Table, expressions: readonly string[], context: Pick<RunContext, 'only'>): Table | Promise<Table> {
  if (!isWide(data)) return data;
  const named = namesIn(expressions);
  const names = data.schema.columns.map(({ name }) => name).filter((name) => named.has(name));
  return context.only(data, names.length > 0 ? names : [data.schema.columns[0]!.name]);
}

/** Fewer than queries of many columns take: each one's is planned with all of them, and a wide table is opened for each file of them. */
const NEIGHBOURS = 50;

/** For queries of single columns, one after the other: a wide table with those alone that stand around one, the same for all of them, and with one more. */
export function around(data: Table, name: string, context: Pick<RunContext, 'only'>, more?: string): Table | Promise<Table> {
  if (!isWide(data)) return data;
  const names = data.schema.columns.map((each) => each.name);
  const from = Math.floor(names.indexOf(name) / NEIGHBOURS) * NEIGHBOURS;
  const some = names.slice(from, from + NEIGHBOURS);
  return context.only(data, more === undefined ? some : [...some, more]);
}
