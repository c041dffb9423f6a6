import { z } from 'zod';
import { columnsNamed, selectColumns } from '../../kit/columns.ts';
import { defineNode, quoteName } from '../../kit/define.ts';
import { problem, type Issue } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { column, findColumn, OPEN_TABLE, tableSchema, type ColumnSchema, type TableSchema } from '../../kit/table.ts';
import { chooseColumns, describeSelection, freeName, takenNames } from '../choose-columns.ts';
import { missingColumnOf } from '../list-columns.ts';
import { listOf, withName } from '../rows-in-sql.ts';
import { describeKeys, keysInSql, orderInSql, sortIssues, sortKeys, type SortKey } from '../sort-keys.ts';
import { FUNCTION_NAMES, functionOf, type FunctionName } from './functions.ts';

const item = z.object({
  function: z.enum(FUNCTION_NAMES).default('lag'),
  column: z.string().default(''),
  offset: z.int().min(1).max(1_000_000).default(1),
  size: z.int().min(1).max(1_000_000).default(7),
  fewest: z.int().min(1).max(1_000_000).default(1),
  tiles: z.int().min(1).max(1_000_000).default(4),
  name: z.string().max(500).default(''),
});
type Item = z.output<typeof item>;
const named = (test: (name: FunctionName) => boolean) => ({ field: 'function', is: FUNCTION_NAMES.filter(test) });
const count = { as: 'number', minimum: 1, maximum: 1_000_000, step: 1 } as const;

export const windowFunctions = defineNode({
  type: 'window-functions',
  version: 1,
  title: 'Window',
  category: 'Data transformation',
  family: 'transform',
  icon: 'rows',
  summary: 'Adds columns that look at other rows: earlier and later values, differences, moving and running figures, ranks.',
  keywords: ['lag', 'lead', 'shift', 'difference', 'percent change', 'rolling', 'moving average', 'cumulative', 'running total', 'rank', 'ntile', 'over'],
  inputs: { data: { kind: 'table', title: 'Dataset' } },
  outputs: { data: { kind: 'table', title: 'Results dataset' } },
  params: z.object({
    partitionBy: param.columns({
      title: 'Group columns',
      help: 'Rows with the same values in all of them are one group, and see only each other. No columns: all rows are one.',
      port: 'data',
      default: columnsNamed(),
    }),
    orderBy: sortKeys({
      title: 'Sort columns',
      help: 'What is earlier and later within a group. Rows that are equal in them, or none: the order of the table.',
    }),
    functions: param.list({
      title: 'Functions',
      help: 'Each adds a column.',
      port: 'data',
      item: 'a function',
      schema: item,
      fields: [
        { name: 'function', title: 'Function', as: 'choice', options: FUNCTION_NAMES.map((value) => ({ value, title: functionOf(value).title })) },
        { name: 'column', title: 'Column', as: 'column', optional: true, shownWhen: named((name) => functionOf(name).column !== 'none') },
        { name: 'offset', title: 'Rows away', ...count, shownWhen: { field: 'function', is: ['lag', 'lead', 'difference', 'percentChange'] } },
        { name: 'size', title: 'Rows in window', ...count, shownWhen: named((name) => name.startsWith('rolling')) },
        { name: 'fewest', title: 'Fewest values', ...count, shownWhen: named((name) => name.startsWith('rolling') && name !== 'rollingCount') },
        { name: 'tiles', title: 'Tiles', ...count, shownWhen: { field: 'function', is: ['tile'] } },
        { name: 'name', title: 'New name', as: 'text', placeholder: 'by column and function' },
      ],
    }),
  }),
  deterministic: true,
  describe({ partitionBy, orderBy, functions }) {
    const what = functions.length === 1 ? functionOf(functions[0]!.function).title.toLowerCase() : `${functions.length} columns`;
    const by = describeSelection(partitionBy);
    const order = describeKeys(orderBy);
    return `${what}${by === '' || by === 'no columns' ? '' : ` by ${by}`}${order === '' ? '' : `, ${order}`}`;
  },
  infer({ data }, { partitionBy, orderBy, functions }) {
    if (!data) return { outputs: { data: OPEN_TABLE }, issues: [] };
    const chosen = chooseColumns(partitionBy, data, 'partitionBy');
    const issues = [
      ...chosen.issues.filter(({ code }) => code === 'column_missing'),
      ...sortIssues(orderBy, data, 'orderBy'),
      ...functionIssues(functions, orderBy, data),
    ];
    if (functions.length === 0) issues.push(problem('parameter_missing', 'Add a function.', { param: 'functions' }));
    return { outputs: { data: tableSchema([...data.columns, ...resultsOf(functions, data).map(({ schema }) => schema)], data.open) }, issues };
  },
  sql({ data = tableSchema([]) }, { partitionBy, orderBy, functions }) {
    const place = quoteName(freeName('place', takenNames(data)));
    const groups = selectColumns(partitionBy, data).names.map(quoteName);
    const by = groups.length > 0 ? `PARTITION BY ${groups.join(', ')} ` : '';
    const inOrder = (frame = ''): string => `(${by}ORDER BY ${orderInSql(orderBy, place)} ${frame})`;
    const byKeys = orderBy.length > 0 ? `(${by}ORDER BY ${keysInSql(orderBy)})` : inOrder();
    const results = resultsOf(functions, data);
    const made = new Map(
      results.map(({ each, of, schema }) => [schema.name, functionOf(each.function).sql(of ? quoteName(of.name) : '', of, { ...each, inOrder, byKeys })]),
    );
    const beside = (names: readonly string[]): string =>
      `data POSITIONAL JOIN (SELECT ${names.map((name) => withName(made.get(name), name)).join(', ')} FROM (${numbered}) ORDER BY ${place})`;
    const used = [...new Set([...groups, ...[...orderBy.map((key) => key.column), ...results.flatMap(({ of }) => of?.name ?? [])].map(quoteName)])];
    const numbered = `SELECT ${[...used, `row_number() OVER () AS ${place}`].join(', ')} FROM data`;
    // Only what the functions look at is sorted; the rows themselves pass by in their order.
    const select = (names?: readonly string[]): string => {
      const functions = names?.filter((name) => made.has(name)) ?? [...made.keys()];
      return `SELECT ${listOf(names)} FROM ${functions.length > 0 ? beside(functions) : 'data'}`;
    };
    return { data: { select, passing: data.columns.map(({ name }) => name) } };
  },
  atScoring: () => ({
    as: 'refuse',
    reason:
      'a request has single rows, not those before and after them. Put Web Service Input after Window, so that requests bring these columns, or leave them out before training.',
  }),
});

