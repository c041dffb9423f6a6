import { quoteText } from '#nodes/kit/define.ts';
import type { ColumnProfile, TableProfile, Tasks } from '../messages.ts';
import type { TaskLimits } from './limits.ts';
import { duplicateRows, leaking } from './profile-checks.ts';
import { profileLarge, type LargeProfile } from './profile-large.ts';
import { profileLong } from './profile-long.ts';
import { EXACT_SHAPE_ROWS } from './profile-numbers.ts';
import { profileShort } from './profile-short.ts';
import { columnWarnings, tableWarnings } from './profile-warnings.ts';
import { withArtifact } from './table-session.ts';

/** Up to this many rows, all columns of a type are looked at together. */
const SHORT_ROWS = 10_000;

/**
 * Statistics of each column: sample standard deviation (n − 1), quantiles by interpolation, skewness and excess kurtosis with the sample's
 * correction, a histogram of 20 equal bins for numbers and dates (as milliseconds), the ten most frequent values and the lengths for the others.
 * Infinite numbers count as values but not in these statistics. Above 100,000 rows the count of distinct numbers and dates is approximate
 * (`distinctExact`), and from 1,000,000 rows on quantiles are those of some 50,000 of them. Then what a reader should be warned of.
 */
export function profile({ artifact }: Tasks['profile']['args'], limits: TaskLimits): Promise<TableProfile> {
  return withArtifact(artifact, limits, async ({ connection, path, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(path)})`;
    const profiles = new Map<string, ColumnProfile>();
    const found = await columnsOf();
    for (const column of found.profiles) profiles.set(column.name, column);
    const described = schema.columns.map(({ name }) => profiles.get(name)!);
    const duplicates = found.duplicates === undefined ? await duplicateRows(connection, source, described, rowCount) : found.duplicates;
    const { label, leaks } = await leaking(connection, path, schema, profiles, rowCount, limits.signal);
    const columns = schema.columns.map((column, index) => {
      const each = described[index]!;
      return {
        ...each,
        warnings: columnWarnings(each, column.role, rowCount, column.name === label?.name ? label.counts : null, leaks.get(column.name)),
      };
    });
    return { rowCount, columns, duplicateRows: duplicates, warnings: tableWarnings(rowCount, duplicates) };

    async function columnsOf(): Promise<LargeProfile> {
      const { signal, threads } = limits;
      const { columns } = schema;
      if (rowCount >= EXACT_SHAPE_ROWS) return profileLarge(connection, { file: artifact.path, path, columns, rowCount, threads, signal });
      const profiles = await (rowCount <= SHORT_ROWS
        ? profileShort(connection, source, columns, rowCount, signal)
        : profileLong(connection, path, columns, rowCount, signal));
      return { profiles, duplicates: undefined };
    }
  });
}
