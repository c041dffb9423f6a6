import { selectColumns, type ColumnSelection } from '../../kit/columns.ts';
import { quoteName, type ColumnQuery } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import type { TableSchema } from '../../kit/table.ts';
import { chooseColumns, freeName, takenNames } from '../choose-columns.ts';
import { diceInSql } from '../dice.ts';
import { listing } from '../rows-in-sql.ts';
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
export function splitByGroup({ groupColumns, fraction, randomized, seed }: ByGroup, data: TableSchema): { first: ColumnQuery; second: ColumnQuery } {
  const chosen = quoteName(freeName('chosen', takenNames(data)));
  const names = selectColumns(groupColumns, data).names;
  const keys = names.map((_, index) => `k${index}`);
  const picked = names.map((name, index) => `${quoteName(name)} AS k${index}`);
  const dice = randomized ? diceInSql(seed, 'head') : '0';
  const same = keys.map((key) => `drawn.${key} IS NOT DISTINCT FROM numbered.${key}`).join(' AND ');
  const rows = `(SELECT * FROM data POSITIONAL JOIN (WITH numbered AS NOT MATERIALIZED (SELECT ${picked.join(', ')}, row_number() OVER () AS place FROM data),
heads AS (SELECT ${keys.join(', ')}, min(place) AS head, count(*) AS size FROM numbered GROUP BY ${keys.join(', ')}),
diced AS (SELECT *, ${dice} AS chance FROM heads),
drawn AS (SELECT *, sum(size) OVER (ORDER BY chance, head) - size / 2 < sum(size) OVER () * ${numberInSql(fraction)} AS early FROM diced)
SELECT early AS ${chosen} FROM numbered JOIN drawn ON ${same} ORDER BY place))`;
  const take = (condition: string): ColumnQuery => listing((list) => `SELECT ${list} FROM ${rows} WHERE ${condition}`, chosen);
  return { first: take(chosen), second: take(`NOT ${chosen}`) };
}

export function groupIssues({ groupColumns }: ByGroup, data: TableSchema | undefined): Issue[] {
  if (groupColumns.mode === 'names' && groupColumns.names.length === 0)
    return [problem('parameter_missing', 'Choose the columns that tell groups apart.', { param: 'groupColumns' })];
  return data ? [...chooseColumns(groupColumns, data, 'groupColumns').issues] : [];
}
