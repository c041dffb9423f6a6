import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsNamed } from '../kit/columns.ts';
import { column, memoryTable, tableSchema, type Columns, type Table } from '../kit/table.ts';
import { plainValues } from '#test/support/odd-tables.ts';
import { runNode } from '#test/support/run-node.ts';
import { groupAndAggregate } from './group-and-aggregate/node.ts';
import { joinData } from './join-data/node.ts';
import { sort } from './sort/node.ts';

type Cell = number | string | null;
interface Row {
  readonly key: string | null;
  readonly value: number;
}
const [KEY, VALUE] = ['__proto__', 'a "quoted" name, it\'s'];
const keys = fc.constantFrom(null, '', 'a', 'A', '😀', "it's", '"b"', '__proto__', 'ß', ' a');
const values = fc.constantFrom(NaN, 0, -0, 1, -1.5, 2, 2 ** 53, 1e300, -1e-300);
const rows = fc.array(fc.record<Row>({ key: keys, value: values }), { maxLength: 12 });
/** Also where no key comes twice, which is another way to join. */
const lookups = fc.oneof(rows, fc.uniqueArray(fc.record<Row>({ key: keys, value: values }), { maxLength: 12, selector: ({ key }) => key }));

function tableWith(some: readonly Row[], value = VALUE): Table {
  const schema = tableSchema([column(KEY, 'category', { nullable: true }), column(value, 'number', { nullable: true })]);
  const columns: Columns = new Map<string, Float64Array | (string | null)[]>([
    [KEY, some.map((each) => each.key)],
    [value, Float64Array.from(some, (each) => each.value)],
  ]);
  return memoryTable(schema, columns);
}

/** The cells row by row; not-a-number is null, and −0 is 0, since both are equal in SQL. */
async function cellsOf(table: Table): Promise<Cell[][]> {
  const columns = [...(await table.read()).values()].map(plainValues);
  return Array.from({ length: table.rowCount }, (_, row) => columns.map((each) => plain(each[row]!)));
}
const plain = (value: Cell): Cell => (typeof value === 'number' ? (Number.isNaN(value) ? null : value + 0) : value);
const both = ({ key, value }: Row): Cell[] => [key, plain(value)];
const settings = { numRuns: 15 };

describe('on small random tables', () => {
  it.each(['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'] as const)('Join Data, %s, equals a loop over both tables', async (joinType) => {
    const property = fc.asyncProperty(rows, lookups, async (left, right) => {
      const matched = new Set<Row>();
      const none: Cell[] = [null, null];
      const expected: Cell[][] = [];
      for (const one of left) {
        const partners = right.filter((other) => joinType === 'cross' || (one.key !== null && one.key === other.key));
        for (const other of partners) matched.add(other);
        if (joinType === 'semi' || joinType === 'anti') {
          if (partners.length > 0 === (joinType === 'semi')) expected.push(both(one));
        } else {
          for (const other of partners) expected.push([...both(one), ...both(other)]);
          if (partners.length === 0 && (joinType === 'left' || joinType === 'full')) expected.push([...both(one), ...none]);
        }
      }
      if (joinType === 'right' || joinType === 'full') for (const other of right) if (!matched.has(other)) expected.push([...none, ...both(other)]);
      const params = { joinType, leftKeys: columnsNamed(KEY), rightKeys: columnsNamed(KEY) };
      const run = await runNode(joinData, { left: tableWith(left), right: tableWith(right, 'other') }, params);
      expect(await cellsOf(run.outputs.data as Table)).toEqual(expected);
    });
    await fc.assert(property, settings);
  });

  it('Group and Aggregate equals a map of groups', async () => {
    const property = fc.asyncProperty(rows, async (some) => {
      const groups = new Map<string | null, number[]>();
      const sizes = new Map<string | null, number>();
      for (const { key, value } of some) {
        if (!groups.has(key)) groups.set(key, []);
        sizes.set(key, (sizes.get(key) ?? 0) + 1);
        if (!Number.isNaN(value)) groups.get(key)!.push(value + 0);
      }
      const expected = [...groups].map(([key, present]) => {
        const sorted = present.toSorted((a, b) => a - b);
        const counts = new Map<number, number>();
        for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
        const most = Math.max(...counts.values());
        const mode = present.find((value) => counts.get(value) === most);
        const figures = [sorted[0], sorted.at(-1), present[0], present.at(-1), mode].map((value) => value ?? null);
        return [key, sizes.get(key)!, present.length, counts.size, ...figures, (sizes.get(key)! - present.length) / sizes.get(key)!];
      });
      const functions = ['count', 'countDistinct', 'minimum', 'maximum', 'first', 'last', 'mode', 'missingShare'];
      const aggregations = [{}, ...functions.map((name) => ({ function: name, column: VALUE }))];
      const run = await runNode(groupAndAggregate, { data: tableWith(some) }, { groupBy: columnsNamed(KEY), aggregations });
      expect(await cellsOf(run.outputs.data as Table)).toEqual(expected);
    });
    await fc.assert(property, settings);
  });

  it('Sort equals a stable sort', async () => {
    const choices = fc.record({ down: fc.boolean(), first: fc.boolean() });
    const property = fc.asyncProperty(rows, choices, choices, async (some, byKey, byValue) => {
      const compare = (a: Cell, b: Cell, { down, first }: { down: boolean; first: boolean }): number => {
        if (a === null || b === null) return a === b ? 0 : (a === null) === first ? -1 : 1;
        const order = typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b);
        return down ? -order : order;
      };
      const expected = some.map(both).toSorted((a, b) => compare(a[0]!, b[0]!, byKey) || compare(a[1]!, b[1]!, byValue));
      const key = (name: string, { down, first }: { down: boolean; first: boolean }) => ({
        column: name,
        direction: down ? 'descending' : 'ascending',
        missing: first ? 'first' : 'last',
      });
      const run = await runNode(sort, { data: tableWith(some) }, { by: [key(KEY, byKey), key(VALUE, byValue)] });
      expect(await cellsOf(run.outputs.data as Table)).toEqual(expected);
    });
    await fc.assert(property, settings);
  });
});
