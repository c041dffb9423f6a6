import { describe, expect, it } from 'vitest';
import { columnsNamed, columnsOfType } from '#nodes/kit/columns.ts';
import { column, tableSchema } from '#nodes/kit/table.ts';
import { columnRows, namesFromText, toggled } from './column-choice.ts';

const table = tableSchema([column('age', 'integer'), column('city', 'category'), column('charges', 'number', { nullable: true })]);

describe('columnRows', () => {
  it('puts columns with missing values first where the node cares', () => {
    const rows = columnRows(columnsNamed('age'), table, { favour: 'missing', missing: (name) => (name === 'charges' ? 11 : 0), rowCount: 7043 });
    expect(rows.map((row) => [row.column.name, row.chosen, row.missing])).toEqual([
      ['charges', false, 11],
      ['age', true, 0],
      ['city', false, 0],
    ]);
  });
  it('leaves out other types, but never what is chosen', () => {
    expect(columnRows(columnsNamed('city'), table, { types: ['number', 'integer'] }).map((row) => row.column.name)).toEqual(['age', 'city', 'charges']);
    expect(columnRows(columnsNamed(), table, { types: ['number'] }).map((row) => row.column.name)).toEqual(['charges']);
  });
});

describe('toggled', () => {
  it('turns rules into names and keeps names that are absent', () => {
    expect(toggled(columnsOfType('number'), table, 'age', true)).toEqual({ mode: 'names', names: ['charges', 'age'] });
    expect(toggled(columnsNamed('gone', 'age'), table, 'age', false)).toEqual({ mode: 'names', names: ['gone'] });
  });
});

describe('namesFromText', () => {
  it('reads lists from lines, commas and spreadsheets', () => {
    expect(namesFromText('age, "city"\ncharges\tage;\n')).toEqual(['age', 'city', 'charges']);
  });
});
