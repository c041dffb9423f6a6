import type { ColumnType } from '#nodes/kit/table.ts';
import { quoteName } from '#nodes/kit/define.ts';

/** How a column of each type is kept in Parquet. */
export const STORED: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
  category: 'VARCHAR',
  datetime: 'TIMESTAMP',
};

/** The column type for a DuckDB type by its name; texts are `text` unless they are known to be a category. */
export function typeOfDuck(duck: string): ColumnType {
  const name = duck.toUpperCase();
  if (name === 'BOOLEAN') return 'boolean';
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(name)) return 'integer';
  if (/^(FLOAT|DOUBLE|U?HUGEINT|BIGNUM|DECIMAL.*)$/.test(name)) return 'number';
  if (/^(DATE|TIMESTAMP.*)$/.test(name)) return 'datetime';
  if (name.startsWith('ENUM')) return 'category';
  return 'text';
}

/** Faster than a comparison with NaN, which is an order of its own. */
const definedNumber = (sql: string): string => `CASE WHEN NOT isnan(${sql}) THEN ${sql} END`;

/** SQL that turns a column of a query into what is stored for `type`; not-a-number becomes missing. */
export function storedExpression(name: string, duck: string, type: ColumnType): string {
  const identifier = quoteName(name);
  const upper = duck.toUpperCase();
  if (type === 'number') return definedNumber(upper === 'DOUBLE' ? identifier : `CAST(${identifier} AS DOUBLE)`);
  if (type === 'datetime' && upper.includes('WITH TIME ZONE')) return `CAST(timezone('UTC', ${identifier}) AS TIMESTAMP)`;
  if (type === 'text' && /[[(]|JSON|STRUCT|MAP/.test(upper) && !upper.startsWith('DECIMAL')) return `CAST(to_json(${identifier}) AS VARCHAR)`;
  return upper === STORED[type] ? identifier : `CAST(${identifier} AS ${STORED[type]})`;
}

/** SQL that reads a stored column as float64, not-a-number for missing; datetimes as milliseconds. */
export function numericExpression(name: string, type: ColumnType): string {
  const identifier = quoteName(name);
  return `coalesce(CAST(${type === 'datetime' ? `epoch_ms(${identifier})` : identifier} AS DOUBLE), 'NaN'::DOUBLE)`;
}
