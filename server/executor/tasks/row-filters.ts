import { quoteName, quoteText } from '#nodes/kit/define.ts';
import { NodeError } from '#nodes/kit/issues.ts';
import { findColumn, isNumeric, type ColumnSchema, type TableSchema } from '#nodes/kit/table.ts';
import type { RowFilter } from '../messages.ts';

const SIGNS = { equal: '=', unequal: '<>', less: '<', greater: '>' } as const;

/** SQL of a condition on a column. Errors: `column_missing`, `parameter_invalid` where the value is not of the column's type. */
export function filterInSql(filter: RowFilter, schema: TableSchema, shown: (column: ColumnSchema) => string): string {
  const column = findColumn(schema, filter.column);
  if (!column) throw new NodeError('column_missing', `The table has no column “${filter.column}”.`);
  const name = quoteName(column.name);
  if (!('value' in filter)) return `${name} IS ${filter.is === 'missing' ? 'NULL' : 'NOT NULL'}`;
  if (filter.is === 'contains') return `contains(lower(CAST(${shown(column)} AS VARCHAR)), ${quoteText(filter.value.toLowerCase())})`;
  if (filter.is === 'between') return `${name} BETWEEN ${valueInSql(column, filter.value)} AND ${valueInSql(column, filter.to)}`;
  return `${name} ${SIGNS[filter.is]} ${valueInSql(column, filter.value)}`;
}

function valueInSql({ name, type }: ColumnSchema, text: string): string {
  const plain = text.trim();
  if (isNumeric(type)) {
    const whole = /^[+-]?\d{1,18}$/.test(plain);
    if (plain !== '' && Number.isFinite(Number(plain))) return whole ? `CAST(${quoteText(plain)} AS BIGINT)` : `CAST(${quoteText(plain)} AS DOUBLE)`;
    throw new NodeError('parameter_invalid', `“${text}” is no number, as “${name}” holds.`);
  }
  if (type === 'datetime') {
    if (/^\d{4}-\d\d-\d\d/.test(plain) && !Number.isNaN(Date.parse(plain)))
      return `make_timestamp(${Date.parse(plain.length > 10 && !/Z|[+-]\d\d:?\d\d$/.test(plain) ? `${plain}Z` : plain)} * 1000)`;
    throw new NodeError('parameter_invalid', `“${text}” is no date such as 2024-01-31, as “${name}” holds.`);
  }
  if (type === 'boolean') {
    if (/^(true|false)$/i.test(plain)) return plain.toUpperCase();
    throw new NodeError('parameter_invalid', `“${name}” holds true or false, not “${text}”.`);
  }
  return quoteText(text);
}
