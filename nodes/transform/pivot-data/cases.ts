import { columnsNamed } from '../../kit/columns.ts';
import { defineCases } from '../../kit/define.ts';
import { tableOf } from '../../kit/table.ts';
import { pivotData } from './node.ts';

const data = tableOf({
  shop: ['b', 'a', 'b', 'a', 'b', 'c'],
  size: ['S', 'L', 'L', 'L', 'S', null],
  year: [2024, 2024.5, 2024, 2024, 10, 9],
  sold: [1, 2, 3, 4, null, 6],
});
const integer = { type: 'integer' } as const;
const bySize = { rows: columnsNamed('shop'), column: 'size' };
const sold = { function: 'sum', column: 'sold' } as const;

export const cases = defineCases(pivotData, [
  {
    name: 'a column of each value; rows in the order in which they first appear',
    params: { ...bySize, aggregations: [sold] },
    inputs: { data },
    expect: { outputs: { data: tableOf({ shop: ['b', 'a', 'c'], L: [3, 6, null], S: [1, null, null] }, { S: { nullable: true } }) } },
  },
  {
    name: 'values that are listed, with names; several figures; a column for rows without a value',
    params: {
      ...bySize,
      columnsFrom: 'list',
      levels: [{ value: 'S' }, { value: 'XL', name: 'large' }],
      aggregations: [{}, { function: 'mean', column: 'sold', name: 'average' }],
      missing: 'column',
    },
    inputs: { data },
    expect: {
      outputs: {
        data: tableOf(
          {
            shop: ['b', 'a', 'c'],
            count_S: [2, 0, 0],
            count_large: [0, 0, 0],
            count_Missing: [0, 0, 1],
            average_S: [1, null, null],
            average_large: [null, null, null],
            average_Missing: [null, null, 6],
          },
          { count_S: integer, count_large: integer, count_Missing: integer },
        ),
      },
    },
  },
  {
    name: 'numbers come by size, whole ones without a point; all rows as one',
    params: { column: 'year', aggregations: [{}], missing: 'column' },
    inputs: { data },
    expect: {
      outputs: { data: tableOf({ '9': [1], '10': [1], '2024': [3], '2024.5': [1] }, { '9': integer, '10': integer, '2024': integer, '2024.5': integer }) },
    },
  },
  {
    name: 'values that differ only in capitals are counted on, as is one with the name of a row column',
    params: { rows: columnsNamed('shop'), column: 'kind', aggregations: [{}] },
    inputs: { data: tableOf({ shop: ['x', 'x', 'x', 'y'], kind: ['a', 'A', 'SHOP', ''] }) },
    expect: {
      outputs: { data: tableOf({ shop: ['x', 'y'], A: [1, 0], SHOP_1: [1, 0], a_1: [1, 0] }, { A: integer, SHOP_1: integer, a_1: integer }) },
    },
  },
  { name: 'more values than allowed', params: { ...bySize, aggregations: [{}], limit: 1 }, inputs: { data }, expect: { issue: 'column_too_many_levels' } },
  { name: 'no pivot column', params: { aggregations: [{}] }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'a pivot column that is not there', params: { column: 'sizes', aggregations: [{}] }, inputs: { data }, expect: { issue: 'column_missing' } },
  { name: 'nothing in the cells', params: bySize, inputs: { data }, expect: { issue: 'parameter_missing' } },
  { name: 'no values listed', params: { ...bySize, aggregations: [{}], columnsFrom: 'list' }, inputs: { data }, expect: { issue: 'parameter_missing' } },
  {
    name: 'a value listed twice',
    params: { ...bySize, aggregations: [{}], columnsFrom: 'list', levels: [{ value: 'S' }, { value: 'S' }] },
    inputs: { data },
    expect: { issue: 'parameter_invalid' },
  },
]);
