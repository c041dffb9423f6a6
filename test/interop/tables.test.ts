import { beforeAll, describe, expect, it } from 'vitest';
import { randomNumbers } from '#nodes/kernels/random.ts';
import { columnsNamed } from '#nodes/kit/columns.ts';
import type { AnyNode } from '#nodes/kit/define.ts';
import { column, memoryTable, tableSchema, type ColumnType, type Table } from '#nodes/kit/table.ts';
import { convertToIndicatorValues } from '#nodes/transform/convert-to-indicator-values/node.ts';
import { groupAndAggregate } from '#nodes/transform/group-and-aggregate/node.ts';
import { groupDataIntoBins } from '#nodes/transform/group-data-into-bins/node.ts';
import { joinData } from '#nodes/transform/join-data/node.ts';
import { normalizeData } from '#nodes/transform/normalize-data/node.ts';
import { pivotData } from '#nodes/transform/pivot-data/node.ts';
import { removeDuplicateRows } from '#nodes/transform/remove-duplicate-rows/node.ts';
import { sort } from '#nodes/transform/sort/node.ts';
import { unpivotData } from '#nodes/transform/unpivot-data/node.ts';
import { windowFunctions } from '#nodes/transform/window-functions/node.ts';
import { runNode } from '#test/support/run-node.ts';
import { cellsOf, type Cell } from '#test/support/small-tables.ts';
import { python } from './python.ts';

const TABLES = 40;
const KEYS = [null, '', 'a', 'B', 'ß', '😀', "it's", '"b"', '__proto__', ' a'];
const LEVELS = [null, 'x', 'y z', '__proto__', "o'clock"];

type Lists = Readonly<Record<string, readonly Cell[]>>;
interface Job {
  readonly left: Lists;
  readonly right: Lists;
}
interface Reference {
  readonly grouped: Cell[][];
  readonly inner: Cell[][];
  readonly left: Cell[][];
  readonly windows: Cell[][];
  readonly pivoted: { readonly names: string[]; readonly rows: Cell[][] };
  readonly scaled: Readonly<Record<string, Cell[]>> | null;
  readonly binned: Cell[] | null;
  readonly dummies: Readonly<Record<string, Cell[]>>;
  readonly distinct: Cell[][];
  readonly sorted: Cell[][];
  readonly melted: Cell[][];
}

function jobOf(seed: number): Job {
  const next = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const number = (): Cell => (next() < 0.2 ? null : pick([0, 1, -1.5, 2, 2 ** 40, Math.fround(next() * 100), Math.fround(next() - 0.5)]));
  const make = <T>(count: number, of: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => of(at));
  const [count, others] = [1 + Math.floor(next() * 30), Math.floor(next() * 12)];
  return {
    left: { id: make(count, (at) => at), key: make(count, () => pick(KEYS)), level: make(count, () => pick(LEVELS)), n: make(count, number) },
    right: { key: make(others, () => pick(KEYS)), m: make(others, number) },
  };
}

const TYPES: Readonly<Record<string, ColumnType>> = { id: 'integer', key: 'category', level: 'category', n: 'number', m: 'number' };
function tableOfLists(lists: Lists): Table {
  const names = Object.keys(lists);
  const schema = tableSchema(names.map((name) => column(name, TYPES[name]!, { nullable: name !== 'id' })));
  const values = (name: string) =>
    TYPES[name] === 'category' ? (lists[name] as (string | null)[]) : Float64Array.from(lists[name]!, (cell) => (cell === null ? NaN : Number(cell)));
  return memoryTable(schema, new Map(names.map((name) => [name, values(name)])));
}

/** Equal; numbers to 1e-6, which is what float32 leaves of scaled ones. */
function expectSame(found: readonly (readonly Cell[])[], wanted: readonly (readonly Cell[])[], where: string): void {
  expect(found.length, `${where}: rows`).toBe(wanted.length);
  for (const [row, cells] of found.entries())
    for (const [at, cell] of cells.entries()) {
      const other = wanted[row]![at]!;
      const near = typeof cell === 'number' && typeof other === 'number' && Math.abs(cell - other) <= 1e-6 * Math.max(1, Math.abs(other));
      if (!near && cell !== other) expect.fail(`${where}, row ${row}, column ${at}: ${JSON.stringify(cell)}, pandas has ${JSON.stringify(other)}`);
    }
}

const jobs = Array.from({ length: TABLES }, (_, seed) => jobOf(seed));
let references: Reference[];
beforeAll(() => {
  references = python<Reference[]>('tables_reference.py', [], jobs);
});

const dataOf = async (node: AnyNode, inputs: Record<string, Table>, params: Record<string, unknown>): Promise<Table> =>
  (await runNode(node, inputs, params)).outputs.data as Table;
