import { selectColumns, type ColumnSelection } from '../../kit/columns.ts';
import { quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import type { TableSchema } from '../../kit/table.ts';
import { chooseColumns, freeName, takenNames } from '../choose-columns.ts';
import { numberInSql } from '../values-in-sql.ts';

interface ByGroup {
  readonly groupColumns: ColumnSelection;
  readonly fraction: number;
  readonly randomized: boolean;
  readonly seed: number;
}

/**
 * Groups are taken in the order of a seeded hash, or of their first rows, as long as at least half of the next one still fits into the fraction of the
 * rows: so the first part is as near to it as whole groups in this order allow.
 */
export function splitByGroup({ groupColumns, fraction, randomized, seed }: ByGroup, data: TableSchema): { first: string; second: string } {
  const taken = takenNames(data);
  const own = (name: string): string => quoteName(freeName(name, taken));
  const [place, head, size, upTo, total] = [own('place'), own('head'), own('size'), own('up to'), own('total')];
  const keys = selectColumns(groupColumns, data).names.map(quoteName);
  const dice = randomized ? `md5_number_lower('${seed}:' || ${head}), ` : '';
  const with_ = `WITH numbered AS (SELECT *, row_number() OVER () AS ${place} FROM data),
heads AS (SELECT ${keys.join(', ')}, min(${place}) AS ${head}, count(*) AS ${size} FROM numbered GROUP BY ${keys.join(', ')}),
drawn AS (SELECT *, sum(${size}) OVER (ORDER BY ${dice}${head}) AS ${upTo}, sum(${size}) OVER () AS ${total} FROM heads),
chosen AS (SELECT * FROM drawn WHERE ${upTo} - ${size} / 2 < ${total} * ${numberInSql(fraction)})`;
  const same = keys.map((key) => `chosen.${key} IS NOT DISTINCT FROM numbered.${key}`).join(' AND ');
  const take = (exists: string): string =>
    `${with_}\nSELECT * EXCLUDE (${place}) FROM numbered WHERE ${exists} (SELECT 1 FROM chosen WHERE ${same}) ORDER BY ${place}`;
  return { first: take('EXISTS'), second: take('NOT EXISTS') };
}

export function groupIssues({ groupColumns }: ByGroup, data: TableSchema | undefined): Issue[] {
  if (groupColumns.mode === 'names' && groupColumns.names.length === 0)
    return [problem('parameter_missing', 'Choose the columns that tell groups apart.', { param: 'groupColumns' })];
  return data ? [...chooseColumns(groupColumns, data, 'groupColumns').issues] : [];
}
