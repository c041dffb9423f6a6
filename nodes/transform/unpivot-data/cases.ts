import { columnsNamed, columnsOfType } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { column, memoryTable, tableOf, tableSchema } from '../../kit/table.ts';
import { unpivotData } from './node.ts';

const data = tableOf({ shop: ['b', 'a'], mon: [1, null], tue: [3, 4.5] }, { shop: { role: 'id' } });
const mixed = memoryTable(
  tableSchema([
    column('n', 'number', { nullable: true }),
    column('whole', 'integer'),
    column('is new', 'boolean'),
    column('day', 'datetime'),
    column('city', 'category'),
  ]),
  new Map<string, Float64Array | string[]>([
    ['n', Float64Array.of(1.5, NaN)],
    ['whole', Float64Array.of(7, 8)],
    ['is new', Float64Array.of(1, 0)],
    ['day', Float64Array.of(Date.UTC(2024, 0, 31), Date.UTC(2024, 0, 31, 12, 30))],
    ['city', ['Oslo', '']],
  ]),
);

export const cases = defineCases(unpivotData, [
  {
    name: 'a row of each value, row by row',
    params: { ids: columnsNamed('shop'), nameColumn: 'day', valueColumn: 'sold' },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf({ shop: ['b', 'b', 'a', 'a'], day: ['mon', 'tue', 'mon', 'tue'], sold: [1, 3, null, 4.5] }, { shop: { role: 'id' } }),
      },
    },
  },
  {
    name: 'columns by a rule, without missing values',
    params: { values: columnsOfType('number'), dropMissing: true },
    inputs: { data },
    expect: { outputs: { data: tableOf({ name: ['mon', 'tue', 'tue'], value: [1, 3, 4.5] }) } },
  },
  {
    name: 'unlike types become text; an empty text counts as missing',
    params: { dropMissing: true },
    inputs: { data: mixed },
    expect: {
      outputs: {
        data: tableOf(
          {
            name: ['n', 'whole', 'is new', 'day', 'city', 'whole', 'is new', 'day'],
            value: ['1.5', '7', 'true', '2024-01-31', 'Oslo', '8', 'false', '2024-01-31 12:30:00'],
          },
          { value: { type: 'text' } },
        ),
      },
    },
  },
  {
    name: 'numbers, whole numbers and booleans become numbers',
    params: { values: columnsOfType('number', 'integer', 'boolean') },
    inputs: { data: mixed },
    expect: { outputs: { data: tableOf({ name: ['n', 'whole', 'is new', 'n', 'whole', 'is new'], value: [1.5, 7, 1, null, 8, 0] }) } },
  },
  { name: 'no column is left', params: { ids: columnsNamed('shop', 'mon', 'tue') }, inputs: { data }, expect: { issue: 'columns_none' } },
  { name: 'a column that is not there', params: { ids: columnsNamed('shops') }, inputs: { data }, expect: { issue: 'column_missing' } },
  {
    name: 'a name that a staying column has',
    params: { ids: columnsNamed('shop'), nameColumn: 'Shop' },
    inputs: { data },
    expect: { issue: 'column_duplicate' },
  },
  { name: 'no name', params: { valueColumn: '' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
]);
