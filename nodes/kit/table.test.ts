import { describe, expect, it } from 'vitest';
import { column, findColumn, memoryTable, tableOf, tableSchema } from './table.ts';

describe('a table in memory', () => {
  it('guesses types from values', () => {
    const { schema, rowCount } = tableOf({ n: [1, null], b: [true, false], c: ['x', 'y'], empty: [null, null] });
    expect(schema.columns).toEqual([
      column('n', 'number', { nullable: true }),
      column('b', 'boolean'),
      column('c', 'category'),
      column('empty', 'number', { nullable: true }),
    ]);
    expect(rowCount).toBe(2);
  });
  it('keeps numbers with NaN and texts with null for missing', async () => {
    const columns = await tableOf({ n: [1, null], b: [true, null], c: ['x', null] }).read();
    expect([...columns.values()].map((values) => [...values])).toEqual([
      [1, NaN],
      [1, NaN],
      ['x', null],
    ]);
  });
  it('reads some columns in the order asked for, and refuses others', async () => {
    const table = tableOf({ a: [1], b: [2] });
    expect([...(await table.read(['b'])).keys()]).toEqual(['b']);
    await expect(table.read(['c'])).rejects.toThrow('No column "c"');
  });
  it('takes a schema as given', () => {
    const table = memoryTable(tableSchema([column('a', 'integer')]), new Map([['a', Float64Array.of(1, 2)]]));
    expect([table.rowCount, findColumn(table.schema, 'a')?.type, findColumn(undefined, 'a')]).toEqual([2, 'integer', undefined]);
  });
});
