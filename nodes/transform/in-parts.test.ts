import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { NO_ASSETS, wholeQuery, type AnyNode, type ColumnQuery } from '../kit/define.ts';
import { tableOf, type Columns, type Table, type TableSchema } from '../kit/table.ts';
import { Workbench } from '#server/executor/runtime/workbench.ts';
import { runNode } from '#test/support/run-node.ts';
import { addColumns } from './add-columns/node.ts';
import { addRows } from './add-rows/node.ts';
import { applyMathOperation } from './apply-math-operation/node.ts';
import { changeText } from './change-text/node.ts';
import { convertToDataset } from './convert-to-dataset/node.ts';
import { dateParts } from './date-parts/node.ts';
import { deriveColumn } from './derive-column/node.ts';
import { editMetadata } from './edit-metadata/node.ts';
import { filterRows } from './filter-rows/node.ts';
import { groupAndAggregate } from './group-and-aggregate/node.ts';
import { joinData } from './join-data/node.ts';
import { partitionAndSample } from './partition-and-sample/node.ts';
import { removeDuplicateRows } from './remove-duplicate-rows/node.ts';
import { selectColumnsInDataset } from './select-columns-in-dataset/node.ts';
import { sort } from './sort/node.ts';
import { splitColumn } from './split-column/node.ts';
import { splitData } from './split-data/node.ts';
import { unpivotData } from './unpivot-data/node.ts';
import { windowFunctions } from './window-functions/node.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-parts-'));
const never = new AbortController().signal;
const workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes: 2 * 2 ** 30, files: [], signal: never });
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

const WIDTH = 504;
const CITIES = ['Oslo', null, 'Rome', 'L’Aquila "A"'];
const names = (...several: string[]) => ({ mode: 'names', names: several });
const few = names('c0', 'c260', 'c496');
const numbers = { mode: 'rules', start: 'none', rules: [{ action: 'include', by: 'type', values: ['number'] }] };

/** Columns of each type with odd names among so many others; each row comes twice, but for the last columns of some. */
function wideTable(rows: number, prefix = 'c'): Table {
  const cells = <T>(make: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => make(row));
  const half = (row: number): number => row % Math.ceil(rows / 2);
  const some = {
    'a "quoted" name': cells((row) => (half(row) * 31) % 17),
    [`${prefix} city`]: cells((row) => CITIES[(half(row) * half(row)) % 4]!),
    'it’s, a list': cells((row) => ['x,y', 'z', null][half(row) % 3]!),
    when: cells((row) => Date.UTC(2026, 0, 1) + ((half(row) * 7) % rows) * 3_600_000),
    place: cells((row) => half(row) % 13),
    true: cells((row) => half(row) % 2),
  };
  const others = Array.from({ length: WIDTH - 7 }, (_, at): [string, (number | null)[]] => [
    `${prefix}${at}`,
    cells((row) => (half(row) % 11 === at % 11 ? null : (((half(row) + 1) * (at + 3)) % 101) / 7)),
  ]);
  const last = { [`${prefix} last`]: cells((row) => (row % 5 === 0 ? row : half(row) % 3)) };
  return tableOf(
    { ...Object.fromEntries(others), ...some, ...last },
    { when: { type: 'datetime' }, place: { type: 'integer' }, true: { type: 'boolean' }, 'it’s, a list': { type: 'text' } },
  );
}

type Outputs = Record<string, { schema: TableSchema; rows: number; columns: Columns }>;
const held = async (table: Table): Promise<Outputs[string]> => ({ schema: table.schema, rows: table.rowCount, columns: await table.read() });

