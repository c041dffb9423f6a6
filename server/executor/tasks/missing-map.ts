import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import type { MissingMap, Tasks } from '../messages.ts';
import type { TaskLimits } from './limits.ts';
import { withArtifact } from './table-session.ts';

const SLICES = 200;
const MOST_COLUMNS = 1_000;
/** Counted in one scan: each takes a counter for every slice. */
const COLUMNS_AT_ONCE = 250;
const COMBINATIONS = 20;

/** Beyond this many rows, or cells in the columns that are shown, the first rows of each slice stand for it. */
const LOOKED_ROWS = 1_000_000;
const LOOKED_CELLS = 50_000_000;

/**
 * Where values are missing: for the columns that miss some (the first 1,000), how many in each of up to 200 slices of equally many rows, and the
 * commonest combinations of columns that are missing together; of a large table in a sample. Rows of the same combination are found by 64 bits that stand for it.
 */
export function missingMap({ artifact }: Tasks['missingMap']['args'], limits: TaskLimits, most = LOOKED_ROWS): Promise<MissingMap> {
  return withArtifact(artifact, limits, async ({ connection, path, schema, rowCount }) => {
    const names = schema.columns.filter(({ nullable }) => nullable).map(({ name }) => name);
    const shown = names.slice(0, MOST_COLUMNS);
    const slices = Math.min(SLICES, rowCount);
    const rows = Array.from({ length: slices }, (_, slice) => Math.ceil(((slice + 1) * rowCount) / slices) - Math.ceil((slice * rowCount) / slices));
    const bound = Math.min(most, Math.floor(LOOKED_CELLS / Math.max(1, shown.length)));
    const looked = rowCount > bound ? rows.map((each) => Math.min(each, Math.ceil(bound / slices))) : rows;
    const whole = `read_parquet(${quoteText(path)}, file_row_number = true)`;
    const source = looked === rows ? whole : await sample(connection, whole, { names: shown, rows, looked }, limits);
    const columns: { name: string; missing: number; slices: number[] }[] = [];
    for (let from = 0; from < shown.length; from += COLUMNS_AT_ONCE) {
      limits.signal.throwIfAborted();
      columns.push(...(await countSlices(connection, source, shown.slice(from, from + COLUMNS_AT_ONCE), rowCount, slices)));
    }
    const combinations = shown.length === 0 ? [] : await commonest(connection, source, shown);
    const total = looked.reduce((sum, each) => sum + each, 0);
    return { rowCount, columnCount: schema.columns.length, left: names.length - shown.length, slices: rows, looked, columns, ...summary(combinations, total) };
  });
}

/** A table of the first rows of each slice, which are read alone; it tells of each value only whether it is there. */
async function sample(
  connection: DuckDBConnection,
  whole: string,
  { names, rows, looked }: { readonly names: readonly string[]; readonly rows: readonly number[]; readonly looked: readonly number[] },
  { signal }: TaskLimits,
): Promise<string> {
  const there = ['file_row_number', ...names.map((name) => `${quoteName(name)} IS NOT NULL OR NULL AS ${quoteName(name)}`)].join(', ');
  let first = 0;
  for (const [slice, count] of rows.entries()) {
    signal.throwIfAborted();
    const part = `SELECT ${there} FROM ${whole} WHERE file_row_number BETWEEN ${first} AND ${first + looked[slice]! - 1}`;
    await connection.run(slice === 0 ? `CREATE TEMP TABLE looked_at AS ${part}` : `INSERT INTO looked_at ${part}`);
    first += count;
  }
  return 'looked_at';
}

async function countSlices(connection: DuckDBConnection, source: string, names: readonly string[], rowCount: number, slices: number) {
  const counts = names.map((name) => `count(*) - count(${quoteName(name)})`);
  const reader = await connection.runAndReadAll(
    `SELECT file_row_number * ${slices} // ${rowCount} AS slice, ${counts.join(', ')} FROM ${source} GROUP BY slice`,
  );
  const found = names.map((name) => ({ name, missing: 0, slices: new Array<number>(slices).fill(0) }));
  for (const [slice, ...missing] of reader.getRows())
    for (const [at, value] of missing.entries()) {
      found[at]!.slices[Number(slice)] = Number(value);
      found[at]!.missing += Number(value);
    }
  return found;
}

type Combination = MissingMap['combinations'][number];

/** The commonest combinations, and how many there are of all: the list holds one more than is shown, with all the others. */
async function commonest(connection: DuckDBConnection, source: string, names: readonly string[]): Promise<Combination[]> {
  const gaps = names.map((name) => `${quoteName(name)} IS NULL`);
  const groups = await connection.runAndReadAll(
    `SELECT count(*) AS total, min(file_row_number) AS example FROM ${source} GROUP BY hash(${gaps.join(', ')}) ORDER BY total DESC, example LIMIT ${COMBINATIONS + 1}`,
  );
  const found = groups.getRows().map(([total, example]) => ({ rowCount: Number(total), example: Number(example) }));
  if (found.length === 0) return [];
  const examples = await connection.runAndReadAll(
    `SELECT file_row_number, ${gaps.join(', ')} FROM ${source} WHERE file_row_number IN (${found.map(({ example }) => example).join(', ')})`,
  );
  const missing = new Map(examples.getRows().map(([row, ...gone]) => [Number(row), names.filter((_, at) => gone[at] === true)]));
  return found.map(({ rowCount, example }) => ({ columns: missing.get(example)!, rowCount }));
}

const summary = (found: readonly Combination[], rowCount: number): Pick<MissingMap, 'combinations' | 'otherRows' | 'completeRows'> => {
  const combinations = found.slice(0, COMBINATIONS);
  const told = combinations.reduce((sum, each) => sum + each.rowCount, 0);
  const complete = found.length === 0 ? rowCount : found.find(({ columns }) => columns.length === 0)?.rowCount;
  return { combinations, otherRows: found.length === 0 ? 0 : rowCount - told, completeRows: complete ?? null };
};
