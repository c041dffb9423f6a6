import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsNamed } from '../kit/columns.ts';
import type { Table } from '../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { cellsOf, compareCells, directions, KEY, plain, row, rows, sortKey, tableWith, VALUE, type Cell, type Row } from '#test/support/small-tables.ts';
import { groupAndAggregate } from './group-and-aggregate/node.ts';
import { joinData } from './join-data/node.ts';
import { sort } from './sort/node.ts';

/** Also where no key comes twice, which is another way to join. */
const lookups = fc.oneof(rows, fc.uniqueArray(row, { maxLength: 12, selector: ({ key }) => key }));

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
    const property = fc.asyncProperty(rows, directions, directions, async (some, byKey, byValue) => {
      const expected = some.map(both).toSorted((a, b) => compareCells(a[0]!, b[0]!, byKey) || compareCells(a[1]!, b[1]!, byValue));
      const run = await runNode(sort, { data: tableWith(some) }, { by: [sortKey(KEY, byKey), sortKey(VALUE, byValue)] });
      expect(await cellsOf(run.outputs.data as Table)).toEqual(expected);
    });
    await fc.assert(property, settings);
  });
});