/** What the SQL of a node gives as one query over all columns. */
async function whole(node: AnyNode, inputs: Readonly<Record<string, Table>>, given: object): Promise<Outputs> {
  const params: unknown = node.params.parse(given);
  const specs = Object.fromEntries(Object.entries(inputs).map(([port, { schema }]) => [port, schema]));
  const asked = Object.entries((node.asks?.(specs, params) ?? {}) as Record<string, string>);
  const answers: Record<string, boolean | string | null> = {};
  for (const [name, sql] of asked) {
    const [answer = null] = Object.values((await workbench.rows(sql, inputs))[0] ?? {});
    answers[name] = typeof answer === 'number' ? String(answer) : answer;
  }
  const promised = node.infer(specs, params, NO_ASSETS).outputs as Record<string, TableSchema>;
  const queries = Object.entries(node.sql!(specs, params, answers) as Record<string, string | ColumnQuery>);
  const outputs: Outputs = {};
  for (const [port, query] of queries) outputs[port] = await held(await workbench.query(wholeQuery(query), inputs, promised[port]!, true));
  return outputs;
}

const towns = tableOf({ town: ['Oslo', 'Rome', 'Bergen', null], people: [700, 2_800, 280, 1] });
const repeated = tableOf({ town: ['Oslo', 'Rome', 'Oslo'], people: [700, 2_800, 1] });
const byCity = { leftKeys: names('c city'), rightKeys: names('town') };
const byChance = { fraction: 0.7, seed: 3 };

const wide = (rows: number) => ({ data: wideTable(rows) });
const beside = (left: number, right: number) => ({ left: wideTable(left), right: wideTable(right, 'C') });

