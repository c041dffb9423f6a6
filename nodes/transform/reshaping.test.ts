import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import {
  cellsOf,
  compareCells,
  directions,
  KEY,
  keys,
  plain,
  rows,
  sortKey,
  tableWith,
  VALUE,
  type Cell,
  type Direction,
  type Row,
} from '#test/support/small-tables.ts';
import { columnsNamed } from '../kit/columns.ts';
import { column, memoryTable, tableSchema, type Table } from '../kit/table.ts';
import { pivotData } from './pivot-data/node.ts';
import { unpivotData } from './unpivot-data/node.ts';
import { windowFunctions } from './window-functions/node.ts';

const settings = { numRuns: 15 };

/** Equal, but for the order in which numbers are added up. */
function expectNear(found: readonly Cell[][], expected: readonly Cell[][]): void {
  expect(found.length).toBe(expected.length);
  for (const [place, cells] of found.entries())
    for (const [at, cell] of cells.entries()) {
      const other = expected[place]![at]!;
      if (typeof cell === 'number' && typeof other === 'number' && cell !== other)
        expect(Math.abs(cell - other), `row ${place}, column ${at}: ${cell}, expected ${other}`).toBeLessThanOrEqual(1e-9 * Math.abs(other));
      else expect(cell, `row ${place}, column ${at}`).toBe(other);
    }
}

interface Placed extends Row {
  readonly place: number;
}
type Of = (group: readonly Placed[], at: number) => Cell;
const valueAt = (group: readonly Placed[], at: number): Cell => plain(group[at]?.value ?? NaN);
const numbersOf = (group: readonly Placed[]): number[] => group.map(({ value }) => value).filter((value) => !Number.isNaN(value));
const sum = (numbers: readonly number[]): Cell => (numbers.length > 0 ? numbers.reduce((a, b) => a + b, 0) : null);
const fromBefore = (compute: (now: number, before: number) => Cell): Of => {
  return (group, at) => {
    const [now, before] = [valueAt(group, at), valueAt(group, at - 1)];
    return now === null || before === null ? null : compute(Number(now), Number(before));
  };
};
function spread(numbers: readonly number[]): Cell {
  if (numbers.length < 2 || numbers.some((value) => Math.abs(value) >= 1e150)) return null;
  const mean = Number(sum(numbers)) / numbers.length;
  return Math.sqrt(Number(sum(numbers.map((value) => (value - mean) ** 2))) / (numbers.length - 1));
}

/** What each function gives the row at a place of its sorted group. */
const WINDOWS: readonly { readonly item: Record<string, unknown>; readonly of: Of }[] = [
  { item: { function: 'lag', column: VALUE }, of: (group, at) => valueAt(group, at - 1) },
  { item: { function: 'lead', column: KEY, offset: 2 }, of: (group, at) => group[at + 2]?.key ?? null },
  { item: { function: 'difference', column: VALUE }, of: fromBefore((now, before) => now - before) },
  { item: { function: 'percentChange', column: VALUE }, of: fromBefore((now, before) => (before === 0 ? null : (now / before - 1) * 100)) },
  {
    item: { function: 'rollingSum', column: VALUE, size: 3, fewest: 2 },
    of: (group, at) => {
      const numbers = numbersOf(group.slice(Math.max(0, at - 2), at + 1));
      return numbers.length >= 2 ? sum(numbers) : null;
    },
  },
  {
    item: { function: 'rollingMaximum', column: VALUE, size: 2 },
    of: (group, at) => plain(numbersOf(group.slice(Math.max(0, at - 1), at + 1)).sort((a, b) => b - a)[0] ?? NaN),
  },
  { item: { function: 'cumulativeMean', column: VALUE }, of: (group, at) => meanOf(numbersOf(group.slice(0, at + 1))) },
  { item: { function: 'cumulativeCount', column: VALUE }, of: (group, at) => numbersOf(group.slice(0, at + 1)).length },
  { item: { function: 'groupCount' }, of: (group) => group.length },
  { item: { function: 'groupStandardDeviation', column: VALUE }, of: (group) => spread(numbersOf(group)) },
  { item: { function: 'first', column: VALUE }, of: (group) => plain(numbersOf(group)[0] ?? NaN) },
  { item: { function: 'last', column: VALUE }, of: (group) => plain(numbersOf(group).at(-1) ?? NaN) },
  { item: { function: 'lastKnown', column: VALUE }, of: (group, at) => plain(numbersOf(group.slice(0, at + 1)).at(-1) ?? NaN) },
  { item: { function: 'rowNumber' }, of: (_, at) => at + 1 },
  { item: { function: 'rank' }, of: (group, at) => group.findIndex((_, other) => valueAt(group, other) === valueAt(group, at)) + 1 },
  { item: { function: 'denseRank' }, of: (group, at) => new Set(group.slice(0, at + 1).map((_, other) => valueAt(group, other))).size },
  {
    item: { function: 'percentRank' },
    of: (group, at) => (group.length === 1 ? 0 : group.findIndex((_, other) => valueAt(group, other) === valueAt(group, at)) / (group.length - 1)),
  },
  { item: { function: 'tile', tiles: 3 }, of: (group, at) => tileOf(at, group.length, 3) },
];
const meanOf = (numbers: readonly number[]): Cell => (numbers.length > 0 ? Number(sum(numbers)) / numbers.length : null);

