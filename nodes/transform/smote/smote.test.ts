import { describe, expect, it } from 'vitest';
import { column, memoryTable, tableSchema, type ColumnValues, type Table } from '../../kit/table.ts';
import { runNode } from '#test/support/run-node.ts';
import { smote } from './node.ts';
import reference from './neighbours.reference.json' with { type: 'json' };

const rowCount = reference.numbers.length;
const numbers = [0, 1, 2].map((at) => Float64Array.from(reference.numbers, (row) => row[at]!));
const levels = [0, 1].map((at) => reference.levels.map((row) => 'abc'[row[at]!]!));

/** The rows of the reference as the rare class, before twice as many others. */
function imbalanced(): Table {
  const others = 2 * rowCount;
  const extended: [string, ColumnValues][] = [
    ...numbers.map((values, at): [string, ColumnValues] => [`x${at}`, Float64Array.from({ length: rowCount + others }, (_, row) => values[row] ?? row)]),
    ...levels.map((values, at): [string, ColumnValues] => [`c${at}`, Array.from({ length: rowCount + others }, (_, row) => values[row] ?? 'd')]),
    ['y', Array.from({ length: rowCount + others }, (_, row) => (row < rowCount ? 'rare' : 'usual'))],
  ];
  const schema = tableSchema(
    extended.map(([name, values]) => column(name, values instanceof Float64Array ? 'number' : 'category', name === 'y' ? { role: 'label' } : {})),
  );
  return memoryTable(schema, new Map(extended));
}
const run = async (params: Record<string, unknown>) => (await runNode(smote, { data: imbalanced() }, params)).outputs.data as Table;

describe('SMOTE', () => {
  it('makes rows on the lines to the neighbours that scikit-learn finds', async () => {
    const made = await run({ percentage: 200, neighbours: 5 });
    expect(made.rowCount).toBe(5 * rowCount);
    const columns = await made.read();
    const towards = new Set<number>();
    for (let index = 0; index < 2 * rowCount; index += 1) {
      const [row, from] = [3 * rowCount + index, index >> 1];
      expect(columns.get('y')![row]).toBe('rare');
      const near = reference.neighbours[from]!;
      const place = near.findIndex((other) => {
        const value = (at: number) => (columns.get(`x${at}`) as Float64Array)[row]!;
        const line = (at: number) => numbers[at]![other]! - numbers[at]![from]!;
        const way = (value(1) - numbers[1]![from]!) / line(1);
        return way >= 0 && way < 1 && numbers.every((values, at) => Math.abs(values[from]! + way * line(at) - value(at)) < 1e-9);
      });
      expect(place, `row ${index}`).toBeGreaterThanOrEqual(0);
      towards.add(place);
      levels.forEach((values, at) => {
        const seen = near.map((other) => values[other]!);
        const votes = (level: unknown) => seen.filter((each) => each === level).length;
        expect(votes(columns.get(`c${at}`)![row])).toBe(Math.max(...seen.map(votes)));
      });
    }
    expect(towards).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('gives half of the rows one more at 50 percent, by the seed', async () => {
    const [one, other] = [await run({ percentage: 50, neighbours: 5, seed: 1 }), await run({ percentage: 50, neighbours: 5, seed: 2 })];
    expect(one.rowCount).toBe(3.5 * rowCount);
    expect((await one.read()).get('x0')).not.toEqual((await other.read()).get('x0'));
    expect(await (await run({ percentage: 50, neighbours: 5, seed: 1 })).read()).toEqual(await one.read());
  });

  it('keeps what is missing missing, dates whole, and takes as many neighbours as there are', async () => {
    const schema = tableSchema([
      column('x', 'number', { nullable: true }),
      column('day', 'datetime'),
      column('w', 'number', { role: 'weight' }),
      column('y', 'boolean', { role: 'label' }),
    ]);
    const columns = new Map([
      ['x', Float64Array.of(1, NaN, 5, 5, 5)],
      ['day', Float64Array.of(0, 1_000_001, 0, 0, 0)],
      ['w', Float64Array.of(2, 3, 1, 1, 1)],
      ['y', Float64Array.of(1, 1, 0, 0, 0)],
    ]);
    const made = await ((await runNode(smote, { data: memoryTable(schema, columns) }, { neighbours: 9 })).outputs.data as Table).read();
    expect([...(made.get('x') as Float64Array).slice(5)]).toEqual([1, NaN]);
    expect([...(made.get('w') as Float64Array).slice(5)]).toEqual([2, 3]);
    expect((made.get('day') as Float64Array).slice(5).every((each) => Number.isInteger(each) && each > 0 && each < 1_000_001)).toBe(true);
  });
});
