import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { SourceGroup } from '../runtime/parquet-source.ts';
import { rangesOf, type Range } from './profile-numbers.ts';

// Numbers of types in parquet.thrift of Apache Parquet 2.
const READERS: Readonly<Record<number, (bytes: Buffer) => number>> = {
  2: (bytes) => Number(bytes.readBigInt64LE()),
  5: (bytes) => bytes.readDoubleLE(),
};

export interface NumberRange {
  readonly column: ColumnSchema;
  /** The finite ends; null without a finite value. */
  readonly range: Range | null;
}

/** The ends of the columns of numbers that float64 holds exactly: those that the file tells, and what queries find where they are not finite. */
export async function numberRanges(
  connection: DuckDBConnection,
  source: string,
  groups: readonly SourceGroup[],
  columns: readonly ColumnSchema[],
): Promise<NumberRange[]> {
  const known = storedRanges(groups, columns);
  const unknown = columns.filter((column) => isNumber(column) && !known.some((each) => each.column === column));
  const found = unknown.length > 0 ? await rangesOf(connection, source, unknown) : [];
  return exact([...known, ...unknown.map((column, index) => ({ column, range: found[index]!.range }))]);
}

/** The ends that the file tells, of those columns of numbers that it tells them of. */
export const storedRanges = (groups: readonly SourceGroup[], columns: readonly ColumnSchema[]): NumberRange[] =>
  columns.filter(isNumber).flatMap((column) => {
    const range = rangeIn(groups, column.name);
    return range === undefined ? [] : [{ column, range }];
  });

const isNumber = ({ type }: ColumnSchema): boolean => type === 'number' || type === 'integer';

/** Of whole numbers, those that float64 holds exactly. */
export const exact = (ranges: readonly NumberRange[]): NumberRange[] =>
  ranges.filter(({ column, range }) => column.type === 'number' || !range || (Number.isSafeInteger(range.low) && Number.isSafeInteger(range.high)));

/** As the file tells them; undefined where it does not, or where they are not finite. */
function rangeIn(groups: readonly SourceGroup[], name: string): Range | null | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const { rows, chunks } of groups) {
    const chunk = chunks.get(name);
    const read = READERS[chunk?.type ?? -1];
    if (!chunk || !read) return undefined;
    const { missing, least, greatest } = chunk.statistics;
    if (missing === rows) continue;
    if (missing === null || least?.length !== 8 || greatest?.length !== 8) return undefined;
    low = Math.min(low, read(least));
    high = Math.max(high, read(greatest));
  }
  if (low > high) return null;
  // Equal zeros may have either sign.
  return Number.isFinite(low) && Number.isFinite(high) ? { low: low + 0, high: high + 0 } : undefined;
}