/** The first `count % tiles` parts have one row more. */
function tileOf(at: number, count: number, tiles: number): number {
  const [least, larger] = [Math.floor(count / tiles), count % tiles];
  return at < larger * (least + 1) ? Math.floor(at / (least + 1)) + 1 : larger + Math.floor((at - larger * (least + 1)) / least) + 1;
}

function windowed(some: readonly Row[], direction: Direction): Cell[][] {
  const groups = Map.groupBy(
    some.map((row, place): Placed => ({ ...row, place })),
    ({ key }) => key,
  );
  const result: Cell[][] = some.map(({ key, value }) => [key, plain(value)]);
  for (const group of groups.values()) {
    const sorted = group.toSorted((a, b) => compareCells(plain(a.value), plain(b.value), direction));
    for (const [at, { place }] of sorted.entries()) result[place]!.push(...WINDOWS.map(({ of }) => of(sorted, at)));
  }
  return result;
}

interface Triple extends Row {
  readonly group: string | null;
}
const triples = fc.array(
  fc
    .tuple(
      keys,
      rows.filter((some) => some.length > 0),
    )
    .map(([group, [row]]): Triple => ({ ...row!, group })),
  { maxLength: 14 },
);

/** A table of three columns. */
function tableOfTriples(some: readonly Triple[]): Table {
  const schema = tableSchema([
    column('A_1', 'text', { nullable: true }),
    column(KEY, 'category', { nullable: true }),
    column(VALUE, 'number', { nullable: true }),
  ]);
  return memoryTable(
    schema,
    new Map<string, Float64Array | (string | null)[]>([
      ['A_1', some.map(({ group }) => group)],
      [KEY, some.map(({ key }) => key)],
      [VALUE, Float64Array.from(some, ({ value }) => value)],
    ]),
  );
}

function pivoted(some: readonly Triple[]): { names: string[]; cells: Cell[][] } {
  const present = [...new Set(some.map(({ key }) => key))].filter((key): key is string => key !== null && key !== '');
  const levels: (string | null)[] = present.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  if (some.some(({ key }) => key === null || key === '')) levels.push(null);
  const taken = new Set(['a_1']);
  const names = levels.map((level) => {
    const wanted = level ?? 'Missing';
    let name = wanted;
    for (let count = 1; taken.has(name.toLowerCase()); count += 1) name = `${wanted}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
  const groups = [...new Set(some.map(({ group }) => group))];
  const cells = groups.map((group) => [
    group,
    ...levels.map((level) =>
      plain(numbersOf(some.filter((each) => each.group === group && (each.key || null) === level).map((each) => ({ ...each, place: 0 }))).at(-1) ?? NaN),
    ),
  ]);
  return { names: ['A_1', ...names], cells };
}

describe('on small random tables', () => {
  it('Window equals a loop over sorted groups', async () => {
    const property = fc.asyncProperty(rows, directions, async (some, direction) => {
      const params = { partitionBy: columnsNamed(KEY), orderBy: [sortKey(VALUE, direction)], functions: WINDOWS.map(({ item }) => item) };
      const run = await runNode(windowFunctions, { data: tableWith(some) }, params);
      expectNear(await cellsOf(run.outputs.data as Table), windowed(some, direction));
    });
    await fc.assert(property, settings);
  });

  it('Pivot equals a table of groups and levels', async () => {
    const property = fc.asyncProperty(triples, async (some) => {
      const params = { rows: columnsNamed('A_1'), column: KEY, aggregations: [{ function: 'last', column: VALUE }], missing: 'column' };
      const { data } = (await runNode(pivotData, { data: tableOfTriples(some) }, params)).outputs as { data: Table };
      const { names, cells } = pivoted(some);
      expect(data.schema.columns.map(({ name }) => name)).toEqual(names);
      expect(await cellsOf(data)).toEqual(cells);
    });
    await fc.assert(property, settings);
  });

  it('Unpivot equals a loop over rows and columns', async () => {
    const texts = new Map([
      [2 ** 53, '9007199254740992'],
      [1e300, '1e+300'],
      [-1e-300, '-1e-300'],
    ]);
    const property = fc.asyncProperty(triples, fc.boolean(), async (some, dropMissing) => {
      const written = (value: number): Cell => (Number.isNaN(value) ? null : (texts.get(value) ?? String(value + 0)));
      const expected = some.flatMap(({ group, key, value }): Cell[][] => [
        [group, KEY, key],
        [group, VALUE, written(value)],
      ]);
      const params = { ids: columnsNamed('A_1'), dropMissing };
      const run = await runNode(unpivotData, { data: tableOfTriples(some) }, params);
      expect(await cellsOf(run.outputs.data as Table)).toEqual(dropMissing ? expected.filter(([, , cell]) => cell !== null && cell !== '') : expected);
    });
    await fc.assert(property, settings);
  });
});
