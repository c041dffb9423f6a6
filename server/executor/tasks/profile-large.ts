import type { DuckDBConnection } from '@duckdb/node-api';
import { StatisticsReader, type ColumnStatistics, type MeasuredColumn } from '#nodes/kernels/column-statistics.server.ts';
import type { KernelCrews } from '#nodes/kernels/kernel-crews.server.ts';
import { deviationOf, kurtosisOf, skewnessOf } from '#nodes/kernels/moments.ts';
import { quoteName, quoteText } from '#nodes/kit/define.ts';
import type { ColumnSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile } from '../messages.ts';
import { numericExpression } from '../runtime/duck-types.ts';
import { withSource } from '../runtime/parquet-source.ts';
import { plainBlocks, queryBlocks, type BlockSource } from './measured-blocks.ts';
import { exact, numberRanges, storedRanges, type NumberRange } from './number-ranges.ts';
import { DUPLICATES_UP_TO } from './profile-checks.ts';
import { profileLong } from './profile-long.ts';
import { binsOf, fitsMoments, LEVELS, measuredProfile, SAMPLED_SHAPE_ROWS, type Range } from './profile-numbers.ts';

/** Columns that are measured in a scan. */
const COLUMNS_AT_ONCE = 64;

export interface StoredTable {
  readonly file: string;
  readonly columns: readonly ColumnSchema[];
  readonly rowCount: number;
  readonly threads: number;
  readonly crews?: KernelCrews;
  readonly signal: AbortSignal;
}

export interface LargeTable extends StoredTable {
  /** For queries. */
  readonly path: string;
}

export interface LargeProfile {
  readonly profiles: readonly ColumnProfile[];
  /** Rows that equal an earlier one; null where the table is too large to tell, undefined where that was not looked for. */
  readonly duplicates: number | null | undefined;
}

const looksForDuplicates = ({ rowCount, columns }: StoredTable): boolean => rowCount <= DUPLICATES_UP_TO.rows && columns.length <= DUPLICATES_UP_TO.columns;

/** As `profileLarge`, without a database; null for a table that has other columns than numbers in plain pages, or whose file does not tell their ends. */
export function profileStored(table: StoredTable): Promise<LargeProfile | null> {
  return withSource(table.file, async (handle, { groups }) => {
    const numbers = exact(storedRanges(groups, table.columns));
    const blocks = numbers.length > 0 && numbers.length === table.columns.length ? plainBlocks(handle, groups, numbers) : null;
    const width = Math.min(COLUMNS_AT_ONCE, numbers.length);
    return blocks && measure(blocks, numbers, { ...table, whole: true, width, hashed: false, duplicates: looksForDuplicates(table) });
  });
}

/** Statistics of each column of a table with very many rows: of numbers by a kernel, which also tells rows that equal another, of the others by queries. */
export async function profileLarge(connection: DuckDBConnection, table: LargeTable): Promise<LargeProfile> {
  const { file, path, columns, rowCount, signal } = table;
  const source = `read_parquet(${quoteText(path)})`;
  const measured = await withSource(file, async (handle, footer) => {
    const numbers = await numberRanges(connection, source, footer.groups, columns);
    if (numbers.length === 0) return null;
    const duplicates = looksForDuplicates(table);
    const others = columns.filter(({ name }) => !numbers.some(({ column }) => column.name === name));
    const hashed = duplicates && others.length > 0;
    const query = (names: readonly string[], withOthers: boolean): string => {
      const cells = names.map((name) => numericExpression(name, 'number'));
      if (withOthers) cells.push(`hash(${others.map(({ name }) => quoteName(name)).join(', ')})`);
      return `SELECT ${cells.join(', ')} FROM ${source}`;
    };
    const width = Math.min(COLUMNS_AT_ONCE, numbers.length) + (hashed ? 1 : 0);
    const plain = hashed ? null : plainBlocks(handle, footer.groups, numbers);
    const blocks = plain ?? queryBlocks(connection, width, query);
    return measure(blocks, numbers, { ...table, whole: plain !== null, width, hashed, duplicates });
  });
  const found = new Map(measured?.profiles.map((each) => [each.name, each]));
  const rest = await profileLong(
    connection,
    path,
    columns.filter(({ name }) => !found.has(name)),
    rowCount,
    signal,
  );
  return { profiles: [...found.values(), ...rest], duplicates: measured?.duplicates };
}

