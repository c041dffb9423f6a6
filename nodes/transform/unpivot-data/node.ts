import { z } from 'zod';
import { allColumns, columnsNamed } from '../../kit/columns.ts';
import { defineNode, quoteName, quoteText, type ColumnQuery } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, isNumeric, isTextual, OPEN_TABLE, tableSchema, type ColumnSchema, type ColumnType, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { withName } from '../rows-in-sql.ts';
import { missingInSql, textInSql } from '../values-in-sql.ts';

const params = z.object({
  ids: param.columns({ title: 'Columns that stay', help: 'Their values are repeated in each new row.', port: 'data', default: columnsNamed() }),
  values: param.columns({
    title: 'Columns to rows',
    help: 'Each gives a row, with its name and its value. Those that stay are left out of them.',
    port: 'data',
    default: allColumns,
  }),
  nameColumn: param.text({ title: 'Name of the column of names', default: 'name', maximum: 500 }),
  valueColumn: param.text({ title: 'Name of the column of values', default: 'value', maximum: 500 }),
  dropMissing: param.flag({ title: 'Leave out missing values', help: 'They make no row. An empty text counts as missing.', default: false }),
});
type UnpivotParams = z.output<typeof params>;

export const unpivotData = defineNode({
  type: 'unpivot-data',
  version: 1,
  title: 'Unpivot',
  category: 'Data transformation',
  family: 'transform',
  icon: 'rows',
  summary: 'Makes rows of columns: one for each value, with the name of its column beside it.',
  keywords: ['melt', 'long', 'gather', 'reshape', 'stack', 'pivot longer', 'columns to rows', 'transpose', 'unpivoting'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params,
  deterministic: true,
  lazy: 'counted',
  describe: ({ ids, values }) => {
    const kept = describeSelection(ids);
    return `${describeSelection(values)}${kept === '' || kept === 'no columns' ? '' : `, keep ${kept}`}`;
  },
  infer({ data }, chosen) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const { ids, values, issues } = parts(chosen, data);
    const found = [...issues, ...nameIssues(chosen, ids)];
    if (data.open) return { outputs: { data: tableSchema(ids, true) }, issues: found };
    const made = [column(chosen.nameColumn, 'category'), valueSchema(chosen, values)];
    return { outputs: { data: tableSchema([...ids, ...made]) }, issues: found };
  },
  sql({ data = tableSchema([]) }, chosen) {
    const { ids, values } = parts(chosen, data);
    const taken = takenNames(data);
    const [names, cells] = [freeName('names', taken), freeName('cells', taken)];
    const { type } = valueSchema(chosen, values);
    const kept = ids.map(({ name }) => quoteName(name));
    const there = chosen.dropMissing ? ` WHERE NOT ${missingInSql({ name: cells, type })}` : '';
    const made = new Map([
      [chosen.nameColumn, quoteName(names)],
      [chosen.valueColumn, quoteName(cells)],
    ]);
    const named = [...kept, `unnest([${values.map(({ name }) => quoteText(name)).join(', ')}]) AS ${quoteName(names)}`];
    const leaving = (some: readonly string[]): string => some.map((name) => withName(made.get(name), name)).join(', ');
    const select: ColumnQuery['select'] = (some = [...ids.map(({ name }) => name), ...made.keys()]) =>
      `SELECT ${leaving(some)} FROM (SELECT ${[...named, `${cellsInSql(values, type)} AS ${quoteName(cells)}`].join(', ')} FROM data)${there}`;
    if (values.length <= VALUES_AT_ONCE) return { data: { select } };
    const tables = cellTables(values, type);
    const cellsOf = Object.keys(tables).map((name) => `SELECT * FROM ${name}`);
    const rows = `(SELECT ${named.join(', ')} FROM data) POSITIONAL JOIN (SELECT cell AS ${quoteName(cells)} FROM (${cellsOf.join(' UNION ALL ')}) ORDER BY place, nth)`;
    return { data: { select: (some) => (some ? `SELECT ${leaving(some)} FROM ${rows}${there}` : select()), tables } };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a row of a request would become many, and each request row gets one answer. Put Web Service Input after Unpivot, so that requests bring its rows, or leave it out before training.',
  }),
});

/** The columns that stay and those that become rows, in the order of the table. */
function parts(chosen: UnpivotParams, data: TableSchema): { ids: readonly ColumnSchema[]; values: readonly ColumnSchema[]; issues: Issue[] } {
  const [ids, some] = [chooseColumns(chosen.ids, data, 'ids'), chooseColumns(chosen.values, data, 'values')];
  const staying = new Set(ids.columns.map(({ name }) => name));
  const values = some.columns.filter(({ name }) => !staying.has(name));
  const issues = [...ids.issues, ...some.issues].filter(({ code }) => code === 'column_missing');
  if (values.length === 0 && issues.length === 0 && !data.open)
    issues.push(problem('columns_none', 'No column is left to make rows of. Choose at least one that does not stay.', { param: 'values' }));
  return { ids: ids.columns, values, issues };
}

const NUMBERS: readonly ColumnType[] = ['boolean', 'integer', 'number'];

/** One type for all values: numbers with whole numbers are numbers, both with booleans too; what is not alike otherwise is text. */
function commonType(types: readonly ColumnType[]): ColumnType {
  const [first = 'text'] = types;
  if (types.every((each) => each === first)) return first;
  return types.every((each) => each === 'boolean' || isNumeric(each)) ? NUMBERS[Math.max(...types.map((each) => NUMBERS.indexOf(each)))]! : 'text';
}

function valueSchema({ valueColumn, dropMissing }: UnpivotParams, values: readonly ColumnSchema[]): ColumnSchema {
  return column(valueColumn, commonType(values.map(({ type }) => type)), { nullable: !dropMissing && values.some(({ nullable }) => nullable) });
}

const cellsInSql = (values: readonly ColumnSchema[], type: ColumnType): string => `unnest([${values.map((each) => cellInSql(each, type)).join(', ')}])`;

/** The cells of more are taken from some columns after the others, and then put in order. */
const VALUES_AT_ONCE = 250;

function cellTables(values: readonly ColumnSchema[], type: ColumnType): Record<string, string> {
  const tables: Record<string, string> = {};
  for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
    const some = values.slice(from, from + VALUES_AT_ONCE);
    const nth = `unnest(range(${from}, ${from + some.length})) AS nth`;
    tables[`cells${from}`] = `SELECT row_number() OVER () AS place, ${nth}, ${cellsInSql(some, type)} AS cell FROM data`;
  }
  return tables;
}

const DUCK = { number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', datetime: 'TIMESTAMP' } as const;
const cellInSql = (from: ColumnSchema, to: ColumnType): string =>
  isTextual(to) ? textInSql(from) : `CAST(${quoteName(from.name)} AS ${DUCK[to as keyof typeof DUCK]})`;

function nameIssues({ nameColumn, valueColumn }: UnpivotParams, ids: readonly ColumnSchema[]): Issue[] {
  const taken = takenNames(tableSchema(ids));
  return Object.entries({ nameColumn, valueColumn }).flatMap(([param, name]) => {
    if (name === '') return [problem('parameter_missing', 'Give the new column a name.', { param })];
    const free = freeName(name, taken);
    if (free === name) return [];
    return [
      problem('column_duplicate', `Two columns would have the name “${name}”. Choose another.`, {
        param,
        fix: { title: `Use “${free}”`, set: { [param]: free } },
      }),
    ];
  });
}
