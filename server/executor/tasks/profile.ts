import { quoteText } from '#nodes/kit/define.ts';
import type { ColumnProfile, TableProfile, Tasks } from '../messages.ts';
import type { TaskLimits } from './limits.ts';
import { duplicateRows, leaking } from './profile-checks.ts';
import { profileLong } from './profile-long.ts';
import { profileShort } from './profile-short.ts';
import { columnWarnings, tableWarnings } from './profile-warnings.ts';
import { withArtifact } from './table-session.ts';

/** Up to this many rows, all columns of a type are looked at together. */
const SHORT_ROWS = 10_000;

/**
 * Statistics of each column: sample standard deviation (n − 1), quantiles by interpolation, skewness and excess kurtosis with the sample's
 * correction, a histogram of 20 equal bins for numbers and dates (as milliseconds), the ten most frequent values and the lengths for the others.
 * Infinite numbers count as values but not in these statistics. Above 100,000 rows the count of distinct numbers and dates is approximate
 * (`distinctExact`), and from 1,000,000 rows on quantiles, skewness and kurtosis are those of some 50,000 of them. Then what a reader should be warned of.
 */
export function profile({ artifact }: Tasks['profile']['args'], limits: TaskLimits): Promise<TableProfile> {
  return withArtifact(artifact, limits, async ({ connection, path, schema, rowCount }) => {
    const source = `read_parquet(${quoteText(path)})`;
    const profiles = new Map<string, ColumnProfile>();
    const each =
      rowCount <= SHORT_ROWS
        ? await profileShort(connection, source, schema.columns, rowCount, limits.signal)
        : await profileLong(connection, path, schema.columns, rowCount, limits.signal);
    for (const column of each) profiles.set(column.name, column);
    const described = schema.columns.map(({ name }) => profiles.get(name)!);
    const duplicates = await duplicateRows(connection, source, described, rowCount);
    const found = await leaking(connection, path, schema, profiles, rowCount, limits.signal);
    const label = found.label;
    const columns = schema.columns.map((column, index) => {
      const each = described[index]!;
      return {
        ...each,
        warnings: columnWarnings(each, column.role, rowCount, column.name === label?.name ? label.counts : null, found.leaks.get(column.name)),
      };
    });
    return { rowCount, columns, duplicateRows: duplicates, warnings: tableWarnings(rowCount, duplicates) };
  });
}
