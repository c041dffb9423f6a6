import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { isTextual, type ColumnSchema, type TableSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';

/** Beyond this many rows or columns duplicates are not looked for. */
export const DUPLICATES_UP_TO = { rows: 5_000_000, columns: 1_000 };

/** How many rows equal an earlier one, told by 64-bit hashes of whole rows; null for tables too large to tell. */
export async function duplicateRows(connection: DuckDBConnection, source: string, columns: readonly ColumnProfile[], rowCount: number): Promise<number | null> {
  if (columns.some(({ distinct, distinctExact }) => distinctExact && distinct === rowCount)) return 0;
  if (rowCount > DUPLICATES_UP_TO.rows || columns.length > DUPLICATES_UP_TO.columns || columns.length === 0) return null;
  const whole = `hash(${columns.map(({ name }) => quoteName(name)).join(', ')})`;
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM (SELECT DISTINCT ${whole} FROM ${source})`);
  return rowCount - Number(reader.getRows()[0]![0]);
}

const MOST_CLASSES = 20;
const SAMPLED_ROWS = 20_000;
const MOST_CANDIDATES = 200;
/** Groups that the values of a number are cut into, and the most levels of a text, when they predict the label. */
const GROUPS = 100;
/** Share of the errors of always answering the most frequent class that a single column takes away. */
const PERFECT = 0.98;
const PERFECT_CORRELATION = 0.999;

export interface Leaks {
  /** The label that is a class, and the rows of each class. */
  readonly label: { readonly name: string; readonly counts: readonly number[] } | null;
  /** By column, how well it alone tells the label: share of rows told right, or the correlation. */
  readonly leaks: ReadonlyMap<string, string>;
}

/** Columns that alone tell the label nearly perfectly, judged on some 20,000 rows drawn by a hash of their numbers. */
export async function leaking(
  connection: DuckDBConnection,
  path: string,
  schema: TableSchema,
  profiles: ReadonlyMap<string, ColumnProfile>,
  rowCount: number,
  signal: AbortSignal,
): Promise<Leaks> {
  const leaks = new Map<string, string>();
  const label = schema.columns.find(({ role }) => role === 'label');
  if (!label) return { label: null, leaks };
  const target = quoteName(label.name);
  const profile = profiles.get(label.name)!;
  const classed = profile.distinct <= MOST_CLASSES && label.type !== 'number' && label.type !== 'datetime';
  const candidates = schema.columns.filter(({ name, role }) => role === 'feature' && profiles.get(name)!.distinct > 1).slice(0, MOST_CANDIDATES);
  const every = Math.max(1, Math.ceil(rowCount / SAMPLED_ROWS));
  await connection.run(
    `CREATE TEMP TABLE sampled AS SELECT ${[label, ...candidates].map(({ name }) => quoteName(name)).join(', ')}
       FROM read_parquet(${quoteText(path)}, file_row_number = true) WHERE hash(file_row_number) % ${every} = 0 AND ${target} IS NOT NULL`,
  );
  const ask = async (sql: string): Promise<number[]> => (await connection.runAndReadAll(sql)).getRows().map((row) => Number(row[0] ?? Number.NaN));
  const base = classed ? (await ask(`SELECT max(total) / sum(total) FROM (SELECT count(*) AS total FROM sampled GROUP BY ${target})`))[0]! : 1;
  for (const column of candidates) {
    signal.throwIfAborted();
    if (classed) {
      const group = groupOf(column, profiles.get(column.name)!, rowCount);
      if (!group) continue;
      const told = `SELECT max(total) AS most FROM (SELECT part, target, count(*) AS total FROM (SELECT ${group} AS part, ${target} AS target FROM sampled) GROUP BY ALL) GROUP BY part`;
      const share = (await ask(`SELECT sum(most) / (SELECT count(*) FROM sampled) FROM (${told})`))[0]!;
      if (base < 1 && (share - base) / (1 - base) >= PERFECT) leaks.set(column.name, `${(share * 100).toFixed(1)} % of the rows`);
    } else if (isNumber(column) && isNumber(label)) {
      const number = quoteName(column.name);
      const [found] = await ask(
        `SELECT corr(CAST(${number} AS DOUBLE), CAST(${target} AS DOUBLE)) FROM sampled WHERE abs(${number}) < 1e150 AND abs(${target}) < 1e150`,
      );
      if (Math.abs(found!) >= PERFECT_CORRELATION) leaks.set(column.name, `a correlation of ${found!.toFixed(4)}`);
    }
  }
  await connection.run('DROP TABLE sampled');
  if (!classed) return { label: null, leaks };
  const counts = await ask(`SELECT count(*) FROM read_parquet(${quoteText(path)}) WHERE ${target} IS NOT NULL GROUP BY ${target}`);
  return { label: { name: label.name, counts }, leaks };
}

const isNumber = ({ type }: ColumnSchema): boolean => type === 'number' || type === 'integer';

/** SQL of the group that a value belongs to, of few enough that telling the label by group is no learning by heart. */
function groupOf({ name, type }: ColumnSchema, { distinct }: ColumnProfile, rowCount: number): string | null {
  const groups = Math.min(GROUPS, Math.floor(Math.min(rowCount, SAMPLED_ROWS) / 20));
  if (distinct <= groups) return quoteName(name);
  return isTextual(type) || type === 'boolean' || groups < 2 ? null : `ntile(${groups}) OVER (ORDER BY ${quoteName(name)})`;
}