it.each<[string, AnyNode, Record<string, unknown>, () => Record<string, Table>]>([
  ['rows drawn by chance', splitData, byChance, () => wide(2_500)],
  ['rows of strata', splitData, { ...byChance, stratified: true, stratifyBy: 'c city' }, () => wide(60)],
  ['rows before a time', splitData, { mode: 'time', timeColumn: 'when', fraction: 0.6 }, () => wide(60)],
  ['rows of groups', splitData, { mode: 'group', groupColumns: names('c city', 'place') }, () => wide(60)],
  ['rows by an expression', splitData, { mode: 'relative', relativeExpression: '\\"c5" > 4' }, () => wide(60)],
  ['a sample', partitionAndSample, { mode: 'sampling', rate: 0.4, seed: 5 }, () => wide(60)],
  ['a sample with replacement', partitionAndSample, { mode: 'sampling', rate: 0.4, replacement: true }, () => wide(60)],
  ['folds', partitionAndSample, { mode: 'assign', folds: 3 }, () => wide(60)],
  ['folds with replacement', partitionAndSample, { mode: 'assign', folds: 3, replacement: true }, () => wide(60)],
  ['rows that are told apart by all columns', removeDuplicateRows, {}, () => wide(60)],
  ['the last of equal rows', removeDuplicateRows, { retainFirst: false, keys: numbers }, () => wide(60)],
  ['rows that are told apart by few columns', removeDuplicateRows, { keys: names('place', 'c city') }, () => wide(60)],
  [
    'sorted rows',
    sort,
    {
      by: [
        { column: 'c city', missing: 'first' },
        { column: 'c7', direction: 'descending' },
      ],
    },
    () => wide(60),
  ],
  ['filtered rows', filterRows, { mode: 'expression', expression: "c5 > 4 and [c city] = 'Rome'" }, () => wide(60)],
  [
    'windows',
    windowFunctions,
    {
      partitionBy: names('c city'),
      orderBy: [{ column: 'when' }],
      functions: [
        { function: 'lag', column: 'c5' },
        { function: 'rank', name: 'a "rank"' },
      ],
    },
    () => wide(2_100),
  ],
  ['a column that is added', deriveColumn, { name: 'sum', expression: 'c5 + [c last]' }, () => wide(60)],
  ['a column that is replaced', deriveColumn, { name: 'c9', expression: 'c5 + c9' }, () => wide(2_100)],
  ['numbers in place of numbers', applyMathOperation, { columns: few, category: 'basic', basic: 'Ln', outputMode: 'inplace' }, () => wide(60)],
  ['numbers alone', applyMathOperation, { columns: numbers, constant: 3, outputMode: 'resultOnly' }, () => wide(60)],
  ['types', editMetadata, { columns: few, dataType: 'string', categorical: 'categorical' }, () => wide(60)],
  ['names that change places', editMetadata, { columns: names('c4', 'c5', 'c city'), newNames: 'c5, c4, town' }, () => wide(60)],
  ['roles', editMetadata, { columns: names('true', 'it’s, a list'), fields: 'id', categorical: 'categorical' }, () => wide(60)],
  [
    'columns that are left',
    selectColumnsInDataset,
    { columns: { mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['c0'] }] } },
    () => wide(60),
  ],
  ['texts', changeText, { columns: names('c city', 'it’s, a list'), operation: 'extract', find: '(?P<first>[A-Z])' }, () => wide(60)],
  ['parts of texts', splitColumn, { column: 'it’s, a list', overwrite: true }, () => wide(60)],
  ['parts of dates', dateParts, { columns: names('when'), overwrite: true }, () => wide(60)],
  ['values for missing ones', convertToDataset, { action: 'replace', columns: few, newValue: '7' }, () => wide(60)],
  [
    'figures of groups',
    groupAndAggregate,
    { groupBy: names('c city'), aggregations: Array.from({ length: 510 }, (_, at) => ({ function: at < 490 ? 'mean' : 'first', column: `c${at % 490}` })) },
    () => wide(60),
  ],
  ['a figure of all', groupAndAggregate, { aggregations: [{ function: 'median', column: 'c3' }] }, () => wide(60)],
  ['rows of columns of all types', unpivotData, { ids: names('place', 'c city') }, () => wide(60)],
  ['rows of numbers that are there', unpivotData, { ids: names('when'), values: numbers, dropMissing: true, nameColumn: 'a "name"' }, () => wide(60)],
  ['rows with their partner', joinData, byCity, () => ({ left: wideTable(60), right: towns })],
  ['rows with several partners', joinData, byCity, () => ({ left: wideTable(60), right: repeated })],
  ['rows of both sides', joinData, { ...byCity, joinType: 'full', keepRightKeys: false }, () => ({ left: wideTable(60), right: towns })],
  ['rows without a partner', joinData, { ...byCity, joinType: 'anti' }, () => ({ left: wideTable(60), right: towns })],
  ['rows of two wide tables', joinData, { leftKeys: names('place', 'true'), rightKeys: names('place', 'true') }, () => beside(60, 40)],
  ['wide partners', joinData, { leftKeys: names('town'), rightKeys: names('c city'), joinType: 'right' }, () => ({ left: towns, right: wideTable(60) })],
  ['columns of two tables', addColumns, {}, () => beside(60, 40)],
  ['rows of two tables', addRows, {}, () => ({ first: wideTable(60), second: tableOf({ c4: [1, 2], more: ['a', null] }) })],
])('a wide table gives the same in parts as by one query: %s', async (_what, node, params, inputs) => {
  const given = inputs();
  const [found, expected] = [(await runNode(node, given, params)).outputs as Record<string, Table>, await whole(node, given, params)];
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [port, table] of Object.entries(expected)) expect(await held(found[port]!)).toEqual(table);
});

it('rows that differ in the last of many columns alone, or miss a value, are no duplicates', async () => {
  const cells = Array.from({ length: 600 }, (_, at): [string, (number | null)[]] => [
    `c${at}`,
    [at, at, at, at, at === 300 ? null : at, at === 300 ? null : at],
  ]);
  const data = tableOf({ row: [1, 2, 3, 4, 5, 6], ...Object.fromEntries(cells), end: ['a', 'b', 'a', 'a', 'a', 'a'] });
  const keys = { mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: ['row'] }] };
  const kept = async (retainFirst: boolean) => [
    ...(await (await runNode(removeDuplicateRows, { data }, { keys, retainFirst })).outputs.data.read()).get('row'),
  ];
  expect([await kept(true), await kept(false)]).toEqual([
    [1, 2, 5, 6],
    [2, 4, 5, 6],
  ]);
});
