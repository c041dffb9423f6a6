import { quoteText } from '#nodes/kit/define.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { ColumnProfile, TableProfile, Tasks } from '../messages.ts';
import type { TaskLimits } from './limits.ts';
import { duplicateRows, leaking, type Leaks } from './profile-checks.ts';
import { profileLarge, profileStored, type LargeProfile } from './profile-large.ts';
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
export async function profile({ artifact }: Tasks['profile']['args'], limits: TaskLimits): Promise<TableProfile> {
  const { path: file, meta } = artifact;
  if (meta.kind !== 'table') throw new Error('The artifact is no table.');
  const { schema, rowCount } = meta;
  const { columns } = schema;
  const isLarge = rowCount >= EXACT_SHAPE_ROWS;
  const stored = isLarge ? await profileStored({ file, columns, rowCount, ...limits }) : null;
  if (stored?.duplicates !== undefined && !columns.some(({ role }) => role === 'label')) return described(schema, rowCount, stored.profiles, stored.duplicates);
  return withArtifact(artifact, limits, async ({ connection, path }) => {
    const source = `read_parquet(${quoteText(path)})`;
    const found = stored ?? (await columnsOf());
    const profiles = new Map(found.profiles.map((each) => [each.name, each]));
    const inOrder = columns.map(({ name }) => profiles.get(name)!);
    const duplicates = found.duplicates === undefined ? await duplicateRows(connection, source, inOrder, rowCount) : found.duplicates;
    return described(schema, rowCount, inOrder, duplicates, await leaking(connection, path, schema, profiles, rowCount, limits.signal));

    async function columnsOf(): Promise<LargeProfile> {
      if (isLarge) return profileLarge(connection, { file, path, columns, rowCount, ...limits });
      const profiles = await (rowCount <= SHORT_ROWS
        ? profileShort(connection, source, columns, rowCount, limits.signal)
        : profileLong(connection, path, columns, rowCount, limits.signal));
      return { profiles, duplicates: undefined };
    }
  });
}

const NO_LEAKS: Leaks = { label: null, leaks: new Map() };

function described(
  { columns }: TableSchema,
  rowCount: number,
  profiles: readonly ColumnProfile[],
  duplicates: number | null,
  { label, leaks } = NO_LEAKS,
): TableProfile {
  const warned = profiles.map((each, index) => {
    const { name, role } = columns[index]!;
    return { ...each, warnings: columnWarnings(each, role, rowCount, name === label?.name ? label.counts : null, leaks.get(name)) };
  });
  return { rowCount, columns: warned, duplicateRows: duplicates, warnings: tableWarnings(rowCount, duplicates) };
}
