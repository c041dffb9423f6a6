import { quoteName, quoteText, type ColumnStep } from '../../kit/define.ts';
import { printName, printText } from '../../kit/expression/tree.ts';
import { problem, warning, type Issue } from '../../kit/issues.ts';
import { isTextual, type ColumnSchema, type ColumnType, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, listNames } from '../choose-columns.ts';
import { valueFor } from '../value-for-column.ts';
import { missingInSql, numberInSql } from '../values-in-sql.ts';
import type { ConvertParams } from './node.ts';

type Value = number | string | null;

/** A column in which values are replaced; null stands for missing. */
export interface Change {
  /** As it leaves. */
  readonly column: ColumnSchema;
  readonly from: Value;
  readonly to: Value;
}

/** What is replaced in which columns. A column whose type cannot hold the value that is looked for has none of it, and stays as it is. */
export function planReplacing(chosen: ConvertParams, data: TableSchema): { changes: readonly Change[]; issues: readonly Issue[] } {
  const { action, missingValue, replace, customValue, newValue } = chosen;
  if (action === 'none') return { changes: [], issues: [] };
  const { columns, issues: found } = chooseColumns(chosen.columns, data);
  const issues = [...found];
  const ofMissing = action === 'replace' && replace === 'missing';
  const from = ofMissing ? null : action === 'replace' ? customValue : missingValue;
  const to = action === 'replace' && newValue !== '' ? newValue : null;
  if (from === '')
    issues.push(problem('parameter_missing', 'Write the value that is looked for.', { param: action === 'replace' ? 'customValue' : 'missingValue' }));
  if (ofMissing && to === null) issues.push(problem('parameter_missing', 'Write what takes the place of missing values.', { param: 'newValue' }));
  const holding = columns.filter((each) => each.type !== 'datetime' && (ofMissing ? each.nullable : holds(each, from!)));
  const able = to === null ? holding : holding.filter((each) => holds(each, to));
  const unable = holding.filter((each) => !able.includes(each));
  if (unable.length > 0) {
    const message = `${listNames(unable)} ${unable.length === 1 ? 'is' : 'are'} of a type that cannot hold “${to}”.`;
    if (able.length === 0)
      issues.push(problem('column_wrong_type', `${message} Give another value, or change the type with Edit Metadata first.`, { param: 'newValue' }));
    else issues.push(warning('column_wrong_type', `${message} ${unable.length === 1 ? 'It stays as it is.' : 'They stay as they are.'}`, { param: 'columns' }));
  }
  const changes = able.map((column): Change => {
    const [before, after] = [from === null ? null : valueFor(column, from), to === null ? null : valueFor(column, to)];
    return { column: { ...column, nullable: after === null || (column.nullable && before !== null) }, from: before, to: after };
  });
  return { changes, issues };
}

/** Whether a column's type can hold a text's value. */
function holds(column: ColumnSchema, text: string): boolean {
  const value = valueFor(column, text);
  return value !== null && (column.type !== 'integer' || Number.isSafeInteger(value));
}

function literal(value: Value, type: ColumnType): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quoteText(value);
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  return type === 'integer' ? `CAST(${quoteText(String(value))} AS BIGINT)` : numberInSql(value);
}

export function valueInSql({ column, from, to }: Change): string {
  const quoted = quoteName(column.name);
  const found = from === null ? missingInSql(column) : `${quoted} = ${literal(from, column.type)}`;
  return `CASE WHEN ${found} THEN ${literal(to, column.type)} ELSE ${quoted} END`;
}

/** The same for requests, as an expression. */
export function stepOf({ column: { name, type }, from, to }: Change): ColumnStep {
  const written = (value: Value): string => {
    if (value === null) return 'missing';
    if (isTextual(type)) return printText(String(value));
    return type === 'boolean' ? String(value === 1) : String(value);
  };
  const own = printName(name);
  return { do: 'derive', name, expression: from === null ? `coalesce(${own}, ${written(to)})` : `if(${own} = ${written(from)}, ${written(to)}, ${own})` };
}