interface Measuring extends StoredTable {
  /** Whole numbers come as such. */
  readonly whole: boolean;
  readonly width: number;
  readonly hashed: boolean;
  readonly duplicates: boolean;
}

async function measure(
  blocks: BlockSource,
  numbers: readonly NumberRange[],
  { rowCount, threads, crews, signal, whole, width, hashed, duplicates }: Measuring,
): Promise<{ profiles: ColumnProfile[]; duplicates: number | null }> {
  const every = Math.ceil(rowCount / SAMPLED_SHAPE_ROWS);
  const { blockBytes, pages, pageRows } = blocks;
  const reader = await StatisticsReader.open({ threads, crews, rowCount, every, columns: width, blockBytes, pages, pageRows, duplicates });
  try {
    const profiles: ColumnProfile[] = [];
    for (let from = 0; from < numbers.length; from += COLUMNS_AT_ONCE) {
      const some = numbers.slice(from, from + COLUMNS_AT_ONCE);
      const withOthers = hashed && from === 0;
      const columns = some.map(({ column, range }): MeasuredColumn => ({
        measure: whole && column.type === 'integer' ? 'whole' : 'numbers',
        ...rangeOf(range),
      }));
      if (withOthers) columns.push({ measure: 'hashes', ...rangeOf(null) });
      reader.begin(columns);
      await blocks.begin(
        some.map(({ column }) => column.name),
        withOthers,
      );
      await readAll(reader, blocks, signal);
      const statistics = await reader.finish();
      profiles.push(...some.map(({ column, range }, index) => profileOf(column, range, statistics[index]!, rowCount)));
    }
    return { profiles, duplicates: duplicates ? rowCount - (await reader.distinctRows()) : null };
  } finally {
    await reader.close();
  }
}

/** Of a column without values, whatever bins. */
const rangeOf = (range: Range | null): Pick<MeasuredColumn, 'low' | 'high' | 'bins'> =>
  range ? { ...range, bins: binsOf(range).starts.length } : { low: 0, high: 0, bins: 1 };

async function readAll(reader: StatisticsReader, blocks: BlockSource, signal: AbortSignal): Promise<void> {
  const reading: ReturnType<BlockSource['next']>[] = [];
  const measuring: Promise<() => void>[] = [];
  let [begun, taken, row] = [0, 0, 0];
  try {
    for (;;) {
      signal.throwIfAborted();
      while (reading.length < blocks.ahead) {
        if (measuring.length + reading.length === reader.slots) (await measuring.shift()!)();
        const next = blocks.next(reader.block(begun++ % reader.slots));
        // It is awaited in the order of blocks.
        next.catch(() => undefined);
        reading.push(next);
      }
      const block = await reading.shift()!;
      if (!block) break;
      measuring.push(reader.measure(taken++ % reader.slots, row, block.columns));
      row += block.rows;
    }
    while (measuring.length > 0) (await measuring.shift()!)();
  } finally {
    await Promise.allSettled([...reading, ...measuring]);
  }
}

function profileOf(column: ColumnSchema, range: Range | null, statistics: ColumnStatistics, rowCount: number): ColumnProfile {
  const { missing, infinite, zeros, negatives, distinct, counts, sample } = statistics;
  const varied = range !== null && range.high > range.low;
  const fits = range !== null && fitsMoments(range);
  return measuredProfile(column, rowCount, {
    count: rowCount - missing,
    distinct: varied || infinite > 0 ? Math.max(varied ? 2 : 1, distinct) : Math.min(1, distinct),
    distinctExact: false,
    mean: range && statistics.mean,
    deviation: fits ? deviationOf(statistics) : null,
    zeros: range && zeros,
    negatives: range && negatives,
    infinite,
    range,
    histogram: range && { edges: binsOf(range).edges, counts },
    quantiles: range && quantilesOf(sample),
    skewness: fits && varied ? skewnessOf(statistics) : null,
    kurtosis: fits && varied ? kurtosisOf(statistics) : null,
  });
}

/** Between the values beside it, in proportion. */
function quantilesOf(sorted: Float64Array): ColumnProfile['quantiles'] {
  if (sorted.length === 0) return null;
  return LEVELS.map((level) => {
    const place = (sorted.length - 1) * level;
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return { level, value: below === above ? below : below + (above - below) * (place - Math.floor(place)) };
  });
}
