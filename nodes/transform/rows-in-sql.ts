import { quoteName, type ColumnQuery } from '../kit/define.ts';
import type { TableSchema } from '../kit/table.ts';

/** A query whose SQL differs by the list of its columns alone; `made`: quoted names of what it computes on the way, which do not leave. */
export const listing = (sql: (list: string) => string, ...made: readonly string[]): ColumnQuery => ({ select: (names) => sql(listOf(names, ...made)) });

/** The list of a SELECT: these columns, or all but those made on the way. */
export const listOf = (names: readonly string[] | undefined, ...made: readonly string[]): string =>
  names ? names.map(quoteName).join(', ') : made.length > 0 ? `* EXCLUDE (${made.join(', ')})` : '*';

/** A query of single rows of `data`: `whole`, or some columns of it: those of `made` by their SQL, all others as they are. */
export const rowByRow = (whole: string, made: ReadonlyMap<string, string>, { columns }: TableSchema): ColumnQuery => ({
  select: (names) => (names ? `SELECT ${names.map((name) => withName(made.get(name), name)).join(', ')} FROM data` : whole),
  passing: columns.map(({ name }) => name).filter((name) => !made.has(name)),
});

/** An item of a SELECT: SQL with the name of its column, or the column of that name. */
export const withName = (sql: string | undefined, name: string): string => (sql === undefined ? quoteName(name) : `${sql} AS ${quoteName(name)}`);