const columnOf = async (table: Table, name: string): Promise<Cell[][]> => {
  const at = table.schema.columns.findIndex((each) => each.name === name);
  return (await cellsOf(table)).map((cells) => [cells[at]!]);
};
const each = (what: string, check: (job: { left: Table; right: Table }, reference: Reference, where: string) => Promise<void>): void =>
  it(what, async () => {
    for (const [table, job] of jobs.entries())
      await check({ left: tableOfLists(job.left), right: tableOfLists(job.right) }, references[table]!, `table ${table}`);
  });

describe(`${TABLES} random tables, with missing values, odd texts and single rows, come out as pandas and scikit-learn have them`, () => {
  each('Group and Aggregate', async ({ left }, { grouped }, where) => {
    const functions = ['count', 'countDistinct', 'sum', 'mean', 'median', 'quantile', 'standardDeviation', 'minimum', 'maximum', 'first', 'last'];
    const aggregations = functions.map((name) => ({ function: name, column: 'n', ...(name === 'quantile' && { quantile: 0.3 }) }));
    expectSame(await cellsOf(await dataOf(groupAndAggregate, { data: left }, { groupBy: columnsNamed('key'), aggregations })), grouped, where);
  });

  each('Join Data', async ({ left, right }, reference, where) => {
    for (const joinType of ['inner', 'left'] as const) {
      const params = { joinType, leftKeys: columnsNamed('key'), rightKeys: columnsNamed('key'), keepRightKeys: false };
      expectSame(await cellsOf(await dataOf(joinData, { left, right }, params)), reference[joinType], `${where}, ${joinType}`);
    }
  });

  each('Window', async ({ left }, { windows }, where) => {
    const functions = [
      { function: 'lag', column: 'n' },
      { function: 'lead', column: 'n', offset: 2 },
      { function: 'rollingSum', column: 'n', size: 3, fewest: 2 },
      { function: 'rollingMaximum', column: 'n', size: 2 },
      { function: 'cumulativeMean', column: 'n' },
    ];
    const data = await dataOf(windowFunctions, { data: left }, { partitionBy: columnsNamed('key'), orderBy: [{ column: 'id' }], functions });
    expectSame(
      (await cellsOf(data)).map((cells) => cells.slice(4)),
      windows,
      where,
    );
  });

  each('Pivot', async ({ left }, { pivoted }, where) => {
    const known = (await cellsOf(left)).filter(([, key, level]) => key !== null && level !== null);
    if (known.length === 0) return;
    const data = tableOfLists(Object.fromEntries(['id', 'key', 'level', 'n'].map((name, at) => [name, known.map((cells) => cells[at]!)])));
    const found = await dataOf(pivotData, { data }, { rows: columnsNamed('key'), column: 'level', aggregations: [{ function: 'mean', column: 'n' }] });
    expect(found.schema.columns.map(({ name }) => name)).toEqual(pivoted.names);
    expectSame(await cellsOf(found), pivoted.rows, where);
  });

  each('Unpivot', async ({ left }, { melted }, where) => {
    const params = { ids: columnsNamed('id'), values: columnsNamed('key', 'level') };
    expectSame(await cellsOf(await dataOf(unpivotData, { data: left }, params)), melted, where);
  });

  each('Remove Duplicate Rows', async ({ left }, { distinct }, where) =>
    expectSame(await cellsOf(await dataOf(removeDuplicateRows, { data: left }, { keys: columnsNamed('key', 'n') })), distinct, where),
  );

  each('Sort', async ({ left }, { sorted }, where) => {
    const by = [
      { column: 'key', direction: 'ascending', missing: 'last' },
      { column: 'n', direction: 'descending', missing: 'last' },
    ];
    expectSame(await cellsOf(await dataOf(sort, { data: left }, { by })), sorted, where);
  });

  each('Normalize Data', async ({ left }, { scaled }, where) => {
    for (const [method, values] of Object.entries(scaled ?? {})) {
      const data = await dataOf(normalizeData, { data: left }, { method, columns: columnsNamed('n') });
      expectSame(
        await columnOf(data, 'n'),
        values.map((value) => [value]),
        `${where}, ${method}`,
      );
    }
  });

  each('Group Data into Bins', async ({ left }, { binned }, where) => {
    if (!binned) return;
    const data = await dataOf(groupDataIntoBins, { data: left }, { bins: 4, columns: columnsNamed('n'), categorical: false });
    expectSame(
      await columnOf(data, 'n_quantized'),
      binned.map((bin) => [bin]),
      where,
    );
  });

  each('Convert to Indicator Values', async ({ left }, { dummies }, where) => {
    const data = await dataOf(convertToIndicatorValues, { data: left }, { columns: columnsNamed('key') });
    for (const [level, values] of Object.entries(dummies))
      expectSame(
        await columnOf(data, `key-${level}`),
        values.map((value) => [value]),
        `${where}, ${level}`,
      );
  });
});
