import { quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { findColumn, isTextual, type ColumnType, type TableSchema } from '../../kit/table.ts';
import { missingName } from '../list-columns.ts';
import { numberInSql } from '../values-in-sql.ts';

interface ByTime {
  readonly timeColumn: string;
  readonly fraction: number;
  readonly gap: number;
}
const MOST_DAYS = 1_000_000;

/**
 * The cut is the time of the row that comes after round(rows · fraction) others in order of time. Rows before it are first; those of its time and
 * later are second, but for those within the gap, which are left out.
 */
export function splitByTime({ timeColumn, fraction, gap }: ByTime, data: TableSchema): { first: string; second: string } {
  const time = quoteName(timeColumn);
  const type = findColumn(data, timeColumn)?.type ?? 'number';
  const cut = `(SELECT min(t) FROM (SELECT ${time} AS t, row_number() OVER (ORDER BY ${time}) - 1 AS rank, count(*) OVER () AS total FROM data WHERE ${time} IS NOT NULL) WHERE rank >= round(total * ${numberInSql(fraction)}))`;
  return {
    first: `SELECT * FROM data WHERE coalesce(${time} < ${cut}, ${time} IS NOT NULL)`,
    second: `SELECT * FROM data WHERE coalesce(${time} >= ${gap > 0 ? afterGap(cut, gap, type) : cut}, ${time} IS NULL)`,
  };
}

const afterGap = (cut: string, gap: number, type: ColumnType): string =>
  type === 'datetime' ? `${cut} + to_microseconds(CAST(${numberInSql(gap * 86_400_000_000)} AS BIGINT))` : `CAST(${cut} AS DOUBLE) + ${numberInSql(gap)}`;

export function timeIssues({ timeColumn, gap }: ByTime, data: TableSchema | undefined): Issue[] {
  const place = { param: 'timeColumn' };
  if (timeColumn === '') return [problem('parameter_missing', 'Choose the column by which rows are earlier and later.', place)];
  const column = findColumn(data, timeColumn);
  if (!data || (!column && data.open)) return [];
  if (!column) return [missingName('timeColumn', timeColumn, data)];
  if (column.type === 'boolean')
    return [problem('column_wrong_type', `“${timeColumn}” is boolean, which is no order of time. Choose a date or a number.`, place)];
  const none = { title: 'Split without a gap', set: { gap: 0 } };
  if (gap > 0 && isTextual(column.type))
    return [
      problem('column_wrong_type', `“${timeColumn}” is text, in which a gap has no length. Turn it into a date first, or split without a gap.`, {
        param: 'gap',
        fix: none,
      }),
    ];
  return gap > MOST_DAYS && column.type === 'datetime'
    ? [problem('parameter_invalid', `A gap of dates is in days, and at most ${MOST_DAYS.toLocaleString('en-US')}.`, { param: 'gap', fix: none })]
    : [];
}