interface Result {
  readonly each: Item;
  /** Null: the function needs no column. */
  readonly of: ColumnSchema | null;
  readonly schema: ColumnSchema;
}

/** The columns that can be made; names that are not given come of column and function. */
function resultsOf(functions: readonly Item[], data: TableSchema): Result[] {
  const taken = new Set([...takenNames(data), ...functions.map((each) => each.name.toLowerCase())]);
  return functions.flatMap((each) => {
    const { column: use, type: typeOf, suffix, nullable } = functionOf(each.function);
    const of = use === 'none' || each.column === '' ? null : (findColumn(data, each.column) ?? undefined);
    if (of === undefined || (of === null && use === 'needed')) return [];
    const type = typeOf(of ? of.type : 'number');
    if (!type) return [];
    const name = each.name !== '' ? each.name : freeName(of ? `${of.name}_${suffix(each)}` : suffix(each), taken);
    return [{ each, of, schema: column(name, type, { nullable }) }];
  });
}

function functionIssues(functions: readonly Item[], orderBy: readonly SortKey[], data: TableSchema): Issue[] {
  const place = { param: 'functions' };
  const names = takenNames(data);
  return functions.flatMap((each, index) => {
    const issues: Issue[] = [];
    const { title, column: use, type, needsOrder } = functionOf(each.function);
    const without = { title: `Remove function ${index + 1}`, set: { functions: functions.filter((other) => other !== each) } };
    if (each.name !== '') {
      if (names.has(each.name.toLowerCase()))
        issues.push(problem('column_duplicate', `Two columns would have the name “${each.name}”. Give function ${index + 1} another.`, place));
      names.add(each.name.toLowerCase());
    }
    if (needsOrder && orderBy.length === 0)
      issues.push(problem('parameter_missing', `${title} needs a sort column: without one all rows are equal.`, { param: 'orderBy' }));
    if (each.function.startsWith('rolling') && each.fewest > each.size)
      issues.push(problem('parameter_invalid', `Function ${index + 1} asks for ${each.fewest} values in a window of ${each.size} rows. Ask for fewer.`, place));
    if (use === 'none' || (use === 'optional' && each.column === '')) return issues;
    if (each.column === '')
      return [...issues, problem('parameter_missing', `Choose the column of function ${index + 1}, ${title.toLowerCase()}.`, { ...place, fix: without })];
    const of = findColumn(data, each.column);
    if (!of) return data.open ? issues : [...issues, missingColumnOf('functions', functions, index, data)];
    if (!type(of.type)) issues.push(problem('column_wrong_type', `${title} needs numbers, but “${of.name}” is ${of.type}.`, { ...place, fix: without }));
    return issues;
  });
}
