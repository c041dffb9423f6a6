import { quoteName, quoteText, type Answers, type ColumnQuery } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import { findColumn, isTextual, type ColumnType, type TableSchema } from '../../kit/table.ts';
import { missingName } from '../list-columns.ts';
import { listing } from '../rows-in-sql.ts';
import { numberInSql } from '../values-in-sql.ts';

interface ByTime {
  readonly timeColumn: string;
  readonly fraction: number;
  readonly gap: number;
}
const MOST_DAYS = 1_000_000;

/** What `splitByTime` needs to know: the time of the row that comes after round(rows · fraction) others in order of time. */
export const cutInTime = ({ timeColumn, fraction }: ByTime): Readonly<Record<string, string>> => ({
  cut: `WITH times AS MATERIALIZED (SELECT ${quoteName(timeColumn)} AS t FROM data WHERE ${quoteName(timeColumn)} IS NOT NULL)
SELECT CAST(t AS VARCHAR) FROM times ORDER BY t LIMIT 1 OFFSET (SELECT CAST(round(count(*) * ${numberInSql(fraction)}) AS BIGINT) FROM times)`,
});

const TYPES: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  datetime: 'TIMESTAMP',
  text: 'VARCHAR',
  category: 'VARCHAR',
};

/**
 * Rows before the cut are first; those of its time and later are second, but for those within the gap, which are left out. Without a cut all rows that
 * have a time are first.
 */
export function splitByTime({ timeColumn, gap }: ByTime, data: TableSchema, { cut }: Answers): { first: ColumnQuery; second: ColumnQuery } {
  const time = quoteName(timeColumn);
  const type = findColumn(data, timeColumn)?.type ?? 'number';
  const where = (condition: string): ColumnQuery => listing((list) => `SELECT ${list} FROM data WHERE ${condition}`);
  if (typeof cut !== 'string') return { first: where(`${time} IS NOT NULL`), second: where(`${time} IS NULL`) };
  const at = `CAST(${quoteText(cut)} AS ${TYPES[type]})`;
  return {
    first: where(`${time} < ${at}`),
    second: where(`coalesce(${time} >= ${gap > 0 ? afterGap(at, gap, type) : at}, true)`),
  };
}

const afterGap = (at: string, gap: number, type: ColumnType): string =>
  type === 'datetime' ? `${at} + to_microseconds(CAST(${numberInSql(gap * 86_400_000_000)} AS BIGINT))` : `CAST(${at} AS DOUBLE) + ${numberInSql(gap)}`;

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
