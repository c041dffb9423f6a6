import type { RunContext } from '../kit/context.ts';
import { quoteName, quoteText } from '../kit/define.ts';
import { NodeError } from '../kit/issues.ts';
import type { ColumnSchema, Table } from '../kit/table.ts';
import { around } from './query-in-parts.server.ts';
import { missingInSql } from './values-in-sql.ts';

/** More levels than this are seldom a category. */
export const LEVEL_LIMIT = 1_000;

export interface Level {
  readonly level: string;
  readonly rows: number;
}

/** The levels of a text column that at least `minimumRows` rows have, in the order of their characters. Throws `column_too_many_levels`. */
export async function levelsOf(source: ColumnSchema, data: Table, context: RunContext, minimumRows = 1): Promise<Level[]> {
  const quoted = quoteName(source.name);
  const rows = await context.rows(
    `SELECT ${quoted} AS level, count(*) AS n FROM data WHERE NOT ${missingInSql(source)} GROUP BY ${quoted} HAVING count(*) >= ${minimumRows} ORDER BY level LIMIT ${LEVEL_LIMIT + 1}`,
    { data: await around(data, source.name, context) },
  );
  if (rows.length > LEVEL_LIMIT) {
    throw new NodeError(
      'column_too_many_levels',
      `“${source.name}” has more than ${LEVEL_LIMIT} different values. Leave it out, or group its rare values first.`,
      { param: 'columns' },
    );
  }
  return rows.map(({ level, n }) => ({ level: String(level), rows: Number(n) }));
}

/** SQL for the place of a text column's value among these, from 1; null where it is none of them. */
export const placeInSql = ({ name }: ColumnSchema, levels: readonly string[]): string =>
  levels.length === 0 ? 'CAST(NULL AS BIGINT)' : `nullif(list_position([${levels.map(quoteText).join(', ')}], ${quoteName(name)}), 0)`;
